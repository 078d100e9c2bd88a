/** Curves of several sessions over one axis. */

export interface Told {
  epochs: number[];
  values: (number | null)[];
}

/** Every epoch that one of them tells, and each curve there; null where it tells nothing. */
export function merged(curves: (Told | undefined)[]): { x: number[]; values: (number | null)[][] } {
  const x = [...new Set(curves.flatMap((curve) => curve?.epochs ?? []))].sort((a, b) => a - b);
  const values = curves.map((curve) => {
    const known = new Map(curve?.epochs.map((epoch, k) => [epoch, curve.values[k] ?? null]));
    return x.map((epoch) => known.get(epoch) ?? null);
  });
  return { x, values };
}
