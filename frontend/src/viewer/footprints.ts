/** Marks on the ground under the feet that stand. */
import { Group, Mesh, MeshBasicMaterial, Shape, ShapeGeometry, Vector2 } from "three";
import { standsAt } from "./contacts";
import { POSE, type Replay, type RobotScene } from "./documents";
import type { Palette } from "./palette";
import { poseAt } from "./poses";
import { soleOutline, turnSince } from "./sole";

interface Mark {
  foot: number;
  /** In the replay. */
  body: number;
  /** Where in the poses the outline was taken. */
  taken: number;
  mesh: Mesh<ShapeGeometry, MeshBasicMaterial>;
}

const ABOVE_M = 0.001;

export class Footprints extends Group {
  #marks: Mark[] = [];
  #pose = new Float32Array(POSE);
  #replay: Replay | null = null;

  /** Take another movement. */
  take(scene: RobotScene, replay: Replay, which: Int32Array, palette: Palette): void {
    this.dispose();
    this.#replay = replay;
    replay.footBodies.forEach((body, foot) => {
      const own = body === null ? -1 : which.indexOf(body);
      if (body === null || own < 0) return;
      const taken = (firstStance(replay, foot) * replay.bodies.length + body) * POSE;
      const parts = scene.parts.filter((part) => part.body === own);
      const corners = soleOutline(parts, replay.poses, taken).map(([x, y]) => new Vector2(x, y));
      if (!corners.length) return;
      const material = new MeshBasicMaterial({ transparent: true, opacity: 0.75, depthWrite: false });
      const mesh = new Mesh(new ShapeGeometry(new Shape(corners)), material);
      mesh.renderOrder = -1;
      this.#marks.push({ foot, body, taken, mesh });
      this.add(mesh);
    });
    this.recolour(palette);
  }

  /** Show the feet that stand at a frame that need not be whole. */
  place(frame: number): void {
    const replay = this.#replay;
    if (!replay) return;
    const { poses, contacts, bodies, footNames } = replay;
    for (const { foot, body, taken, mesh } of this.#marks) {
      mesh.visible = standsAt(contacts, footNames.length, foot, frame);
      if (!mesh.visible) continue;
      poseAt(poses, bodies.length, body, frame, this.#pose);
      mesh.position.set(this.#pose[0]!, this.#pose[1]!, ABOVE_M);
      mesh.rotation.z = turnSince(this.#pose, 0, poses, taken);
    }
  }

  recolour({ curves }: Palette): void {
    for (const { foot, mesh } of this.#marks) mesh.material.color.set(curves[foot % curves.length]!);
  }

  dispose(): void {
    for (const { mesh } of this.#marks) {
      mesh.geometry.dispose();
      mesh.material.dispose();
      this.remove(mesh);
    }
    this.#marks = [];
  }
}

function firstStance({ contacts, footNames, frames }: Replay, foot: number): number {
  for (let frame = 0; frame < frames; frame++) if (contacts[frame * footNames.length + foot]) return frame;
  return 0;
}
