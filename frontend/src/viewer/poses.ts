/** Where bodies are between two frames. */
import { POSE } from "./documents";

const NEARLY_ONE = 0.9995;

/**
 * The pose of a body at a frame that need not be whole: position straight between, rotation by slerp.
 *
 * @param poses (T, bodies, 7): x y z [m], w x y z.
 * @param out receives the seven numbers; nothing is allocated.
 */
export function poseAt(poses: Float32Array, bodies: number, body: number, frame: number, out: Float32Array): void {
  const last = poses.length / (bodies * POSE) - 1;
  const at = Math.min(Math.max(frame, 0), last);
  const first = Math.min(Math.floor(at), Math.max(last - 1, 0));
  const part = at - first;
  const a = (first * bodies + body) * POSE;
  const b = (Math.min(first + 1, last) * bodies + body) * POSE;
  for (let k = 0; k < 3; k++) out[k] = poses[a + k]! + part * (poses[b + k]! - poses[a + k]!);
  slerp(poses, a + 3, b + 3, part, out);
}

/** q = (sin((1-u) h) a + sin(u h) b) / sin h, cos h = |a . b|, the shorter way round; into out[3..6], of length 1. */
function slerp(poses: Float32Array, a: number, b: number, part: number, out: Float32Array): void {
  let cosine = 0;
  for (let k = 0; k < 4; k++) cosine += poses[a + k]! * poses[b + k]!;
  const sign = cosine < 0 ? -1 : 1;
  cosine *= sign;
  let left = 1 - part;
  let right = part;
  if (cosine < NEARLY_ONE) {
    const half = Math.acos(cosine);
    left = Math.sin((1 - part) * half) / Math.sin(half);
    right = Math.sin(part * half) / Math.sin(half);
  }
  let square = 0;
  for (let k = 0; k < 4; k++) {
    const value = left * poses[a + k]! + sign * right * poses[b + k]!;
    out[3 + k] = value;
    square += value * value;
  }
  const length = Math.sqrt(square) || 1;
  for (let k = 3; k < POSE; k++) out[k] = out[k]! / length;
}
