import { expect, test } from "vitest";
import { etaWords, said, told } from "./words";

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

const one = (name: string, usable: boolean) => ({ name, latest: { usable } });

test("an upload is told with what cannot be used", () => {
  expect(told([one("walk", true)])).toBe("“walk” was added.");
  expect(told([one("walk", false)])).toBe("“walk” was added, but it is not usable as it is: open it to see why.");
  expect(told([one("a", true), one("b", true)])).toBe("2 were added.");
  expect(told([one("a", true), one("b", false)])).toBe("2 were added, but 1 of them is not usable as it is: open it to see why.");
});
