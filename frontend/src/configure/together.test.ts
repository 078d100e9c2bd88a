import { expect, test } from "vitest";
import { commonName, listed } from "./together";

test.each([
  [["walk_1.npz", "walk_2.npz"], "walk"],
  [["a.npz", "b.npz"], "a"],
  [["gehen-links.csv", "gehen-rechts.csv"], "gehen"],
  [["same.npz", "same.npz.npz"], "same.npz"],
])("%j are together called %s", (names, common) => {
  expect(commonName(names)).toBe(common);
});

test("many names are counted", () => {
  expect(listed(["a", "b"])).toBe("a, b");
  expect(listed(["a", "b", "c", "d", "e"])).toBe("a, b, c and 2 more");
});
