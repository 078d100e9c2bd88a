import { expect, test } from "vitest";
import { decodeReplay, decodeScene, matchBodies } from "./documents";
import { boxAtStart, diagonal, heading } from "./measure";
import { replayDocument, sceneDocument } from "./sample-documents";

test("the box holds every body where it is", () => {
  const [scene, replay] = [decodeScene(sceneDocument()), decodeReplay(replayDocument())];
  const { low, high } = boxAtStart(scene, replay, matchBodies(scene, replay));
  [0, 0, 0.1].forEach((due, axis) => expect(low[axis]).toBeCloseTo(due, 6));
  [1, 1, 0.2].forEach((due, axis) => expect(high[axis]).toBeCloseTo(due, 6));
  expect(diagonal({ low, high })).toBeCloseTo(Math.sqrt(2.01));
});

test("a robot without shapes has a size all the same", () => {
  expect(diagonal({ low: [Infinity, 0, 0], high: [-Infinity, 0, 0] })).toBe(1);
});

test("a quarter turn to the left heads along y", () => {
  expect(heading(Float32Array.of(0, 0, 0, Math.SQRT1_2, 0, 0, Math.SQRT1_2))).toBeCloseTo(Math.PI / 2);
});
