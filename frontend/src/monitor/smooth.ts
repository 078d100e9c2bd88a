/** Noisy curves made readable: a mean that forgets, and the band that its raw values lie in. */

/**
 * The mean of what was so far, in which every earlier value counts `keep` times as much as the one after it.
 *
 *     m_t = keep m_(t-1) + (1 - keep) y_t,   shown: m_t / (1 - keep^t)
 *
 * The division takes away the pull towards 0 with which the mean begins (Kingma and Ba 2015, section 3). Values that
 * are not known are passed over, and stay unknown.
 */
export function smooth(y: Float64Array, keep: number): Float64Array {
  if (keep <= 0) return y;
  const shown = new Float64Array(y.length);
  let [mean, weight] = [0, 0];
  for (let k = 0; k < y.length; k++) {
    const value = y[k] as number;
    if (Number.isFinite(value)) {
      mean = keep * mean + (1 - keep) * value;
      weight = keep * weight + (1 - keep);
      shown[k] = mean / weight;
    } else shown[k] = Number.NaN;
  }
  return shown;
}

/** Values that such a mean is made of, more or less: 1 / (1 - keep). */
export function windowOf(keep: number): number {
  return Math.max(1, Math.round(1 / (1 - keep)));
}

/** The least and the largest of each value and those before it, `width` of them; NaN where the value is unknown. */
export function band(y: Float64Array, width: number): { low: Float64Array; high: Float64Array } {
  return { low: extreme(y, width, -1), high: extreme(y, width, 1) };
}

/** The largest with a sign of 1, the least with -1. A queue holds what may still become it: each enters and leaves once. */
function extreme(y: Float64Array, width: number, sign: number): Float64Array {
  const found = new Float64Array(y.length).fill(Number.NaN);
  const queue = new Int32Array(y.length);
  let [first, end] = [0, 0];
  for (let k = 0; k < y.length; k++) {
    const value = sign * (y[k] as number);
    while (first < end && (queue[first] as number) <= k - width) first++;
    if (!Number.isFinite(value)) continue;
    while (first < end && value >= sign * (y[queue[end - 1] as number] as number)) end--;
    queue[end++] = k;
    found[k] = y[queue[first] as number] as number;
  }
  return found;
}
