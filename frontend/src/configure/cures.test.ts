import { expect, test } from "vitest";
import { summed } from "./cures";

test.each([
  [[], "nothing was there to mend"],
  [["walk: played at 0.7 times the speed"], "walk: played at 0.7 times the speed"],
  [["a", "b", "c"], "a; and 2 more"],
])("%j is summed up as %s", (done, words) => {
  expect(summed(done)).toBe(words);
});
