import { expect, test } from "vitest";
import { placeOf } from "./place";

const KNOWN = ["epochs", "ppo.learning_rate", "ppo.gamma", "sim.control_hz", "sim.physics_hz", "reference_motion", "robot"];

test.each([
  ["option 'epochs' is 0: Input should be greater than or equal to 1", "epochs"],
  ["option 'ppo.gamma' is 2: Input should be less than 1", "ppo.gamma"],
  ["option 'learning_rate' is 1: too much", "ppo.learning_rate"],
  ["option 'sim': physics_hz 75 is no multiple of control_hz 50", "sim.physics_hz"],
  ["field 'epochs': Input should be a valid integer", "epochs"],
  ["unknown reference motion 'gallop': choose one of walk", "reference_motion"],
  ["motion 3 cannot be trained with: no joint of robot 'duckling'", "reference_motion"],
  ["unknown robot 'horse': choose one of duckling", "robot"],
  ["there is no robot 9", "robot"],
  ["unknown option 'nonsense'; see 'webfoot train --help'", ""],
  ["you have 20 unfinished sessions, and may have 20; cancel one", ""],
])("%s", (sentence, place) => {
  expect(placeOf(sentence, KNOWN)).toBe(place);
});
