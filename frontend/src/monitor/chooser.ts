/** Chooses which series are drawn: the usual ones are ticked, all others can be. */
import { USUAL_NAMES } from "./plan";
import type { Settings } from "./settings";

export class Chooser {
  private readonly list: HTMLElement;
  private readonly search: HTMLInputElement;
  private readonly settings: Settings;
  private readonly chosen: () => void;
  private written = "";

  constructor(place: HTMLElement, settings: Settings, chosen: () => void) {
    this.list = place.querySelector("ul") as HTMLElement;
    this.search = place.querySelector("[name=search]") as HTMLInputElement;
    this.settings = settings;
    this.chosen = chosen;
    this.search.addEventListener("input", () => this.filter());
    this.search.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  }

  /** Offer these. */
  offer(names: ReadonlySet<string>): void {
    const sorted = [...names].sort();
    const now = sorted.join("\n");
    if (now === this.written) return;
    this.written = now;
    this.list.replaceChildren(...sorted.map((name) => this.line(name)));
    this.filter();
  }

  private line(name: string): HTMLElement {
    const line = document.createElement("li");
    const label = document.createElement("label");
    const box = document.createElement("input");
    box.type = "checkbox";
    box.checked = isChosen(this.settings, name);
    box.addEventListener("change", () => {
      choose(this.settings, name, box.checked);
      this.chosen();
    });
    label.append(box, ` ${name}`);
    line.append(label);
    return line;
  }

  private filter(): void {
    const words = this.search.value.trim().toLowerCase();
    for (const line of this.list.children as HTMLCollectionOf<HTMLElement>) {
      line.hidden = !(line.textContent ?? "").toLowerCase().includes(words);
    }
  }
}

/** Whether a series is drawn, once there is one. */
export function isChosen({ add, less }: Settings, name: string): boolean {
  return USUAL_NAMES.includes(name) ? !less.includes(name) : add.includes(name);
}

/** Draw a series, or do not. */
export function choose(settings: Settings, name: string, isOn: boolean): void {
  const without = (names: string[]) => names.filter((other) => other !== name);
  const isUsual = USUAL_NAMES.includes(name);
  settings.add = isOn && !isUsual ? [...without(settings.add), name] : without(settings.add);
  settings.less = !isOn && isUsual ? [...without(settings.less), name] : without(settings.less);
}
