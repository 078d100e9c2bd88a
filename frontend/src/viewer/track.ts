/** A strip of the time that is shown, under the scrubber and in line with it: a picture, a cursor, and what it is. */
import { make } from "./build";
import type { Palette } from "./palette";

/** Room at both ends, half the width of the scrubber's knob [px]; in viewer.css as --inset. */
const INSET = 8;

/** What is drawn with: `x` gives the place of a time [s]. */
export interface Pen {
  context: CanvasRenderingContext2D;
  x: (seconds: number) => number;
  width: number;
  height: number;
  palette: Palette;
}

export class Track {
  readonly element: HTMLElement;
  /** Stands left of the strip. */
  readonly head: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  readonly #area: HTMLElement;

  /**
   * @param paint draws the picture, when it has changed and not with every frame
   * @param seek hears where the reader points, from 0 at the start to 1 at the end
   */
  constructor(
    label: string,
    className: string,
    readonly paint: (pen: Pen) => void,
    readonly seek: (part: number) => void,
  ) {
    this.canvas = make("canvas", "", { role: "img", "aria-label": label });
    this.#area = make("div", "viewer-area", {}, this.canvas, make("div", "viewer-cursor"));
    this.head = make("div", "viewer-head");
    this.element = make("div", `viewer-row ${className}`, {}, this.head, this.#area);
    this.#area.addEventListener("pointerdown", (event) => {
      this.#area.setPointerCapture(event.pointerId);
      this.#point(event);
    });
    this.#area.addEventListener("pointermove", (event) => {
      if (this.#area.hasPointerCapture(event.pointerId)) this.#point(event);
    });
  }

  /** Draw the picture for a movement of so many seconds. */
  draw(duration: number, fellAt: number | null, palette: Palette): void {
    const { clientWidth: width, clientHeight: height } = this.#area;
    const context = this.canvas.getContext("2d");
    if (!context || !width || !height) return;
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    context.scale(ratio, ratio);
    const x = (seconds: number) => INSET + ((width - 2 * INSET) * seconds) / (duration || 1);
    this.paint({ context, x, width, height, palette });
    if (fellAt === null) return;
    context.fillStyle = palette.wrong;
    context.fillRect(x(fellAt) - 1, 0, 2, height);
  }

  #point(event: PointerEvent): void {
    const box = this.#area.getBoundingClientRect();
    this.seek((event.clientX - box.left - INSET) / Math.max(box.width - 2 * INSET, 1));
  }
}
