/** The parallel axes as a picture, with a brush on each axis; and the same as a table whose rows can be switched. */
import { ends, kept, position, type Axis, type Brush } from "./parallel";
import { svg } from "./svg";

export interface Shown {
  id: number;
  name: string;
}

const STEP = 118;
const LEFT = 60;
const TOP = 52;
const BOTTOM = 250;
const HEIGHT = 282;
const GRIP = 13;
const LEAST_BRUSH = 0.03;

/** Draw the axes in one place and the table in another. */
export function parallelChart(axes: Axis[], sessions: Shown[], place: HTMLElement, list: HTMLElement): void {
  new ParallelChart(axes, sessions, place, list).draw();
}

class ParallelChart {
  private readonly brushes = new Map<string, Brush>();
  private readonly off = new Set<number>();
  private lines: SVGElement[] = [];
  private rows: HTMLTableRowElement[] = [];

  constructor(
    private readonly axes: Axis[],
    private readonly sessions: Shown[],
    private readonly place: HTMLElement,
    private readonly list: HTMLElement,
  ) {}

  draw(): void {
    const width = LEFT + STEP * (this.axes.length - 1) + LEFT;
    const label = "Parallel axes of options and figures; the table below holds the same.";
    const chart = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": label, class: "parallel" });
    chart.style.minWidth = `${width * 0.72}px`;
    chart.style.maxWidth = `${width}px`;
    this.lines = this.sessions.map((session, k) => this.line(session, k));
    chart.append(...this.lines, ...this.axes.map((axis, k) => this.axis(axis, LEFT + k * STEP, chart)));
    this.place.replaceChildren(chart);
    this.list.replaceChildren(this.table());
  }

  private line(session: Shown, index: number): SVGElement {
    const path = this.axes.map((axis, k) => {
      const at = position(axis, axis.values[index]);
      return at === null ? null : `${LEFT + k * STEP},${height(at).toFixed(1)}`;
    });
    const name = svg("title", {}, `${session.id} ${session.name}`);
    const known = path.filter((point) => point !== null).join(" ");
    return svg("polyline", { class: `line c${index + 1}`, points: known }, name);
  }

  private axis(axis: Axis, x: number, chart: SVGElement): SVGElement {
    const [bottom, top] = ends(axis);
    const middle = { x, "text-anchor": "middle" };
    const brush = svg("rect", { class: "brush", x: x - GRIP / 2, width: GRIP, y: 0, height: 0, visibility: "hidden" });
    const grip = svg("rect", { class: "grip", x: x - GRIP, y: TOP - 4, width: 2 * GRIP, height: BOTTOM - TOP + 8 });
    this.listen(axis, grip, brush, chart);
    return svg(
      "g",
      {},
      ...title(axis.name).map((text, k, all) => svg("text", { ...middle, y: TOP - 22 - 14 * (all.length - 1 - k), class: "axis-name" }, text)),
      svg("text", { ...middle, y: TOP - 7 }, cut(top)),
      svg("text", { ...middle, y: BOTTOM + 17 }, cut(bottom)),
      svg("line", { class: "axis", x1: x, x2: x, y1: TOP, y2: BOTTOM }),
      brush,
      grip,
    );
  }

  private listen(axis: Axis, grip: SVGElement, brush: SVGElement, chart: SVGElement): void {
    let begun: number | null = null;
    const at = (event: PointerEvent) => {
      const box = chart.getBoundingClientRect();
      const y = ((event.clientY - box.top) / box.height) * HEIGHT;
      return Math.min(1, Math.max(0, (BOTTOM - y) / (BOTTOM - TOP)));
    };
    grip.addEventListener("pointerdown", (event) => {
      begun = at(event);
      grip.setPointerCapture(event.pointerId);
    });
    grip.addEventListener("pointermove", (event) => {
      if (begun === null) return;
      const now = at(event);
      this.brush(axis, brush, [Math.min(begun, now), Math.max(begun, now)]);
    });
    grip.addEventListener("pointerup", () => (begun = null));
    grip.addEventListener("pointercancel", () => (begun = null));
  }

  private brush(axis: Axis, shown: SVGElement, range: Brush): void {
    const isWide = range[1] - range[0] >= LEAST_BRUSH;
    if (isWide) this.brushes.set(axis.name, range);
    else this.brushes.delete(axis.name);
    shown.setAttribute("visibility", isWide ? "visible" : "hidden");
    shown.setAttribute("y", String(height(range[1])));
    shown.setAttribute("height", String(height(range[0]) - height(range[1])));
    this.update();
  }

  private update(): void {
    kept(this.axes, this.brushes, this.sessions.length).forEach((isKept, k) => {
      const isShown = isKept && !this.off.has(k);
      this.lines[k]?.classList.toggle("faint", !isShown);
      this.rows[k]?.classList.toggle("faint", !isShown);
    });
  }

  private table(): HTMLTableElement {
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    for (const name of ["Show", "Session", ...this.axes.map((axis) => axis.name)]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = name;
      head.append(cell);
    }
    const body = table.createTBody();
    this.rows = this.sessions.map((session, k) => this.row(body.insertRow(), session, k));
    return table;
  }

  private row(row: HTMLTableRowElement, session: Shown, index: number): HTMLTableRowElement {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = true;
    box.ariaLabel = `Show the line of ${session.id} ${session.name}`;
    box.addEventListener("change", () => {
      if (box.checked) this.off.delete(index);
      else this.off.add(index);
      this.update();
    });
    const strong = (on: boolean) => this.lines[index]?.classList.toggle("strong", on);
    row.addEventListener("pointerenter", () => strong(true));
    row.addEventListener("pointerleave", () => strong(false));
    row.addEventListener("focusin", () => strong(true));
    row.addEventListener("focusout", () => strong(false));
    const colour = document.createElement("span");
    colour.className = `colour c${index + 1}`;
    row.insertCell().append(box);
    row.insertCell().append(colour, ` ${session.id} ${session.name}`);
    for (const axis of this.axes) row.insertCell().textContent = written(axis.values[index]);
    return row;
  }
}

function height(at: number): number {
  return BOTTOM - at * (BOTTOM - TOP);
}

function written(value: number | string | undefined): string {
  if (value === undefined) return "–";
  return typeof value === "number" ? String(Number(value.toPrecision(3))) : value;
}

/** A name in at most two lines. */
function title(name: string): string[] {
  const parts = name.includes(".") ? name.split(/(?<=\.)(?=[^.]*$)/) : name.split(/, | (?=\[)| (?=\S+$)/);
  return parts.length > 1 && name.length > 14 ? [cut(parts[0] ?? "", 19), cut(parts.slice(1).join(" "), 19)] : [cut(name, 19)];
}

function cut(text: string, most = 16): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
