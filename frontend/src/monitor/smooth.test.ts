import { expect, test } from "vitest";
import { band, smooth, windowOf } from "./smooth";

const NONE = Number.NaN;

test("the mean forgets, and does not begin at 0", () => {
  // m: 2, then 0.5 * 1 + 0.5 * 4 = 2.5 of a weight of 0.75, then 0.5 * 2.5 + 0.5 * 0 = 1.25 of 0.875
  expect([...smooth(Float64Array.of(2, 4, 0), 0.5)]).toEqual([2, 2.5 / 0.75, 1.25 / 0.875]);
});

test("without smoothing a curve is what it was", () => {
  const y = Float64Array.of(1, 2);
  expect(smooth(y, 0)).toBe(y);
});

test("what is unknown is passed over, and stays unknown", () => {
  const shown = smooth(Float64Array.of(2, NONE, 4), 0.5);
  expect([...shown]).toEqual([2, NONE, 2.5 / 0.75]);
});

test("a band holds the extremes of each value and those before it", () => {
  const { low, high } = band(Float64Array.of(3, 1, 2, 5, 4, NONE, 0), 3);
  expect([...low]).toEqual([3, 1, 1, 1, 2, NONE, 0]);
  expect([...high]).toEqual([3, 3, 3, 5, 5, NONE, 4]);
});

test("its width is the number of values that the mean is made of", () => {
  expect([0, 0.5, 0.9, 0.99].map(windowOf)).toEqual([1, 2, 10, 100]);
});
