import { expect, test } from "vitest";
import { amount, basis, type Estimate, queue, quota, round, shortTime, time } from "./words";

const told: Estimate = {
  robot_hours: 4.551,
  robot_hours_left: 1995.449,
  robot_hours_quota: 2000,
  seconds: { low: 23.8, likely: 41.2, high: 189 },
  measured_on: 3,
  ahead: 0,
  running: 0,
  refusal: null,
  clips: 1,
  options: {},
  usual: {},
  plans: {},
};

test("a time is said with its range, and as one number where the range is narrow", () => {
  expect(time(told.seconds)).toBe("About 40 s; 25 s to 3 min are possible");
  expect(time({ low: 600, likely: 610, high: 700 })).toBe("About 10 min");
});

test("a card says it in short", () => {
  expect(shortTime(told.seconds)).toBe("about 40 s, at most 3 min");
  expect(shortTime({ low: 1, likely: 1200, high: 1260 })).toBe("about 20 min");
});

test("the quota is said with what is left", () => {
  expect(quota(told)).toBe("At most 4.55 robot hours, of 1,995 that you have left in seven days.");
});

test.each([
  [0, 0, "It is next in the queue, and nothing runs now."],
  [0, 1, "It is next in the queue; 1 training runs now."],
  [1, 2, "1 training waits before it."],
  [12, 2, "12 trainings wait before it."],
])("%i before it and %i running: %s", (ahead, running, words) => {
  expect(queue({ ...told, ahead, running })).toBe(words);
});

test("what it rests on is said, and that it is a guess where it is one", () => {
  expect(basis(told)).toBe("Measured on 3 trainings of this service.");
  expect(basis({ ...told, measured_on: 0 })).toContain("a guess from another machine");
});

test.each([
  [0, 5],
  [7.4, 5],
  [119, 120],
  [134, 120],
  [136, 150],
  [3601, 3600],
  [7100, 7200],
])("%d s are told as %d s", (seconds, rounded) => {
  expect(round(seconds)).toBe(rounded);
});

test("amounts have three digits", () => {
  expect([0.0444, 4.5511, 68.27, 2000, 12345].map(amount)).toEqual(["0.0444", "4.55", "68.3", "2,000", "12,350"]);
});
