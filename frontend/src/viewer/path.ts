/** The way that a robot takes over the ground, without its sway: what the camera follows. */
import { POSE } from "./documents";

/** The mean is taken over this long around each frame, so that a step or two go into it [s]. */
const WINDOW_S = 1.0;

/**
 * The place of a body over the ground, smoothed, (T, 2).
 *
 *     p_k = mean of p_(k-h) ... p_(k+h),    h = as many frames as there are in half a window and on both sides of k
 */
export function smoothPath(poses: Float32Array, bodies: number, body: number, hz: number): Float32Array {
  const frames = poses.length / (bodies * POSE);
  const most = Math.round((WINDOW_S / 2) * hz);
  const path = new Float32Array(frames * 2);
  const at = (frame: number, axis: number) => poses[(frame * bodies + body) * POSE + axis]!;
  for (let axis = 0; axis < 2; axis++) {
    const sums = new Float64Array(frames + 1);
    for (let k = 0; k < frames; k++) sums[k + 1] = sums[k]! + at(k, axis);
    for (let k = 0; k < frames; k++) {
      const half = Math.min(most, k, frames - 1 - k);
      path[k * 2 + axis] = (sums[k + half + 1]! - sums[k - half]!) / (2 * half + 1);
    }
  }
  return path;
}

/** One coordinate of a path at a frame that need not be whole. */
export function pathAt(path: Float32Array, frame: number, axis: number): number {
  const last = path.length / 2 - 1;
  const at = Math.min(Math.max(frame, 0), last);
  const first = Math.floor(at);
  const next = Math.min(first + 1, last);
  const here = path[first * 2 + axis]!;
  return here + (at - first) * (path[next * 2 + axis]! - here);
}
