/** What lists say: how long something still takes, what was done to many. */
import { duration } from "../times";

const DONE: Record<string, string> = { pause: "paused", resume: "queued again", cancel: "cancelled", delete: "deleted", undo: "put back" };

/** What stands behind the epochs: how long it still takes. */
export function etaWords(eta_s: number | null): string {
  return eta_s === null || !Number.isFinite(eta_s) ? "" : `, ${duration(eta_s)} left`;
}

/** "3 sessions paused; session 4 is running and cannot be queued again" and such. */
export function said(what: string, done: number, refusals: string[]): string {
  const words = `${done} session${done === 1 ? "" : "s"} ${DONE[what] ?? what}`;
  if (!refusals.length) return words;
  const more = refusals.length > 1 ? `, and ${refusals.length - 1} more` : "";
  return `${done ? `${words}; ` : ""}${refusals[0]}${more}`;
}
