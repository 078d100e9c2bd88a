/** From where one looks: around the robot, going with it or staying. */
import { PerspectiveCamera, Vector3 } from "three";
import { OrbitControls } from "three/addons/controls/OrbitControls.js";
import { type Box, diagonal } from "./measure";
import { pathAt } from "./path";

/** From the right and a little from ahead, as people look at a gait; in diagonals of the robot. */
const FROM = new Vector3(0.75, -1.75, 0.6);
const FIELD_OF_VIEW = 35;
/** A picture narrower than this is looked at from farther away. */
const WIDE = 1.4;

export class View {
  readonly camera: PerspectiveCamera;
  /** The way to follow, (T, 2) [m]. */
  path: Float32Array = new Float32Array(2);
  #follows = true;
  readonly #controls: OrbitControls;
  readonly #size: number;
  readonly #height: number;
  #frame = 0;
  #x = 0;
  #y = 0;
  #aspect = WIDE;

  /** @param changed hears when the reader has moved the view */
  constructor(canvas: HTMLCanvasElement, box: Box, changed: () => void) {
    this.#size = diagonal(box);
    this.#height = box.low[2] + 0.45 * (box.high[2] - box.low[2]);
    this.camera = new PerspectiveCamera(FIELD_OF_VIEW, WIDE, this.#size / 40, this.#size * 40);
    this.camera.up.set(0, 0, 1);
    this.#controls = new OrbitControls(this.camera, canvas);
    this.#controls.maxPolarAngle = 0.55 * Math.PI;
    this.#controls.minDistance = 0.4 * this.#size;
    this.#controls.maxDistance = 12 * this.#size;
    this.#controls.enableZoom = false;
    canvas.style.touchAction = "pan-y"; // a finger that goes up or down scrolls the page
    this.reset();
    this.#controls.addEventListener("change", changed);
  }

  /** Whether the wheel goes nearer and farther; else it scrolls the page. */
  set zooms(zooms: boolean) {
    this.#controls.enableZoom = zooms;
  }

  get follows(): boolean {
    return this.#follows;
  }

  /** Go with the robot, which comes into the middle, or stay. */
  set follows(follows: boolean) {
    this.#follows = follows;
    const { target } = this.#controls;
    if (follows) this.#move(this.#x - target.x, this.#y - target.y);
  }

  /** Hear where the robot is at a frame, and go there if the view follows. */
  go(frame: number): void {
    this.#frame = frame;
    const x = pathAt(this.path, frame, 0);
    const y = pathAt(this.path, frame, 1);
    if (this.#follows) this.#move(x - this.#x, y - this.#y);
    this.#x = x;
    this.#y = y;
  }

  #move(dx: number, dy: number): void {
    const { target } = this.#controls;
    target.x += dx;
    target.y += dy;
    this.camera.position.x += dx;
    this.camera.position.y += dy;
  }

  /** Look from where it began, at where the robot is. */
  reset(): void {
    this.#x = pathAt(this.path, this.#frame, 0);
    this.#y = pathAt(this.path, this.#frame, 1);
    this.#controls.target.set(this.#x, this.#y, this.#height);
    const away = this.#size * Math.max(1, WIDE / this.#aspect);
    this.camera.position.copy(FROM).multiplyScalar(away).add(this.#controls.target);
    this.#controls.update();
  }

  resize(aspect: number): void {
    const distance = this.camera.position.distanceTo(this.#controls.target);
    const before = Math.max(1, WIDE / this.#aspect);
    this.#aspect = aspect;
    const now = Math.max(1, WIDE / aspect);
    if (now !== before) {
      const { target } = this.#controls;
      this.camera.position.sub(target).setLength((distance * now) / before).add(target);
    }
    this.camera.aspect = aspect;
    this.camera.updateProjectionMatrix();
  }

  dispose(): void {
    this.#controls.dispose();
  }
}
