import { expect, test } from "vitest";
import { Run, type MetricsDocument, type Told } from "./run";

function document(values: Partial<MetricsDocument>): MetricsDocument {
  const empty = { epochs: [], losses: [], series: {}, iteration: 0, offset: 0, names: [], alerts: [] };
  return { ...empty, times: { epochs: [], values: [] }, ...values };
}

function followed(...names: string[]): Run {
  const run = new Run(1, "walk");
  run.follow(names);
  return run;
}

function points(run: Run, name: string): [number, number][] {
  const curve = run.curve(name);
  return curve ? [...curve.x].map((x, k) => [x, curve.y[k] as number]) : [];
}

const progress = (iteration: number, reward = iteration / 10): Told => ({ iteration, reward, time: 1000 + iteration });

test("events are appended to the past that was loaded", () => {
  const run = followed("reward");
  run.load(document({ series: { reward: { epochs: [1, 2], values: [0.5, null] } }, iteration: 2, names: ["reward"] }));
  run.take("progress", progress(3, 0.7));
  expect(points(run, "reward")).toEqual([[1, 0.5], [2, Number.NaN], [3, 0.7]]);
});

test("many events are kept, whatever room there was at first", () => {
  const run = followed("reward");
  for (let k = 1; k <= 3000; k++) run.take("progress", progress(k));
  expect(run.curve("reward")?.length).toBe(3000);
  expect(points(run, "reward").at(-1)).toEqual([3000, 300]);
});

test("progress and metrics of one epoch say the same once", () => {
  const run = followed("reward", "loss");
  run.take("progress", progress(1, 0.5));
  run.take("metrics", { iteration: 1, values: { reward: 0.5, surrogate_loss: -0.25, value_loss: 1 } });
  expect(points(run, "reward")).toEqual([[1, 0.5]]);
  expect(points(run, "loss")).toEqual([[1, 0.75]]);
});

test("a resumed run replaces all from its checkpoint on", () => {
  const run = followed("reward", "trial/score");
  for (let k = 1; k <= 5; k++) run.take("progress", progress(k, k));
  run.take("evaluated", { iteration: 5, score: 0.9, values: {} });
  run.take("alert", { iteration: 5, rule: "plateau", severity: "warning", message: "no better", cleared: false });
  run.take("progress", progress(3, 30));
  expect(points(run, "reward")).toEqual([[1, 1], [2, 2], [3, 30]]);
  expect(points(run, "trial/score")).toEqual([]);
  expect(run.alerts).toEqual([]);
  expect(run.iteration).toBe(3);
});

test("a trial of the last epoch is no way back, an earlier one is", () => {
  const run = followed("reward");
  for (let k = 1; k <= 4; k++) run.take("progress", progress(k));
  run.take("evaluated", { iteration: 4, score: 0.5, values: {} });
  expect(run.iteration).toBe(4);
  run.take("evaluated", { iteration: 2, score: 0.5, values: {} });
  expect(points(run, "reward").map(([x]) => x)).toEqual([1, 2]);
});

test("what a policy that demonstrates told is forgotten", () => {
  const run = followed("reward");
  run.take("progress", progress(1));
  run.take("demonstrated", { robots: 3 });
  expect(points(run, "reward")).toEqual([]);
  expect(run.iteration).toBe(0);
});

test("the past of a series that is chosen late is put before what came meanwhile", () => {
  const run = followed();
  run.take("metrics", { iteration: 1, values: { entropy: 1 } });
  expect(run.follow(["entropy"])).toEqual(["entropy"]);
  expect(run.follow(["entropy"])).toEqual([]);
  run.take("metrics", { iteration: 2, values: { entropy: 2 } });
  run.take("metrics", { iteration: 3, values: { entropy: 3 } });
  run.load(document({ series: { entropy: { epochs: [1, 2], values: [1, 2] } }, iteration: 2 }));
  expect(points(run, "entropy")).toEqual([[1, 1], [2, 2], [3, 3]]);
  expect([...run.names]).toContain("entropy");
});

test("a session beside is extended by what is new, unless it went back", () => {
  const run = followed("reward");
  run.load(document({ series: { reward: { epochs: [1], values: [1] } }, iteration: 1 }));
  expect(run.extend(document({ series: { reward: { epochs: [2], values: [2] } }, iteration: 2 }))).toBe(true);
  expect(points(run, "reward")).toEqual([[1, 1], [2, 2]]);
  expect(run.extend(document({ iteration: 1 }))).toBe(false);
});

test("alerts that were loaded and told live are one", () => {
  const run = followed();
  const alert = { iteration: 7, rule: "plateau", severity: "warning", message: "no better: inspect", cleared: false };
  run.take("alert", alert);
  const past = { iteration: 7, time: 1, rule: "plateau", text: "warning: no better: inspect" };
  run.load(document({ alerts: [past], iteration: 7 }));
  expect(run.alerts).toEqual([{ iteration: 7, rule: "plateau", kind: "warning", message: "no better: inspect" }]);
});
