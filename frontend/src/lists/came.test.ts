import { expect, test } from "vitest";
import { notKept, told } from "./came";

const one = (name: string, usable: boolean, is_new = true) => ({ name, is_new, latest: { usable } });

test("an upload is told with what cannot be used", () => {
  expect(told({ items: [one("walk", true)] })).toBe("“walk” was added.");
  expect(told({ items: [one("walk", false)] })).toBe(
    "“walk” was added, but it is not usable as it is: open it to see why.",
  );
  expect(told({ items: [one("a", true), one("b", true)] })).toBe("2 were added.");
  expect(told({ items: [one("a", true), one("b", false)] })).toBe(
    "2 were added, but 1 of them is not usable as it is: open it to see why.",
  );
});

test("what was there already is told as such", () => {
  expect(told({ items: [one("walk", true, false)] })).toBe("You have “walk” already.");
  expect(told({ items: [one("a", true, false), one("b", true), one("c", true, false)] })).toBe(
    "“b” was added. You have “a”, “c” already.",
  );
});

test("every file that is not kept has its sentence", () => {
  expect(notKept({ not_kept: [] })).toEqual([]);
  expect(notKept({ not_kept: [{ file: "cut.npz", reason: "cut.npz: it is cut off" }] })).toEqual([
    "Not kept: cut.npz: it is cut off.",
  ]);
});
