import { expect, test } from "vitest";
import { summary } from "./footfall";
import { points } from "./gait";
import { merged } from "./merged";
import { limits } from "./phase-chart";
import { scale, ticks } from "./svg";
import { falls } from "./tracking";

const CURVE = { name: "left_hip", low: [0, null, 1], middle: [1, null, 2], high: [2, null, 3], reference: [1, null, 1] };

test("a scale is straight, and flat where there is no range", () => {
  expect([0, 5, 10].map(scale(0, 10, 100, 200))).toEqual([100, 150, 200]);
  expect(scale(3, 3, 7, 9)(3)).toBe(7);
});

test("ticks are round and within", () => {
  expect(ticks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10]);
  expect(ticks(-0.12, 0.31, 3)).toEqual([0, 0.2]);
  expect(ticks(4, 4, 3)).toEqual([4]);
});

test("bins that hold nothing are left out of a line", () => {
  expect(points([0.1, 0.5, 0.9], CURVE.middle)).toEqual([
    [0.1, 1],
    [0.9, 2],
  ]);
});

test("an axis reaches a little beyond the values and never less than its least", () => {
  expect(limits(CURVE, { factor: 10, least: 1 })).toEqual([-1.5, 31.5]);
  const still = { ...CURVE, low: [1], middle: [1], high: [1], reference: [1] };
  expect(limits(still, { factor: 1, least: 0.5 })).toEqual([0.75, 1.25]);
  expect(limits({ ...CURVE, low: [], middle: [null], high: [], reference: [] }, { factor: 1, least: 5 })).toEqual([0, 5]);
});

const FOOTFALL = {
  episode: 0,
  duration_s: 4,
  feet: [{ name: "left", policy: [[0, 1], [2, 4]] as [number, number][], reference: [[0, 4]] as [number, number][] }],
};

test("a footfall is said in words", () => {
  expect(summary(FOOTFALL)).toBe("Footfall over 4 s: left stands 2 times, 75 % of the time");
});

test("falls are told one by one, or that there was none", () => {
  const gait = { control_dt: 0.02, period_s: 0.5, phase: [], joints: [], feet: [], footfall: FOOTFALL };
  const stood = { fell_at_s: null, command: [0.1, 0, 0] };
  expect(falls({ ...gait, episodes: [stood, stood] })).toEqual(["None of the 2 episodes that are kept fell."]);
  expect(falls({ ...gait, episodes: [stood, { fell_at_s: 2.04, command: [0.1, 0, -0.5] }] })).toEqual([
    "Episode 2 fell after 2.0 s, told to go 0.10 m/s ahead, 0.00 m/s left, -0.50 rad/s round.",
  ]);
});

test("curves of several sessions share one axis and keep their gaps", () => {
  const told = merged([{ epochs: [1, 3], values: [10, null] }, undefined, { epochs: [2, 3], values: [5, 6] }]);
  expect(told).toEqual({
    x: [1, 2, 3],
    values: [
      [10, null, null],
      [null, null, null],
      [null, 5, 6],
    ],
  });
});
