import { expect, test } from "vitest";
import { poseAt } from "./poses";

const HALF = Math.SQRT1_2;
/** Two bodies; the second goes 2 m along x and turns by 90 degrees about z. */
const POSES = Float32Array.of(
  ...[0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0],
  ...[0, 0, 0, 1, 0, 0, 0, 2, 0, 1, HALF, 0, 0, HALF],
);

function pose(poses: Float32Array, bodies: number, body: number, frame: number): number[] {
  const out = new Float32Array(7);
  poseAt(poses, bodies, body, frame, out);
  return [...out];
}

function expectPose(found: number[], due: number[]): void {
  found.forEach((value, k) => expect(value).toBeCloseTo(due[k]!, 5));
}

test("half way it has turned by 45 degrees", () => {
  expectPose(pose(POSES, 2, 1, 0.5), [1, 0, 1, Math.cos(Math.PI / 8), 0, 0, Math.sin(Math.PI / 8)]);
});

test("a third of the way it has turned by 30 degrees: the speed of the turn is even", () => {
  expectPose(pose(POSES, 2, 1, 1 / 3), [2 / 3, 0, 1, Math.cos(Math.PI / 12), 0, 0, Math.sin(Math.PI / 12)]);
});

test("a quaternion of the other sign is the same turn, and the shorter way is taken", () => {
  const turned = POSES.slice();
  for (let k = 24; k < 28; k++) turned[k]! *= -1;
  expectPose(pose(turned, 2, 1, 0.5), pose(POSES, 2, 1, 0.5));
});

test("frames are met exactly, and beyond the ends nothing moves", () => {
  expectPose(pose(POSES, 2, 1, 1), [2, 0, 1, HALF, 0, 0, HALF]);
  expectPose(pose(POSES, 2, 1, 7), [2, 0, 1, HALF, 0, 0, HALF]);
  expectPose(pose(POSES, 2, 1, -1), [0, 0, 1, 1, 0, 0, 0]);
});

test("a small turn keeps its length", () => {
  const small = Float32Array.of(0, 0, 0, 1, 0, 0, 0, 0, 0, 0, Math.cos(0.005), Math.sin(0.005), 0, 0);
  expectPose(pose(small, 1, 0, 0.5), [0, 0, 0, Math.cos(0.0025), Math.sin(0.0025), 0, 0]);
});

test("a single frame stands still", () => {
  expectPose(pose(POSES.slice(0, 7), 1, 0, 3), [0, 0, 0, 1, 0, 0, 0]);
});
