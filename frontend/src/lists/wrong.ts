/** `showWrong`: what the service refused, beside the field that it names, else at the form's end. */
import type { ApiError } from "../api";

/** Show it, and put the focus where it is to be mended; null takes away what was shown. */
export function showWrong(form: HTMLFormElement, error: ApiError | null): void {
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  for (const old of form.querySelectorAll("[data-wrong]")) old.remove();
  const place = form.querySelector<HTMLElement>(":scope .error[role=alert]");
  if (place) place.hidden = true;
  if (!error) return;
  let first: HTMLElement | null = null;
  for (const [name, reasons] of Object.entries(error.fields)) {
    const field = form.querySelector<HTMLElement>(`[name="${CSS.escape(name)}"]`);
    if (!field) continue;
    field.setAttribute("aria-invalid", "true");
    const words = document.createElement("p");
    words.className = "error";
    words.dataset.wrong = "";
    words.textContent = [reasons].flat().join("; ");
    field.after(words);
    first ??= field;
  }
  if (place && !first) {
    place.textContent = error.message;
    place.hidden = false;
  }
  first?.focus();
}
