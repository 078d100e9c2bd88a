/** What a training would take, in words. */
import { duration } from "../times";

export interface Seconds {
  low: number;
  likely: number;
  high: number;
}

export interface Estimate {
  robot_hours: number;
  robot_hours_left: number;
  robot_hours_quota: number;
  seconds: Seconds;
  measured_on: number;
  ahead: number;
  running: number;
  refusal: string | null;
  clips: number;
  options: Record<string, string | number | boolean | null>;
  usual: Record<string, string | number | boolean | null>;
  plans: Record<string, { robot_hours: number; seconds: Seconds }>;
}

const CLOSE = 1.25;
/** A range whose ends are no further apart than this is said as one number. */

/** "About 40 s; 30 s to 3 min are possible." */
export function time(seconds: Seconds): string {
  const [low, likely, high] = [round(seconds.low), round(seconds.likely), round(seconds.high)];
  if (high <= CLOSE * low) return `About ${duration(likely)}`;
  return `About ${duration(likely)}; ${duration(low)} to ${duration(high)} are possible`;
}

/** The same in short, for a card: "about 40 s, at most 3 min". */
export function shortTime(seconds: Seconds): string {
  const [likely, high] = [round(seconds.likely), round(seconds.high)];
  return high <= CLOSE * likely ? `about ${duration(likely)}` : `about ${duration(likely)}, at most ${duration(high)}`;
}

/** "At most 4.6 robot hours of the 1,995 that you have left in seven days." */
export function quota(told: Estimate): string {
  return `At most ${amount(told.robot_hours)} robot hours, of ${amount(told.robot_hours_left)} that you have left in seven days.`;
}

/** "3 trainings wait before it." */
export function queue(told: Estimate): string {
  if (told.ahead > 0) return `${count(told.ahead, "training waits", "trainings wait")} before it.`;
  if (told.running > 0) return `It is next in the queue; ${count(told.running, "training runs", "trainings run")} now.`;
  return "It is next in the queue, and nothing runs now.";
}

/** What the time rests on. */
export function basis(told: Estimate): string {
  if (told.measured_on === 0) return "No training has run here yet: the time is a guess from another machine.";
  return `Measured on ${count(told.measured_on, "training", "trainings")} of this service.`;
}

/** A number with three digits, and thousands apart. */
export function amount(value: number): string {
  return new Intl.NumberFormat("en-GB", { maximumSignificantDigits: value < 1000 ? 3 : 4 }).format(value);
}

/** Seconds as precisely as they are known: to 5 s below two minutes, to half a minute below an hour, else to 5 minutes. */
export function round(seconds: number): number {
  const step = seconds < 120 ? 5 : seconds < 3600 ? 30 : 300;
  return Math.max(step, Math.round(seconds / step) * step);
}

function count(number: number, one: string, many: string): string {
  return `${amount(number)} ${number === 1 ? one : many}`;
}
