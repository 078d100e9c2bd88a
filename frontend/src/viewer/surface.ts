/** Triangles with normals: round where faces meet softly, sharp where they meet at an edge. */

export interface Surface {
  /** (V, 3). */
  positions: Float32Array;
  /** (V, 3), of length 1. */
  normals: Float32Array;
  /** (F * 3). */
  indices: Uint32Array;
}

/** Faces that meet at less than this are drawn as one round surface: cos 40 degrees. */
const SOFT = Math.cos((40 * Math.PI) / 180);
/** Normals that agree so well are one. */
const SAME = 0.999;

/** A vertex is split where the faces around it meet at edges; faces without area are left out. */
export function creased(vertices: Float32Array, faces: Uint32Array): Surface {
  const flat = faceNormals(vertices, faces);
  const { starts, around } = facesAround(vertices.length / 3, faces);
  const positions = new Float32Array(faces.length * 3);
  const normals = new Float32Array(faces.length * 3);
  const indices = new Uint32Array(faces.length);
  const latest = new Int32Array(vertices.length / 3).fill(-1); // the copy of each vertex that was made last
  const before = new Int32Array(faces.length); // and the one made before a copy
  const normal = new Float64Array(3);
  let made = 0;
  let used = 0;
  for (let corner = 0; corner < faces.length; corner++) {
    const face = Math.floor(corner / 3);
    if (flat.area[face] === 0) continue;
    const vertex = faces[corner]!;
    softNormal(flat, face, around, starts[vertex]!, starts[vertex + 1]!, normal);
    let copy = latest[vertex]!;
    while (copy >= 0 && dot(normals, copy * 3, normal, 0) < SAME) copy = before[copy]!;
    if (copy < 0) {
      copy = made++;
      positions.set(vertices.subarray(vertex * 3, vertex * 3 + 3), copy * 3);
      normals.set(normal, copy * 3);
      before[copy] = latest[vertex]!;
      latest[vertex] = copy;
    }
    indices[used++] = copy;
  }
  return {
    positions: positions.slice(0, made * 3),
    normals: normals.slice(0, made * 3),
    indices: indices.slice(0, used),
  };
}

interface Flat {
  /** (F, 3), of length 1; 0 where a face has no area. */
  unit: Float64Array;
  /** Twice the area, (F). */
  area: Float64Array;
}

function faceNormals(vertices: Float32Array, faces: Uint32Array): Flat {
  const count = faces.length / 3;
  const unit = new Float64Array(count * 3);
  const area = new Float64Array(count);
  for (let face = 0; face < count; face++) {
    const [a, b, c] = [faces[face * 3]! * 3, faces[face * 3 + 1]! * 3, faces[face * 3 + 2]! * 3];
    const side = (end: number, axis: number) => vertices[end + axis]! - vertices[a + axis]!;
    const x = side(b, 1) * side(c, 2) - side(b, 2) * side(c, 1);
    const y = side(b, 2) * side(c, 0) - side(b, 0) * side(c, 2);
    const z = side(b, 0) * side(c, 1) - side(b, 1) * side(c, 0);
    const length = Math.hypot(x, y, z);
    area[face] = length;
    if (length > 0) unit.set([x / length, y / length, z / length], face * 3);
  }
  return { unit, area };
}

/** Faces that touch vertex v: around[starts[v]] ... around[starts[v + 1] - 1]. */
function facesAround(count: number, faces: Uint32Array): { starts: Uint32Array; around: Uint32Array } {
  const starts = new Uint32Array(count + 1);
  for (const vertex of faces) starts[vertex + 1]!++;
  for (let k = 0; k < count; k++) starts[k + 1]! += starts[k]!;
  const next = starts.slice();
  const around = new Uint32Array(faces.length);
  for (let corner = 0; corner < faces.length; corner++) around[next[faces[corner]!]!++] = Math.floor(corner / 3);
  return { starts, around };
}

/** Mean of the normals around a vertex that meet `face` softly, each by its area. */
function softNormal(
  flat: Flat,
  face: number,
  around: Uint32Array,
  start: number,
  end: number,
  out: Float64Array,
): void {
  out.fill(0);
  for (let k = start; k < end; k++) {
    const other = around[k]!;
    if (dot(flat.unit, other * 3, flat.unit, face * 3) < SOFT) continue;
    for (let axis = 0; axis < 3; axis++) out[axis]! += flat.area[other]! * flat.unit[other * 3 + axis]!;
  }
  const length = Math.hypot(out[0]!, out[1]!, out[2]!);
  for (let axis = 0; axis < 3; axis++) out[axis]! /= length;
}

function dot(a: Float32Array | Float64Array, i: number, b: Float64Array, j: number): number {
  return a[i]! * b[j]! + a[i + 1]! * b[j + 1]! + a[i + 2]! * b[j + 2]!;
}
