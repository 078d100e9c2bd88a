import { expect, test } from "vitest";
import { dutyFactor, stances, standsAt } from "./contacts";

/** Left: frames 0, 1 and 3, 4; right: 2. */
const CONTACTS = Uint8Array.of(1, 0, 1, 0, 0, 1, 1, 0, 1, 0);

test("a stance lasts until the first frame without contact", () => {
  expect(stances(CONTACTS, 2, 0, 10)).toEqual([
    { start: 0, end: 0.2 },
    { start: 0.3, end: 0.4 },
  ]);
  expect(stances(CONTACTS, 2, 1, 10)).toEqual([{ start: 0.2, end: 0.3 }]);
});

test("no feet, no stances", () => {
  expect(stances(new Uint8Array(0), 0, 0, 10)).toEqual([]);
});

test("the duty factor is the share of frames in contact", () => {
  expect(dutyFactor(CONTACTS, 2, 0)).toBeCloseTo(4 / 5);
  expect(dutyFactor(CONTACTS, 2, 1)).toBeCloseTo(1 / 5);
  expect(dutyFactor(new Uint8Array(0), 0, 0)).toBe(0);
});

test.each([
  [0, true],
  [1.9, true],
  [2, false],
  [2.9999999, true],
  [99, true],
])("at frame %s the left foot stands: %s", (frame, stands) => {
  expect(standsAt(CONTACTS, 2, 0, frame)).toBe(stands);
});
