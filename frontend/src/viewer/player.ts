/** The time of a viewer and all that shows it: buttons, scrubber, feet, joints, caption and the 3D picture. */
import { make } from "./build";
import { Caption } from "./caption";
import { Clock } from "./clock";
import { Controls } from "./controls";
import type { Replay } from "./documents";
import { footfall } from "./footfall";
import { Frames } from "./frames";
import { JointPlots } from "./joint-plots";
import { listen } from "./keyboard";
import { onTheme, palette } from "./palette";
import type { Stage } from "./stage";
import type { Track } from "./track";

/** Figures that people read change no more often [s]. */
const TOLD_EVERY_S = 0.1;
/** No frame lets more time pass, however long it took to come [s]. */
const LONGEST_S = 0.25;

export class Player {
  readonly clock = new Clock(0, 1);
  readonly picture = make("div", "viewer-picture");
  readonly below: HTMLElement;
  readonly caption = new Caption();
  readonly #paused = make("p", "unseen", { role: "status" });
  readonly #feet = make("div", "viewer-rows");
  readonly #controls: Controls;
  readonly #joints: JointPlots;
  readonly #frames: Frames;
  #palette = palette();
  #replay: Replay | null = null;
  #stage: Stage | null = null;
  #footTracks: Track[] = [];
  #listeners: ((seconds: number) => void)[] = [];
  #follows = true;
  #showsGhost = true;
  #toldAt = -1;
  #tellsNext = true;

  /**
   * @param place has the keys
   * @param episode hears which episode is asked for
   * @param signal ends it
   */
  constructor(place: HTMLElement, episode: (episode: number) => void, signal: AbortSignal) {
    this.#controls = new Controls({
      toggle: () => this.toggle(),
      seek: (seconds) => this.seek(seconds),
      follow: () => this.#press(() => (this.#follows = !this.#follows)),
      ghost: () => this.#press(() => (this.#showsGhost = !this.#showsGhost)),
      reset: () => this.#stage?.view.reset(),
      loop: () => this.#press(() => (this.clock.loop = !this.clock.loop)),
      speed: (speed) => (this.clock.speed = speed),
      episode,
    });
    this.#joints = new JointPlots(this.#seekPart, () => this.#redraw());
    const strips = make("div", "viewer-strips", {}, this.#controls.row, this.#feet, this.#joints.element);
    this.below = make("div", "viewer-below", { hidden: "" }, this.#controls.bar, strips, this.#paused);
    this.#frames = new Frames(place, (elapsed) => this.#frame(elapsed), signal);
    this.#listenToSizes(strips, signal);
    this.#listenToKeys(place, signal);
    onTheme(() => this.#recolour(), signal);
    place.addEventListener("focusin", () => this.#focus(true), { signal });
    place.addEventListener("focusout", () => this.#focus(false), { signal });
    signal.addEventListener("abort", () => this.#stage?.destroy());
  }

  get palette() {
    return this.#palette;
  }

  get stage(): Stage | null {
    return this.#stage;
  }

  /** Another frame is due. */
  readonly ask = (): void => this.#frames.ask();

  /** Show a movement; it starts by itself if it is the first, and the reader has not asked for less motion. */
  take(replay: Replay): void {
    const isFirst = this.#replay === null;
    this.#replay = replay;
    this.clock.measure(replay.duration, replay.hz);
    this.#controls.take(replay, this.clock);
    this.caption.take(replay);
    this.#footTracks = footfall(replay, this.#seekPart);
    this.#feet.replaceChildren(...this.#footTracks.map((track) => track.element));
    this.below.hidden = false;
    this.#joints.take(replay);
    this.#stage?.take(replay);
    if (isFirst && !matchMedia("(prefers-reduced-motion: reduce)").matches) this.clock.play();
    this.#press();
  }

  /** Show the 3D picture, or do without. */
  attach(stage: Stage | null): void {
    this.#stage = stage;
    if (!stage) {
      this.#controls.withoutPicture();
      return;
    }
    this.picture.prepend(stage.canvas);
    stage.canvas.addEventListener("dblclick", () => stage.view.reset());
    this.#resize();
    stage.show(this.clock.time);
    stage.draw(true);
  }

  toggle(): void {
    this.#press(() => (this.clock.playing ? this.clock.pause() : this.clock.play()));
    if (!this.clock.playing) this.#tellPause();
  }

  seek(seconds: number): void {
    this.clock.seek(seconds);
    this.#tellsNext = true;
    this.ask();
  }

  onTime(listener: (seconds: number) => void): void {
    this.#listeners.push(listener);
  }

  readonly #seekPart = (part: number): void => this.seek(part * this.clock.duration);

  #frame(elapsed: number): boolean {
    const wasPlaying = this.clock.playing;
    const moved = this.clock.advance(Math.min(elapsed, LONGEST_S));
    const { time } = this.clock;
    if (moved && elapsed > 0) this.#stage?.hear(elapsed * 1000);
    this.#stage?.show(time);
    this.#stage?.draw(!this.clock.playing);
    this.below.style.setProperty("--part", String(this.clock.duration ? time / this.clock.duration : 0));
    this.#controls.point(time);
    const now = performance.now() / 1000;
    if (this.#tellsNext || now - this.#toldAt > TOLD_EVERY_S) this.#tell(now);
    for (const listener of this.#listeners) listener(time);
    if (wasPlaying && !this.clock.playing) {
      this.#press();
      this.#tellPause();
    }
    return this.clock.playing;
  }

  #tell(now: number): void {
    this.#toldAt = now;
    this.#tellsNext = false;
    this.#controls.tell(this.clock);
    this.caption.tell(this.clock.time);
    this.#joints.tell(this.clock.time);
  }

  #tellPause(): void {
    this.#paused.textContent = `paused at ${this.clock.time.toFixed(2)} s`;
  }

  /** Do something that a button shows. */
  #press(act?: () => void): void {
    act?.();
    if (this.#stage) {
      if (this.#stage.view.follows !== this.#follows) this.#stage.view.follows = this.#follows;
      this.#stage.showsGhost = this.#showsGhost;
    }
    this.#controls.press(this.clock, this.#follows, this.#showsGhost);
    this.#tellsNext = true;
    this.ask();
  }

  #listenToKeys(place: HTMLElement, signal: AbortSignal): void {
    const still = (seek: () => void) => () => {
      if (this.clock.playing) this.toggle();
      seek();
      this.seek(this.clock.time);
      this.#tellPause();
    };
    const keyed = {
      toggle: () => this.toggle(),
      step: (frames: number) => still(() => this.clock.step(frames))(),
      skip: (seconds: number) => this.seek(this.clock.time + seconds),
      start: () => this.seek(0),
      end: () => this.seek(this.clock.duration),
      follow: () => this.#controls.acts.follow(),
      ghost: () => this.#controls.acts.ghost(),
    };
    listen(place, keyed, signal);
  }

  #listenToSizes(strips: HTMLElement, signal: AbortSignal): void {
    const sizes = new ResizeObserver(() => this.#resize());
    sizes.observe(this.picture);
    sizes.observe(strips);
    signal.addEventListener("abort", () => sizes.disconnect());
  }

  /** The wheel goes nearer and farther only where the reader works with the viewer; else it scrolls the page. */
  #focus(has: boolean): void {
    if (this.#stage) this.#stage.view.zooms = has;
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.picture;
    if (clientWidth && clientHeight) this.#stage?.resize(clientWidth, clientHeight);
    this.#redraw();
  }

  #recolour(): void {
    this.#palette = palette();
    this.#stage?.recolour(this.#palette);
    this.#redraw();
  }

  #redraw(): void {
    const fellAt = this.#replay?.fellAt ?? null;
    for (const track of [...this.#footTracks, ...this.#joints.tracks]) {
      track.draw(this.clock.duration, fellAt, this.#palette);
    }
    this.#tellsNext = true;
    this.ask();
  }
}
