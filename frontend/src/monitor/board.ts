/** The charts of the page: which there are, and what each draws of which session. */
import { lineChart, type LineChart } from "../charts/line-chart";
import type { Curve, Mark } from "../charts/curves";
import { never, soon, whenDrawn } from "../charts/frames";
import { duration } from "../times";
import { align, clockOf, type Points } from "./align";
import { plan, type ChartPlan } from "./plan";
import type { Run } from "./run";
import type { Settings } from "./settings";
import { band, smooth, windowOf } from "./smooth";
import type { Usage } from "./usage";

export const SYNC = "monitor";
const LEAST_REST_MS = 200;
const REST = 2; // times as long as drawing took, so that two thirds of the time are the reader's

const [MINUTE, HOUR, DAY] = [60, 3600, 86400];
const CLOCK_STEPS_S = [
  ...[1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 7, 14, 28].map((days) => days * DAY),
];

export interface Watched {
  run: Run;
  usage: Usage;
}

interface Tile {
  plan: ChartPlan;
  chart: LineChart;
  element: HTMLElement;
  isSeen: boolean;
  isStale: boolean;
  draw: () => void;
}

export class Board {
  private readonly place: HTMLElement;
  private readonly watched: Watched[];
  private readonly settings: Settings;
  private readonly tiles = new Map<Element, Tile>();
  private shape = "";
  private timer = 0;
  private isDrawing = false;
  private isStale = false;
  private readonly sights = new IntersectionObserver((entries) => this.noteSights(entries), { rootMargin: "100px" });

  constructor(place: HTMLElement, watched: Watched[], settings: Settings) {
    this.place = place;
    this.watched = watched;
    this.settings = settings;
  }

  /** Something changed: draw it soon, at most some four times a second, and less often where drawing takes long. */
  invalidate(): void {
    this.isStale = true;
    if (!this.timer && !this.isDrawing) this.timer = window.setTimeout(() => this.redraw());
  }

  private redraw(): void {
    this.timer = 0;
    this.isStale = false;
    this.isDrawing = true;
    const begin = performance.now();
    this.reshape();
    for (const tile of this.tiles.values()) {
      tile.isStale = true;
      if (tile.isSeen) soon(tile.draw);
    }
    whenDrawn(() => {
      this.isDrawing = false;
      const rest = Math.max(LEAST_REST_MS, REST * (performance.now() - begin));
      this.timer = window.setTimeout(() => {
        this.timer = 0;
        if (this.isStale) this.invalidate();
      }, rest);
    });
  }

  /** Make the charts that there are to be, where they are others than those that there are. */
  private reshape(): void {
    const names = new Set(this.watched.flatMap(({ run }) => [...run.names]));
    const { add, less, x } = this.settings;
    const plans = plan(names, add, less, this.watched.length > 1);
    const shape = JSON.stringify([x, plans]);
    if (shape === this.shape) return;
    this.shape = shape;
    for (const tile of this.tiles.values()) {
      never(tile.draw);
      tile.chart.destroy();
    }
    this.tiles.clear();
    this.sights.disconnect();
    this.place.replaceChildren(...sections(plans).map(([title, charts]) => this.section(title, charts)));
    for (const element of this.tiles.keys()) this.sights.observe(element);
  }

  private section(title: string, charts: ChartPlan[]): HTMLElement {
    const section = document.createElement("section");
    const heading = document.createElement("h2");
    heading.textContent = title;
    const grid = document.createElement("div");
    grid.className = "charts";
    section.className = "stack";
    section.append(heading, grid);
    for (const chartPlan of charts) grid.append(this.tile(chartPlan));
    return section;
  }

  private tile(chartPlan: ChartPlan): HTMLElement {
    const element = document.createElement("div");
    element.className = "card";
    const { x, log } = this.settings;
    const chart = lineChart(element, {
      title: chartPlan.title,
      ...(chartPlan.unit ? { unit: chartPlan.unit } : {}),
      xLabel: x === "epochs" ? "epochs" : "wall time",
      sync: SYNC,
      whole: () => this.whole(),
      log,
      ...(x === "time" ? { xText: (seconds: number) => duration(seconds), xSteps: CLOCK_STEPS_S } : {}),
    });
    const tile: Tile = { plan: chartPlan, chart, element, isSeen: true, isStale: true, draw: () => this.draw(tile) };
    this.tiles.set(element, tile);
    return element;
  }

  private noteSights(entries: IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const tile = this.tiles.get(target);
      if (!tile) continue;
      tile.isSeen = isIntersecting;
      if (isIntersecting && tile.isStale) soon(tile.draw);
    }
  }

  private draw(tile: Tile): void {
    tile.isStale = false;
    const parts: { points: Points; label: string; colour: number }[] = [];
    tile.plan.series.forEach(([name, label], s) => {
      this.watched.forEach((watched, w) => {
        const points = this.points(watched, name);
        const several = this.watched.length > 1;
        if (points) parts.push({ points, label: several ? sessionLabel(watched.run) : label, colour: several ? w + 1 : s + 1 });
      });
    });
    const { x, columns } = align(parts.map(({ points }) => this.smoothed(points)));
    const bands = this.settings.smooth > 0 ? align(parts.map(({ points }) => points)) : null;
    const width = windowOf(this.settings.smooth);
    const curves = parts.map(({ label, colour }, k): Curve => {
      const values = columns[k] as Float64Array;
      return { label, colour, values, ...(bands ? band(bands.columns[k] as Float64Array, width) : {}) };
    });
    tile.chart.setLog(this.settings.log);
    tile.chart.setMarks(this.marks());
    tile.chart.update(x, curves);
  }

  /** From the first epoch that any session told of to the last. */
  private whole(): [number, number] | null {
    const ends = this.watched.flatMap(({ run: { times } }) => {
      const [first, last] = [times.x[0], times.x.at(-1)];
      if (first === undefined || last === undefined) return [];
      return this.settings.x === "epochs" ? [first, last] : [0, (times.y.at(-1) as number) - (times.y[0] as number)];
    });
    const [from, to] = [Math.min(...ends), Math.max(...ends)];
    return from < to ? [from, to] : null;
  }

  private smoothed({ x, y }: Points): Points {
    return { x, y: smooth(y, this.settings.smooth) };
  }

  private points({ run, usage }: Watched, name: string): Points | undefined {
    if (name.startsWith("usage/")) return usage.points(name, this.settings.x);
    const curve = run.curve(name);
    if (!curve?.length) return undefined;
    return { x: this.settings.x === "epochs" ? curve.x : clockOf(curve.x, run.times), y: curve.y };
  }

  /** Alerts of the session that is watched, where they were raised. */
  private marks(): Mark[] {
    const { run } = this.watched[0] as Watched;
    const raised = run.alerts.filter((alert) => alert.kind !== "cleared");
    const epochs = raised.map((alert) => alert.iteration);
    const places = this.settings.x === "epochs" ? epochs : clockOf(epochs, run.times);
    return raised.map((alert, k) => ({ x: places[k] as number, text: alert.message, isError: alert.kind === "serious" }));
  }
}

function sections(plans: ChartPlan[]): [string, ChartPlan[]][] {
  const found = new Map<string, ChartPlan[]>();
  for (const each of plans) found.set(each.group, [...(found.get(each.group) ?? []), each]);
  return [...found];
}

function sessionLabel(run: Run): string {
  return `${run.id} ${run.name}`;
}
