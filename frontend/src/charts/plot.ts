/** The canvas of a chart: uPlot, set up as all charts here have it. */
import uPlot from "uplot";
import { isNumber, type Curve, type Mark } from "./curves";
import { ticks } from "./numbers";
import { colour, curveToken } from "./palette";
import type { Column } from "./thin";
import type { Range } from "./zoom";

export interface Look {
  width: number;
  height: number;
  curves: Curve[];
  isLog: boolean;
  sync?: string | undefined;
  xText?: ((x: number) => string) | undefined;
  xSteps?: number[] | undefined;
  /** What of the x axis is seen. */
  range: () => Range;
  marks: () => Mark[];
  /** Dragged over a part, or pressed twice: null. */
  onSelect: (range: Range | null) => void;
  /** The x at which the crosshair is; null where it has left. */
  onCursor: (x: number | null) => void;
}

const LEAST_DRAG_PX = 5;
const FONT = "12px system-ui, sans-serif";
const DIGIT_PX = 7;
const SYNCED = new Set(["mousemove", "mouseleave"]);

/** The columns of curves, in the order in which the plot has its series: every curve, then the bands' edges. */
export function columnsOf(curves: Curve[]): Column[] {
  const lines: Column[] = curves.map(({ values }) => ({ values, keep: "both" }));
  for (const { low, high } of curves) {
    if (low && high) lines.push({ values: low, keep: "low" }, { values: high, keep: "high" });
  }
  return lines;
}

/** Whether a logarithmic scale can show them: there is something, and all of it is above 0. */
export function hasLog(curves: Curve[], from: number, to: number): boolean {
  let isAny = false;
  for (const { values } of curves) {
    for (let index = from; index < to; index++) {
      const value = values[index];
      if (!isNumber(value)) continue;
      if (value <= 0) return false;
      isAny = true;
    }
  }
  return isAny;
}

/** A plot in a frame, without data. */
export function makePlot(frame: HTMLElement, look: Look): uPlot {
  const { series, bands } = seriesOf(look.curves);
  const options: uPlot.Options = {
    width: look.width,
    height: look.height,
    padding: [8, look.xText ? 40 : 26, 0, 0], // half of the last number, which stands under the edge
    legend: { show: false },
    series,
    bands,
    scales: {
      x: { time: false, range: () => [...look.range()] },
      y: look.isLog ? { distr: 3, log: 10, range: logRange } : { range: yRange },
    },
    axes: [xAxis(look.xText, look.xSteps), yAxis(look.isLog)],
    cursor: cursorOf(look),
    hooks: {
      setSelect: [(plot) => selected(plot, look)],
      setCursor: [(plot) => look.onCursor(cursorX(plot))],
      draw: [(plot) => drawMarks(plot, look.marks())],
    },
  };
  return new uPlot(options, [[], ...series.slice(1).map(() => [])], frame);
}

function seriesOf(curves: Curve[]): { series: uPlot.Series[]; bands: uPlot.Band[] } {
  const series: uPlot.Series[] = [{}];
  const bands: uPlot.Band[] = [];
  curves.forEach((curve, k) => {
    const name = curveToken(curve.colour ?? k + 1);
    const stroke = () => colour(name);
    series.push({
      label: curve.label,
      stroke,
      width: 1.5,
      ...(curve.dashed ? { dash: [6, 4] } : {}),
      spanGaps: true,
      points: { size: 5, stroke, fill: stroke },
    });
  });
  curves.forEach((curve, k) => {
    if (!curve.low || !curve.high) return;
    const name = curveToken(curve.colour ?? k + 1);
    bands.push({ series: [series.length + 1, series.length], fill: () => faint(colour(name)) });
    for (let edge = 0; edge < 2; edge++) {
      series.push({ stroke: "transparent", width: 0, spanGaps: true, points: { show: false } });
    }
  });
  return { series, bands };
}

function faint(of: string): string {
  return `color-mix(in srgb, ${of} 20%, transparent)`;
}

/** Some room above and below; a constant lies in the middle. */
function yRange(_plot: uPlot, low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0, 1];
  const room = (high - low) * 0.06 || Math.abs(high) * 0.1 || 1;
  return [low - room, high + room];
}

/** Out to the next number of one digit, where the lines of the grid begin: 1.1 to 37 are seen from 1 to 40, 1 from 0.9. */
function logRange(_plot: uPlot, low: number | null, high: number | null): [number, number] {
  if (low === null || high === null) return [0.1, 10];
  const decade = (value: number) => 10 ** Math.floor(Math.log10(value));
  const below = 0.99 * low;
  return [Math.floor(below / decade(below)) * decade(below), (Math.floor(high / decade(high)) + 1) * decade(high)];
}

function xAxis(text: Look["xText"], steps: Look["xSteps"]): uPlot.Axis {
  return {
    stroke: () => colour("--quiet"),
    font: FONT,
    size: 28,
    gap: 4,
    grid: { stroke: () => colour("--line"), width: 1 },
    ticks: { show: false },
    values: (_plot, splits, _axis, _space, step) => (text ? splits.map(text) : ticks(splits, step)),
    space: text ? 80 : 50,
    ...(steps ? { incrs: steps } : {}),
  };
}

function yAxis(isLog: boolean): uPlot.Axis {
  return {
    stroke: () => colour("--quiet"),
    font: FONT,
    gap: 4,
    size: (_plot, values) => 14 + DIGIT_PX * Math.max(3, ...(values ?? []).map((value) => String(value ?? "").length)),
    grid: { stroke: () => colour("--line"), width: 1 },
    ticks: { show: false },
    space: 30,
    values: (_plot, splits, _axis, _space, step) =>
      isLog ? splits.map((value) => (value === null ? "" : ticks([value], value)[0] ?? "")) : ticks(splits, step),
  };
}

function cursorOf(look: Look): uPlot.Cursor {
  return {
    y: false,
    points: { size: 7 },
    drag: { x: true, y: false, setScale: false, dist: LEAST_DRAG_PX },
    bind: {
      dblclick: () => () => {
        look.onSelect(null);
        return null;
      },
    },
    ...(look.sync === undefined
      ? {}
      : { sync: { key: look.sync, setSeries: false, scales: ["x", null], filters: { pub: (type) => SYNCED.has(type) } } }),
  };
}

function selected(plot: uPlot, look: Look): void {
  const { left, width } = plot.select;
  if (width < LEAST_DRAG_PX) return;
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  look.onSelect([plot.posToVal(left, "x"), plot.posToVal(left + width, "x")]);
}

function cursorX(plot: uPlot): number | null {
  const left = plot.cursor.left ?? -1;
  return left < 0 ? null : plot.posToVal(left, "x");
}

/** A line down from a triangle, where something was said. */
function drawMarks(plot: uPlot, marks: Mark[]): void {
  const { ctx, bbox } = plot;
  const [from, to] = [plot.scales.x?.min ?? 0, plot.scales.x?.max ?? 0];
  const size = 5 * uPlot.pxRatio;
  ctx.save();
  for (const { x, isError } of marks) {
    if (x < from || x > to) continue;
    const at = Math.round(plot.valToPos(x, "x", true));
    ctx.fillStyle = ctx.strokeStyle = colour(isError ? "--wrong" : "--wait");
    ctx.lineWidth = uPlot.pxRatio;
    ctx.setLineDash([3 * uPlot.pxRatio, 3 * uPlot.pxRatio]);
    ctx.beginPath();
    ctx.moveTo(at, bbox.top);
    ctx.lineTo(at, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(at - size, bbox.top);
    ctx.lineTo(at + size, bbox.top);
    ctx.lineTo(at, bbox.top + 1.6 * size);
    ctx.fill();
  }
  ctx.restore();
}
