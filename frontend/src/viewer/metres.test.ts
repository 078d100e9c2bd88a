import { expect, test } from "vitest";
import { labelPlaces } from "./metres";

test("a walk along x has its metres beside it", () => {
  expect(labelPlaces(Float32Array.of(0.1, 0, 0.9, 0.1), 0.5, 0.25)).toEqual([
    { x: 0, y: -0.25, text: "0 m" },
    { x: 0.5, y: -0.25, text: "0.5 m" },
    { x: 1, y: -0.25, text: "1 m" },
  ]);
});

test("a walk that goes aside as well has them along y too", () => {
  const places = labelPlaces(Float32Array.of(0, 0, 0, 1), 0.5, 0.25);
  expect(places.filter(({ x }) => x === -0.25).map(({ text }) => text)).toEqual(["0 m", "0.5 m", "1 m"]);
});

test("a long way has its figures farther apart", () => {
  const places = labelPlaces(Float32Array.of(0, 0, 100, 0), 0.5, 0.25);
  expect(places.length).toBeLessThanOrEqual(16);
  expect(places.at(-1)).toEqual({ x: 104, y: -0.25, text: "104 m" });
});

test("no way, no figures", () => {
  expect(labelPlaces(new Float32Array(0), 0.5, 0.25)).toEqual([]);
});
