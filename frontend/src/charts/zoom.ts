/** Which part of the x axis is seen: one zoom for all charts of a group. */

export type Range = readonly [from: number, to: number];

export class Zoom {
  private seen: Range | null = null;
  private readonly listeners = new Set<() => void>();

  /** What is seen; null if all is. */
  get range(): Range | null {
    return this.seen;
  }

  /** See a part, or all; a part without length changes nothing. */
  set(range: Range | null): void {
    if (range && !(Math.abs(range[1] - range[0]) > 0)) return;
    this.seen = range && (range[0] < range[1] ? [range[0], range[1]] : [range[1], range[0]]);
    for (const listener of [...this.listeners]) listener();
  }

  /** See `factor` times as much as now around a place, within what there is. */
  scale(factor: number, around: number, whole: Range): void {
    const [from, to] = this.seen ?? whole;
    const low = around - (around - from) * factor;
    const high = around + (to - around) * factor;
    this.set(low <= whole[0] && high >= whole[1] ? null : [Math.max(low, whole[0]), Math.min(high, whole[1])]);
  }

  /** Hear of changes; gives what stops that. */
  watch(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}

const groups = new Map<string, Zoom>();

/** The zoom of a group; charts without a group have one each. */
export function zoomOf(group: string | undefined): Zoom {
  if (group === undefined) return new Zoom();
  const known = groups.get(group) ?? new Zoom();
  groups.set(group, known);
  return known;
}
