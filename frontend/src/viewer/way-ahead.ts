/** The way that a command asks for, over the ground. */

/** Points of the way. */
export const STEPS = 16;
/** The way is drawn for so long [s]. */
const AHEAD_S = 1;

/**
 * Where a base that heads along x is led by vx, vy [m/s] and wz [rad/s] during the next second, from the origin:
 *
 *     x' = vx cos(wz t) - vy sin(wz t),    y' = vx sin(wz t) + vy cos(wz t)
 *
 * @param out receives x, y [m] of `STEPS + 1` points.
 * @returns how long the way is [m].
 */
export function wayAhead(vx: number, vy: number, wz: number, out: Float32Array): number {
  for (let k = 0; k <= STEPS; k++) {
    const t = (k / STEPS) * AHEAD_S;
    const angle = wz * t;
    // sin(a)/w and (1 - cos a)/w, without dividing by a turn of nearly nothing
    const s = Math.abs(wz) > 1e-6 ? Math.sin(angle) / wz : t;
    const c = Math.abs(wz) > 1e-6 ? (1 - Math.cos(angle)) / wz : 0;
    out[2 * k] = vx * s - vy * c;
    out[2 * k + 1] = vx * c + vy * s;
  }
  return Math.hypot(vx, vy) * AHEAD_S;
}

/** A turn on the spot as an arc around the origin, of the angle that one second turns. */
export function arcAround(wz: number, radius: number, out: Float32Array): void {
  for (let k = 0; k <= STEPS; k++) {
    const angle = (k / STEPS) * wz * AHEAD_S;
    out[2 * k] = radius * Math.cos(angle);
    out[2 * k + 1] = radius * Math.sin(angle);
  }
}
