/** `cure`: what the button of a cure promises, done to the motion. */
import { post } from "../api";
import type { Cure, Inspection } from "./inspection";

export interface Cured {
  /** The motion as it is asked for from now on. */
  motion: string;
  /** As it was before; empty where nothing came of it. */
  before: string;
  says: string;
}

/** Make another version of the motion, which keeps the one before. */
export async function cure(chosen: Cure, told: Inspection): Promise<Cured> {
  const version = Number(/@(\d+)/.exec(told.motion)?.[1] ?? 0);
  const body = { ...chosen.mend, robot: told.robot, ...(version ? { version } : {}) };
  const made = await post<{ number: number; is_new: boolean; done: string[] }>(
    `/api/v1/motions/${told.mendable}/mend`,
    body,
  );
  const clip = told.motion.includes("#") ? told.motion.slice(told.motion.indexOf("#")) : "";
  const before = version || made.number - 1;
  if (!made.is_new && made.number === version) {
    return { motion: told.motion, before: "", says: "There was nothing to mend" };
  }
  return {
    motion: `motion:${told.mendable}${made.is_new ? "" : `@${made.number}`}${clip}`, // a new one is the latest
    before: before ? `motion:${told.mendable}@${before}${clip}` : "",
    says: `Version ${made.number}: ${summed(made.done)}`,
  };
}

/** The first of what was done, and how much more there was. */
export function summed(done: string[]): string {
  if (!done.length) return "nothing was there to mend";
  return done.length === 1 ? `${done[0]}` : `${done[0]}; and ${done.length - 1} more`;
}
