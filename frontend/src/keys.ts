/** Keys: two letters go somewhere, one letter does something on the page, "?" says which there are. */

export interface Key {
  /** As it is pressed: "g s", "/", "p". */
  keys: string;
  /** What it does, for the sheet. */
  says: string;
  act: () => void;
}

const PATIENCE_MS = 1200;
const known = new Map<string, Key>();

/** Add a key of this page. */
export function key(keys: string, says: string, act: () => void): void {
  known.set(keys, { keys, says, act });
}

/** Listen; the ways of the page's head have their keys in `data-key`. */
export function listenToKeys(): void {
  for (const link of document.querySelectorAll<HTMLElement>("[data-key]")) {
    const says = link.dataset.keySays ?? link.textContent?.trim() ?? "";
    key(link.dataset.key ?? "", says, () => (link instanceof HTMLInputElement ? link.focus() : link.click()));
  }
  key("?", "This sheet", showSheet);
  let begun = "";
  let timer = 0;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    clearTimeout(timer);
    const pressed = begun ? `${begun} ${event.key}` : event.key;
    const found = known.get(pressed) ?? known.get(event.key);
    begun = "";
    if (found) {
      event.preventDefault();
      found.act();
    } else if ([...known.keys()].some((keys) => keys.startsWith(`${event.key} `))) {
      begun = event.key;
      timer = window.setTimeout(() => (begun = ""), PATIENCE_MS);
    }
  });
  document.querySelector("[data-key-sheet]")?.addEventListener("click", showSheet);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || target.matches("input, select, textarea"));
}

function showSheet(): void {
  const sheet = document.querySelector<HTMLDialogElement>("#keys") ?? makeSheet();
  sheet.querySelector("tbody")?.replaceChildren(...[...known.values()].map(row));
  sheet.showModal();
}

function row({ keys, says }: Key): HTMLElement {
  const line = document.createElement("tr");
  const pressed = line.insertCell();
  for (const letter of keys.split(" ")) {
    const shown = document.createElement("kbd");
    shown.textContent = letter === " " ? "space" : letter;
    pressed.append(shown, " ");
  }
  line.insertCell().textContent = says;
  return line;
}

function makeSheet(): HTMLDialogElement {
  const sheet = document.createElement("dialog");
  sheet.id = "keys";
  sheet.setAttribute("aria-labelledby", "keys-title");
  sheet.innerHTML =
    '<form method="dialog" class="heading"><h2 id="keys-title">Keys</h2><button>Close</button></form>' +
    '<table><thead class="unseen"><tr><th>Key</th><th>What it does</th></tr></thead><tbody></tbody></table>';
  document.body.append(sheet);
  return sheet;
}
