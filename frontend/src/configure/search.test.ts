import { expect, test } from "vitest";
import { matches } from "./search";

test.each([
  ["ppo.learning_rate Step size of Adam", "learning rate", true],
  ["ppo.learning_rate Step size of Adam", "ADAM step", true],
  ["ppo.learning_rate Step size of Adam", "critic", false],
  ["ppo.gamma", "", true],
])("%s holds %s: %s", (text, words, does) => {
  expect(matches(text, words)).toBe(does);
});
