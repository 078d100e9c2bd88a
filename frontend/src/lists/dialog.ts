/** Dialogs: a question before what cannot be taken back, one line of text to be written, a secret that is shown once. */

/** Whether the reader says yes; closing the dialog is a no. */
export function ask(sentence: string, yes: string): Promise<boolean> {
  const dialog = make("Are you sure?", text("p", sentence));
  const buttons = text("div", "");
  buttons.className = "buttons";
  const agree = Object.assign(text("button", yes), { type: "submit", value: "yes", className: "button danger" });
  const leave = Object.assign(text("button", "Cancel"), { type: "submit", value: "", autofocus: true });
  buttons.append(agree, leave);
  dialog.querySelector("form")?.append(buttons);
  return closed(dialog).then((answer) => answer === "yes");
}

/** A line of text, as it was before or another one; nothing where the dialog is closed. */
export async function askFor(title: string, label: string, before: string): Promise<string | null> {
  const field = Object.assign(document.createElement("input"), { value: before, required: true, maxLength: 120 });
  field.id = "asked-for";
  const group = text("div", "");
  group.className = "form-group";
  group.append(Object.assign(text("label", label), { htmlFor: field.id }), field);
  const buttons = text("div", "");
  buttons.className = "buttons";
  const save = Object.assign(text("button", "Save"), { type: "submit", value: "yes", className: "button main" });
  const leave = Object.assign(text("button", "Cancel"), { type: "button" });
  buttons.append(save, leave);
  const dialog = make(title, group, buttons);
  leave.addEventListener("click", () => dialog.close(""));
  field.select();
  return (await closed(dialog)) === "yes" ? field.value.trim() : null;
}

/** Show something that is told this once, with a button that copies it. */
export async function showOnce(title: string, sentence: string, secret: string): Promise<void> {
  const field = Object.assign(document.createElement("input"), { value: secret, readOnly: true });
  field.setAttribute("aria-label", title);
  field.className = "figures";
  const copy = Object.assign(text("button", "Copy"), { type: "button", className: "button main" });
  const line = text("div", "");
  line.className = "copy-line";
  line.append(field, copy);
  const done = Object.assign(text("button", "Done"), { type: "submit" });
  const dialog = make(title, text("p", sentence), line, done);
  field.scrollLeft = 0; // its beginning shows what it is
  copy.addEventListener("click", async () => (copy.textContent = (await copied(field)) ? "Copied" : "Press Ctrl+C"));
  await closed(dialog);
}

/** Put the text of a field on the clipboard; where that may not be done it is selected instead. */
export async function copied(field: HTMLInputElement): Promise<boolean> {
  field.select();
  if (!navigator.clipboard) return false; // not on a page that came by plain HTTP
  return navigator.clipboard.writeText(field.value).then(
    () => true,
    () => false,
  );
}

function text(tag: string, words: string): HTMLElement {
  return Object.assign(document.createElement(tag), { textContent: words });
}

function make(title: string, ...parts: HTMLElement[]): HTMLDialogElement {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("aria-labelledby", "dialog-title");
  const form = Object.assign(document.createElement("form"), { method: "dialog" });
  form.className = "stack";
  form.append(Object.assign(text("h2", title), { id: "dialog-title" }), ...parts);
  dialog.append(form);
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function closed(dialog: HTMLDialogElement): Promise<string> {
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue);
    });
  });
}
