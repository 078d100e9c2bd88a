/** How what sessions tell comes to the page: their past once, then event by event, or by looks where they stand beside. */
import { get } from "../api";
import type { MetricsDocument, Run, Told } from "./run";

const MOST_POINTS = 10_000;
const LOOK_EVERY_MS = 4000;
const KINDS = ["progress", "metrics", "evaluated", "alert", "demonstrated", "finished"] as const;

/** Where a session stands, as `state` events tell. */
export interface State {
  state: string;
  wanted: string | null;
  attempt: number;
  current_epoch: number;
  total_epochs: number;
  current_loss: number | null;
  steps_per_s: number | null;
  eta_s: number | null;
  elapsed_s: number;
  error_message: string | null;
  name: string;
}

export interface Listener {
  /** Something that is drawn changed. */
  onChange: () => void;
  onEvent: (kind: string, event: Told) => void;
  onState: (state: State) => void;
  onConnection: (isThere: boolean) => void;
}

/** Load the past of the curves of these names that a run does not keep yet. */
export async function loadCurves(run: Run, names: Iterable<string>): Promise<void> {
  const fresh = run.follow(names);
  if (fresh.length || !run.isLoaded) await fetchPast(run, fresh);
}

async function fetchPast(run: Run, names: string[]): Promise<void> {
  const asked = encodeURIComponent(names.join(","));
  run.load(await get<MetricsDocument>(`${address(run)}?most=${MOST_POINTS}&names=${asked}`));
}

/** Follow a session from what was heard last on; the browser comes back by itself where the connection breaks. */
export function follow(run: Run, url: string, listener: Listener): EventSource {
  const stream = new EventSource(`${url}?last_event_id=${run.offset}`);
  const hear = (kind: string, act: (told: Told) => void) =>
    stream.addEventListener(kind, (event) => {
      const { data, lastEventId } = event as MessageEvent<string>;
      if (lastEventId) run.offset = Number(lastEventId);
      act(JSON.parse(data) as Told);
    });
  for (const kind of KINDS) {
    hear(kind, (told) => {
      if (run.take(kind, told)) listener.onChange();
      listener.onEvent(kind, told);
    });
  }
  hear("state", (told) => listener.onState(told as unknown as State));
  hear("over", () => stream.close());
  stream.addEventListener("open", () => listener.onConnection(true));
  stream.addEventListener("error", () => listener.onConnection(false));
  return stream;
}

/** Look at a session beside now and then: a browser has six connections for all streams of a service. */
export function lookAt(run: Run, onChange: () => void): void {
  const look = async () => {
    if (document.visibilityState === "hidden") return;
    const names = encodeURIComponent(run.kept.join(","));
    const told = await get<MetricsDocument>(`${address(run)}?most=${MOST_POINTS}&since=${run.iteration}&names=${names}`);
    if (told.iteration === run.iteration) return;
    if (!run.extend(told)) {
      run.clear();
      await fetchPast(run, run.kept);
    }
    onChange();
  };
  window.setInterval(() => void look().catch(() => undefined), LOOK_EVERY_MS); // it looks again a little later
}

function address(run: Run): string {
  return `/api/v1/training/metrics/${run.id}`;
}
