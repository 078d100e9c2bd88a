/** What a training would take: asked again a moment after every change, and shown in the cards and at the button. */
import { ApiError, post } from "../api";
import { amount, basis, type Estimate, queue, quota, shortTime, time } from "./words";

const WAIT_MS = 300;

export class Estimating {
  #timer = 0;
  #asked = 0;

  /**
   * @param bar where it is shown
   * @param body gives the request
   * @param told hears every answer
   * @param refused hears why there is none
   */
  constructor(
    readonly bar: HTMLElement,
    readonly body: () => Record<string, unknown>,
    readonly told: (estimate: Estimate) => void,
    readonly refused: (error: ApiError) => void,
  ) {}

  /** Ask once nothing has changed for a moment. */
  soon(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.now(), WAIT_MS);
  }

  /** Ask; an answer that comes after a later question is dropped. */
  async now(): Promise<void> {
    clearTimeout(this.#timer);
    const number = ++this.#asked;
    this.bar.setAttribute("aria-busy", "true");
    try {
      const estimate = await post<Estimate>("/api/v1/estimate", this.body());
      if (number !== this.#asked) return;
      this.#show(estimate);
      this.told(estimate);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (number !== this.#asked) return;
      this.leave();
      this.refused(error);
    } finally {
      if (number === this.#asked) this.bar.removeAttribute("aria-busy");
    }
  }

  /** Show none: what is chosen cannot be started as it is. */
  leave(): void {
    clearTimeout(this.#timer);
    this.#asked++;
    this.bar.removeAttribute("aria-busy");
    this.#write("time", "No estimate yet");
    this.#write("quota", "Mend what is marked above, and time and quota are told here.");
    for (const part of ["queue", "basis", "refusal"]) this.#write(part, "");
  }

  #show(estimate: Estimate): void {
    this.#write("time", time(estimate.seconds));
    this.#write("quota", quota(estimate));
    this.#write("queue", queue(estimate));
    this.#write("basis", basis(estimate));
    this.#write("refusal", estimate.refusal ? `It cannot be started now: ${estimate.refusal}.` : "");
    for (const card of document.querySelectorAll<HTMLElement>("[data-plan]")) {
      const plan = estimate.plans[card.dataset.plan ?? ""];
      if (plan) card.textContent = `${shortTime(plan.seconds)}; at most ${amount(plan.robot_hours)} robot hours`;
    }
  }

  #write(part: string, words: string): void {
    const place = this.bar.querySelector<HTMLElement>(`[data-estimate="${part}"]`);
    if (!place) return;
    if (place.textContent !== words) place.textContent = words;
    if (part === "refusal") place.hidden = words === "";
  }
}
