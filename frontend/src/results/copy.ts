/** Buttons that copy what stands in another element: `<button data-copy="ID">`. */
import { toast } from "../toast";

/** Let every one of them below an element copy. */
export function watchCopies(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    button.addEventListener("click", async () => {
      const source = document.getElementById(button.dataset.copy ?? "");
      if (!source) return;
      const done = await copy(source);
      toast(done ? "Copied." : "This browser lets no page copy; the text is selected, copy it by the keyboard.");
    });
  }
}

async function copy(source: HTMLElement): Promise<boolean> {
  const text = source instanceof HTMLInputElement ? source.value : (source.textContent ?? "");
  try {
    await navigator.clipboard.writeText(text.trim()); // only there over HTTPS and on this machine
    return true;
  } catch {
    select(source);
    return document.execCommand("copy");
  }
}

function select(source: HTMLElement): void {
  if (source instanceof HTMLInputElement) source.select();
  else getSelection()?.selectAllChildren(source);
}
