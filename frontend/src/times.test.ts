import { expect, test } from "vitest";
import { ago, duration } from "./times";

test.each([
  [0, "0 s"],
  [59.4, "59 s"],
  [60, "1 min"],
  [200, "3 min 20 s"],
  [3600, "1 h"],
  [7500, "2 h 5 min"],
  [null, "–"],
  [Number.NaN, "–"],
])("%s seconds read %s", (seconds, said) => {
  expect(duration(seconds)).toBe(said);
});

test("a moment is told from now, and by its date when it is long ago", () => {
  const now = new Date("2026-01-10T12:00:00Z");
  expect(ago(new Date("2026-01-10T11:57:00Z"), now)).toBe("3 minutes ago");
  expect(ago(new Date("2026-01-09T11:57:00Z"), now)).toBe("yesterday");
  expect(ago(new Date("2025-12-01T12:00:00Z"), now)).toContain("2025");
});
