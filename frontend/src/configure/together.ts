/** One library, or one motion each: what to do with many files. */

/** Ask where there are several; null: nothing is to be sent. */
export function askTogether(dialog: HTMLDialogElement, files: File[]): Promise<Record<string, string> | null> {
  if (files.length < 2) return Promise.resolve({});
  const words = dialog.querySelector("#together-words");
  if (words) words.textContent = `${files.length} files: ${listed(files.map((file) => file.name))}.`;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(answer(dialog.returnValue, files)), { once: true });
  });
}

function answer(value: string, files: File[]): Record<string, string> | null {
  if (value === "library") return { library: "true", name: commonName(files.map((file) => file.name)) };
  return value === "each" ? {} : null;
}

/** What the names begin with alike, or what the first one is called. */
export function commonName(names: string[]): string {
  let common = names[0] ?? "";
  for (const name of names) {
    while (!name.startsWith(common)) common = common.slice(0, -1);
  }
  const plain = common.replace(/[^\p{L}\p{N}]+$/u, "");
  return plain.length > 2 ? plain : (names[0] ?? "").replace(/\.[^.]*$/, "");
}

/** "a, b, c and 4 more". */
export function listed(names: string[]): string {
  const shown = names.slice(0, 3).join(", ");
  return names.length > 3 ? `${shown} and ${names.length - 3} more` : shown;
}
