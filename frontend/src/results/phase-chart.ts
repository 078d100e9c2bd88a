/** A quantity over the gait cycle: the policy as a line in its band, the reference dashed; one small multiple. */
import { points, words, type Foot, type Known, type OverPhase } from "./gait";
import { picture, scale, svg, ticks, type Scale } from "./svg";

export interface PhaseOptions {
  unit: string;
  /** From the document's unit to the one that is shown. */
  factor: number;
  /** Smallest height of the axis, in the unit that is shown: what hardly moves shall look so. */
  least: number;
  /** What is said beside the name. */
  figure: string;
}

const WIDTH = 260;
const HEIGHT = 150;
const LEFT = 44;
const RIGHT = 6;
const TOP = 6;
const BOTTOM = 20;
const STRIP = 9;

/** The chart with its name; of a foot with strips below it that show when it stands. */
export function phaseChart(phase: number[], curve: OverPhase, options: PhaseOptions): HTMLElement {
  const figure = document.createElement("figure");
  const caption = document.createElement("figcaption");
  const name = document.createElement("b");
  name.textContent = words(curve.name);
  caption.append(name, ` ${options.figure}`);
  figure.append(caption, drawn(phase, curve, options));
  return figure;
}

function drawn(phase: number[], curve: OverPhase, options: PhaseOptions): SVGElement {
  const strips = isFoot(curve) ? [curve.contact, curve.reference_contact] : [];
  const height = HEIGHT + strips.length * (STRIP + 2);
  const floor = HEIGHT - BOTTOM;
  const x = scale(0, 1, LEFT, WIDTH - RIGHT);
  const [low, high] = limits(curve, options);
  const y = scale(low, high, floor, TOP);
  const up: Scale = (value) => y(value * options.factor);
  const label = `${words(curve.name)} over the gait cycle [${options.unit}], ${options.figure}`;
  return picture(
    WIDTH,
    height,
    label,
    ...grid(low, high, y, floor),
    band(points(phase, curve.low), points(phase, curve.high), x, up),
    line(points(phase, curve.reference), x, up, "reference"),
    line(points(phase, curve.middle), x, up, "policy"),
    ...strips.map((share, k) => strip(phase, share, x, HEIGHT + k * (STRIP + 2), k === 0 ? "policy" : "reference")),
  );
}

function isFoot(curve: OverPhase): curve is Foot {
  return "contact" in curve;
}

/** What the axis reaches over, a little beyond the values. */
export function limits(curve: OverPhase, { factor, least }: Pick<PhaseOptions, "factor" | "least">): [number, number] {
  const known = [curve.low, curve.high, curve.middle, curve.reference].flat().filter((value) => value !== null);
  if (known.length === 0) return [0, least];
  const [low, high] = [factor * Math.min(...known), factor * Math.max(...known)];
  const more = Math.max(0.05 * (high - low), (least - (high - low)) / 2);
  return [low - more, high + more];
}

function grid(low: number, high: number, y: Scale, floor: number): SVGElement[] {
  const lines = ticks(low, high, 3).flatMap((value) => [
    svg("line", { class: "grid", x1: LEFT, x2: WIDTH - RIGHT, y1: y(value), y2: y(value) }),
    svg("text", { x: LEFT - 4, y: y(value) + 3.5, "text-anchor": "end" }, String(value)),
  ]);
  const middle = (LEFT + WIDTH - RIGHT) / 2;
  const named: [number, string, string][] = [
    [LEFT, "0", "start"],
    [middle, "half the cycle", "middle"],
    [WIDTH - RIGHT, "1", "end"],
  ];
  return [
    ...lines,
    ...named.map(([x, text, anchor]) => svg("text", { x, y: floor + 14, "text-anchor": anchor }, text)),
  ];
}

function path(known: [number, number][], x: Scale, y: Scale): string {
  return known.map(([at, value]) => `${x(at).toFixed(1)},${y(value).toFixed(1)}`).join(" ");
}

function line(known: [number, number][], x: Scale, y: Scale, style: string): SVGElement {
  return svg("polyline", { class: style, points: path(known, x, y) });
}

function band(low: [number, number][], high: [number, number][], x: Scale, y: Scale): SVGElement {
  return svg("polygon", { class: "band", points: path([...low, ...high.toReversed()], x, y) });
}

/** How surely the foot stands at each phase, as the strength of a strip. */
function strip(phase: number[], share: Known, x: Scale, top: number, style: string): SVGElement {
  const known = points(phase, share);
  const cells = known.map(([at, value], k) => {
    const from = k === 0 ? 0 : ((known[k - 1]?.[0] ?? 0) + at) / 2;
    const to = k === known.length - 1 ? 1 : (at + (known[k + 1]?.[0] ?? 1)) / 2;
    return svg("rect", { x: x(from), y: top, width: x(to) - x(from) + 0.3, height: STRIP, "fill-opacity": value });
  });
  const name = svg("text", { x: LEFT - 4, y: top + STRIP - 1.5, "text-anchor": "end", class: "strip-name" }, style === "policy" ? "stands" : "reference");
  const frame = svg("rect", { class: "edge", x: LEFT, y: top, width: WIDTH - RIGHT - LEFT, height: STRIP });
  return svg("g", { class: `strip ${style}` }, ...cells, frame, name);
}
