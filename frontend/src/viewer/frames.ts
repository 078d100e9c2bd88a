/** Frames of an animation: only while something moves, and only while it is on the screen. */

export class Frames {
  #asked = 0;
  #last = -1;
  #onScreen = false;
  readonly #observer: IntersectionObserver;

  /**
   * @param draw draws one frame, told how long it is since the last one [s], 0 for the first; true when another is due
   * @param signal ends it
   */
  constructor(
    readonly place: Element,
    readonly draw: (elapsed: number) => boolean,
    readonly signal: AbortSignal,
  ) {
    this.#observer = new IntersectionObserver((entries) => {
      this.#onScreen = entries.at(-1)!.isIntersecting;
      this.#resume();
    });
    this.#observer.observe(place);
    document.addEventListener("visibilitychange", () => this.#resume(), { signal });
    signal.addEventListener("abort", () => {
      this.#observer.disconnect();
      cancelAnimationFrame(this.#asked);
    });
  }

  /** One frame at least is due. */
  ask(): void {
    if (this.#asked || this.signal.aborted) return;
    if (!this.#onScreen || document.visibilityState === "hidden") return;
    this.#asked = requestAnimationFrame(this.#frame);
  }

  /** What passed while nothing was seen does not count. */
  #resume(): void {
    this.#last = -1;
    this.ask();
  }

  readonly #frame = (now: number): void => {
    this.#asked = 0;
    const elapsed = this.#last < 0 ? 0 : (now - this.#last) / 1000;
    const goesOn = this.draw(elapsed);
    this.#last = goesOn ? now : -1;
    if (goesOn) this.ask();
  };
}
