/** Sessions beside each other. */
import "./results.css";
import "./compare.css";
import { ApiError } from "../api";
import type { Row } from "../results/difference";
import { drawOptions, readOptions } from "../results/option-table";
import { overlay } from "../results/overlaid";
import { axisOf, type Axis, type Value } from "../results/parallel";
import { parallelChart } from "../results/parallel-chart";
import { mountViewers } from "../viewer/mount";

interface Session {
  id: number;
  name: string;
  figures: Record<string, number>;
}

const MOST_OPTIONS = 6;

function part(root: ParentNode, name: string): HTMLElement | null {
  return root.querySelector<HTMLElement>(`[data-part="${name}"]`);
}

function addresses(place: HTMLElement): string[] {
  return (place.dataset.sessions ?? "").split(" ").filter(Boolean);
}

/** Do it, and say what was refused in the part's own place. */
async function attempt(place: HTMLElement, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const said = part(place, "error");
    if (!said || !(error instanceof ApiError)) throw error;
    said.textContent = error.message;
    said.hidden = false;
  }
}

async function showCurves(place: HTMLElement, labels: string[]): Promise<void> {
  const charts = part(place, "charts");
  const log = part(place, "log") as HTMLInputElement | null;
  if (!charts) return;
  const setLog = await overlay(charts, addresses(place), labels);
  log?.addEventListener("change", () => setLog(log.checked));
}

async function showOptions(place: HTMLElement, sessions: Session[]): Promise<void> {
  const { ids, rows } = await readOptions(addresses(place), JSON.parse(place.dataset.said ?? "{}") as Record<string, string>);
  const table = part(place, "table");
  const all = part(place, "all") as HTMLInputElement | null;
  if (!table) return;
  const draw = () => drawOptions(table, ids, rows, all?.checked ?? false);
  all?.addEventListener("change", draw);
  draw();
  showAxes(sessions, rows);
}

function showAxes(sessions: Session[], rows: Row[]): void {
  const place = part(document, "parallel");
  const axes = place && part(place, "axes");
  const list = place && part(place, "list");
  if (!axes || !list) return;
  const options = rows.filter((row) => row.differs).slice(0, MOST_OPTIONS);
  const titles = [...new Set(sessions.flatMap((session) => Object.keys(session.figures)))];
  const all: Axis[] = [
    ...options.map((row) => axisOf(row.name, row.values.map(asNumber))),
    ...titles.map((title) => axisOf(title, sessions.map((session) => session.figures[title]))),
  ];
  if (all.length > 1) parallelChart(all, sessions, axes, list);
  else axes.textContent = "There is nothing to be seen yet: they were asked for the same, and none was validated.";
}

function asNumber(value: string | undefined): Value {
  return value !== undefined && value.trim() !== "" && Number.isFinite(Number(value)) ? Number(value) : value;
}

/** Let each side show whichever session is chosen above it. */
function watchReplays(): void {
  for (const select of document.querySelectorAll<HTMLSelectElement>('[data-part="choose"]')) {
    select.addEventListener("change", () => {
      const side = select.parentElement;
      const option = select.selectedOptions[0];
      const viewer = document.createElement("div");
      viewer.className = "viewer";
      Object.assign(viewer.dataset, option?.dataset, { label: `Replay of ${option?.textContent ?? ""}` });
      side?.querySelector(".viewer")?.replaceWith(viewer);
      if (side) mountViewers(side);
    });
  }
}

const parallel = part(document, "parallel");
const sessions = JSON.parse(parallel?.dataset.compared ?? "[]") as Session[];
const labels = [...document.querySelectorAll(".compared a:first-of-type")].map((link) => link.textContent ?? "");
const curves = part(document, "curves");
const options = part(document, "options");
if (curves) void attempt(curves, () => showCurves(curves, labels));
if (options) void attempt(options, () => showOptions(options, sessions));
watchReplays();
mountViewers(document);
