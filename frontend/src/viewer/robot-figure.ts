/** A robot as three.js draws it: one mesh for each body. */
import {
  BufferAttribute,
  BufferGeometry,
  Color,
  Group,
  type Material,
  Mesh,
  SRGBColorSpace,
} from "three";
import { POSE, type Part, type RobotScene } from "./documents";
import { poseAt } from "./poses";
import { creased } from "./surface";

/** The shapes of every body, all parts of a body in one; policy and ghost share them. */
export function bodyGeometries(scene: RobotScene): BufferGeometry[] {
  return scene.bodies.map((_, body) => merged(scene.parts.filter((part) => part.body === body)));
}

/** Meshes that stand where poses say. */
export class RobotFigure extends Group {
  #pose = new Float32Array(POSE);

  constructor(geometries: BufferGeometry[], material: Material, order: number) {
    super();
    for (const geometry of geometries) {
      const mesh = new Mesh(geometry, material);
      mesh.renderOrder = order;
      this.add(mesh);
    }
  }

  /**
   * Put every body where it is at a frame that need not be whole.
   *
   * @param which for every body, which one it is in the poses
   * @param bodies of the poses
   */
  place(poses: Float32Array, bodies: number, which: Int32Array, frame: number): void {
    const pose = this.#pose;
    for (let body = 0; body < which.length; body++) {
      const mesh = this.children[body]!;
      poseAt(poses, bodies, which[body]!, frame, pose);
      mesh.position.set(pose[0]!, pose[1]!, pose[2]!);
      mesh.quaternion.set(pose[4]!, pose[5]!, pose[6]!, pose[3]!);
    }
  }
}

function merged(parts: Part[]): BufferGeometry {
  const surfaces = parts.map((part) => creased(part.vertices, part.faces));
  const vertices = surfaces.reduce((sum, surface) => sum + surface.positions.length, 0);
  const corners = surfaces.reduce((sum, surface) => sum + surface.indices.length, 0);
  const positions = new Float32Array(vertices);
  const normals = new Float32Array(vertices);
  const colours = new Float32Array(vertices);
  const indices = new Uint32Array(corners);
  const colour = new Color();
  let [vertex, corner] = [0, 0];
  surfaces.forEach((surface, k) => {
    positions.set(surface.positions, vertex);
    normals.set(surface.normals, vertex);
    colour.setRGB(...parts[k]!.colour, SRGBColorSpace);
    for (let at = 0; at < surface.positions.length; at += 3) colour.toArray(colours, vertex + at);
    surface.indices.forEach((index, at) => (indices[corner + at] = index + vertex / 3));
    vertex += surface.positions.length;
    corner += surface.indices.length;
  });
  const geometry = new BufferGeometry();
  geometry.setAttribute("position", new BufferAttribute(positions, 3));
  geometry.setAttribute("normal", new BufferAttribute(normals, 3));
  geometry.setAttribute("color", new BufferAttribute(colours, 3));
  geometry.setIndex(new BufferAttribute(indices, 1));
  geometry.computeBoundingSphere();
  return geometry;
}
