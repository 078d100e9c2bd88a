import { expect, test } from "vitest";
import { distinct } from "./option-table";

test("two versions of one motion are told apart, all others go by their names", () => {
  expect(distinct({ walk: "walk", "motion:3@1": "stroll", "motion:3@2": "stroll", "robot:1@1": "duck" })).toEqual({
    walk: "walk",
    "motion:3@1": "stroll (motion:3@1)",
    "motion:3@2": "stroll (motion:3@2)",
    "robot:1@1": "duck",
  });
});
