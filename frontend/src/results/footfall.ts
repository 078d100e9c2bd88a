/** The footfall diagram: when each foot stands; the policy thick, the reference thin below it. */
import { words, type Footfall } from "./gait";
import { picture, scale, svg, ticks } from "./svg";

const WIDTH = 1000;
const ROW = 38;
const LEFT = 76;
const BOTTOM = 26;
const BARS = [
  ["policy", 5, 17],
  ["reference", 25, 7],
] as const;

/** The diagram of one episode. */
export function footfallDiagram(footfall: Footfall): SVGElement {
  const x = scale(0, footfall.duration_s, LEFT, WIDTH - 18);
  const floor = footfall.feet.length * ROW;
  const times = ticks(0, footfall.duration_s, 10).flatMap((at) => [
    svg("line", { class: "grid", x1: x(at), x2: x(at), y1: 0, y2: floor }),
    svg("text", { x: x(at), y: floor + 17, "text-anchor": "middle" }, `${at} s`),
  ]);
  const rows = footfall.feet.flatMap((foot, k) => [
    svg("text", { x: LEFT - 8, y: k * ROW + 19, "text-anchor": "end" }, words(foot.name)),
    ...BARS.flatMap(([who, top, height]) =>
      foot[who].map(([from, to]) => {
        const said = svg("title", {}, `${words(foot.name)}, ${who}: ${from.toFixed(2)} to ${to.toFixed(2)} s`);
        const place = { x: x(from), y: k * ROW + top, width: Math.max(1, x(to) - x(from)), height, rx: 2 };
        return svg("rect", { class: who, ...place }, said);
      }),
    ),
  ]);
  return picture(WIDTH, floor + BOTTOM, summary(footfall), ...times, ...rows);
}

/** In words: how often and for how much of the time each foot stands. */
export function summary(footfall: Footfall): string {
  const told = footfall.feet.map((foot) => {
    const stood = foot.policy.reduce((sum, [from, to]) => sum + to - from, 0);
    return `${words(foot.name)} stands ${foot.policy.length} times, ${share(stood, footfall.duration_s)} of the time`;
  });
  return `Footfall over ${footfall.duration_s} s: ${told.join("; ")}`;
}

function share(part: number, whole: number): string {
  return `${Math.round((100 * part) / (whole || 1))} %`;
}
