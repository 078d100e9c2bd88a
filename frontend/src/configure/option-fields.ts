/** The fields of all options: what was changed, how it usually is, and the way back. */
import { type Options, said, same, type Value } from "./choice";

type Field = HTMLInputElement | HTMLSelectElement;

export class OptionFields {
  readonly #fields = new Map<string, Field>();
  #usual: Options = {};

  constructor(readonly form: HTMLFormElement) {
    for (const field of form.querySelectorAll<Field>("[data-option]")) {
      this.#fields.set(field.dataset.option ?? "", field);
    }
    for (const button of form.querySelectorAll<HTMLButtonElement>("[data-reset]")) {
      button.addEventListener("click", () => {
        const name = button.dataset.reset ?? "";
        this.put(name, null);
        this.#fields.get(name)?.focus();
        form.dispatchEvent(new Event("change", { bubbles: true }));
      });
    }
  }

  get names(): string[] {
    return [...this.#fields.keys()];
  }

  get usual(): Options {
    return this.#usual;
  }

  field(name: string): Field | undefined {
    return this.#fields.get(name);
  }

  /** Options that differ from what is usual. */
  changed(): Options {
    const found: Options = {};
    for (const [name, field] of this.#fields) {
      if (field.value !== "" && !same(field.value, this.#usual[name])) found[name] = valueOf(field);
    }
    return found;
  }

  /** Give an option a value; null puts it back to what is usual. */
  put(name: string, value: Value): void {
    const field = this.#fields.get(name);
    if (field) field.value = value === null ? this.#empty(field, name) : String(value);
  }

  /** Give all options the values of a choice; those that it does not name are as usual. */
  putAll(options: Options): void {
    for (const name of this.#fields.keys()) this.put(name, options[name] ?? null);
    this.mark();
  }

  /** From now on options usually are so; fields that were left alone show it. */
  setUsual(usual: Options): void {
    const before = this.#usual;
    this.#usual = usual;
    for (const [name, field] of this.#fields) {
      if (showsValue(field) && name in before && same(field.value, before[name])) field.value = this.#empty(field, name);
      const now = usual[name] ?? null;
      if (field instanceof HTMLInputElement) field.placeholder = now === null || now === "" ? "none" : String(now);
      const asUsual = field.querySelector<HTMLOptionElement>("[data-usual]");
      if (asUsual) asUsual.textContent = `as usual: ${said(now)}`;
    }
    this.mark();
  }

  /** Mark what was changed, and count it in every group. */
  mark(): void {
    const changed = this.changed();
    for (const name of this.#fields.keys()) {
      const row = this.form.querySelector<HTMLElement>(`[data-row="${name}"]`);
      row?.classList.toggle("changed", name in changed);
      const button = row?.querySelector<HTMLButtonElement>("[data-reset]");
      if (button) {
        button.hidden = !(name in changed);
        button.title = `Back to ${said(this.#usual[name] ?? null)}`;
      }
    }
    for (const group of this.form.querySelectorAll<HTMLElement>("[data-group]")) {
      count(group.querySelector("[data-changed]"), group.querySelectorAll(".option.changed").length);
    }
    count(this.form.querySelector("#changed-count"), this.form.querySelectorAll("#advanced .option.changed").length);
  }

  /** Fields whose values the browser itself sees to be wrong, and why. */
  wrong(): { name: string; sentence: string }[] {
    return [...this.#fields]
      .filter(([, field]) => !field.validity.valid || isAtOpenEnd(field))
      .map(([name, field]) => ({ name, sentence: complaint(field) }));
  }

  #empty(field: Field, name: string): string {
    return showsValue(field) ? String(this.#usual[name] ?? "") : "";
  }
}

/** One of the sketch's four, which shows its value; the others are empty where they are as usual. */
function showsValue(field: Field): field is HTMLInputElement {
  return field.closest("#advanced") === null;
}

function valueOf(field: Field): Value {
  switch (field.dataset.kind) {
    case "integer":
    case "number":
      return Number(field.value);
    case "boolean":
      return field.value === "true";
    default:
      return field.value;
  }
}

/** Whether a number is a limit that is itself out of the range, which HTML cannot say. */
function isAtOpenEnd(field: Field): boolean {
  const { above, below } = field.dataset;
  if (field.value === "") return false;
  return (above !== undefined && Number(field.value) <= Number(above)) || (below !== undefined && Number(field.value) >= Number(below));
}

function complaint(field: Field): string {
  const range = field.closest("[data-row]")?.querySelector(".range")?.textContent?.replace(/\.$/, "").trim();
  const kind = field.dataset.kind === "integer" ? "a whole number" : "a number";
  const right = range ? `${kind}, ${range.toLowerCase()},` : kind;
  return `${field.value === "" ? "This is no number" : `${field.value} cannot be used`}; ${right} would be right.`;
}

function count(badge: HTMLElement | null, number: number): void {
  if (!badge) return;
  badge.hidden = number === 0;
  badge.textContent = `${number} changed`;
}
