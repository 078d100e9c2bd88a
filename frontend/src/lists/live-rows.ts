/** Rows and cards of sessions that stay true: state, progress and verdict as the service tells them. */
import { listen, type SessionState } from "../live/news";
import { refresh } from "./refresh";
import { etaWords } from "./words";

const PATIENCE_MS = 1500;
const ENDED = new Set(["completed", "failed", "cancelled", "timed_out"]);
let last = 0;
let waiting = 0;

/** Follow all sessions of the page; where a new one begins, or one ends on a page of what goes on, the list is asked anew. */
export function followRows(): void {
  if (!document.querySelector("[data-live-list]")) return;
  for (const row of document.querySelectorAll<HTMLElement>("[data-session]")) last = Math.max(last, Number(row.dataset.session));
  listen((news) => {
    if (news.kind === "state") follow(news.state);
  });
  document.body.addEventListener("htmx:afterSwap", showEtas);
  showEtas();
}

function showEtas(): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-eta]")) {
    if (place.dataset.eta) place.textContent = etaWords(Number(place.dataset.eta));
  }
}

function follow(state: SessionState): void {
  const rows = document.querySelectorAll<HTMLElement>(`[data-session="${state.id}"]`);
  for (const row of rows) show(row, state);
  if (rows.length || state.id <= last || ENDED.has(state.state)) return;
  last = state.id; // one that began after the page was made
  askSoon();
}

function show(row: HTMLElement, state: SessionState): void {
  const place = (name: string) => row.querySelector<HTMLElement>(`[data-shown="${name}"]`);
  const badge = place("state");
  if (badge) {
    badge.className = `badge ${state.state}`;
    badge.textContent = state.wanted ? `${state.state} → ${state.wanted}` : state.state.replaceAll("_", " ");
  }
  const bar = place("progress") as HTMLProgressElement | null;
  if (bar) {
    bar.max = state.total_epochs;
    bar.value = state.current_epoch;
  }
  const epoch = place("epoch");
  if (epoch) epoch.textContent = String(state.current_epoch);
  const eta = place("eta");
  if (eta) {
    eta.dataset.eta = state.eta_s === null ? "" : String(state.eta_s);
    eta.textContent = etaWords(state.eta_s);
  }
  const verdict = place("verdict");
  if (verdict && state.passed !== null) {
    verdict.className = state.passed ? "badge passed" : "badge warning";
    verdict.textContent = state.passed ? "passed" : "not passed";
  }
  const before = row.dataset.state;
  row.dataset.state = state.state;
  if (before !== state.state && ENDED.has(state.state)) askSoon();
}

function askSoon(): void {
  clearTimeout(waiting);
  waiting = window.setTimeout(() => {
    const chosen = document.querySelector("[data-choice]:checked, dialog[open], :popover-open");
    if (chosen) askSoon(); // nobody's hand is moved
    else if (!refresh() && location.pathname === "/") location.reload();
  }, PATIENCE_MS);
}
