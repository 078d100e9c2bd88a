/** Where the ground says how many metres it is from the origin. */

export interface Label {
  x: number;
  y: number;
  text: string;
}

const MOST = 16;
/** A way narrower than this needs no figures across [steps]. */
const NARROW = 1.5;

/**
 * Figures along x beside the way, and along y where the way goes that far too.
 *
 * @param path (T, 2) [m]
 * @param step between them [m]; doubled until there are few enough
 * @param aside how far from the way [m]
 */
export function labelPlaces(path: Float32Array, step: number, aside: number): Label[] {
  if (!path.length) return [];
  const [x, y] = [range(path, 0), range(path, 1)];
  const along = metres(x, step).map((at) => ({ x: at, y: y.low - aside, text: told(at) }));
  if (y.high - y.low < NARROW * step) return along;
  return [...along, ...metres(y, step).map((at) => ({ x: x.low - aside, y: at, text: told(at) }))];
}

function range(path: Float32Array, axis: number): { low: number; high: number } {
  let [low, high] = [Infinity, -Infinity];
  for (let k = axis; k < path.length; k += 2) {
    low = Math.min(low, path[k]!);
    high = Math.max(high, path[k]!);
  }
  return { low, high };
}

function metres({ low, high }: { low: number; high: number }, step: number): number[] {
  let wide = step;
  while ((high - low) / wide + 3 > MOST) wide *= 2;
  const found: number[] = [];
  for (let k = Math.floor(low / wide); k <= Math.ceil(high / wide); k++) found.push(k * wide);
  return found;
}

function told(at: number): string {
  return `${Number(at.toFixed(2))} m`;
}
