import { expect, test } from "vitest";
import { thin } from "./thin";

test("a short column stays as it is, with gaps as null", () => {
  const { x, columns } = thin([1, 2, 3], [{ values: [5, Number.NaN, 7], keep: "both" }], 0, 3, 100);
  expect(x).toEqual([1, 2, 3]);
  expect(columns).toEqual([[5, null, 7]]);
});

test("of every bucket the least and the largest stay, in their order", () => {
  const y = [3, 1, 2, 9, /**/ 4, 8, 0, 5];
  const { x, columns } = thin([0, 1, 2, 3, 4, 5, 6, 7], [{ values: y, keep: "both" }], 0, 8, 1);
  expect(x).toEqual([0, 3, 4, 7]);
  expect(columns).toEqual([[1, 9, 8, 0]]);
});

test("of the edges of a band one extreme stays", () => {
  const [x, y] = [[0, 1, 2, 3, 4, 5, 6, 7], [3, 1, 2, 9, 4, 8, 0, 5]];
  const columns = (["low", "high"] as const).map((keep) => ({ values: y, keep }));
  expect(thin(x, columns, 0, 8, 1).columns).toEqual([
    [1, 1, 0, 0],
    [9, 9, 8, 8],
  ]);
});

test("no peak of a long curve is lost, and no more points are left than pixels can show", () => {
  const count = 10_000;
  const x = Float64Array.from({ length: count }, (_, k) => k);
  const y = Float64Array.from(x, (k) => (k === 7777 ? 100 : Math.sin(k)));
  const thinned = thin(x, [{ values: y, keep: "both" }], 0, count, 300);
  expect(thinned.x.length).toBeLessThanOrEqual(4 * 300 + 2);
  expect(Math.max(...(thinned.columns[0] as number[]))).toBe(100);
});

test("buckets stay what they are while a curve grows by one point", () => {
  const x = Float64Array.from({ length: 1001 }, (_, k) => k);
  const y = Float64Array.from(x, (k) => (k * 7919) % 101);
  const column = [{ values: y, keep: "both" as const }];
  const before = thin(x, column, 0, 1000, 100).columns[0] as number[];
  const after = thin(x, column, 0, 1001, 100).columns[0] as number[];
  expect(after.slice(0, before.length - 2)).toEqual(before.slice(0, -2));
});
