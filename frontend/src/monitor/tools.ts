/** The row of tools above the charts: smoothing, scales, zoom. */
import type { Zoom } from "../charts/zoom";
import { key } from "../keys";
import type { Board } from "./board";
import { saveSettings, type Settings } from "./settings";

/** Show the settings in the tools, and follow them. */
export function listenToTools(page: HTMLElement, settings: Settings, board: Board, zoom: Zoom, changed: () => unknown): void {
  const tools = page.querySelector("#tools") as HTMLFormElement;
  const field = <T extends HTMLElement>(name: string) => tools.elements.namedItem(name) as unknown as T;
  const smooth = field<HTMLInputElement>("smooth");
  const shown = field<HTMLOutputElement>("smooth-shown");
  const log = field<HTMLInputElement>("log");
  const x = field<HTMLSelectElement>("x");
  const whole = field<HTMLButtonElement>("whole");
  const show = () => {
    smooth.value = String(settings.smooth);
    shown.value = settings.smooth.toFixed(2);
    log.checked = settings.log;
    x.value = settings.x;
    whole.hidden = zoom.range === null;
  };
  smooth.addEventListener("input", () => {
    settings.smooth = Number(smooth.value);
    shown.value = settings.smooth.toFixed(2);
    board.invalidate();
  });
  smooth.addEventListener("change", () => saveSettings(settings));
  log.addEventListener("change", () => {
    settings.log = log.checked;
    changed();
  });
  x.addEventListener("change", () => {
    settings.x = x.value === "time" ? "time" : "epochs";
    zoom.set(null); // epochs are no seconds
    changed();
  });
  whole.addEventListener("click", () => zoom.set(null));
  zoom.watch(() => {
    settings.zoom = zoom.range;
    saveSettings(settings);
    show();
  });
  closeDrops(tools);
  key("l", "Log scale", () => log.click());
  show();
}

/** What drops down closes with Escape, and when somebody presses elsewhere. */
function closeDrops(tools: HTMLElement): void {
  const drops = [...tools.querySelectorAll<HTMLDetailsElement>(".drop")];
  document.addEventListener("click", (event) => {
    for (const drop of drops) if (!drop.contains(event.target as Node)) drop.open = false;
  });
  tools.addEventListener("keydown", (event) => {
    const open = event.key === "Escape" && drops.find((drop) => drop.open);
    if (!open) return;
    open.open = false;
    open.querySelector("summary")?.focus();
  });
}
