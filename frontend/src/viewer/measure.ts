/** How large a robot is. */
import { POSE, type Replay, type RobotScene } from "./documents";
import { poseAt } from "./poses";

/** The box around a robot [m]. */
export interface Box {
  low: [number, number, number];
  high: [number, number, number];
}

/** The box around the robot in the first frame of a replay. */
export function boxAtStart(scene: RobotScene, replay: Replay, which: Int32Array): Box {
  const box: Box = { low: [Infinity, Infinity, Infinity], high: [-Infinity, -Infinity, -Infinity] };
  const pose = new Float32Array(POSE);
  for (const part of scene.parts) {
    poseAt(replay.poses, replay.bodies.length, which[part.body]!, 0, pose);
    const rows = rotation(pose);
    for (let k = 0; k < part.vertices.length; k += 3) {
      for (let axis = 0; axis < 3; axis++) {
        const row = rows[axis]!;
        const at =
          pose[axis]! + row[0] * part.vertices[k]! + row[1] * part.vertices[k + 1]! + row[2] * part.vertices[k + 2]!;
        box.low[axis] = Math.min(box.low[axis]!, at);
        box.high[axis] = Math.max(box.high[axis]!, at);
      }
    }
  }
  return box;
}

/** The diagonal of a box [m]; never nothing. */
export function diagonal({ low, high }: Box): number {
  const length = Math.hypot(high[0] - low[0], high[1] - low[1], high[2] - low[2]);
  return Number.isFinite(length) && length > 0 ? length : 1;
}

/** Which way a pose's x axis points over the ground [rad]. */
export function heading(pose: Float32Array): number {
  const w = pose[3]!;
  const x = pose[4]!;
  const y = pose[5]!;
  const z = pose[6]!;
  return Math.atan2(2 * (x * y + w * z), 1 - 2 * (y * y + z * z));
}

function rotation(pose: Float32Array): [number, number, number][] {
  const [w, x, y, z] = [pose[3]!, pose[4]!, pose[5]!, pose[6]!];
  return [
    [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
    [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
    [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
  ];
}
