/** `mountViewer`: a robot in 3D as it moved, with its time, its feet and its joints. */
import "./viewer.css";
import { ApiError } from "../api";
import { button, make } from "./build";
import { DocumentError, type Replay, type RobotScene } from "./documents";
import { whenGone } from "./gone";
import { Player } from "./player";
import { loadReplay, loadScene, type Source, withEpisode } from "./source";
import { drawingBy } from "./webgl";

export interface Viewer {
  /** Ask for the movement again, or for another one; the view and the time stay. */
  reload(replay?: string): Promise<void>;
  /** Go to a time [s]. */
  seek(seconds: number): void;
  /** Hear of every change of the time [s]. */
  onTime(listener: (seconds: number) => void): void;
  /** Free all that it holds, and leave the place empty; happens by itself when the place leaves the page. */
  destroy(): void;
}

const NO_WEBGL =
  "This browser cannot draw in 3D: it has no WebGL 2, or it is turned off. Feet and joints are plotted below.";
const LOST = "The graphics card was taken away; the picture comes back with it.";
const NOT_DRAWN = "The picture could not be loaded; is the service there?";

/** Fill `place` with a viewer; it is there when its first picture is drawn, or a sentence that says why not. */
export async function mountViewer(
  place: HTMLElement,
  source: Source,
  options: { label?: string } = {},
): Promise<Viewer> {
  const viewer = new LoadingViewer(place, { ...source }, options.label ?? "Robot in 3D");
  await viewer.reload();
  return viewer;
}

class LoadingViewer implements Viewer {
  readonly #ended = new AbortController();
  readonly #drawing = drawingBy();
  readonly #message = make("div", "viewer-message");
  readonly #player: Player;
  #asking = new AbortController();
  #scene: RobotScene | null = null;
  #version = "";

  constructor(
    readonly place: HTMLElement,
    readonly source: Source,
    label: string,
  ) {
    const episode = (asked: number) => void this.reload(withEpisode(this.source.replay, asked));
    this.#player = new Player(place, episode, this.#ended.signal);
    this.#player.picture.append(this.#message);
    place.classList.add("viewer");
    place.role = "group";
    place.ariaLabel = label;
    place.tabIndex = 0;
    place.replaceChildren(this.#player.picture, this.#player.caption.element, this.#player.below);
    whenGone(place, () => this.destroy(), this.#ended.signal);
  }

  async reload(replay?: string): Promise<void> {
    if (this.#ended.signal.aborted) return;
    if (replay !== undefined) this.source.replay = replay;
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    if (!this.#scene) this.#say("Loading…");
    try {
      await this.#load(signal);
    } catch (error) {
      if (!signal.aborted) this.#refuse(error);
    }
  }

  seek(seconds: number): void {
    this.#player.seek(seconds);
  }

  onTime(listener: (seconds: number) => void): void {
    this.#player.onTime(listener);
  }

  destroy(): void {
    this.#asking.abort();
    this.#ended.abort();
    this.place.replaceChildren();
    for (const name of ["role", "aria-label", "tabindex"]) this.place.removeAttribute(name);
  }

  async #load(signal: AbortSignal): Promise<void> {
    const known = this.#scene;
    const asked = known ? Promise.resolve(known) : loadScene(this.source.scene, signal);
    const [scene, replay, chunk] = await Promise.all([
      asked,
      loadReplay(this.source.replay, asked, signal),
      this.#drawing === "none" ? null : import("./stage"),
    ]);
    if (signal.aborted) return;
    this.#scene = scene;
    this.#say(chunk ? "" : NO_WEBGL);
    const address = `${this.source.replay} ${replay.version}`;
    if (address !== this.#version) this.#player.take(replay);
    this.#version = address;
    if (chunk && !this.#player.stage) this.#open(scene, replay, chunk.Stage);
    else if (!chunk) this.#player.attach(null);
  }

  #open(scene: RobotScene, replay: Replay, Stage: typeof import("./stage").Stage): void {
    const { palette, ask } = this.#player;
    const stage = new Stage(scene, replay, palette, this.#drawing === "software", ask);
    stage.canvas.addEventListener("webglcontextlost", () => this.#say(LOST));
    stage.canvas.addEventListener("webglcontextrestored", () => this.#say(""));
    this.#player.attach(stage);
  }

  #refuse(error: unknown): void {
    if (!(error instanceof ApiError || error instanceof DocumentError || error instanceof TypeError)) {
      this.#say(String(error));
      throw error;
    }
    const sentence = error instanceof TypeError ? NOT_DRAWN : error.message;
    this.#say(sentence, button("Try again", "Ask the service again", () => void this.reload()));
  }

  #say(sentence: string, ...more: HTMLElement[]): void {
    this.#message.replaceChildren(...(sentence ? [make("p", "", {}, sentence), ...more] : []));
    this.#message.hidden = !sentence;
    this.#player.picture.classList.toggle("flat", sentence === NO_WEBGL);
  }
}
