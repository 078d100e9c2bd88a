/** A message at the edge of the page, with a way back where there is one. */

const SHOWN_MS = 8000;

/** Say something; `undo` adds a button that takes it back. The message stays while the pointer or the focus is on it. */
export function toast(text: string, undo?: () => void | Promise<void>): void {
  const place = document.querySelector("#toasts");
  if (!place) return;
  const message = document.createElement("div");
  message.className = "toast";
  const words = document.createElement("span");
  words.textContent = text;
  message.append(words);
  if (undo) {
    const button = document.createElement("button");
    button.textContent = "Undo";
    button.addEventListener("click", async () => {
      message.remove();
      await undo();
    });
    message.append(button);
  }
  place.append(message);
  const leave = () => {
    if (message.matches(":hover, :focus-within")) window.setTimeout(leave, SHOWN_MS / 4);
    else message.remove();
  };
  window.setTimeout(leave, SHOWN_MS);
}
