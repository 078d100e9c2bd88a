/** A replay of two bodies, two joints and two feet, made by hand, for tests. */
import type { ReplayDocument, SceneDocument } from "./documents";

export function base64(values: Float32Array | Uint32Array | Uint8Array): string {
  return btoa(String.fromCharCode(...new Uint8Array(values.buffer)));
}

/** A triangle on each of two bodies. */
export function sceneDocument(): SceneDocument {
  const vertices = base64(Float32Array.of(0, 0, 0, 1, 0, 0, 0, 1, 0));
  const part = (body: number) => ({
    body,
    colour: [1, 0.5, 0] as [number, number, number],
    vertices,
    faces: base64(Uint32Array.of(0, 1, 2)),
  });
  const bodies = ["base", "leg"];
  return { schema: "webfoot-scene/1", name: "toy", base_height: 0.2, bodies, parts: [part(0), part(1)] };
}

/** Three frames at 10 Hz; the leg comes first. */
export function replayDocument(): ReplayDocument {
  const upright = [1, 0, 0, 0];
  const poses = [0, 1, 2].flatMap((frame) => [frame, 0, 0.1, ...upright, frame, 0, 0.2, ...upright]);
  return {
    schema: "webfoot-replay/1",
    title: "toy",
    version: "1",
    iteration: null,
    hz: 10,
    frames: 3,
    bodies: ["leg", "base"],
    poses: base64(Float32Array.from(poses)),
    ghost: null,
    joint_names: ["hip", "knee"],
    joints: base64(Float32Array.of(0, 1, 0.2, 1, 0.4, 1)),
    reference_joints: base64(Float32Array.of(0, 1, 0.5, 1, 0, 1)),
    foot_names: ["left", "right"],
    foot_bodies: [0, null],
    contacts: base64(Uint8Array.of(1, 0, 1, 1, 0, 1)),
    reference_contacts: null,
    command: null,
    episode: 0,
    episodes: 1,
    fell_at_s: null,
  };
}
