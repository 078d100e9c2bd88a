import { expect, test } from "vitest";
import { Quality } from "./quality";

function frames(quality: Quality, count: number, ms: number): void {
  for (let k = 0; k < count; k++) quality.hear(ms);
}

test("slow frames are drawn with fewer pixels, but not with too few", () => {
  const quality = new Quality(1);
  frames(quality, 8, 50);
  expect(quality.ratio).toBeCloseTo(0.8);
  frames(quality, 800, 50);
  expect(quality.ratio).toBe(0.5);
});

test("a pause is no slow frame", () => {
  const quality = new Quality(1);
  frames(quality, 50, 5000);
  expect(quality.ratio).toBe(1);
});

test("fast frames get their pixels back, though not for ever to and fro", () => {
  const quality = new Quality(1);
  const seen = new Set<number>();
  for (let round = 0; round < 5; round++) {
    frames(quality, 8, 50);
    frames(quality, 90, 10);
    seen.add(quality.ratio);
  }
  expect([...seen][0]).toBe(1);
  expect(quality.ratio).toBeLessThan(0.7);
});
