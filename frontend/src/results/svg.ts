/** SVG elements, and scales from values to places on them. */

type Attributes = Record<string, string | number>;

/** An element with its attributes and what stands in it. */
export function svg(tag: string, attributes: Attributes = {}, ...inside: (SVGElement | string)[]): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, typeof value === "number" ? String(Math.round(value * 100) / 100) : value);
  }
  element.append(...inside);
  return element;
}

/** A picture with a name for who does not see it. */
export function picture(width: number, height: number, label: string, ...inside: SVGElement[]): SVGElement {
  return svg("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label }, ...inside);
}

export type Scale = (value: number) => number;

/** From `low..high` to `from..to`, straight. */
export function scale(low: number, high: number, from: number, to: number): Scale {
  const slope = (to - from) / (high - low || 1);
  return (value) => from + (value - low) * slope;
}

/** Round numbers within `low..high`, about `count` of them. */
export function ticks(low: number, high: number, count: number): number[] {
  const span = high - low;
  if (!(span > 0)) return [low];
  const rough = span / Math.max(1, count);
  const size = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5].find((factor) => factor * size >= rough) ?? 10) * size;
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}
