import { expect, test } from "vitest";
import { firstNotBelow, nearest } from "./curves";
import { spread } from "./number-table";
import { short, ticks } from "./numbers";

test.each([
  [0, "0"],
  [0.012345, "0.01235"],
  [0.0000123, "1.23e-5"],
  [12345.6, "12,346"],
  [-0.5, "-0.5"],
  [2e6, "2e6"],
  [null, "–"],
])("%s reads %s", (value, said) => {
  expect(short(value)).toBe(said);
});

test.each([
  [[0.1375, 0.14], 0.0025, ["0.1375", "0.1400"]],
  [[0, 50], 50, ["0", "50"]],
  [[0.00185, 0.0019], 0.00005, ["1.85e-3", "1.9e-3"]],
  [[0.74932, 0.74934], 0.00002, ["0.74932", "0.74934"]],
  [[-0.00002, 0.74932], 0.00002, ["-0.00002", "0.74932"]],
  [[1000000, 1500000], 500000, ["1e6", "1.5e6"]],
  [[20000000, 20000500], 500, ["2e7", "2.00005e7"]],
])("an axis %s in steps of %s reads %s", (values, step, said) => {
  expect(ticks(values, step)).toEqual(said);
});

test("places are found in ascending columns", () => {
  expect([0, 1, 1.5, 9].map((value) => firstNotBelow([1, 2, 4], value))).toEqual([0, 0, 1, 3]);
  expect([0, 1.4, 1.6, 9].map((value) => nearest([1, 2, 4], value))).toEqual([0, 0, 1, 2]);
  expect(nearest([], 1)).toBe(-1);
});

test("a table has rows evenly spread, the last among them", () => {
  expect(spread(0, 10, 4)).toEqual([0, 3, 6, 9]);
  expect(spread(2, 4, 50)).toEqual([2, 3]);
});
