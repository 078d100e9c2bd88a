/** Which motion, which clip of it, and on which robot. */
import { addUploaded, Picks } from "./picks";

const EARLIER = "an earlier version";

export class Selection {
  readonly motions: HTMLSelectElement;
  readonly robots: HTMLSelectElement;
  readonly #clip: HTMLSelectElement;
  readonly #clipGroup: HTMLElement;
  readonly #picks: Picks[];
  /** A bundled clip on an uploaded robot is kept where a session had it so; the service says whether it fits. */
  #asItWas = "";

  constructor(readonly form: HTMLFormElement) {
    this.motions = form.querySelector("#reference-motion") as HTMLSelectElement;
    this.robots = form.querySelector("#robot") as HTMLSelectElement;
    this.#clip = form.querySelector("#clip") as HTMLSelectElement;
    this.#clipGroup = form.querySelector("#clip-group") as HTMLElement;
    this.#picks = [this.motions, this.robots].map(
      (select) => new Picks(form.querySelector(`[data-picks="${select.id}"]`) as HTMLElement, select),
    );
    for (const select of [this.motions, this.robots]) nameVersions(select);
    this.robots.addEventListener("change", () => this.#offerFitting());
    this.motions.addEventListener("change", () => this.offerClips([]));
  }

  /** As the service names it; empty where none is chosen. */
  get motion(): string {
    const clip = this.#clipGroup.hidden ? "" : this.#clip.value;
    return clip ? `${this.motions.value}#${clip}` : this.motions.value;
  }

  get robot(): string {
    return this.robots.value;
  }

  /** What the robot and the motion are called, for a label. */
  get label(): string {
    const clip = this.motion.split("#")[1];
    return `${clip ?? this.motions.selectedOptions[0]?.text ?? ""} on ${this.robots.selectedOptions[0]?.text ?? ""}`;
  }

  /** Whether there is any motion that this robot could be given. */
  get hasMotions(): boolean {
    return [...this.motions.options].some((option) => !isShut(option));
  }

  /** What a motion or robot is called here. */
  nameOf(reference: string): string {
    const [base = "", clip] = reference.split("#");
    const known = [...this.motions.options, ...this.robots.options].find((option) => option.value === base);
    const name = known?.text ?? base;
    return clip ? `${name} (${clip})` : name;
  }

  /** Choose; what the lists do not have is added to them. */
  put(motion: string, robot: string): void {
    const [base = "", clip] = motion.split("#");
    this.#asItWas = base;
    choose(this.robots, robot, EARLIER);
    this.#offerFitting(base);
    if (base) choose(this.motions, base, EARLIER);
    else this.motions.selectedIndex = -1;
    this.offerClips(clip ? [clip] : [], clip);
    this.#mark();
  }

  /** Let one clip of a library be chosen, or all. */
  offerClips(names: string[], chosen = this.#clip.value): void {
    this.#clip.replaceChildren(new Option("The whole library", ""), ...names.map((name) => new Option(name, name)));
    this.#clip.value = names.includes(chosen) ? chosen : "";
    this.#clipGroup.hidden = names.length === 0;
  }

  /** Add what was uploaded, and choose it. */
  add(kind: "motions" | "robots", id: number, name: string, note: string): void {
    const select = kind === "motions" ? this.motions : this.robots;
    const value = `${kind.slice(0, -1)}:${id}`;
    addUploaded(select, value, name, note);
    if (kind === "motions") this.put(value, this.robot);
    else this.put(this.motions.value, value);
  }

  /** A bundled clip is that of one robot. */
  #offerFitting(wanted = this.motions.value): void {
    const isUploaded = this.robot.startsWith("robot:");
    for (const group of this.motions.querySelectorAll<HTMLOptGroupElement>("optgroup[data-robot]")) {
      const has = [...group.querySelectorAll("option")].some((option) => option.value === wanted);
      const fits = isUploaded ? has && wanted === this.#asItWas : group.dataset.robot === this.robot;
      group.hidden = group.disabled = !fits;
    }
    const open = [...this.motions.options].filter((option) => !isShut(option));
    const next = open.find((option) => option.value === wanted) ?? open[0];
    if (next) next.selected = true;
    else this.motions.selectedIndex = -1;
    if (next?.value !== wanted) this.offerClips([]);
    this.#mark();
  }

  #mark(): void {
    for (const picks of this.#picks) picks.refresh();
  }
}

function isShut(option: HTMLOptionElement): boolean {
  return option.parentElement instanceof HTMLOptGroupElement && option.parentElement.disabled;
}

function choose(select: HTMLSelectElement, value: string, note: string): void {
  const find = () => [...select.options].find((option) => option.value === value && !isShut(option));
  if (!find() && value.includes(":")) addUploaded(select, value, value, note);
  nameVersions(select);
  const option = find();
  if (option) option.selected = true;
}

/** A version that the list does not have is called by the name of its motion or robot. */
function nameVersions(select: HTMLSelectElement): void {
  for (const option of select.options) {
    const [, thing, version, clip] = /^((?:motion|robot):\d+)@(\d+)(?:#(.*))?$/.exec(option.value) ?? [];
    if (!thing || option.text !== option.value) continue;
    const name = [...select.options].find((other) => other.value === thing)?.text ?? thing.replace(":", " ");
    option.text = `${name}, version ${version}${clip ? `, ${clip}` : ""}`;
  }
}
