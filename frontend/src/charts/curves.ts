/** What a chart draws. */

/** Values by index; null, undefined and NaN are where there is none. Typed arrays and plain ones. */
export type Values = ArrayLike<number | null>;

export interface Curve {
  label: string;
  values: Values;
  /** A band around the curve, from low to high. */
  low?: Values;
  high?: Values;
  /** 1 to 8: the token --curve-N; by its place among the curves if it is not given. */
  colour?: number;
  dashed?: boolean;
}

/** Something that was said at a moment: a line across the plot. */
export interface Mark {
  x: number;
  text: string;
  /** Colour: of a failure, else of a warning. */
  isError?: boolean;
}

/** Whether there is a number. */
export function isNumber(value: number | null | undefined): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** First index of an ascending column whose value is not below `value`; its length where all are. */
export function firstNotBelow(ascending: ArrayLike<number>, value: number): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of an ascending column whose value lies nearest; -1 where it is empty. */
export function nearest(ascending: ArrayLike<number>, value: number): number {
  const behind = firstNotBelow(ascending, value);
  if (behind === 0) return ascending.length ? 0 : -1;
  if (behind === ascending.length) return behind - 1;
  const isBefore = value - (ascending[behind - 1] as number) < (ascending[behind] as number) - value;
  return isBefore ? behind - 1 : behind;
}
