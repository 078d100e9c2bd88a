/**
 * `listen`: what the service tells of all sessions and alerts, by one stream for all pages of a browser.
 *
 * A browser opens six connections to one host, and a monitor has a stream of its own: so one page holds the stream and
 * tells the others. Where the browser cannot choose one (plain HTTP from another machine), each page that is looked at
 * holds its own.
 */

export interface SessionState {
  id: number;
  name: string;
  state: string;
  wanted: string | null;
  current_epoch: number;
  total_epochs: number;
  eta_s: number | null;
  passed: boolean | null;
}

export interface AlertTold {
  id: number;
  session_id: number | null;
  severity: string;
  message: string;
}

export type News = { kind: "state"; state: SessionState } | { kind: "alert"; alert: AlertTold };
type Listener = (news: News) => void;

const ADDRESS = "/api/v1/stream";
const CHANNEL = "webfoot-news";
const listeners: Listener[] = [];
let begun = false;

/** Hear everything from now on; the states that are known come at once. */
export function listen(listener: Listener): void {
  listeners.push(listener);
  if (begun) return;
  begun = true;
  if ("locks" in navigator && "BroadcastChannel" in window) shareStream();
  else keepWhileVisible();
}

function tell(news: News): void {
  for (const listener of listeners) listener(news);
}

function shareStream(): void {
  const channel = new BroadcastChannel(CHANNEL);
  const known = new Map<number, News>();
  let holds = false;
  channel.onmessage = ({ data }: MessageEvent<News | "what is known?">) => {
    if (data !== "what is known?") tell(data);
    else if (holds) for (const news of known.values()) channel.postMessage(news);
  };
  channel.postMessage("what is known?");
  void navigator.locks.request(CHANNEL, () => {
    holds = true;
    open((news) => {
      if (news.kind === "state") known.set(news.state.id, news);
      channel.postMessage(news);
      tell(news);
    });
    return new Promise<never>(() => {}); // until the page goes
  });
}

function keepWhileVisible(): void {
  let source: EventSource | null = null;
  const look = () => {
    if (document.hidden) source?.close();
    else source = open(tell);
  };
  document.addEventListener("visibilitychange", look);
  if (!document.hidden) look();
}

function open(tellAll: Listener): EventSource {
  const source = new EventSource(ADDRESS);
  source.addEventListener("state", (event) => tellAll({ kind: "state", state: JSON.parse(event.data) as SessionState }));
  source.addEventListener("alert", (event) => tellAll({ kind: "alert", alert: JSON.parse(event.data) as AlertTold }));
  return source;
}
