import { expect, test } from "vitest";
import { type Choice, differences, nested, requestOf, said, same } from "./choice";

const origin: Choice = {
  motion: "walk",
  robot: "duckling",
  plan: "quick",
  name: "first",
  options: { epochs: 400, "ppo.gamma": 0.9 },
};
const usual = { epochs: 400, batch_size: 128, "ppo.gamma": 0.97, "augment.speed": "", "sim.control_hz": 50 };

test("what is sent is what was changed, the sketch's four at the top and the rest in their parts", () => {
  const options = { epochs: 5, "ppo.learning_rate": 0.01, "ppo.gamma": 0.9, "task.reward.torque": 0 };
  expect(requestOf({ ...origin, options }, 7)).toEqual({
    reference_motion: "walk",
    robot: "duckling",
    plan: "quick",
    name: "first",
    epochs: 5,
    learning_rate: 0.01,
    parameters: { ppo: { gamma: 0.9 }, task: { reward: { torque: 0 } } },
    parent_id: 7,
  });
  expect(requestOf({ ...origin, options: {} }, null)).not.toHaveProperty("parent_id");
});

test("options become tables within tables", () => {
  expect(nested({ seed: 1, "a.b.c": 2, "a.b.d": 3, "a.e": false })).toEqual({
    seed: 1,
    a: { b: { c: 2, d: 3 }, e: false },
  });
});

test("a choice differs in nothing from itself, however its numbers are written", () => {
  expect(differences(origin, { ...origin, options: { epochs: "400", "ppo.gamma": "0.90" } }, usual)).toEqual([]);
});

test("every difference says what it was and what it is", () => {
  const now: Choice = { ...origin, robot: "otter", options: { epochs: 600, "sim.control_hz": 100 } };
  expect(differences(origin, now, usual)).toEqual([
    { place: "robot", before: "duckling", after: "otter" },
    { place: "epochs", before: 400, after: 600 },
    { place: "ppo.gamma", before: 0.9, after: 0.97 },
    { place: "sim.control_hz", before: 50, after: 100 },
  ]);
});

test("an option that is given as it usually is makes no difference", () => {
  expect(differences(origin, { ...origin, options: { ...origin.options, batch_size: 128 } }, usual)).toEqual([]);
});

test.each([
  [1, "1", true],
  [0.5, ".50", true],
  [1e-5, "0.00001", true],
  [true, "true", true],
  [true, "false", false],
  [0, "", false],
  [null, undefined, true],
  [null, 0, false],
  ["a,b", "a,b ", true],
])("%s and %s are the same: %s", (one, other, are) => {
  expect(same(one, other)).toBe(are);
});

test("values are said", () => {
  expect([said(null), said(""), said(true), said(false), said(0), said("walk")]).toEqual([
    "none",
    "none",
    "yes",
    "no",
    "0",
    "walk",
  ]);
});
