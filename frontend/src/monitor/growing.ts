/** A curve that grows at its end, and is cut where a run goes back. */

const FIRST_ROOM = 256;

export class GrowingCurve {
  private xs = new Float64Array(FIRST_ROOM);
  private ys = new Float64Array(FIRST_ROOM);
  private count = 0;

  get length(): number {
    return this.count;
  }

  /** Ascending; a view that holds until the next change. */
  get x(): Float64Array {
    return this.xs.subarray(0, this.count);
  }

  /** NaN where nothing is known; a view that holds until the next change. */
  get y(): Float64Array {
    return this.ys.subarray(0, this.count);
  }

  /** Set the value of the last place, or of one behind it. */
  put(x: number, y: number): void {
    if (this.count && this.xs[this.count - 1] === x) {
      this.ys[this.count - 1] = y;
      return;
    }
    if (this.count === this.xs.length) this.grow(2 * this.count);
    this.xs[this.count] = x;
    this.ys[this.count] = y;
    this.count++;
  }

  /** Forget this place and all behind it. */
  cut(x: number): void {
    while (this.count && (this.xs[this.count - 1] as number) >= x) this.count--;
  }

  /** Put all of this before what is known behind its end. */
  putBefore(x: ArrayLike<number>, y: ArrayLike<number | null>): void {
    const end = x.length ? (x[x.length - 1] as number) : -Infinity;
    const [oldX, oldY] = [this.x.filter((at) => at > end), this.y.filter((_, k) => (this.xs[k] as number) > end)];
    const count = x.length + oldX.length;
    if (count > this.xs.length) this.grow(count);
    for (let k = 0; k < x.length; k++) {
      this.xs[k] = x[k] as number;
      this.ys[k] = y[k] ?? Number.NaN;
    }
    this.xs.set(oldX, x.length);
    this.ys.set(oldY, x.length);
    this.count = count;
  }

  private grow(room: number): void {
    const [xs, ys] = [new Float64Array(room), new Float64Array(room)];
    xs.set(this.x);
    ys.set(this.y);
    this.xs = xs;
    this.ys = ys;
  }
}
