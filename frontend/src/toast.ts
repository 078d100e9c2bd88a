/** A message at the edge of the page, with a way back where there is one. */

const SHOWN_MS = 8000;

let region: HTMLElement | null = null;

/**
 * Keep the messages where they are seen, heard and pressed: within the dialog that was opened last, since whatever is
 * outside a modal dialog lies under its backdrop and is inert.
 */
export function keepToastsInSight(): void {
  region ??= document.querySelector<HTMLElement>("#toasts");
  new MutationObserver(place).observe(document.body, { subtree: true, attributes: true, attributeFilter: ["open"] });
}

function place(): void {
  const host = [...document.querySelectorAll<HTMLElement>("dialog[open]")].at(-1) ?? document.body;
  if (region && region.parentElement !== host) host.append(region);
}

/** Say something; `undo` adds a button that takes it back. The message stays while the pointer or the focus is on it. */
export function toast(text: string, undo?: () => void | Promise<void>): void {
  region ??= document.querySelector<HTMLElement>("#toasts");
  if (!region) return;
  place(); // a list that came anew may have taken the dialog away
  const message = document.createElement("div");
  message.className = "toast";
  const words = document.createElement("span");
  words.textContent = text;
  message.append(words);
  if (undo) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Undo";
    button.addEventListener("click", async () => {
      message.remove();
      await undo();
    });
    message.append(button);
  }
  region.append(message);
  const leave = () => {
    if (message.matches(":hover, :focus-within")) window.setTimeout(leave, SHOWN_MS / 4);
    else message.remove();
  };
  window.setTimeout(leave, SHOWN_MS);
}
