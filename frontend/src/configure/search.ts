/** Search in the options: groups without a match are away, those with one are open. */

/** Whether every word occurs. */
export function matches(text: string, words: string): boolean {
  const lower = text.toLowerCase().replaceAll("_", " ");
  return words
    .toLowerCase()
    .replaceAll("_", " ")
    .split(/\s+/)
    .every((word) => lower.includes(word));
}

/** Let the search field and the box "changed only" decide what of `advanced` is shown. */
export function letSearch(advanced: HTMLDetailsElement): () => void {
  const bar = advanced.querySelector<HTMLElement>(".advanced-bar") as HTMLElement;
  const field = bar.querySelector<HTMLInputElement>("#option-search") as HTMLInputElement;
  const only = bar.querySelector<HTMLInputElement>("#only-changed") as HTMLInputElement;
  const told = bar.querySelector("#option-count") as HTMLElement;
  let wasSearching = false;
  bar.hidden = false;

  const show = () => {
    const searching = field.value.trim() !== "" || only.checked;
    if (!searching && !wasSearching) return;
    let found = 0;
    for (const group of advanced.querySelectorAll<HTMLDetailsElement>(".group")) {
      const title = group.querySelector("summary")?.textContent ?? "";
      let here = 0;
      for (const row of group.querySelectorAll<HTMLElement>(".option")) {
        const isShown =
          matches(`${row.dataset.words} ${title}`, field.value) && (!only.checked || row.classList.contains("changed"));
        row.hidden = !isShown;
        here += Number(isShown);
      }
      group.hidden = here === 0;
      group.open = searching && here > 0;
      found += here;
    }
    told.textContent = searching ? `${found} ${found === 1 ? "option" : "options"}` : "";
    wasSearching = searching;
  };
  field.addEventListener("input", show);
  only.addEventListener("input", show);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault(); // it searches, and starts no training
  });
  return show;
}
