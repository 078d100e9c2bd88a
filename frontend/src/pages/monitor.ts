/** The page on which a training is watched while it runs. */
import "./monitor.css";
import { zoomOf } from "../charts/zoom";
import { key } from "../keys";
import { listenToActions } from "../monitor/actions";
import { AlertList } from "../monitor/alert-list";
import { Board, SYNC, type Watched } from "../monitor/board";
import { Chooser } from "../monitor/chooser";
import { follow, loadCurves, lookAt } from "../monitor/feed";
import { LogTail } from "../monitor/log-tail";
import { USUAL_NAMES } from "../monitor/plan";
import { Rollout } from "../monitor/rollout";
import { Run, type Told } from "../monitor/run";
import { loadSettings, saveSettings } from "../monitor/settings";
import { Standing } from "../monitor/standing";
import { listenToTools } from "../monitor/tools";
import { Usage } from "../monitor/usage";
import { toast } from "../toast";

const USAGE_EVERY_MS = 5000;
const AROUND = 0.1; // of all epochs, on either side of an alert that is looked at

const page = document.querySelector<HTMLElement>("#monitor") as HTMLElement;
const settings = loadSettings();
const zoom = zoomOf(SYNC);
zoom.set(settings.zoom);

const shown = JSON.parse(page.dataset.shown ?? "[]") as { id: number; name: string; state: string }[];
const watched = shown.map(({ id, name }): Watched => {
  const run = new Run(id, name);
  return { run, usage: new Usage(run) };
});
const own = watched[0] as Watched;
const standing = new Standing(page);
const board = new Board(page.querySelector("#charts") as HTMLElement, watched, settings);
const rollout = new Rollout(page);
const alerts = new AlertList(page, own.run, ({ iteration }) => {
  const width = Math.max(10, own.run.iteration * AROUND);
  if (settings.x === "epochs") zoom.set([Math.max(0, iteration - width), iteration + width]);
  page.querySelector("#charts")?.scrollIntoView({ behavior: "smooth" });
});
const chooser = new Chooser(page.querySelector("#series") as HTMLElement, settings, () => void changed());
let stream: EventSource | null = null;

/** Load what is asked for now, keep it, and draw. */
async function changed(): Promise<void> {
  saveSettings(settings);
  await Promise.all(watched.map(({ run }) => loadCurves(run, wantedNames())));
  draw();
}

function wantedNames(): string[] {
  return [...USUAL_NAMES.filter((name) => !name.startsWith("usage/")), "loss", ...settings.add];
}

function draw(): void {
  (page.querySelector("#no-curves") as HTMLElement).hidden = watched.some(({ run }) => run.iteration > 0);
  chooser.offer(new Set(watched.flatMap(({ run }) => [...run.names])));
  alerts.refresh();
  board.invalidate();
}

function heard(kind: string, event: Told): void {
  if (kind === "progress") standing.progress(event);
  if (kind === "metrics") standing.loss(own.run.curve("loss")?.y.at(-1) ?? null);
  if (kind === "evaluated") rollout.made(event.iteration ?? null);
}

/** Listen to the session that is watched, from where the curves end, unless it is listened to. */
function listen(): void {
  if (stream && stream.readyState !== EventSource.CLOSED) return;
  stream = follow(own.run, page.dataset.stream ?? "", {
    onChange: draw,
    onEvent: heard,
    onState: (state) => void standing.take(state),
    onConnection: (isThere) => ((page.querySelector("#lost") as HTMLElement).hidden = isThere),
  });
}

/** Load all curves anew, and listen if there is anything to come. */
async function begin(): Promise<void> {
  await Promise.all(watched.map(({ run }) => loadCurves(run, wantedNames())));
  await standing.refresh();
  if (standing.isLive) listen();
  const trial = own.run.curve("trial/score");
  if (trial?.length) rollout.made(trial.x.at(-1) ?? null);
  draw();
}

async function refreshUsage(): Promise<void> {
  if (document.visibilityState === "hidden") return;
  const fresh = await Promise.all(watched.map(({ usage }) => usage.refresh().catch(() => false)));
  if (fresh.some(Boolean)) draw();
}

listenToTools(page, settings, board, zoom, changed);
listenToActions(page.querySelector("#standing") as HTMLElement, standing, page.dataset.session ?? "");
new LogTail(page.querySelector("#log") as HTMLDetailsElement);
standing.onChange(() => {
  if (standing.isLive) listen();
});
begin().catch((error: unknown) => toast(error instanceof Error ? error.message : String(error)));
for (const [place, { run }] of watched.entries()) {
  if (place > 0) lookAt(run, draw);
}
void refreshUsage();
window.setInterval(() => void (standing.state === "running" && refreshUsage()), USAGE_EVERY_MS);
key("p", "Pause or resume", () => page.querySelector<HTMLElement>('[data-act="pause"], [data-act="resume"]')?.click());
key("z", "Show the whole x axis", () => zoom.set(null));
