import { expect, test } from "vitest";
import { pathAt, smoothPath } from "./path";

/** One body that goes 1 m a frame along x and sways by 1 m along y, at 2 Hz: the window is one frame to each side. */
const poses = Float32Array.from([0, 1, 2, 3, 4].flatMap((k) => [k, k % 2, 0.3, 1, 0, 0, 0]));

test("an even walk stays as it is, and its sway is smoothed", () => {
  const path = smoothPath(poses, 1, 0, 2);
  expect([0, 1, 2, 3, 4].map((k) => path[2 * k])).toEqual([0, 1, 2, 3, 4]);
  const sway = [0, 1, 2, 3, 4].map((k) => path[2 * k + 1]!);
  [0, 1 / 3, 2 / 3, 1 / 3, 0].forEach((due, k) => expect(sway[k]).toBeCloseTo(due, 6));
});

test("between frames it goes straight, and it stays at the ends", () => {
  const path = Float32Array.of(0, 0, 2, 4);
  expect([-1, 0.25, 9].map((frame) => pathAt(path, frame, 1))).toEqual([0, 1, 4]);
  expect(pathAt(Float32Array.of(3, 5), 0.7, 0)).toBe(3);
});
