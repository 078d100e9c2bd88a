import { expect, test } from "vitest";
import { Clock } from "./clock";

function running(): Clock {
  const clock = new Clock(2, 10);
  clock.play();
  return clock;
}

test("time passes at its speed", () => {
  const clock = running();
  clock.speed = 0.5;
  expect(clock.advance(1)).toBe(true);
  expect(clock.time).toBe(0.5);
});

test("nothing passes while it is paused", () => {
  const clock = running();
  clock.pause();
  expect(clock.advance(1)).toBe(false);
  expect(clock.time).toBe(0);
});

test("a loop goes on behind the end", () => {
  const clock = running();
  clock.advance(2.5);
  expect(clock.time).toBeCloseTo(0.5);
  expect(clock.playing).toBe(true);
});

test("without a loop it ends at the end, and plays from the start again", () => {
  const clock = running();
  clock.loop = false;
  clock.advance(2.5);
  expect([clock.time, clock.playing]).toEqual([2, false]);
  clock.play();
  expect([clock.time, clock.playing]).toEqual([0, true]);
});

test.each([
  [-1, 0],
  [1.5, 1.5],
  [9, 2],
  [Number.NaN, 0],
])("%s s is sought at %s s", (asked, found) => {
  const clock = running();
  clock.seek(asked);
  expect(clock.time).toBe(found);
});

test("a step goes from the nearest frame to the next", () => {
  const clock = running();
  clock.seek(0.52);
  clock.step(1);
  expect(clock.time).toBeCloseTo(0.6);
  clock.step(-2);
  expect(clock.time).toBeCloseTo(0.4);
});

test("a shorter movement keeps the time, if it has it", () => {
  const clock = running();
  clock.seek(1.5);
  clock.measure(1, 50);
  expect(clock.time).toBe(1);
  clock.measure(3, 50);
  expect(clock.time).toBe(1);
});

test("a single frame does not play", () => {
  const clock = new Clock(0, 10);
  clock.play();
  expect([clock.playing, clock.advance(1)]).toEqual([false, false]);
});
