/** What is said of an answer, and what takes back what it did. */

interface Answer {
  is_new?: boolean;
  [field: string]: unknown;
}

/** `words` with every `{field}` of the answer put in; nothing where the answer made nothing that could be taken back. */
export function undoOf(undo: string | undefined, answer: unknown): string | undefined {
  if (!undo || (answer as Answer | undefined)?.is_new === false) return undefined;
  return filledIn(undo, answer);
}

/** What is told when it is done; that nothing came of it where that is so. */
export function saysOf(says: string | undefined, answer: unknown): string | undefined {
  if (says && (answer as Answer | undefined)?.is_new === false) {
    return filledIn("Nothing was made anew: version {number} has it already", answer);
  }
  return says && filledIn(says, answer);
}

function filledIn(words: string, answer: unknown): string {
  const known = (answer ?? {}) as Answer;
  return words.replace(/\{(\w+)\}/g, (whole, field: string) => (field in known ? String(known[field]) : whole));
}

/** What takes back what was done to a session that stood in `state` before; nothing for what is for good. */
export function wayBack(what: string, state: string): string | undefined {
  if (what === "resume") return state === "paused" ? "pause" : "cancel"; // one that had ended is tried again
  return { pause: "resume", cancel: "retry" }[what];
}
