import { expect, test } from "vitest";
import { moreOf } from "./ways";

test.each([
  [0, 300, 300, ""],
  [0, 300, 500, "right"],
  [100, 300, 500, "left right"],
  [199.5, 300, 500, "left"],
])("scrolled by %s, %s of %s seen: more to the %s", (scrollLeft, clientWidth, scrollWidth, more) => {
  expect(moreOf({ scrollLeft, clientWidth, scrollWidth })).toBe(more);
});
