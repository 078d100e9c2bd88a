/** What the trainer of a session takes up: samples by the clock, fetched while it runs. */
import { get } from "../api";
import { along, type Points } from "./align";
import { GrowingCurve } from "./growing";
import type { Run } from "./run";

interface UsageDocument {
  times: number[];
  [name: string]: (number | null)[];
}

const GB = 1e9;
const UNITS: Record<string, number> = { memory_bytes: GB, gpu_memory_bytes: GB };
const PREFIX = "usage/";

export class Usage {
  private readonly curves = new Map<string, GrowingCurve>();
  private since = 0;
  private readonly run: Run;

  constructor(run: Run) {
    this.run = run;
  }

  /** Fetch what is new; whether there was anything. */
  async refresh(): Promise<boolean> {
    const told = await get<UsageDocument>(`/api/v1/sessions/${this.run.id}/usage?since=${this.since}`);
    this.take(told);
    return told.times.length > 0;
  }

  take({ times, ...columns }: UsageDocument): void {
    for (const [name, values] of Object.entries(columns)) {
      const full = PREFIX + name;
      if (!values.some((value) => value !== null)) continue; // a machine without GPU
      this.run.names.add(full);
      const curve = this.curves.get(full) ?? new GrowingCurve();
      this.curves.set(full, curve);
      times.forEach((time, k) => curve.put(time as number, (values[k] ?? Number.NaN) / (UNITS[name] ?? 1)));
    }
    this.since = (times.at(-1) as number | undefined) ?? this.since;
  }

  /** By epochs, in between them too, or by seconds since the first epoch; undefined while nothing is known. */
  points(name: string, x: "epochs" | "time"): Points | undefined {
    const curve = this.curves.get(name);
    const { times } = this.run;
    if (!curve || !times.length) return undefined;
    if (x === "epochs") return { x: along(curve.x, times.y, times.x), y: curve.y };
    const start = times.y[0] as number;
    return { x: curve.x.map((time) => time - start), y: curve.y };
  }
}
