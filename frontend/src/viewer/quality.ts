/** How finely to draw: as finely as frames come fast enough. */

const SLOW_MS = 40;
const FAST_MS = 20;
/** A pause, not a frame. */
const PAUSE_MS = 2000;
const FEW = 8;
const MANY = 90;
const LEAST = 0.5;
const STEP = 0.8;
/** So often it is raised again; else the picture would go to and fro where both are near the limit. */
const MOST_RAISES = 3;

/** Pixels of the picture for each of the page's: fewer while frames are slow, more again when they are fast. */
export class Quality {
  ratio: number;
  #raises = 0;
  #sum = 0;
  #count = 0;

  constructor(readonly most: number) {
    this.ratio = most;
  }

  /** Hear how long a frame took [ms]; true when the ratio has changed. */
  hear(frameMs: number): boolean {
    if (frameMs > PAUSE_MS) return false;
    this.#sum += frameMs;
    this.#count += 1;
    const mean = this.#sum / this.#count;
    if (this.#count >= FEW && mean > SLOW_MS) return this.#become(Math.max(this.ratio * STEP, LEAST));
    if (this.#count < MANY) return false;
    if (mean > FAST_MS || this.ratio === this.most || this.#raises === MOST_RAISES) return this.#become(this.ratio);
    this.#raises += 1;
    return this.#become(Math.min(this.ratio / STEP, this.most));
  }

  #become(ratio: number): boolean {
    const changed = ratio !== this.ratio;
    this.ratio = ratio;
    this.#sum = 0;
    this.#count = 0;
    return changed;
  }
}
