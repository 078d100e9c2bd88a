/** Fetch how a policy walked, and draw it where the page has places for it. */
import { ApiError, get } from "../api";
import { footfallDiagram } from "./footfall";
import type { Gait } from "./gait";
import { phaseChart } from "./phase-chart";
import { errorTable, falls } from "./tracking";

/** Draw; what cannot be fetched is said in its place. */
export async function drawGait(root: HTMLElement): Promise<void> {
  const place = (name: string) => root.querySelector<HTMLElement>(`[data-part="${name}"]`);
  try {
    const gait = await get<Gait>(root.dataset.gait ?? "");
    place("footfall")?.replaceChildren(footfallDiagram(gait.footfall));
    const note = place("footfall-note");
    if (note) note.textContent = `When each foot stands in episode ${gait.footfall.episode + 1}; thin below it, the reference.`;
    place("joints")?.replaceChildren(
      ...gait.joints.map((joint) =>
        phaseChart(gait.phase, joint, { unit: "rad", factor: 1, least: 0.1, figure: `${figure(joint.rmse, 1, 3)} rad off` }),
      ),
    );
    place("feet")?.replaceChildren(
      ...gait.feet.map((foot) => {
        const lifts = `lifts ${figure(foot.lift_m, 1000, 1)} mm; the reference ${figure(foot.reference_lift_m, 1000, 1)} mm`;
        return phaseChart(gait.phase, foot, { unit: "mm", factor: 1000, least: 5, figure: lifts });
      }),
    );
    place("errors")?.replaceChildren(errorTable(gait.joints));
    place("falls")?.replaceChildren(...falls(gait).map(sentence));
  } catch (error) {
    const said = place("error");
    if (!said || !(error instanceof ApiError)) throw error;
    said.textContent = error.message;
    said.hidden = false;
  }
}

function figure(value: number | null, factor: number, digits: number): string {
  return value === null ? "–" : (factor * value).toFixed(digits);
}

function sentence(text: string): HTMLElement {
  const line = document.createElement("p");
  line.textContent = text;
  return line;
}
