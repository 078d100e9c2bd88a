import { expect, test } from "vitest";
import { etaWords, said } from "./words";

test.each([
  [null, ""],
  [Number.NaN, ""],
  [0, ", 0 s left"],
  [75, ", 1 min 15 s left"],
])("%s seconds to go read %j", (seconds, said) => {
  expect(etaWords(seconds)).toBe(said);
});

test("what was done to many sessions is said with the first refusal", () => {
  expect(said("pause", 1, [])).toBe("1 session paused");
  expect(said("cancel", 3, [])).toBe("3 sessions cancelled");
  expect(said("delete", 2, ["session 4 is running"])).toBe("2 sessions deleted; session 4 is running");
  expect(said("resume", 0, ["a", "b", "c"])).toBe("a, and 2 more");
});
