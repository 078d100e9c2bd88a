/** The 3D picture: robot, ghost, ground and marks. This file and what it needs is the chunk that holds three.js. */
import {
  type BufferGeometry,
  Color,
  DirectionalLight,
  Fog,
  HemisphereLight,
  MeshLambertMaterial,
  Scene,
  WebGLRenderer,
} from "three";
import { CommandArrow } from "./command-arrow";
import { matchBodies, POSE, type Replay, type RobotScene } from "./documents";
import { FallMark } from "./fall-mark";
import { Footprints } from "./footprints";
import { Ground } from "./ground";
import { boxAtStart, diagonal, heading } from "./measure";
import type { Palette } from "./palette";
import { smoothPath } from "./path";
import { poseAt } from "./poses";
import { Quality } from "./quality";
import { bodyGeometries, RobotFigure } from "./robot-figure";
import { View } from "./view";

const MOST_RATIO = 2;
const SMALL_M = 0.8;
const BEHIND_ALL = 1;

export class Stage {
  readonly canvas: HTMLCanvasElement;
  readonly #renderer: WebGLRenderer;
  readonly #quality: Quality;
  readonly #world = new Scene();
  readonly #fog: Fog;
  readonly #geometries: BufferGeometry[];
  readonly #skin = new MeshLambertMaterial({ vertexColors: true });
  readonly #veil = new MeshLambertMaterial({ transparent: true, opacity: 0.3 });
  readonly #robot: RobotFigure;
  readonly #ghost: RobotFigure;
  readonly #ground: Ground;
  readonly #footprints = new Footprints();
  readonly #arrow: CommandArrow;
  readonly #fall: FallMark;
  readonly #base = new Float32Array(POSE);
  readonly view: View;
  #palette: Palette;
  #replay: Replay;
  #which: Int32Array;
  #showsGhost = true;

  /**
   * @param changed hears that the picture has to be drawn again
   * @throws Error where the browser gives no WebGL
   */
  constructor(
    readonly scene: RobotScene,
    replay: Replay,
    palette: Palette,
    isSoftware: boolean,
    changed: () => void,
  ) {
    this.#which = matchBodies(scene, replay);
    const box = boxAtStart(scene, replay, this.#which);
    const size = diagonal(box);
    this.#renderer = new WebGLRenderer({ antialias: !isSoftware });
    this.canvas = this.#renderer.domElement;
    this.#quality = new Quality(isSoftware ? 1 : Math.min(devicePixelRatio, MOST_RATIO));
    this.#fog = new Fog(0, 2.5 * size, 6.5 * size);
    this.#geometries = bodyGeometries(scene);
    this.#robot = new RobotFigure(this.#geometries, this.#skin, 0);
    this.#ghost = new RobotFigure(this.#geometries, this.#veil, BEHIND_ALL);
    this.#ground = new Ground(size < SMALL_M ? 0.5 : 1, size);
    this.#arrow = new CommandArrow(size);
    this.#fall = new FallMark(size);
    this.view = new View(this.canvas, box, changed);
    this.#world.fog = this.#fog;
    this.#world.add(this.#ground, this.#footprints, this.#arrow, this.#fall, this.#robot, this.#ghost, ...lights());
    this.#palette = palette;
    this.#replay = replay;
    this.take(replay);
    this.recolour(palette);
  }

  /** Show another movement of the same robot. */
  take(replay: Replay): void {
    this.#which = matchBodies(this.scene, replay);
    this.#replay = replay;
    const path = smoothPath(replay.poses, replay.bodies.length, this.#which[0] ?? 0, replay.hz);
    this.view.path = path;
    this.#ground.label(path, this.#palette);
    this.#footprints.take(this.scene, replay, this.#which, this.#palette);
  }

  set showsGhost(shows: boolean) {
    this.#showsGhost = shows;
  }

  /** Put everything where it is at a time [s]. */
  show(seconds: number): void {
    const replay = this.#replay;
    const { poses, ghost, command, fellAt, hz, bodies, frames } = replay;
    const frame = seconds * hz;
    this.#robot.place(poses, bodies.length, this.#which, frame);
    this.#ghost.visible = this.#showsGhost && ghost !== null;
    if (ghost && this.#ghost.visible) this.#ghost.place(ghost, bodies.length, this.#which, frame);
    this.#footprints.place(frame);
    poseAt(poses, bodies.length, this.#which[0] ?? 0, frame, this.#base);
    const x = this.#base[0]!;
    const y = this.#base[1]!;
    this.#ground.centre(x, y);
    this.#fall.show(fellAt !== null && seconds >= fellAt - 0.5 / hz, x, y);
    this.#arrow.visible = command !== null;
    if (command) {
      const row = 3 * Math.min(Math.floor(frame + 1e-6), frames - 1);
      this.#arrow.show(command[row]!, command[row + 1]!, command[row + 2]!, x, y, heading(this.#base));
    }
    this.view.go(frame);
  }

  /** Draw as finely as can be while nothing runs, else as finely as is fast enough. */
  draw(rests: boolean): void {
    const ratio = rests ? this.#quality.most : this.#quality.ratio;
    if (ratio !== this.#renderer.getPixelRatio()) this.#renderer.setPixelRatio(ratio);
    this.#renderer.render(this.#world, this.view.camera);
  }

  /** Hear how long a frame took while frames follow each other [ms]. */
  hear(frameMs: number): void {
    this.#quality.hear(frameMs);
  }

  resize(width: number, height: number): void {
    this.#renderer.setSize(width, height, false);
    this.view.resize(width / height);
  }

  recolour(palette: Palette): void {
    this.#palette = palette;
    const ground = new Color(palette.ground);
    this.#renderer.setClearColor(ground);
    this.#fog.color.copy(ground);
    this.#veil.color.set(palette.accent);
    this.#ground.recolour(palette);
    this.#footprints.recolour(palette);
    this.#arrow.material.color.set(palette.beak);
    this.#fall.material.color.set(palette.wrong);
  }

  destroy(): void {
    this.view.dispose();
    for (const geometry of this.#geometries) geometry.dispose();
    const parts = [this.#skin, this.#veil, this.#ground, this.#footprints, this.#arrow, this.#fall];
    for (const part of parts) part.dispose();
    this.#renderer.dispose();
    this.#renderer.forceContextLoss();
    this.canvas.remove();
  }
}

function lights() {
  const sky = new HemisphereLight(0xffffff, 0x8a8a8a, 2.2);
  sky.position.set(0, 0, 1); // z is up
  const sun = new DirectionalLight(0xffffff, 1.6);
  sun.position.set(1, -2, 3);
  return [sky, sun];
}
