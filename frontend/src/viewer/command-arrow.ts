/** An arrow on the ground: where the command leads the robot within a second. */
import { BufferAttribute, BufferGeometry, DoubleSide, DynamicDrawUsage, Mesh, MeshBasicMaterial } from "three";
import { arcAround, STEPS, wayAhead } from "./way-ahead";

const ABOVE_M = 0.002;
/** A way shorter than this part of the robot's size is none: it stands, or turns on the spot. */
const SHORT = 0.02;
/** Slower turns are none [rad/s]. */
const TURNS = 0.02;

export class CommandArrow extends Mesh<BufferGeometry, MeshBasicMaterial> {
  #way = new Float32Array((STEPS + 1) * 2);
  #asked = new Float32Array(3).fill(NaN);
  readonly #corners: BufferAttribute;

  /** @param size of the robot [m] */
  constructor(readonly size: number) {
    const corners = new BufferAttribute(new Float32Array(((STEPS + 1) * 2 + 3) * 3), 3);
    corners.setUsage(DynamicDrawUsage);
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", corners);
    geometry.setIndex(triangles());
    super(geometry, new MeshBasicMaterial({ transparent: true, opacity: 0.85, depthWrite: false, side: DoubleSide }));
    this.frustumCulled = false; // its corners move
    this.renderOrder = -1;
    this.#corners = corners;
  }

  /** Show a command of a base over x, y that heads along `heading`; hidden where it asks to stand. */
  show(vx: number, vy: number, wz: number, x: number, y: number, heading: number): void {
    const asked = this.#asked;
    if (asked[0] !== vx || asked[1] !== vy || asked[2] !== wz) this.#ask(vx, vy, wz);
    this.position.set(x, y, ABOVE_M);
    this.rotation.z = heading;
  }

  dispose(): void {
    this.geometry.dispose();
    this.material.dispose();
  }

  #ask(vx: number, vy: number, wz: number): void {
    this.#asked[0] = vx;
    this.#asked[1] = vy;
    this.#asked[2] = wz;
    const length = wayAhead(vx, vy, wz, this.#way);
    const isTurn = length < SHORT * this.size;
    this.visible = !isTurn || Math.abs(wz) >= TURNS;
    if (isTurn) arcAround(wz, 0.5 * this.size, this.#way);
    this.#draw();
  }

  /** A band along the way, and a head at its end. */
  #draw(): void {
    const [way, half] = [this.#way, 0.018 * this.size];
    let [ux, uy] = [1, 0];
    for (let k = 0; k <= STEPS; k++) {
      const [from, to] = [Math.max(k - 1, 0), Math.min(k + 1, STEPS)];
      const [dx, dy] = [way[2 * to]! - way[2 * from]!, way[2 * to + 1]! - way[2 * from + 1]!];
      const length = Math.hypot(dx, dy) || 1;
      [ux, uy] = [dx / length, dy / length];
      this.#corners.setXYZ(2 * k, way[2 * k]! - half * uy, way[2 * k + 1]! + half * ux, 0);
      this.#corners.setXYZ(2 * k + 1, way[2 * k]! + half * uy, way[2 * k + 1]! - half * ux, 0);
    }
    const [x, y, first] = [way[2 * STEPS]!, way[2 * STEPS + 1]!, 2 * (STEPS + 1)];
    this.#corners.setXYZ(first, x - 3 * half * uy, y + 3 * half * ux, 0);
    this.#corners.setXYZ(first + 1, x + 3 * half * uy, y - 3 * half * ux, 0);
    this.#corners.setXYZ(first + 2, x + 6 * half * ux, y + 6 * half * uy, 0);
    this.#corners.needsUpdate = true;
  }
}

function triangles(): number[] {
  const found: number[] = [];
  for (let k = 0; k < STEPS; k++) found.push(2 * k, 2 * k + 1, 2 * k + 2, 2 * k + 2, 2 * k + 1, 2 * k + 3);
  const first = 2 * (STEPS + 1);
  return [...found, first, first + 1, first + 2];
}
