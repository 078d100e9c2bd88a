/** Several curves over one x axis, and x axes by the clock. */
import type { GrowingCurve } from "./growing";

export interface Points {
  x: Float64Array;
  y: Float64Array;
}

/** All x that any of them has, and the values of each there; NaN where it has none. */
export function align(parts: Points[]): { x: Float64Array; columns: Float64Array[] } {
  const [first] = parts;
  if (!first) return { x: new Float64Array(0), columns: [] };
  if (parts.every((part) => isSame(part.x, first.x))) return { x: first.x, columns: parts.map((part) => part.y) };
  const x = union(parts.map((part) => part.x));
  const columns = parts.map((part) => {
    const column = new Float64Array(x.length).fill(Number.NaN);
    for (let k = 0, at = 0; k < part.x.length; k++) {
      while ((x[at] as number) < (part.x[k] as number)) at++;
      column[at] = part.y[k] as number;
    }
    return column;
  });
  return { x, columns };
}

function isSame(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}

function union(all: Float64Array[]): Float64Array {
  const sorted = new Float64Array(all.reduce((sum, x) => sum + x.length, 0));
  let filled = 0;
  for (const x of all) {
    sorted.set(x, filled);
    filled += x.length;
  }
  sorted.sort();
  let kept = 0;
  for (let k = 0; k < sorted.length; k++) {
    if (!kept || sorted[k] !== sorted[kept - 1]) sorted[kept++] = sorted[k] as number;
  }
  return sorted.slice(0, kept);
}

/** For ascending places the value of an ascending curve there, on straight lines between its points. */
export function along(places: ArrayLike<number>, x: Float64Array, y: Float64Array): Float64Array {
  const found = new Float64Array(places.length);
  let [at, highest] = [0, -Infinity];
  for (let k = 0; k < places.length; k++) {
    const place = places[k] as number;
    while (at < x.length - 1 && (x[at + 1] as number) < place) at++;
    const [x0, x1 = x0, y0, y1 = y0] = [x[at] as number, x[at + 1], y[at] as number, y[at + 1]];
    const part = x1 > x0 ? Math.min(1, Math.max(0, (place - x0) / (x1 - x0))) : 0;
    highest = Math.max(highest, x.length ? y0 + part * (y1 - y0) : 0); // a clock that was set back does not fold it
    found[k] = highest;
  }
  return found;
}

/** Seconds since the beginning at which epochs were told. */
export function clockOf(epochs: ArrayLike<number>, times: GrowingCurve): Float64Array {
  const start = times.length ? (times.y[0] as number) : 0;
  return along(epochs, times.x, times.y).map((time) => time - start);
}
