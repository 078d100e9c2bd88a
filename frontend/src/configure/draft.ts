/** What was filled in, kept in this tab until it is started: a reload loses nothing. */
import type { Choice } from "./choice";

/** Keep a choice; pages of different origins have drafts of their own. */
export function saveDraft(key: string, choice: Choice): void {
  try {
    sessionStorage.setItem(place(key), JSON.stringify(choice));
  } catch {
    // a browser that keeps nothing loses a draft, and nothing else
  }
}

/** The choice that was kept; null where there is none, or none that can be read. */
export function loadDraft(key: string): Choice | null {
  try {
    const kept: unknown = JSON.parse(sessionStorage.getItem(place(key)) ?? "null");
    return isChoice(kept) ? kept : null;
  } catch {
    return null;
  }
}

/** Forget it. */
export function dropDraft(key: string): void {
  try {
    sessionStorage.removeItem(place(key));
  } catch {
    // nothing was kept
  }
}

function place(key: string): string {
  return `webfoot.configure.${key}`;
}

/** Whether something that was kept is a choice: an older page may have written it. */
export function isChoice(kept: unknown): kept is Choice {
  if (typeof kept !== "object" || kept === null) return false;
  const { motion, robot, plan, name, options } = kept as Record<string, unknown>;
  return (
    [motion, robot, plan, name].every((part) => typeof part === "string") && typeof options === "object" && options !== null
  );
}
