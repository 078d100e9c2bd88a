/** `filled`: what a form says, as the document that the API asks for. */

type Value = string | number | boolean | null | Value[] | { [name: string]: Value };

/**
 * Numbers are numbers, and an empty one is null; `data-number` makes a select one of them. `data-each` makes a list of
 * all values of a name. `data-optional` leaves out what is empty. What lies within `data-inside="NAME"` is one field.
 */
export function filled(form: HTMLFormElement): Record<string, Value> {
  const document: Record<string, Value> = {};
  for (const field of form.elements) {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof HTMLTextAreaElement))
      continue;
    if (!field.name || field.disabled) continue;
    const ticked = field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type);
    if ("each" in field.dataset) {
      const list = (document[field.name] ??= []) as Value[];
      if (!ticked || (field as HTMLInputElement).checked) list.push(field.value);
    } else if (ticked) {
      if (field.type === "checkbox") document[field.name] = (field as HTMLInputElement).checked;
      else if ((field as HTMLInputElement).checked) document[field.name] = field.value;
    } else if (field.type === "number" || "number" in field.dataset) {
      document[field.name] = field.value === "" ? null : Number(field.value);
    } else if (field.value !== "" || !("optional" in field.dataset)) {
      document[field.name] = field.value.trim();
    }
  }
  const inside = form.dataset.inside;
  return inside ? { [inside]: document } : document;
}
