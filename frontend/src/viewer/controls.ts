/** What the reader plays with: buttons above the scrubber, the scrubber, and what is said of the time. */
import { button, make } from "./build";
import type { Clock } from "./clock";
import type { Replay } from "./documents";

export interface Acts {
  toggle: () => void;
  seek: (seconds: number) => void;
  follow: () => void;
  ghost: () => void;
  reset: () => void;
  loop: () => void;
  speed: (speed: number) => void;
  episode: (episode: number) => void;
}

export const SPEEDS = [0.1, 0.25, 0.5, 1, 1.5, 2];

export class Controls {
  readonly bar: HTMLElement;
  readonly row: HTMLElement;
  readonly #play: HTMLButtonElement;
  readonly #follow: HTMLButtonElement;
  readonly #ghost: HTMLButtonElement;
  readonly #loop: HTMLButtonElement;
  readonly #view: HTMLButtonElement;
  readonly #scrubber = make("input", "viewer-scrubber", { type: "range", min: "0", step: "any", "aria-label": "Time" });
  readonly #time = make("div", "viewer-head figures");
  readonly #episodes: HTMLSelectElement;
  readonly #episodeLabel: HTMLLabelElement;
  readonly #speedLabel: HTMLLabelElement;

  constructor(readonly acts: Acts) {
    this.#play = button("Play", "Play or pause (space)", acts.toggle);
    this.#play.classList.add("main", "viewer-play");
    this.#follow = button("Follow", "Let the view go with the robot (f)", acts.follow);
    this.#ghost = button("Ghost", "Show the reference (g)", acts.ghost);
    this.#loop = button("Loop", "Begin again at the end", acts.loop);
    this.#view = button("Reset view", "Look from where it began", acts.reset);
    const speeds = make("select", "", {}, ...SPEEDS.map((speed) => option(String(speed), `${speed}×`, speed === 1)));
    speeds.addEventListener("change", () => acts.speed(Number(speeds.value)));
    this.#episodes = make("select");
    this.#episodes.addEventListener("change", () => acts.episode(Number(this.#episodes.value)));
    this.#episodeLabel = make("label", "", {}, "Episode", this.#episodes);
    const shown = [this.#follow, this.#ghost, this.#loop, this.#view];
    this.#speedLabel = make("label", "", {}, "Speed", speeds);
    this.bar = make("div", "toolbar viewer-bar", {}, this.#play, ...shown, this.#speedLabel, this.#episodeLabel);
    this.#scrubber.addEventListener("input", () => acts.seek(this.#scrubber.valueAsNumber));
    this.row = make("div", "viewer-row", {}, this.#time, this.#scrubber);
  }

  /** Offer what there is of a movement. */
  take(replay: Replay, clock: Clock): void {
    this.#scrubber.max = String(clock.duration);
    const moves = replay.frames > 1;
    for (const part of [this.#play, this.#loop, this.#follow, this.#speedLabel]) part.hidden = !moves;
    this.row.hidden = !moves;
    this.#ghost.hidden = replay.ghost === null;
    this.#episodeLabel.hidden = replay.episodes < 2;
    const names = Array.from({ length: replay.episodes }, (_, k) => option(String(k), String(k + 1), false));
    this.#episodes.replaceChildren(...names);
    this.#episodes.value = String(replay.episode);
  }

  /** Buttons that only the 3D picture needs are away where there is none. */
  withoutPicture(): void {
    for (const part of [this.#follow, this.#ghost, this.#view]) part.remove();
  }

  press(clock: Clock, follows: boolean, ghost: boolean): void {
    this.#play.textContent = clock.playing ? "Pause" : "Play";
    this.#follow.setAttribute("aria-pressed", String(follows));
    this.#ghost.setAttribute("aria-pressed", String(ghost));
    this.#loop.setAttribute("aria-pressed", String(clock.loop));
  }

  /** Move the knob: with every frame. */
  point(seconds: number): void {
    this.#scrubber.valueAsNumber = seconds;
  }

  /** Write the time: a few times a second. */
  tell(clock: Clock): void {
    this.#time.textContent = `${clock.time.toFixed(2)} / ${clock.duration.toFixed(1)} s`;
    this.#scrubber.setAttribute("aria-valuetext", `${clock.time.toFixed(2)} of ${clock.duration.toFixed(2)} seconds`);
  }
}

function option(value: string, text: string, selected: boolean): HTMLOptionElement {
  return new Option(text, value, selected, selected);
}
