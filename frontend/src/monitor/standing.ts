/** Where the session stands: figures at every event, and the part that the server writes at every change of state. */
import { get } from "../api";
import { short } from "../charts/numbers";
import { duration } from "../times";
import type { State } from "./feed";
import type { Told } from "./run";

const QUEUE_EVERY_MS = 5000;
const FINISHED = new Set(["completed", "failed", "cancelled", "timed_out"]);

interface Status {
  status: string;
  wanted: string | null;
  queue_position: number | null;
  elapsed_s: number;
  eta_s: number | null;
  steps_per_s: number | null;
  current_loss: number | null;
  current_epoch: number;
  total_epochs: number;
  attempt: number;
}

export class Standing {
  state: string;
  private wanted: string;
  private readonly page: HTMLElement;
  private readonly part: HTMLElement;
  private readonly bar: HTMLProgressElement;
  private readonly listeners: ((state: string) => void)[] = [];

  constructor(page: HTMLElement) {
    this.page = page;
    this.part = page.querySelector("#standing") as HTMLElement;
    this.bar = page.querySelector("#progress") as HTMLProgressElement;
    const head = this.part.querySelector<HTMLElement>("[data-state]");
    this.state = head?.dataset.state ?? "";
    this.wanted = head?.dataset.wanted ?? "";
    window.setInterval(() => {
      if (this.state === "queued" && document.visibilityState === "visible") void this.refresh();
    }, QUEUE_EVERY_MS);
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && !this.isLive) void this.refresh();
    });
  }

  get isFinished(): boolean {
    return FINISHED.has(this.state);
  }

  /** Whether its stream is worth listening to. */
  get isLive(): boolean {
    return !this.isFinished;
  }

  /** Hear of every change of state. */
  onChange(listener: (state: string) => void): void {
    this.listeners.push(listener);
  }

  /** Ask the service; it is asked again later where it cannot be reached. */
  async refresh(): Promise<void> {
    const status = await get<Status>(this.page.dataset.status ?? "").catch(() => null);
    if (!status) return;
    this.write("queue", status.queue_position === null ? "–" : String(status.queue_position));
    this.figures(status);
    await this.move(status.status, status.wanted ?? "");
  }

  /** A `state` event. */
  async take(state: State): Promise<void> {
    this.figures(state);
    if (state.state !== "queued") this.write("queue", "–");
    await this.move(state.state, state.wanted ?? "");
  }

  /** A `progress` event: sooner than the state, which follows every two seconds. */
  progress(event: Told): void {
    const { iteration, epochs, elapsed_s, eta_s, steps_per_s } = event as Record<string, number | null>;
    this.figures({
      current_epoch: iteration ?? 0,
      total_epochs: epochs ?? 0,
      elapsed_s: elapsed_s ?? 0,
      eta_s: eta_s ?? null,
      steps_per_s: steps_per_s ?? null,
    });
  }

  /** The loss of the last epoch. */
  loss(value: number | null): void {
    this.write("loss", short(value));
  }

  private figures(told: Omit<Partial<Status>, "status">): void {
    const { current_epoch: epoch = 0, total_epochs: epochs = 0 } = told;
    this.bar.max = Math.max(1, epochs);
    this.bar.value = epoch;
    this.write("epoch", epoch.toLocaleString("en-GB"));
    this.write("epochs", epochs.toLocaleString("en-GB"));
    this.write("eta", this.isFinished ? "–" : duration(told.eta_s));
    this.write("elapsed", duration(told.elapsed_s));
    this.write("speed", short(told.steps_per_s));
    if (told.current_loss !== undefined) this.loss(told.current_loss);
    if (told.attempt) this.write("attempt", String(told.attempt));
  }

  private write(figure: string, text: string): void {
    for (const place of this.page.querySelectorAll(`[data-figure="${figure}"]`)) {
      if (place.textContent !== text) place.textContent = text;
    }
  }

  private async move(state: string, wanted: string): Promise<void> {
    if (state === this.state && wanted === this.wanted) return;
    const isNew = state !== this.state;
    this.state = state;
    this.wanted = wanted;
    await this.rewrite();
    if (isNew) for (const listener of this.listeners) listener(state);
  }

  /** Put the server's part in place; who stood on one of its buttons stands on the first one then. */
  private async rewrite(): Promise<void> {
    const answer = await fetch(this.page.dataset.standing ?? "", { headers: { Accept: "text/html" } }).catch(() => null);
    if (!answer?.ok) return;
    const hadFocus = this.part.contains(document.activeElement);
    const template = document.createElement("template");
    template.innerHTML = await answer.text();
    this.part.replaceChildren(template.content);
    if (hadFocus) this.part.querySelector<HTMLElement>(".buttons :is(button, a)")?.focus();
  }
}
