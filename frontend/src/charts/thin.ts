/** Columns thinned to what the pixels can show: of every bucket the least and the largest value, in their order. */
import { isNumber, type Values } from "./curves";

export type Keep = "both" | "low" | "high";

export interface Column {
  values: Values;
  /** Which extremes of a bucket stay: both of a curve, one of a band's edge. */
  keep: Keep;
}

export interface Thinned {
  x: number[];
  columns: (number | null)[][];
}

/**
 * Columns from one index up to another, with at most two points a bucket.
 *
 * A bucket holds a power of two of indexes and begins at a multiple of it, so that it stays what it is while the
 * columns grow: what is drawn does not flicker.
 */
export function thin(x: ArrayLike<number>, columns: Column[], from: number, to: number, buckets: number): Thinned {
  let size = 1;
  while ((to - from) / size > 2 * buckets) size *= 2;
  if (size < 4) return all(x, columns, from, to);
  const thinned: Thinned = { x: [], columns: columns.map(() => []) };
  for (let begin = from; begin < to; ) {
    const end = Math.min(to, begin - (begin % size) + size);
    thinned.x.push(x[begin] as number, x[end - 1] as number);
    for (let k = 0; k < columns.length; k++) {
      const pair = extremes(columns[k] as Column, begin, end);
      (thinned.columns[k] as (number | null)[]).push(pair[0], pair[1]);
    }
    begin = end;
  }
  return thinned;
}

function all(x: ArrayLike<number>, columns: Column[], from: number, to: number): Thinned {
  const thinned: Thinned = { x: [], columns: columns.map(() => []) };
  for (let index = from; index < to; index++) {
    thinned.x.push(x[index] as number);
    for (let k = 0; k < columns.length; k++) {
      const value = (columns[k] as Column).values[index];
      (thinned.columns[k] as (number | null)[]).push(isNumber(value) ? value : null);
    }
  }
  return thinned;
}

function extremes({ values, keep }: Column, begin: number, end: number): [number | null, number | null] {
  let [least, largest] = [-1, -1];
  for (let index = begin; index < end; index++) {
    const value = values[index];
    if (!isNumber(value)) continue;
    if (least < 0 || value < (values[least] as number)) least = index;
    if (largest < 0 || value > (values[largest] as number)) largest = index;
  }
  if (least < 0) return [null, null];
  const [low, high] = [values[least] as number, values[largest] as number];
  if (keep === "low") return [low, low];
  if (keep === "high") return [high, high];
  return least <= largest ? [low, high] : [high, low];
}
