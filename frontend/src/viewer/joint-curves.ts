/** The angles of joints over the time: what is drawn, and what is said of it. */
import type { Replay } from "./documents";

/** So many are shown until the reader chooses. */
const FIRST = 3;
/** A curve that moves less fills no more than its part of this [rad]. */
const LEAST_RANGE = 0.05;

export interface Range {
  low: number;
  high: number;
}

/** Lowest and highest angle of a joint, the reference's too [rad]. */
export function jointRange(replay: Replay, joint: number): Range {
  let [low, high] = [Infinity, -Infinity];
  for (const angles of [replay.joints, replay.referenceJoints]) {
    if (!angles) continue;
    for (let k = joint; k < angles.length; k += replay.jointNames.length) {
      low = Math.min(low, angles[k]!);
      high = Math.max(high, angles[k]!);
    }
  }
  if (high - low >= LEAST_RANGE) return { low, high };
  const middle = (low + high) / 2;
  return { low: middle - LEAST_RANGE / 2, high: middle + LEAST_RANGE / 2 };
}

/** The joints that move most, in the robot's order. */
export function mostMoved(replay: Replay): number[] {
  const ranges = replay.jointNames.map((_, joint) => jointRange(replay, joint));
  return ranges
    .map((range, joint) => ({ joint, moved: range.high - range.low }))
    .toSorted((a, b) => b.moved - a.moved)
    .slice(0, FIRST)
    .map(({ joint }) => joint)
    .toSorted((a, b) => a - b);
}

/** An angle at a time, straight between frames [rad]. */
export function angleAt(replay: Replay, angles: Float32Array, joint: number, seconds: number): number {
  const joints = replay.jointNames.length;
  const at = Math.min(Math.max(seconds * replay.hz, 0), replay.frames - 1);
  const first = Math.floor(at);
  const next = Math.min(first + 1, replay.frames - 1);
  const [a, b] = [angles[first * joints + joint]!, angles[next * joints + joint]!];
  return a + (at - first) * (b - a);
}

/** Root mean square of the difference from the reference [rad]; null without a reference. */
export function trackingError(replay: Replay, joint: number): number | null {
  const { joints, referenceJoints, jointNames, frames } = replay;
  if (!referenceJoints) return null;
  let sum = 0;
  for (let k = joint; k < joints.length; k += jointNames.length) sum += (joints[k]! - referenceJoints[k]!) ** 2;
  return Math.sqrt(sum / frames);
}
