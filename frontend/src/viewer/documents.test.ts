import { expect, test } from "vitest";
import { decodeReplay, decodeScene, matchBodies, standingStill } from "./documents";
import { base64, replayDocument, sceneDocument } from "./sample-documents";

test("a scene comes out as it went in", () => {
  const scene = decodeScene(sceneDocument());
  expect(scene).toMatchObject({ name: "toy", baseHeight: 0.2, bodies: ["base", "leg"], standing: null });
  expect([...scene.parts[1]!.vertices]).toEqual([0, 0, 0, 1, 0, 0, 0, 1, 0]);
  expect([...scene.parts[1]!.faces]).toEqual([0, 1, 2]);
});

test("a replay comes out as it went in", () => {
  const replay = decodeReplay(replayDocument());
  expect(replay).toMatchObject({ frames: 3, hz: 10, duration: 0.2, ghost: null, footBodies: [0, null] });
  expect(replay.poses).toHaveLength(3 * 2 * 7);
  expect([...replay.contacts]).toEqual([1, 0, 1, 1, 0, 1]);
  expect(replay.joints[2]).toBeCloseTo(0.2);
});

test("bodies are matched by their names", () => {
  expect([...matchBodies(decodeScene(sceneDocument()), decodeReplay(replayDocument()))]).toEqual([1, 0]);
});

test("the replay of another robot is refused by the body that it lacks", () => {
  const scene = decodeScene({ ...sceneDocument(), bodies: ["base", "wing"] });
  expect(() => matchBodies(scene, decodeReplay(replayDocument()))).toThrow("does not move 'wing', which toy has");
});

test.each([
  [{ schema: "webfoot-replay/9" }, "sent 'webfoot-replay/9' where the page reads 'webfoot-replay/1'"],
  [{ frames: 0 }, "holds 0 frames"],
  [{ frames: 4 }, "the poses are 42 numbers, but 56 are due"],
  [{ joints: base64(new Float32Array(5)) }, "the joints are 5 numbers, but 6 are due"],
  [{ contacts: base64(new Uint8Array(7)) }, "the contacts are 7 numbers, but 6 are due"],
  [{ poses: base64(new Uint8Array(7)) }, "the poses break off in a number"],
])("a replay with %o is refused", (change, sentence) => {
  expect(() => decodeReplay({ ...replayDocument(), ...change })).toThrow(sentence);
});

test("a face that names no vertex is refused", () => {
  const document = sceneDocument();
  document.parts[1]!.faces = base64(Uint32Array.of(0, 1, 3));
  expect(() => decodeScene(document)).toThrow("part 1 of the scene names vertex 3, but has 3");
});

test("a part of no body is refused", () => {
  const document = sceneDocument();
  document.parts[0]!.body = 2;
  expect(() => decodeScene(document)).toThrow("part 0 of the scene belongs to body 2, but there are 2");
});

test("a robot without a motion stands, if the service says how", () => {
  const standing = Float32Array.of(0, 0, 0.2, 1, 0, 0, 0, 0, 0, 0.1, 1, 0, 0, 0);
  const replay = standingStill(decodeScene({ ...sceneDocument(), standing: base64(standing) }));
  expect(replay).toMatchObject({ frames: 1, duration: 0, bodies: ["base", "leg"] });
  expect([...replay.poses]).toEqual([...standing]);
  expect(() => standingStill(decodeScene(sceneDocument()))).toThrow("nothing says how toy stands");
});
