/** The page that starts a training: what is chosen, what is known of it, and the start. */
import { ApiError, get, post } from "../api";
import { key } from "../keys";
import { toast } from "../toast";
import { type Choice, type Difference, differences, type Options, requestOf } from "./choice";
import { type Cured, cure } from "./cures";
import { showDifferences } from "./difference-list";
import { dropDraft, loadDraft, saveDraft } from "./draft";
import { takeFiles, type Uploaded } from "./drop";
import { clearErrors, focusFirstError, showError } from "./errors";
import { Estimating } from "./estimating";
import type { Cure, Inspection } from "./inspection";
import { Looking } from "./looking";
import { OptionFields } from "./option-fields";
import { placeOf } from "./place";
import { told } from "../lists/came";
import { letSearch } from "./search";
import { Selection } from "./selection";
import { askTogether } from "./together";

interface PageData {
  usual: Options;
  choice: Choice;
  origin: (Choice & { id: number }) | null;
  /** Of the origin, what is not there any more: a sentence by the field's name. */
  gone: Record<string, string>;
  /** What the origin's motion and robot are called. */
  said: Record<string, string>;
}

const CHOOSE = "Choose a motion.";
const NO_MOTION = "This robot has no motion yet; upload one, or make one with 'webfoot motion generate'.";

export class Page {
  readonly #data: PageData;
  readonly #fields: OptionFields;
  readonly #selection: Selection;
  readonly #estimating: Estimating;
  readonly #looking: Looking;
  readonly #search: () => void;
  readonly #draft: string;
  readonly #button: HTMLButtonElement;
  #lookedAt = "";
  #key = newKey();

  constructor(readonly form: HTMLFormElement) {
    this.#data = JSON.parse(form.dataset.page ?? "{}") as PageData;
    this.#draft = this.#data.origin ? `clone-${this.#data.origin.id}` : "new";
    this.#fields = new OptionFields(form);
    this.#selection = new Selection(form);
    this.#search = letSearch(form.querySelector("#advanced") as HTMLDetailsElement);
    this.#button = form.querySelector('button[type="submit"]') as HTMLButtonElement;
    this.#estimating = new Estimating(
      form.querySelector("#estimate") as HTMLElement,
      () => this.#request(),
      (estimate) => {
        this.#fields.setUsual(estimate.usual);
        this.#compare();
      },
      (error) => this.#refuse(error),
    );
    this.#looking = new Looking(
      form.querySelector("#inspection") as HTMLElement,
      form.querySelector(".look") as HTMLElement,
      (chosen, told) => this.#cure(chosen, told),
    );
  }

  /** Show what is chosen, and listen. */
  begin(): void {
    this.form.noValidate = true; // sentences stand beside the fields
    this.#fields.setUsual(this.#data.usual);
    const draft = this.#kept();
    this.#put(draft ?? this.#data.choice);
    this.form.addEventListener("change", () => this.#changed());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#start();
    });
    window.addEventListener("pageshow", () => (this.#button.disabled = false));
    this.#letUpload();
    this.#letStartOver(draft !== null);
    key("/", "Search the options", () => this.#toSearch());
    this.#look();
    this.#compare();
    if (!this.#showWrong()) void this.#estimating.now();
    if (this.#data.gone.robot) showError(this.form, "robot", this.#data.gone.robot);
  }

  /** What was filled in before a reload, without what is gone meanwhile. */
  #kept(): Choice | null {
    const { gone, origin, choice } = this.#data;
    const kept = loadDraft(this.#draft);
    if (!kept || !origin) return kept;
    const motion = gone.reference_motion && kept.motion === origin.motion ? "" : kept.motion;
    const robot = gone.robot && kept.robot === origin.robot ? choice.robot : kept.robot;
    return { ...kept, motion, robot };
  }

  /** Why no motion is chosen. */
  get #noMotion(): string {
    if (this.#data.gone.reference_motion) return this.#data.gone.reference_motion;
    return this.#selection.hasMotions ? CHOOSE : NO_MOTION;
  }

  get choice(): Choice {
    const plan = this.form.querySelector<HTMLInputElement>('input[name="plan"]:checked');
    const name = this.form.querySelector<HTMLInputElement>("#name");
    return {
      motion: this.#selection.motion,
      robot: this.#selection.robot,
      plan: plan?.value ?? "quick",
      name: name?.value.trim() ?? "",
      options: this.#fields.changed(),
    };
  }

  #put(choice: Choice): void {
    this.#selection.put(choice.motion, choice.robot);
    const plan = this.form.querySelector<HTMLInputElement>(`input[name="plan"][value="${CSS.escape(choice.plan)}"]`);
    if (plan) plan.checked = true;
    const name = this.form.querySelector<HTMLInputElement>("#name");
    if (name) name.value = choice.name;
    this.#fields.putAll(choice.options);
  }

  #request(): Record<string, unknown> {
    return requestOf(this.choice, this.#data.origin?.id ?? null);
  }

  #changed(): void {
    this.#key = newKey();
    clearErrors(this.form);
    this.#fields.mark();
    this.#search();
    saveDraft(this.#draft, this.choice);
    this.#compare();
    this.#look();
    if (this.#showWrong()) this.#estimating.leave();
    else this.#estimating.soon();
  }

  #look(): void {
    const { motion, robot, label } = this.#selection;
    const wanted = `${motion} ${robot}`;
    if (wanted === this.#lookedAt) return;
    this.#lookedAt = wanted;
    if (!motion) {
      showError(this.form, "reference_motion", this.#noMotion);
      this.#looking.leave();
      return;
    }
    void this.#looking.at(motion, robot, label).then((told) => {
      if (told && told.clips.length && wanted === this.#lookedAt) this.#selection.offerClips(told.clips);
    });
  }

  #showWrong(): boolean {
    const wrong = this.#fields.wrong();
    for (const { name, sentence } of wrong) showError(this.form, name, sentence);
    if (!this.#selection.motion) showError(this.form, "reference_motion", this.#noMotion);
    return wrong.length > 0 || !this.#selection.motion;
  }

  #refuse(error: ApiError): void {
    const [first] = Object.keys(error.fields);
    const known = [...this.#fields.names, "reference_motion", "robot", "plan", "name"];
    const place = first ? placeOf(`field '${first}'`, known) : placeOf(error.message, known);
    showError(this.form, place, `${error.message}.`);
  }

  async #start(): Promise<void> {
    clearErrors(this.form);
    if (this.#showWrong()) return focusFirstError(this.form);
    this.#button.disabled = true;
    try {
      const begun = await post<{ session_id: number }>("/training/start", this.#request(), {
        "Idempotency-Key": this.#key,
      });
      dropDraft(this.#draft);
      location.assign(`/training/monitor/${begun.session_id}`);
    } catch (error) {
      this.#button.disabled = false;
      if (!(error instanceof ApiError)) throw error;
      this.#refuse(error);
      focusFirstError(this.form);
    }
  }

  #compare(): void {
    const place = this.form.querySelector<HTMLElement>("#differences");
    const { origin } = this.#data;
    if (!place || !origin) return;
    const found = differences(origin, this.choice, this.#fields.usual);
    const fields: Record<string, string> = { motion: "reference_motion", robot: "robot" };
    showDifferences(
      place,
      found.map((difference) => this.#spoken(difference)),
      (difference) => this.#putBack(origin, difference),
      (difference) => !(this.#data.gone[fields[difference.place] ?? ""]),
    );
  }

  /** Motions and robots by their names. */
  #spoken(difference: Difference): Difference {
    if (difference.place !== "motion" && difference.place !== "robot") return difference;
    const name = (value: Difference["before"]) => this.#data.said[String(value)] ?? this.#selection.nameOf(String(value ?? ""));
    return { ...difference, before: name(difference.before), after: name(difference.after) };
  }

  #putBack(origin: Choice, { place }: Difference): void {
    const now = this.choice;
    if (place === "motion" || place === "robot" || place === "plan" || place === "name") {
      this.#put({ ...now, [place]: origin[place] });
    } else {
      this.#fields.put(place, origin.options[place] ?? null);
    }
    this.#changed();
  }

  async #cure(chosen: Cure, told: Inspection): Promise<void> {
    if (chosen.option) {
      const before = this.choice;
      for (const [name, value] of Object.entries(chosen.option)) this.#fields.put(name, value);
      this.#changed();
      toast(`${Object.keys(chosen.option).join(", ")} is on`, () => {
        this.#put(before);
        this.#changed();
      });
      return;
    }
    const cured = await cure(chosen, told).catch((error: unknown) => {
      if (!(error instanceof ApiError)) throw error;
      toast(`${error.message}.`);
      return null;
    });
    if (cured) this.#take(cured);
  }

  /** Go on with the version that came of a cure; the one before is a press away. */
  #take(cured: Cured): void {
    const choose = (motion: string) => {
      this.#selection.put(motion, this.#selection.robot);
      this.#lookedAt = ""; // the same name is another content now
      this.#changed();
    };
    choose(cured.motion);
    if (cured.before) toast(cured.says, () => choose(cured.before));
    else toast(cured.says);
  }

  #letUpload(): void {
    const dialog = document.querySelector("#together") as HTMLDialogElement;
    const places = this.form.querySelectorAll<HTMLElement>("[data-drop]");
    for (const place of places) {
      const kind = place.dataset.drop === "robots" ? "robots" : "motions";
      const ask = async (files: File[]) => {
        const said = kind === "motions" ? await askTogether(dialog, files) : {};
        return said && kind === "motions" ? { robot: this.#selection.robot, ...said } : said;
      };
      takeFiles(place, `/api/v1/${kind}`, ask, (made) => void this.#uploaded(kind, made));
    }
  }

  async #uploaded(kind: "motions" | "robots", made: Uploaded[]): Promise<void> {
    for (const one of made.toReversed()) {
      if (kind === "robots" && !one.latest.usable) {
        const told = await get<{ report: { findings: { severity: string; message: string }[] } }>(`/api/v1/robots/${one.id}`);
        const why = told.report.findings.find((finding) => finding.severity === "error")?.message ?? "see its report";
        showError(this.form, "robot", `${one.name} cannot be trained with: ${why}.`);
        return;
      }
      this.#selection.add(kind, one.id, one.name, one.latest.model ?? one.latest.filename);
    }
    this.#lookedAt = "";
    this.#changed();
    toast(told({ items: made }));
  }

  #letStartOver(isDraft: boolean): void {
    const button = document.querySelector<HTMLButtonElement>("#start-over");
    if (!button) return;
    button.hidden = !isDraft;
    this.form.addEventListener("change", () => (button.hidden = false));
    button.addEventListener("click", () => {
      const before = this.choice;
      this.#put(this.#data.choice);
      this.#changed();
      dropDraft(this.#draft);
      button.hidden = true;
      toast("As it was at first", () => {
        this.#put(before);
        this.#changed();
      });
    });
  }

  #toSearch(): void {
    (this.form.querySelector("#advanced") as HTMLDetailsElement).open = true;
    this.form.querySelector<HTMLInputElement>("#option-search")?.focus();
  }
}

/** A key by which the service knows a request that it gets twice. */
function newKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
