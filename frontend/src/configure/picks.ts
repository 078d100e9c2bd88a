/** Cards to choose by, made out of a select, which stays what the form sends. */

const MOST_SHOWN = 12;

/** Keep `place` filled with a card for every option of `select` that can be chosen now. */
export class Picks {
  constructor(
    readonly place: HTMLElement,
    readonly select: HTMLSelectElement,
  ) {
    select.addEventListener("change", () => this.mark());
    place.hidden = false;
    this.refresh();
  }

  /** Make the cards anew, after options came or went. */
  refresh(): void {
    const options = [...this.select.options].filter((option) => !option.disabled && !isShut(option));
    const shown = options.slice(0, MOST_SHOWN);
    const selected = this.select.selectedOptions[0];
    if (selected && !shown.includes(selected) && !isShut(selected)) shown.push(selected);
    this.place.replaceChildren(...shown.map((option) => this.#card(option)));
    if (options.length > shown.length) {
      const more = document.createElement("p");
      more.className = "help";
      more.textContent = `${options.length - shown.length} more are in the list above.`;
      this.place.append(more);
    }
    this.mark();
  }

  /** Mark the card of what is chosen; what has none gets one. */
  mark(): void {
    const cards = [...this.place.querySelectorAll<HTMLElement>("[data-value]")];
    const selected = this.select.selectedOptions[0];
    if (selected && !isShut(selected) && !cards.some((card) => card.dataset.value === selected.value)) {
      const card = this.#card(selected);
      this.place.prepend(card);
      cards.push(card);
    }
    for (const card of cards) card.setAttribute("aria-pressed", String(card.dataset.value === this.select.value));
  }

  #card(option: HTMLOptionElement): HTMLElement {
    const card = document.createElement("button");
    card.type = "button";
    card.className = "pick";
    card.dataset.value = option.value;
    const title = document.createElement("strong");
    title.textContent = option.text;
    const note = document.createElement("span");
    note.className = "help";
    note.textContent = option.dataset.note ?? "";
    card.append(title, note);
    card.addEventListener("click", () => {
      option.selected = true; // by value it could be another robot's clip of the same name
      this.select.dispatchEvent(new Event("change", { bubbles: true }));
    });
    return card;
  }
}

function isShut(option: HTMLOptionElement): boolean {
  const group = option.parentElement;
  return group instanceof HTMLOptGroupElement && (group.disabled || group.hidden !== false);
}

/** Add an option to the uploaded ones, or rename it, and choose it. */
export function addUploaded(select: HTMLSelectElement, value: string, name: string, note: string): void {
  const group = select.querySelector<HTMLOptGroupElement>("[data-uploaded]");
  if (!group) return;
  const known = [...group.querySelectorAll("option")].find((option) => option.value === value);
  const option = known ?? document.createElement("option");
  option.value = value;
  option.textContent = name;
  option.dataset.note = note;
  group.hidden = false;
  group.prepend(option);
}
