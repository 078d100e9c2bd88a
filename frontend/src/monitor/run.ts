/** What one session has told so far: its curves, when each epoch was told, its alerts. */
import { GrowingCurve } from "./growing";

/** As GET /training/metrics/<id> answers. */
export interface MetricsDocument {
  epochs: number[];
  losses: (number | null)[];
  series: Record<string, { epochs: number[]; values: (number | null)[] }>;
  iteration: number;
  offset: number;
  names: string[];
  times: { epochs: number[]; values: number[] };
  alerts: { iteration: number; time: number; rule: string; text: string }[];
}

/** An event of the stream; which fields there are follows from its kind. */
export interface Told {
  iteration?: number;
  time?: number;
  values?: Record<string, number | null>;
  [field: string]: unknown;
}

export interface Said {
  iteration: number;
  rule: string;
  /** "warning" or "serious", or "cleared" where a complaint has ended. */
  kind: string;
  message: string;
}

const LOSS = "loss";

export class Run {
  readonly id: number;
  readonly name: string;
  iteration = 0;
  /** Behind what was heard last, in the log of the run. */
  offset = 0;
  names = new Set<string>();
  readonly times = new GrowingCurve();
  alerts: Said[] = [];
  /** Whether the curves were loaded once. */
  isLoaded = false;
  private readonly curves = new Map<string, GrowingCurve>();
  private readonly followed = new Set<string>();

  constructor(id: number, name: string) {
    this.id = id;
    this.name = name;
  }

  /** A curve that is followed; undefined while it has no point. */
  curve(name: string): GrowingCurve | undefined {
    return this.curves.get(name);
  }

  /** Keep these curves from now on; gives those that were not kept before, whose past is to be loaded. */
  follow(names: Iterable<string>): string[] {
    const fresh = [...names].filter((name) => !this.followed.has(name));
    for (const name of fresh) this.followed.add(name);
    return fresh;
  }

  /** All that is kept. */
  get kept(): string[] {
    return [...this.followed];
  }

  /** Take in the past of some curves; what was told behind it stays. */
  load(document: MetricsDocument): void {
    for (const [name, { epochs, values }] of Object.entries(document.series)) this.of(name).putBefore(epochs, values);
    if (document.epochs.length && this.followed.has(LOSS)) this.of(LOSS).putBefore(document.epochs, document.losses);
    this.times.putBefore(document.times.epochs, document.times.values);
    const known = new Set(this.alerts.map(keyOf));
    const past = document.alerts.map(said).filter((alert) => !known.has(keyOf(alert)));
    this.alerts = [...past, ...this.alerts].sort((a, b) => a.iteration - b.iteration);
    for (const name of document.names) this.names.add(name);
    if (document.epochs.length) this.names.add(LOSS);
    this.iteration = Math.max(this.iteration, document.iteration);
    this.offset = Math.max(this.offset, document.offset);
    this.isLoaded = true;
  }

  /** Add what was told behind the last epoch; false where the run went back, so that all is to be loaded anew. */
  extend(document: MetricsDocument): boolean {
    if (document.iteration < this.iteration) return false;
    const append = (curve: GrowingCurve, epochs: number[], values: (number | null)[]) =>
      epochs.forEach((epoch, k) => curve.put(epoch, values[k] ?? Number.NaN));
    for (const [name, { epochs, values }] of Object.entries(document.series)) append(this.of(name), epochs, values);
    if (document.epochs.length) append(this.of(LOSS), document.epochs, document.losses);
    append(this.times, document.times.epochs, document.times.values);
    this.alerts.push(...document.alerts.map(said));
    for (const name of document.names) this.names.add(name);
    this.iteration = document.iteration;
    return true;
  }

  /** Take in an event of the stream; whether anything that is drawn changed. */
  take(kind: string, event: Told): boolean {
    if (kind === "demonstrated") this.goBack(0); // all before was the policy that demonstrates
    const { iteration } = event;
    if (!Number.isInteger(iteration) || (iteration as number) < 0) return kind === "demonstrated";
    const epoch = iteration as number;
    // A resumed run goes on from its checkpoint; progress is the first that it tells of an epoch.
    const again = kind === "progress" ? epoch : epoch + 1;
    if (again <= this.iteration) this.goBack(again);
    this.iteration = epoch;
    if (typeof event.time === "number") this.times.put(epoch, event.time);
    if (kind === "alert") this.alerts.push(saidNow(epoch, event));
    for (const [name, value] of valuesOf(kind, event)) {
      this.names.add(name);
      if (this.followed.has(name)) this.of(name).put(epoch, typeof value === "number" ? value : Number.NaN);
    }
    return true;
  }

  /** Forget all, as before the first load. */
  clear(): void {
    this.goBack(0);
    this.names.clear();
  }

  private goBack(epoch: number): void {
    for (const [name, curve] of this.curves) {
      curve.cut(epoch);
      if (!curve.length) this.curves.delete(name);
    }
    this.times.cut(epoch);
    this.alerts = this.alerts.filter((alert) => alert.iteration < epoch);
    this.iteration = Math.max(0, epoch - 1);
  }

  private of(name: string): GrowingCurve {
    const known = this.curves.get(name) ?? new GrowingCurve();
    this.curves.set(name, known);
    return known;
  }
}

function valuesOf(kind: string, event: Told): [string, unknown][] {
  const values = event.values ?? {};
  if (kind === "progress") {
    return ["reward", "falls", "steps_per_s"].filter((name) => name in event).map((name) => [name, event[name]]);
  }
  if (kind === "metrics") {
    const { surrogate_loss: surrogate, value_loss: value } = values;
    const loss: [string, unknown][] =
      surrogate === undefined || value === undefined ? [] : [[LOSS, (surrogate ?? Number.NaN) + (value ?? Number.NaN)]];
    return [...Object.entries(values), ...loss];
  }
  if (kind !== "evaluated") return [];
  return Object.entries({ score: event.score, ...values }).map(([name, value]) => [`trial/${name}`, value]);
}

function said(alert: MetricsDocument["alerts"][number]): Said {
  const cut = alert.text.indexOf(": ");
  const [kind, message] = [alert.text.slice(0, cut), alert.text.slice(cut + 2)];
  return { iteration: alert.iteration, rule: alert.rule, kind, message };
}

function saidNow(iteration: number, event: Told): Said {
  const kind = event.cleared ? "cleared" : String(event.severity);
  return { iteration, rule: String(event.rule), kind, message: String(event.message) };
}

function keyOf({ iteration, rule, kind }: Said): string {
  return `${iteration} ${rule} ${kind}`;
}
