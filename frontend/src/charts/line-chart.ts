/** A chart of curves over one x axis: zoom by dragging, a crosshair that its group shares, the numbers as a table. */
import "uplot/dist/uPlot.min.css";
import "./chart.css";
import type uPlot from "uplot";
import { firstNotBelow, nearest, type Curve, type Mark } from "./curves";
import { never, soon } from "./frames";
import { Legend, lastKnown } from "./legend";
import { NumberTable } from "./number-table";
import { short } from "./numbers";
import { watchColours } from "./palette";
import { moveByKeys } from "./plot-keys";
import { columnsOf, hasLog, makePlot, type Look } from "./plot";
import { thin } from "./thin";
import { zoomOf, type Range, type Zoom } from "./zoom";

export type { Curve, Mark } from "./curves";

export interface ChartOptions {
  title: string;
  unit?: string;
  xLabel: string;
  /** Charts of one name share crosshair and zoom. */
  sync?: string;
  log?: boolean;
  /** Of the plot [px]. */
  height?: number;
  /** All of the x axis, where charts of one group are to show the same; by default what its curves have. */
  whole?: () => Range | null;
  /** How values of x are written, where plain numbers are not what they are. */
  xText?: (x: number) => string;
  /** Possible distances between the numbers at the x axis, ascending. */
  xSteps?: number[];
}

export interface LineChart {
  /** Draw these curves from now on; x ascends. What is zoomed into stays. */
  update(x: ArrayLike<number>, curves: Curve[]): void;
  setMarks(marks: Mark[]): void;
  setLog(on: boolean): void;
  destroy(): void;
}

const HEIGHT = 190;

/** Make a chart in a place, which it fills in width. */
export function lineChart(place: HTMLElement, options: ChartOptions): LineChart {
  return new Chart(place, options);
}

class Chart implements LineChart {
  private readonly options: ChartOptions;
  private readonly figure = document.createElement("figure");
  private readonly frame = document.createElement("div");
  private readonly reset = document.createElement("button");
  private readonly remark = document.createElement("span");
  private readonly legend = new Legend();
  private readonly table: NumberTable;
  private readonly zoom: Zoom;
  private readonly stops: (() => void)[] = [];
  private x: ArrayLike<number> = [];
  private curves: Curve[] = [];
  private marks: Mark[] = [];
  private plot: uPlot | null = null;
  private look = "";
  private isSeen = true;
  private isStale = true;

  constructor(place: HTMLElement, options: ChartOptions) {
    this.options = { ...options };
    this.zoom = zoomOf(options.sync);
    this.table = new NumberTable(options.title, options.xLabel, this.xText, () => this.writeTable());
    this.build(place);
    const sizes = new ResizeObserver(() => this.ask());
    sizes.observe(this.frame);
    const sights = new IntersectionObserver(([entry]) => {
      this.isSeen = entry?.isIntersecting ?? true;
      if (this.isSeen && this.isStale) this.ask();
    });
    sights.observe(this.figure);
    this.stops.push(
      () => sizes.disconnect(),
      () => sights.disconnect(),
      this.zoom.watch(() => this.ask()),
      watchColours(() => this.ask()),
    );
  }

  update(x: ArrayLike<number>, curves: Curve[]): void {
    this.x = x;
    this.curves = curves;
    this.ask();
  }

  setMarks(marks: Mark[]): void {
    this.marks = marks;
    this.ask();
  }

  setLog(on: boolean): void {
    this.options.log = on;
    this.ask();
  }

  destroy(): void {
    never(this.draw);
    for (const stop of this.stops) stop();
    this.plot?.destroy();
    this.plot = null;
    this.figure.remove();
  }

  private build(place: HTMLElement): void {
    const { title, unit } = this.options;
    this.figure.className = "chart";
    const head = document.createElement("figcaption");
    const name = document.createElement("span");
    name.className = "chart-title";
    name.textContent = title;
    this.remark.className = "quiet";
    this.remark.textContent = unit ? `[${unit}]` : "";
    this.reset.type = "button";
    this.reset.className = "button plain";
    this.reset.textContent = "Reset zoom";
    this.reset.title = "Show all of the x axis again";
    this.reset.hidden = true;
    this.reset.addEventListener("click", () => this.zoom.set(null));
    head.append(name, " ", this.remark, this.reset);
    this.frame.className = "chart-plot";
    this.frame.setAttribute("role", "img");
    this.frame.setAttribute("aria-label", `${title}: nothing yet`);
    this.frame.tabIndex = 0;
    this.stops.push(moveByKeys(this.frame, this.zoom, () => this.plot, () => this.whole));
    this.figure.append(head, this.frame, this.legend.element, this.table.element);
    place.append(this.figure);
  }

  /** Draw at the next frame; what is out of sight waits until it is seen. */
  private ask(): void {
    this.isStale = true;
    if (this.isSeen) soon(this.draw);
  }

  private readonly draw = (): void => {
    const width = Math.floor(this.frame.clientWidth);
    if (width < 1) return;
    this.isStale = false;
    const [from, to] = this.seen();
    const isLog = Boolean(this.options.log) && hasLog(this.curves, from, to);
    const { x, columns } = thin(this.x, columnsOf(this.curves), from, to, width);
    const data = [x, ...columns] as uPlot.AlignedData;
    const plot = this.plotFor(width, isLog);
    if (plot.width !== width) plot.setSize({ width, height: plot.height });
    plot.setData(data);
    this.say(isLog);
  };

  /** The plot that there is, or a new one where curves or scale are others. */
  private plotFor(width: number, isLog: boolean): uPlot {
    const names = this.curves.map((c) => [c.label, c.colour, c.dashed, Boolean(c.low && c.high)]);
    const look = JSON.stringify([isLog, names]);
    if (this.plot && look === this.look) return this.plot;
    this.plot?.destroy();
    this.look = look;
    const given: Look = {
      width,
      height: this.options.height ?? HEIGHT,
      curves: this.curves,
      isLog,
      sync: this.options.sync,
      xText: this.options.xText,
      xSteps: this.options.xSteps,
      range: () => this.zoom.range ?? this.whole,
      marks: () => this.marks,
      onSelect: (range) => this.zoom.set(range),
      onCursor: (at) => this.legend.show(this.curves, at === null ? Infinity : nearest(this.x, at)),
    };
    this.plot = makePlot(this.frame, given);
    return this.plot;
  }

  /** Legend, label and table for what is drawn. */
  private say(isLog: boolean): void {
    this.reset.hidden = this.zoom.range === null;
    const notes = [this.options.unit ? `[${this.options.unit}]` : ""];
    if (this.options.log && !isLog && this.x.length) notes.push("linear: not all is above 0");
    this.remark.textContent = notes.filter(Boolean).join(" ");
    if ((this.plot?.cursor.left ?? -1) < 0) this.legend.show(this.curves, Infinity);
    const last = this.curves.map((curve) => `${curve.label} ${short(lastKnown(curve, Infinity))}`);
    const count = this.x.length ? `latest: ${last.join(", ")}` : "nothing yet";
    this.frame.setAttribute("aria-label", `${this.options.title} over ${this.options.xLabel}; ${count}`);
    this.writeTable();
  }

  private writeTable(): void {
    if (this.table.isOpen) this.table.show(this.x, this.curves, ...this.seen());
  }

  private readonly xText = (x: number) => (this.options.xText ? this.options.xText(x) : short(x));

  private get whole(): Range {
    const { x } = this;
    const given = this.options.whole?.();
    if (given) return given;
    if (!x.length) return [0, 1];
    const [first, last] = [x[0] as number, x[x.length - 1] as number];
    return first < last ? [first, last] : [first - 0.5, first + 0.5];
  }

  /** Indexes of what is seen, with one more on each side so that lines go on to the edge. */
  private seen(): [number, number] {
    const range = this.zoom.range;
    if (!range) return [0, this.x.length];
    const from = Math.max(0, firstNotBelow(this.x, range[0]) - 1);
    return [from, Math.min(this.x.length, firstNotBelow(this.x, range[1]) + 2)];
  }
}
