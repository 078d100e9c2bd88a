import { expect, test } from "vitest";
import { axisOf, ends, kept, position, short } from "./parallel";

const EPOCHS = axisOf("epochs", [100, 400, 200]);
const METHOD = axisOf("method", ["tracking", "amp", "tracking"]);

test("numbers lie between the lowest and the highest", () => {
  expect(EPOCHS.values.map((value) => position(EPOCHS, value))).toEqual([0, 1, 1 / 3]);
  expect(ends(EPOCHS)).toEqual(["100", "400"]);
});

test("words lie evenly, in alphabetical order", () => {
  expect(METHOD.values.map((value) => position(METHOD, value))).toEqual([1, 0, 1]);
  expect(ends(METHOD)).toEqual(["amp", "tracking"]);
});

test("what is alone lies in the middle, what is not known nowhere", () => {
  expect(position(axisOf("a", [2, 2]), 2)).toBe(0.5);
  expect(position(axisOf("a", ["x"]), "x")).toBe(0.5);
  expect(position(EPOCHS, undefined)).toBeNull();
  expect(position(METHOD, "awd")).toBeNull();
});

test("one word among numbers makes an axis of words", () => {
  expect(axisOf("minutes", [5, "–"]).range).toEqual({ words: ["5", "–"] });
  expect(axisOf("nothing", [undefined]).range).toEqual({ words: [] });
});

test("brushes of all axes count together, and who has no value is left out", () => {
  const axes = [EPOCHS, axisOf("speed", [1, 2, undefined])];
  expect(kept(axes, new Map(), 3)).toEqual([true, true, true]);
  expect(kept(axes, new Map([["epochs", [0, 0.5]]]), 3)).toEqual([true, false, true]);
  expect(kept(axes, new Map([["epochs", [0, 0.5]], ["speed", [0, 1]]]), 3)).toEqual([true, false, false]);
});

test("figures have three digits", () => {
  expect([short(0.081634), short(1200), short(1234.5)]).toEqual(["0.0816", "1200", "1230"]);
});
