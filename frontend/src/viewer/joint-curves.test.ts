import { expect, test } from "vitest";
import { decodeReplay } from "./documents";
import { angleAt, jointRange, mostMoved, trackingError } from "./joint-curves";
import { replayDocument } from "./sample-documents";

const replay = decodeReplay(replayDocument());

test("a range holds policy and reference, and a joint that rests gets a small one", () => {
  const hip = jointRange(replay, 0);
  expect([hip.low, hip.high]).toEqual([0, 0.5]);
  const knee = jointRange(replay, 1);
  expect([knee.low, knee.high]).toEqual([0.975, 1.025]);
});

test("angles go straight between frames", () => {
  expect(angleAt(replay, replay.joints, 0, 0.15)).toBeCloseTo(0.3);
  expect(angleAt(replay, replay.joints, 0, 9)).toBeCloseTo(0.4);
});

test("the joints that move most come first", () => {
  const names = ["a", "b", "c", "d"];
  const joints = Float32Array.of(0, 0, 0, 0, 0.3, 0.1, 0.4, 0.2);
  const moved = { ...replay, jointNames: names, joints, referenceJoints: null, frames: 2 };
  expect(mostMoved(moved)).toEqual([0, 2, 3]);
});

test("the tracking error is the root of the mean square", () => {
  expect(trackingError(replay, 0)).toBeCloseTo(Math.sqrt((0 + 0.09 + 0.16) / 3));
  expect(trackingError({ ...replay, referenceJoints: null }, 0)).toBeNull();
});
