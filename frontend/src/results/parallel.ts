/** Parallel axes: where a value lies on its axis, and whether it lies within what is kept. */

export type Value = number | string | undefined;

export interface Axis {
  name: string;
  /** By session. */
  values: Value[];
  /** Ends of a numeric axis; words of another one, from the bottom to the top. */
  range: { low: number; high: number } | { words: string[] };
}

/** From the bottom, 0, to the top, 1. */
export type Brush = readonly [number, number];

/** An axis for these values: of numbers where all that are known are numbers. */
export function axisOf(name: string, values: Value[]): Axis {
  const known = values.filter((value) => value !== undefined);
  const numbers = known.map(Number);
  if (known.length > 0 && numbers.every(Number.isFinite)) {
    return { name, values, range: { low: Math.min(...numbers), high: Math.max(...numbers) } };
  }
  return { name, values, range: { words: [...new Set(known.map(String))].sort() } };
}

/** Where a value lies, 0 to 1; null where there is none. What is alone on its axis lies in the middle. */
export function position(axis: Axis, value: Value): number | null {
  if (value === undefined) return null;
  if ("words" in axis.range) {
    const { words } = axis.range;
    const index = words.indexOf(String(value));
    return index < 0 ? null : words.length === 1 ? 0.5 : index / (words.length - 1);
  }
  const { low, high } = axis.range;
  return low === high ? 0.5 : (Number(value) - low) / (high - low);
}

/** Sessions that lie within every brush; one without a value does not. */
export function kept(axes: Axis[], brushes: ReadonlyMap<string, Brush>, count: number): boolean[] {
  return Array.from({ length: count }, (_, session) =>
    axes.every((axis) => {
      const brush = brushes.get(axis.name);
      if (!brush) return true;
      const at = position(axis, axis.values[session]);
      return at !== null && at >= brush[0] - 1e-9 && at <= brush[1] + 1e-9;
    }),
  );
}

/** What stands at the ends of an axis, bottom and top. */
export function ends(axis: Axis): [string, string] {
  if ("words" in axis.range) return [axis.range.words[0] ?? "", axis.range.words.at(-1) ?? ""];
  return [short(axis.range.low), short(axis.range.high)];
}

/** A number in three digits. */
export function short(value: number): string {
  return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(3)));
}
