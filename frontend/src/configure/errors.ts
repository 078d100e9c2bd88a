/** Sentences beside their fields; what belongs to no field stands at the top. */

/** Show a sentence; `place` is an option, `reference_motion`, `robot`, `plan`, `name`, or empty. */
export function showError(form: HTMLFormElement, place: string, sentence: string): void {
  const beside = place ? form.querySelector<HTMLElement>(`[data-error="${place}"]`) : null;
  const shown = beside ?? form.querySelector<HTMLElement>("#form-error");
  if (!shown) return;
  shown.textContent = sentence;
  shown.hidden = false;
  const field = fieldAt(form, place);
  if (!beside || !field) return;
  shown.id ||= `error-${place.replaceAll(/[._]/g, "-")}`;
  field.setAttribute("aria-invalid", "true");
  const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== shown.id);
  field.setAttribute("aria-describedby", [...others, shown.id].join(" "));
}

/** Take all sentences away. */
export function clearErrors(form: HTMLFormElement): void {
  for (const shown of form.querySelectorAll<HTMLElement>("[data-error], #form-error")) {
    shown.hidden = true;
    shown.textContent = "";
  }
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

/** Lead to the first error: what hides it is opened, and the focus goes to its field. */
export function focusFirstError(form: HTMLFormElement): void {
  const first = form.querySelector<HTMLElement>('[aria-invalid="true"]');
  const target = first ?? form.querySelector<HTMLElement>("#form-error");
  for (let around = target?.closest("details"); around; around = around.parentElement?.closest("details")) {
    around.open = true;
  }
  const hidden = target?.closest<HTMLElement>(".option[hidden]");
  if (hidden) hidden.hidden = false;
  target?.focus();
  target?.scrollIntoView({ block: "center" });
}

function fieldAt(form: HTMLFormElement, place: string): HTMLElement | null {
  return (
    form.querySelector<HTMLElement>(`[data-option="${place}"]`) ??
    form.querySelector<HTMLElement>(`select[name="${place}"], input[name="${place}"]:not([type="radio"])`) ??
    form.querySelector<HTMLElement>(`input[name="${place}"]:checked`)
  );
}
