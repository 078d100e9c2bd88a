/** A ring on the ground around a robot that has fallen. */
import { Mesh, MeshBasicMaterial, RingGeometry } from "three";

const ABOVE_M = 0.0015;

export class FallMark extends Mesh<RingGeometry, MeshBasicMaterial> {
  /** @param size of the robot [m] */
  constructor(size: number) {
    super(
      new RingGeometry(0.55 * size, 0.6 * size, 48),
      new MeshBasicMaterial({ transparent: true, opacity: 0.8, depthWrite: false }),
    );
    this.renderOrder = -1;
  }

  show(visible: boolean, x: number, y: number): void {
    this.visible = visible;
    this.position.set(x, y, ABOVE_M);
  }

  dispose(): void {
    this.geometry.dispose();
    this.material.dispose();
  }
}
