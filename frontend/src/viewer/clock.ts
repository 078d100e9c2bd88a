/** The time that is shown: it runs at a speed, ends or begins anew, and can be set. */
export class Clock {
  /** [s], from 0 to `duration`. */
  time = 0;
  speed = 1;
  loop = true;
  playing = false;

  /**
   * @param duration [s]
   * @param hz frames a second, for steps
   */
  constructor(
    public duration: number,
    public hz: number,
  ) {}

  /** Take over another movement; the time stays where it is, if there is one. */
  measure(duration: number, hz: number): void {
    this.duration = duration;
    this.hz = hz;
    this.seek(this.time);
  }

  /** Let real time pass [s]; true when this changed the time that is shown. */
  advance(elapsed: number): boolean {
    if (!this.playing || this.duration <= 0) return false;
    const next = this.time + elapsed * this.speed;
    if (next < this.duration) this.time = next;
    else if (this.loop) this.time = next % this.duration;
    else {
      this.time = this.duration;
      this.playing = false;
    }
    return true;
  }

  /** Run; from the start where it stands at the end. */
  play(): void {
    if (this.time >= this.duration) this.time = 0;
    this.playing = this.duration > 0;
  }

  pause(): void {
    this.playing = false;
  }

  seek(seconds: number): void {
    this.time = Math.min(Math.max(Number.isFinite(seconds) ? seconds : 0, 0), this.duration);
  }

  /** Go to the frame that many before or behind the one that is nearest. */
  step(frames: number): void {
    this.seek((Math.round(this.time * this.hz) + frames) / this.hz);
  }
}
