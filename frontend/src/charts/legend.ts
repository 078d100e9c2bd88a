/** The names of a chart's curves, each with its value where the crosshair is, else with its last. */
import { isNumber, type Curve } from "./curves";
import { short } from "./numbers";
import { curveToken } from "./palette";

export class Legend {
  readonly element = document.createElement("ul");
  private values: HTMLElement[] = [];
  private names = "";

  constructor() {
    this.element.className = "chart-legend";
  }

  /** Values at an index of the curves; the last known at or before it. */
  show(curves: Curve[], index: number): void {
    const names = curves.map((curve) => `${curve.label}\n${curve.colour ?? 0}${curve.dashed ?? ""}`).join("\n");
    if (names !== this.names) this.write(curves);
    this.names = names;
    curves.forEach((curve, k) => {
      const value = this.values[k] as HTMLElement;
      const text = short(lastKnown(curve, index));
      if (value.textContent !== text) value.textContent = text;
    });
  }

  private write(curves: Curve[]): void {
    this.values = curves.map(() => document.createElement("span"));
    this.element.replaceChildren(
      ...curves.map((curve, k) => {
        const line = document.createElement("li");
        const swatch = document.createElement("span");
        swatch.className = curve.dashed ? "swatch dashed" : "swatch";
        swatch.style.color = `var(${curveToken(curve.colour ?? k + 1)})`;
        (this.values[k] as HTMLElement).className = "figures";
        line.append(swatch, `${curve.label} `, this.values[k] as HTMLElement);
        return line;
      }),
    );
  }
}

/** The value at an index, or the one known last before it; null where there is none. */
export function lastKnown({ values }: Curve, index: number): number | null {
  for (let at = Math.min(index, values.length - 1); at >= 0; at--) {
    const value = values[at];
    if (isNumber(value)) return value;
  }
  return null;
}
