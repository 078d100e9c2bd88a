import { expect, test } from "vitest";
import { creased } from "./surface";

/** Two triangles that share the edge from the origin along y, the second bent down by an angle [degrees]. */
function bent(degrees: number): { vertices: Float32Array; faces: Uint32Array } {
  const angle = (degrees * Math.PI) / 180;
  const vertices = Float32Array.of(0, 0, 0, 0, 1, 0, -1, 0, 0, Math.cos(angle), 0, -Math.sin(angle));
  return { vertices, faces: Uint32Array.of(0, 1, 2, 0, 3, 1) };
}

test("faces that meet at an edge keep their own normals", () => {
  const { vertices, faces } = bent(90);
  const { positions, normals, indices } = creased(vertices, faces);
  expect([positions.length / 3, indices.length]).toEqual([6, 6]);
  const up = indices[0]! * 3;
  [0, 0, 1].forEach((due, axis) => expect(normals[up + axis]).toBeCloseTo(due, 6));
  const aside = indices[3]! * 3;
  [1, 0, 0].forEach((due, axis) => expect(normals[aside + axis]).toBeCloseTo(due, 6));
});

test("faces that meet softly share a normal half way between", () => {
  const { vertices, faces } = bent(30);
  const { positions, normals, indices } = creased(vertices, faces);
  expect(positions.length / 3).toBe(4);
  const shared = indices[0]! * 3;
  const half = (15 * Math.PI) / 180;
  [Math.sin(half), 0, Math.cos(half)].forEach((due, axis) => expect(normals[shared + axis]).toBeCloseTo(due, 6));
});

test("a face without area is left out", () => {
  const { indices } = creased(Float32Array.of(0, 0, 0, 1, 0, 0, 2, 0, 0, 0, 1, 0), Uint32Array.of(0, 1, 2, 0, 1, 3));
  expect(indices).toHaveLength(3);
});
