import { expect, test } from "vitest";
import { asked, type Keyed, type Pressed } from "./keyboard";

function told(change: Partial<Pressed>): string[] {
  const said: string[] = [];
  const does: Keyed = {
    toggle: () => said.push("toggle"),
    step: (frames) => said.push(`step ${frames}`),
    skip: (seconds) => said.push(`skip ${seconds}`),
    start: () => said.push("start"),
    end: () => said.push("end"),
    follow: () => said.push("follow"),
    ghost: () => said.push("ghost"),
  };
  const plain = { key: "", shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, on: "other" as const };
  asked({ ...plain, ...change }, does)?.();
  return said;
}

test.each([
  [{ key: " " }, "toggle"],
  [{ key: "ArrowRight" }, "step 1"],
  [{ key: "ArrowLeft", on: "range" as const }, "step -1"],
  [{ key: "ArrowRight", shiftKey: true }, "skip 1"],
  [{ key: "ArrowDown", on: "range" as const }, "skip -1"],
  [{ key: "Home" }, "start"],
  [{ key: "End" }, "end"],
  [{ key: "f" }, "follow"],
  [{ key: "g", on: "button" as const }, "ghost"],
])("%o asks for '%s'", (pressed, found) => {
  expect(told(pressed)).toEqual([found]);
});

test.each([
  [{ key: " ", on: "button" as const }],
  [{ key: "f", ctrlKey: true }],
  [{ key: "ArrowDown" }],
  [{ key: "ArrowLeft", on: "select" as const }],
  [{ key: "x" }],
])("%o is left to others", (pressed) => {
  expect(told(pressed)).toEqual([]);
});
