import { expect, test } from "vitest";
import { Zoom, zoomOf } from "./zoom";

test("charts of a group share their zoom, and hear of it", () => {
  const heard: unknown[] = [];
  const stop = zoomOf("a").watch(() => heard.push(zoomOf("a").range));
  zoomOf("a").set([5, 2]);
  stop();
  zoomOf("a").set(null);
  expect(heard).toEqual([[2, 5]]);
  expect(zoomOf("b").range).toBeNull();
  expect(zoomOf(undefined)).not.toBe(zoomOf(undefined));
});

test("a part without length changes nothing", () => {
  const zoom = new Zoom();
  zoom.set([1, 2]);
  zoom.set([3, 3]);
  zoom.set([Number.NaN, 4]);
  expect(zoom.range).toEqual([1, 2]);
});

test("it scales around a place, and within what there is", () => {
  const zoom = new Zoom();
  zoom.scale(0.5, 20, [0, 100]);
  expect(zoom.range).toEqual([10, 60]); // 20 - 20/2, 20 + 80/2
  zoom.scale(1.5, 60, [0, 100]);
  expect(zoom.range).toEqual([0, 60]); // 60 - 50 * 1.5 lies before the beginning
  zoom.scale(10, 30, [0, 100]);
  expect(zoom.range).toBeNull();
});
