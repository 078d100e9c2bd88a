import { expect, test } from "vitest";
import { saysOf, undoOf, wayBack } from "./undo";

const UNDO = "DELETE /api/v1/motions/3/versions/{number}";

test("what was made is taken back by its number", () => {
  expect(undoOf(UNDO, { number: 2, is_new: true })).toBe("DELETE /api/v1/motions/3/versions/2");
  expect(saysOf("Version {number} was made", { number: 2, is_new: true })).toBe("Version 2 was made");
});

test("what was there already is not taken back", () => {
  expect(undoOf(UNDO, { number: 1, is_new: false })).toBeUndefined();
  expect(saysOf("Version {number} was made", { number: 1, is_new: false })).toBe(
    "Nothing was made anew: version 1 has it already",
  );
});

test("what has no fields to fill in stays as it is", () => {
  expect(undoOf("POST /api/v1/motions/3/restore", undefined)).toBe("POST /api/v1/motions/3/restore");
  expect(undoOf(undefined, {})).toBeUndefined();
  expect(saysOf("walk {a}: deleted", {})).toBe("walk {a}: deleted");
});

test.each([
  ["pause", "running", "resume"],
  ["cancel", "queued", "retry"],
  ["resume", "paused", "pause"],
  ["resume", "failed", "cancel"],
  ["delete", "failed", undefined],
])("%s of what was %s is taken back by %s", (what, state, way) => {
  expect(wayBack(what, state)).toBe(way);
});
