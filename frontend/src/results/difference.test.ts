import { expect, test } from "vitest";
import { difference, flattened } from "./difference";

test("options of options stand under their whole names, lists are one value", () => {
  const flat = flattened({ epochs: 3, ppo: { hidden_size: 64, clip: { on: true } }, terms: ["a", "b"], none: null, yaw: [] });
  expect(Object.fromEntries(flat)).toEqual({
    epochs: "3",
    "ppo.hidden_size": "64",
    "ppo.clip.on": "yes",
    terms: "a, b",
    none: "–",
    yaw: "none",
  });
});

test("what differs is told apart, in the order of the options", () => {
  const rows = difference([
    { epochs: 3, ppo: { hidden_size: 64, gamma: 0.97 } },
    { epochs: 3, ppo: { hidden_size: 128, gamma: 0.97 } },
  ]);
  expect(rows).toEqual([
    { name: "epochs", values: ["3", "3"], differs: false },
    { name: "ppo.hidden_size", values: ["64", "128"], differs: true },
    { name: "ppo.gamma", values: ["0.97", "0.97"], differs: false },
  ]);
});

test("an option that only one session has differs", () => {
  expect(difference([{ a: 1 }, { a: 1, b: 2 }])[1]).toEqual({ name: "b", values: [undefined, "2"], differs: true });
});

test("one session differs from nothing, and none has no options", () => {
  expect(difference([{ a: 1, b: { c: 2 } }]).some((row) => row.differs)).toBe(false);
  expect(difference([])).toEqual([]);
});
