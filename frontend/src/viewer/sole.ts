/** The outline of a foot on the ground. */
import { POSE, type Part } from "./documents";

/** Of a foot, this share of its height above its lowest point counts as sole. */
const SOLE = 0.1;
/** The mark is larger than the sole by this much, so that it is seen around it. */
const MARGIN = 1.3;

/**
 * Corners of the sole over the ground, around the body's place, (K, 2) [m]: of the points that are lowest when the
 * body has the pose at `offset`, the convex hull, made larger. Empty where the body has too few points.
 */
export function soleOutline(parts: Part[], poses: Float32Array, offset: number): [number, number][] {
  const points = parts.flatMap((part) => turned(part.vertices, poses, offset));
  const heights = points.map((point) => point[2]);
  const low = heights.reduce((a, b) => Math.min(a, b), Infinity);
  const high = heights.reduce((a, b) => Math.max(a, b), -Infinity);
  const hull = convexHull(points.filter(([, , z]) => z <= low + SOLE * (high - low)).map(([x, y]) => [x, y]));
  if (hull.length < 3) return [];
  const centre = [0, 1].map((axis) => hull.reduce((sum, corner) => sum + corner[axis]!, 0) / hull.length);
  return hull.map(([x, y]) => [centre[0]! + MARGIN * (x - centre[0]!), centre[1]! + MARGIN * (y - centre[1]!)]);
}

/** How far a body has turned about the upright since another pose [rad]: the twist about z of q q0^-1. */
export function turnSince(now: Float32Array, nowAt: number, then: Float32Array, thenAt: number): number {
  const [w, x, y, z] = [now[nowAt + 3]!, now[nowAt + 4]!, now[nowAt + 5]!, now[nowAt + 6]!];
  const [a, b, c, d] = [then[thenAt + 3]!, then[thenAt + 4]!, then[thenAt + 5]!, then[thenAt + 6]!];
  return 2 * Math.atan2(-w * d + z * a - x * c + y * b, w * a + x * b + y * c + z * d);
}

/** Vertices turned by a pose, but not moved. */
function turned(vertices: Float32Array, poses: Float32Array, offset: number): [number, number, number][] {
  const [w, x, y, z] = Array.from(poses.subarray(offset + 3, offset + POSE)) as [number, number, number, number];
  const out: [number, number, number][] = [];
  for (let k = 0; k < vertices.length; k += 3) {
    const [px, py, pz] = [vertices[k]!, vertices[k + 1]!, vertices[k + 2]!];
    const [tx, ty, tz] = [2 * (y * pz - z * py), 2 * (z * px - x * pz), 2 * (x * py - y * px)]; // 2 q x p
    out.push([px + w * tx + y * tz - z * ty, py + w * ty + z * tx - x * tz, pz + w * tz + x * ty - y * tx]);
  }
  return out;
}

/** Counter-clockwise, without points on its edges. Source: Andrew's monotone chain, 1979. */
function convexHull(points: [number, number][]): [number, number][] {
  const sorted = points.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (along: [number, number][]) => {
    const chain: [number, number][] = [];
    for (const point of along) {
      while (chain.length > 1 && turn(chain.at(-2)!, chain.at(-1)!, point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.toReversed())];
}

function turn(a: [number, number], b: [number, number], c: [number, number]): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}
