import { expect, test } from "vitest";
import { soleOutline, turnSince } from "./sole";

const HALF = Math.SQRT1_2;

/** A box of 0.2 x 0.1 x 0.04 m. */
const box = Float32Array.from(
  [-0.02, 0.02].flatMap((z) => [-0.05, 0.05].flatMap((y) => [-0.1, 0.1].flatMap((x) => [x, y, z]))),
);
const part = { body: 0, colour: [1, 1, 1] as [number, number, number], vertices: box, faces: new Uint32Array(0) };

test("the outline of a box is its ground, larger by the margin", () => {
  const corners = soleOutline([part], Float32Array.of(9, 9, 9, 1, 0, 0, 0), 0);
  expect(corners).toHaveLength(4);
  for (const [x, y] of corners) {
    expect(Math.abs(x)).toBeCloseTo(0.13, 6);
    expect(Math.abs(y)).toBeCloseTo(0.065, 6);
  }
});

test("a box that is turned about x by 90 degrees stands on another side", () => {
  const corners = soleOutline([part], Float32Array.of(0, 0, 0, HALF, HALF, 0, 0), 0);
  for (const [x, y] of corners) {
    expect(Math.abs(x)).toBeCloseTo(0.13, 6);
    expect(Math.abs(y)).toBeCloseTo(0.026, 6);
  }
});

test("a body without points has no outline", () => {
  expect(soleOutline([], Float32Array.of(0, 0, 0, 1, 0, 0, 0), 0)).toEqual([]);
});

test("a turn is counted from the pose in which the outline was taken", () => {
  const poses = Float32Array.of(0, 0, 0, HALF, HALF, 0, 0, 0, 0, 0, 0.5, 0.5, 0.5, 0.5); // about x, then by 90 about z
  expect(turnSince(poses, 7, poses, 0)).toBeCloseTo(Math.PI / 2, 6);
  expect(turnSince(poses, 7, poses, 7)).toBeCloseTo(0, 6);
});
