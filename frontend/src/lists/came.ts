/** What came of an upload, in words. */

export interface Came {
  items: { name: string; is_new: boolean; latest: { usable: boolean } }[];
  not_kept: { file: string; reason: string }[];
}

/** What was added, and what was there already. */
export function told({ items }: Pick<Came, "items">): string {
  const there = items.filter((item) => !item.is_new).map((item) => `“${item.name}”`);
  const had = there.length ? `You have ${there.join(", ")} already.` : "";
  return [added(items.filter((item) => item.is_new)), had].filter(Boolean).join(" ");
}

function added(items: Came["items"]): string {
  if (!items.length) return "";
  const refused = items.filter((item) => !item.latest.usable);
  const names = items.length === 1 ? `“${items[0]?.name}” was added` : `${items.length} were added`;
  if (!refused.length) return `${names}.`;
  const which = items.length === 1 ? "it is" : `${refused.length} of them ${refused.length === 1 ? "is" : "are"}`;
  return `${names}, but ${which} not usable as it is: open it to see why.`;
}

/** What is not kept, a sentence a file. */
export function notKept({ not_kept }: Pick<Came, "not_kept">): string[] {
  return not_kept.map(({ reason }) => `Not kept: ${reason}.`);
}

/** Show sentences, a line each; none hides their place. */
export function showSentences(place: HTMLElement, sentences: string[]): void {
  place.textContent = sentences.join("\n");
  place.hidden = sentences.length === 0;
}
