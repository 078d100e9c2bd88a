/** What a chart shows, as a table that opens: for those who read numbers rather than lines. */
import { isNumber, type Curve } from "./curves";
import { short } from "./numbers";

const MOST_ROWS = 50;

export class NumberTable {
  readonly element = document.createElement("details");
  private readonly frame = document.createElement("div");

  private readonly xLabel: string;
  private readonly xText: (x: number) => string;

  constructor(title: string, xLabel: string, xText: (x: number) => string, refresh: () => void) {
    this.xLabel = xLabel;
    this.xText = xText;
    this.element.className = "chart-numbers";
    const summary = document.createElement("summary");
    const of = document.createElement("span");
    of.className = "unseen";
    of.textContent = ` of ${title}`;
    summary.append("Numbers", of);
    this.frame.className = "frame";
    this.frame.tabIndex = 0;
    this.frame.setAttribute("role", "region");
    this.frame.setAttribute("aria-label", `Numbers of ${title}`);
    this.element.append(summary, this.frame);
    this.element.addEventListener("toggle", refresh);
  }

  get isOpen(): boolean {
    return this.element.open;
  }

  /** At most 50 rows from one index up to another, evenly spread, the last among them. */
  show(x: ArrayLike<number>, curves: Curve[], from: number, to: number): void {
    const table = document.createElement("table");
    const head = table.createTHead().insertRow();
    for (const name of [this.xLabel, ...curves.map((curve) => curve.label)]) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = name;
      head.append(cell);
    }
    const body = table.createTBody();
    for (const index of spread(from, to, MOST_ROWS)) {
      const row = body.insertRow();
      row.insertCell().textContent = this.xText(x[index] as number);
      for (const { values } of curves) {
        const value = values[index];
        row.insertCell().textContent = isNumber(value) ? short(value) : "–";
      }
    }
    this.frame.replaceChildren(table);
  }
}

/** At most so many indexes from one up to another, evenly spread, the last among them. */
export function spread(from: number, to: number, most: number): number[] {
  const step = Math.max(1, Math.ceil((to - from) / most));
  const indexes: number[] = [];
  for (let index = to - 1; index >= from; index -= step) indexes.unshift(index);
  return indexes;
}
