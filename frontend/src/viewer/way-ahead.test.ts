import { expect, test } from "vitest";
import { arcAround, STEPS, wayAhead } from "./way-ahead";

const out = new Float32Array((STEPS + 1) * 2);
const end = () => [out[2 * STEPS]!, out[2 * STEPS + 1]!];

test("without a turn the way is straight", () => {
  expect(wayAhead(0.3, 0.4, 0, out)).toBeCloseTo(0.5);
  expect(end()[0]).toBeCloseTo(0.3);
  expect(end()[1]).toBeCloseTo(0.4);
});

test("a quarter turn to the left ends a radius ahead and a radius aside", () => {
  wayAhead(1, 0, Math.PI / 2, out);
  expect(end()[0]).toBeCloseTo(2 / Math.PI);
  expect(end()[1]).toBeCloseTo(2 / Math.PI);
});

test("a turn on the spot is an arc around it", () => {
  arcAround(-Math.PI / 2, 0.2, out);
  expect(end()[0]).toBeCloseTo(0);
  expect(end()[1]).toBeCloseTo(-0.2);
});
