/** What the service tells about a robot and about how it moved, as numbers that can be drawn. */

/** `webfoot-scene/1`: arrays are base64 of little-endian numbers. */
export interface SceneDocument {
  schema: string;
  name: string;
  base_height: number;
  bodies: string[];
  parts: { body: number; colour: [number, number, number]; vertices: string; faces: string }[];
  standing?: string | null;
}

/** `webfoot-replay/1`. */
export interface ReplayDocument {
  schema: string;
  title: string;
  version: string;
  iteration: number | null;
  hz: number;
  frames: number;
  bodies: string[];
  poses: string;
  ghost: string | null;
  joint_names: string[];
  joints: string;
  reference_joints: string | null;
  foot_names: string[];
  foot_bodies?: (number | null)[];
  contacts: string;
  reference_contacts: string | null;
  command: string | null;
  episode: number;
  episodes: number;
  fell_at_s: number | null;
}

/** Triangles of one colour that move with one body; vertices in its frame [m]. */
export interface Part {
  body: number;
  /** sRGB, 0 to 1. */
  colour: [number, number, number];
  /** (V, 3). */
  vertices: Float32Array;
  /** (F, 3). */
  faces: Uint32Array;
}

export interface RobotScene {
  name: string;
  baseHeight: number;
  bodies: string[];
  parts: Part[];
  /** How it stands, (B, 7); null where the service does not say. */
  standing: Float32Array | null;
}

export interface Replay {
  title: string;
  version: string;
  iteration: number | null;
  hz: number;
  frames: number;
  /** From the first frame to the last [s]. */
  duration: number;
  bodies: string[];
  /** Position [m] and wxyz of every body, (T, B, 7). */
  poses: Float32Array;
  ghost: Float32Array | null;
  jointNames: string[];
  /** [rad], (T, J). */
  joints: Float32Array;
  referenceJoints: Float32Array | null;
  footNames: string[];
  /** Which body each foot is; null where none of the drawn ones. */
  footBodies: (number | null)[];
  /** (T, F). */
  contacts: Uint8Array;
  referenceContacts: Uint8Array | null;
  /** vx, vy [m/s], wz [rad/s], (T, 3). */
  command: Float32Array | null;
  episode: number;
  episodes: number;
  fellAt: number | null;
}

/** A document that cannot be drawn; the message is a sentence for the reader. */
export class DocumentError extends Error {
  override name = "DocumentError";
}

export const POSE = 7;

/** The robot of a scene document. */
export function decodeScene(document: SceneDocument): RobotScene {
  expectSchema(document.schema, "webfoot-scene/1");
  const bodies = document.bodies.length;
  return {
    name: document.name,
    baseHeight: document.base_height,
    bodies: document.bodies,
    parts: document.parts.map((part, index) => decodePart(part, index, bodies)),
    standing: document.standing ? floats(document.standing, bodies * POSE, "the standing pose") : null,
  };
}

/** The movement of a replay document. */
export function decodeReplay(document: ReplayDocument): Replay {
  expectSchema(document.schema, "webfoot-replay/1");
  const { frames, hz } = document;
  if (!(frames >= 1 && hz > 0)) {
    throw new DocumentError(`the replay holds ${frames} frames at ${hz} Hz: nothing to show`);
  }
  const bodies = document.bodies.length;
  const joints = document.joint_names.length;
  const feet = document.foot_names.length;
  const told = (text: string | null, columns: number, what: string) =>
    text === null ? null : floats(text, frames * columns, what);
  return {
    title: document.title,
    version: document.version,
    iteration: document.iteration,
    hz,
    frames,
    duration: (frames - 1) / hz,
    bodies: document.bodies,
    poses: floats(document.poses, frames * bodies * POSE, "the poses"),
    ghost: told(document.ghost, bodies * POSE, "the reference's poses"),
    jointNames: document.joint_names,
    joints: floats(document.joints, frames * joints, "the joints"),
    referenceJoints: told(document.reference_joints, joints, "the reference's joints"),
    footNames: document.foot_names,
    footBodies: document.foot_names.map((_, foot) => document.foot_bodies?.[foot] ?? null),
    contacts: flags(document.contacts, frames * feet, "the contacts"),
    referenceContacts:
      document.reference_contacts === null
        ? null
        : flags(document.reference_contacts, frames * feet, "the reference's contacts"),
    command: told(document.command, 3, "the commands"),
    episode: document.episode,
    episodes: document.episodes,
    fellAt: document.fell_at_s,
  };
}

/** A robot that only stands, as a replay of one frame. */
export function standingStill(scene: RobotScene): Replay {
  if (!scene.standing) throw new DocumentError(`nothing says how ${scene.name} stands; choose a motion to see it move`);
  return {
    title: `${scene.name}, standing`,
    version: "standing",
    iteration: null,
    hz: 1,
    frames: 1,
    duration: 0,
    bodies: scene.bodies,
    poses: scene.standing,
    ghost: null,
    jointNames: [],
    joints: new Float32Array(0),
    referenceJoints: null,
    footNames: [],
    footBodies: [],
    contacts: new Uint8Array(0),
    referenceContacts: null,
    command: null,
    episode: 0,
    episodes: 1,
    fellAt: null,
  };
}

/** For every body of the scene, which one it is in the replay. */
export function matchBodies(scene: RobotScene, replay: Replay): Int32Array {
  return Int32Array.from(scene.bodies, (name) => {
    const found = replay.bodies.indexOf(name);
    if (found < 0) {
      throw new DocumentError(`the replay is of another robot: it does not move '${name}', which ${scene.name} has`);
    }
    return found;
  });
}

function decodePart(part: SceneDocument["parts"][number], index: number, bodies: number): Part {
  const vertices = new Float32Array(buffer(part.vertices, 12, `the vertices of part ${index}`));
  const faces = new Uint32Array(buffer(part.faces, 12, `the faces of part ${index}`));
  const count = vertices.length / 3;
  if (!(part.body >= 0 && part.body < bodies)) {
    throw new DocumentError(`part ${index} of the scene belongs to body ${part.body}, but there are ${bodies}`);
  }
  for (const vertex of faces) {
    if (vertex >= count) throw new DocumentError(`part ${index} of the scene names vertex ${vertex}, but has ${count}`);
  }
  return { body: part.body, colour: part.colour, vertices, faces };
}

function expectSchema(schema: string, expected: string): void {
  if (schema !== expected) {
    throw new DocumentError(`the service sent '${schema}' where the page reads '${expected}': load the page again`);
  }
}

function floats(text: string, count: number, what: string): Float32Array {
  return counted(new Float32Array(buffer(text, 4, what)), count, what);
}

function flags(text: string, count: number, what: string): Uint8Array {
  return counted(new Uint8Array(buffer(text, 1, what)), count, what);
}

function counted<A extends Float32Array | Uint8Array>(values: A, count: number, what: string): A {
  if (values.length !== count) {
    throw new DocumentError(`${what} are ${values.length} numbers, but ${count} are due: load the page again`);
  }
  return values;
}

function buffer(text: string, unit: number, what: string): ArrayBuffer {
  const letters = atob(text);
  if (letters.length % unit) throw new DocumentError(`${what} break off in a number: load the page again`);
  const bytes = new Uint8Array(letters.length);
  for (let k = 0; k < bytes.length; k++) bytes[k] = letters.charCodeAt(k);
  return bytes.buffer;
}
