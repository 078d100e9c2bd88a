/** A chart by the keyboard: arrows move the crosshair, + and - zoom around it, 0 shows all. */
import type uPlot from "uplot";
import type { Range, Zoom } from "./zoom";

const STEPS = 50; // of the crosshair, from edge to edge

/** Listen on a frame; gives what stops that. */
export function moveByKeys(
  frame: HTMLElement,
  zoom: Zoom,
  plotNow: () => uPlot | null,
  whole: () => Range,
): () => void {
  const listener = (event: KeyboardEvent) => {
    const plot = plotNow();
    if (!plot || event.ctrlKey || event.metaKey || event.altKey) return;
    const width = plot.over.clientWidth;
    const left = (plot.cursor.left ?? -1) < 0 ? width / 2 : (plot.cursor.left as number);
    const at = plot.posToVal(left, "x");
    const acts: Record<string, () => void> = {
      ArrowLeft: () => moveTo(plot, left - width / STEPS),
      ArrowRight: () => moveTo(plot, left + width / STEPS),
      "+": () => zoom.scale(0.5, at, whole()),
      "=": () => zoom.scale(0.5, at, whole()),
      "-": () => zoom.scale(2, at, whole()),
      "0": () => zoom.set(null),
    };
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  frame.addEventListener("keydown", listener);
  return () => frame.removeEventListener("keydown", listener);
}

function moveTo(plot: uPlot, left: number): void {
  const bounded = Math.min(plot.over.clientWidth - 1, Math.max(0, left));
  plot.setCursor({ left: bounded, top: plot.over.clientHeight / 2 });
}
