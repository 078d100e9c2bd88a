import { expect, test } from "vitest";
import { commandSaid } from "./caption";
import { withEpisode } from "./source";

test.each([
  [0.15, 0, 0, "0.15 m/s ahead"],
  [-0.1, -0.05, 0.3, "0.10 m/s back, 0.05 m/s to the right, 0.30 rad/s turning left"],
  [0, 0.004, 0, "stand"],
])("%s, %s, %s is said as '%s'", (vx, vy, wz, said) => {
  expect(commandSaid(vx, vy, wz)).toBe(said);
});

test.each([
  ["/api/v1/sessions/7/replay", "/api/v1/sessions/7/replay?episode=2"],
  ["/api/v1/sessions/7/replay?episode=1", "/api/v1/sessions/7/replay?episode=2"],
  ["/replay?motion=motion%3A3%23a", "/replay?motion=motion%3A3%23a&episode=2"],
])("another episode of %s", (url, found) => {
  expect(withEpisode(url, 2)).toBe(found);
});
