/** The ground: a grid that goes with the robot, its metres, and a soft shadow. */
import {
  BufferGeometry,
  CanvasTexture,
  CircleGeometry,
  Color,
  Float32BufferAttribute,
  Group,
  LineBasicMaterial,
  LineSegments,
  Mesh,
  MeshBasicMaterial,
  Sprite,
  SpriteMaterial,
} from "three";
import { labelPlaces } from "./metres";
import type { Palette } from "./palette";

/** Cells of the grid from one strong line to the next. */
const MINOR = 5;
/** How far the grid reaches, in sizes of the robot; fog hides its end. */
const REACH = 6;
const MINOR_REACH = 4;
const SHADOW_SIDES = 24;

type Lines = LineSegments<BufferGeometry, LineBasicMaterial>;

export class Ground extends Group {
  readonly #minor: Lines;
  readonly #major: Lines;
  readonly #shadow: Mesh<CircleGeometry, MeshBasicMaterial>;
  #labels: Sprite[] = [];
  #path: Float32Array = new Float32Array(0);

  /**
   * @param step between strong lines [m]
   * @param size of the robot [m]
   */
  constructor(
    readonly step: number,
    readonly size: number,
  ) {
    super();
    const cells = (sizes: number) => Math.ceil((sizes * size) / step);
    this.#minor = grid(step / MINOR, cells(MINOR_REACH) * MINOR, MINOR, (line) => line % MINOR !== 0);
    this.#major = grid(step, cells(REACH), 1, () => true);
    this.#shadow = shadow(size * 0.45);
    this.add(this.#minor, this.#major, this.#shadow);
  }

  /** Say how far it is along the way of the robot, (T, 2). */
  label(path: Float32Array, palette: Palette): void {
    this.#path = path;
    this.#forgetLabels();
    const height = this.size * 0.075;
    this.#labels = labelPlaces(path, this.step, this.size * 0.9).map(({ x, y, text }) => {
      const sprite = written(text, palette.quiet);
      sprite.position.set(x, y, height / 2);
      sprite.scale.set(height * 4, height, 1);
      return sprite;
    });
    if (this.#labels.length) this.add(...this.#labels);
  }

  /** Go with the robot; the lines stay where whole steps are. */
  centre(x: number, y: number): void {
    this.#minor.position.set(Math.round(x / this.step) * this.step, Math.round(y / this.step) * this.step, 0);
    this.#major.position.copy(this.#minor.position);
    this.#shadow.position.set(x, y, 0.0005);
  }

  recolour(palette: Palette): void {
    this.#minor.material.color.set(palette.line);
    this.#major.material.color.set(palette.edge);
    this.#shadow.material.opacity = palette.dark ? 0.5 : 0.28;
    this.label(this.#path, palette);
  }

  dispose(): void {
    this.#forgetLabels();
    for (const part of [this.#minor, this.#major, this.#shadow]) {
      part.geometry.dispose();
      part.material.dispose();
    }
  }

  #forgetLabels(): void {
    for (const label of this.#labels) {
      label.material.map?.dispose();
      label.material.dispose();
    }
    this.remove(...this.#labels);
    this.#labels = [];
  }
}

/** Lines in pieces: one that reaches from far ahead to behind the eye is lost by some software renderers. */
function grid(step: number, reach: number, piece: number, drawn: (line: number) => boolean): Lines {
  const ends: number[] = [];
  for (let line = -reach; line <= reach; line++) {
    if (!drawn(Math.abs(line))) continue;
    const at = line * step;
    for (let start = -reach; start < reach; start += piece) {
      const [from, to] = [start * step, (start + piece) * step];
      ends.push(from, at, 0, to, at, 0, at, from, 0, at, to, 0);
    }
  }
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new Float32BufferAttribute(ends, 3));
  return new LineSegments(geometry, new LineBasicMaterial());
}

/** Dark in the middle, nothing at the rim. */
function shadow(radius: number): Mesh<CircleGeometry, MeshBasicMaterial> {
  const geometry = new CircleGeometry(radius, SHADOW_SIDES);
  const colours = new Float32Array((SHADOW_SIDES + 2) * 4);
  colours[3] = 1; // the middle is the first vertex
  geometry.setAttribute("color", new Float32BufferAttribute(colours, 4));
  const material = new MeshBasicMaterial({ vertexColors: true, transparent: true, depthWrite: false, fog: false });
  const mesh = new Mesh(geometry, material);
  mesh.renderOrder = -2;
  return mesh;
}

function written(text: string, colour: string): Sprite {
  const canvas = document.createElement("canvas");
  canvas.width = 256;
  canvas.height = 64;
  const pen = canvas.getContext("2d");
  if (pen) {
    pen.font = "44px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillStyle = new Color(colour).getStyle();
    pen.fillText(text, 128, 34);
  }
  return new Sprite(new SpriteMaterial({ map: new CanvasTexture(canvas), depthWrite: false }));
}
