/** What stands over the picture: what it shows, what was commanded, and whether the robot has fallen. */
import { make } from "./build";
import type { Replay } from "./documents";

const NOTHING = 0.005;

export class Caption {
  readonly element = make("div", "viewer-caption");
  readonly #title = make("span");
  readonly #command = make("span", "figures");
  readonly #fell = make("span", "badge error");
  #replay: Replay | null = null;

  constructor() {
    this.element.append(this.#title, this.#command, this.#fell);
  }

  take(replay: Replay): void {
    this.#replay = replay;
    this.#title.textContent = replay.title;
    this.#fell.textContent = replay.fellAt === null ? "" : `fell at ${replay.fellAt.toFixed(2)} s`;
    this.#fell.hidden = true; // until the time has come
  }

  /** Write what holds at a time [s]. */
  tell(seconds: number): void {
    const replay = this.#replay;
    if (!replay) return;
    this.#fell.hidden = replay.fellAt === null || seconds < replay.fellAt - 0.5 / replay.hz;
    this.#command.hidden = replay.command === null;
    if (!replay.command) return;
    const row = 3 * Math.min(Math.floor(seconds * replay.hz + 1e-6), replay.frames - 1);
    const [vx, vy, wz] = [replay.command[row]!, replay.command[row + 1]!, replay.command[row + 2]!];
    this.#command.textContent = `command: ${commandSaid(vx, vy, wz)}`;
  }
}

/** A command in words: "0.15 m/s ahead, 0.30 rad/s to the left", "stand". */
export function commandSaid(vx: number, vy: number, wz: number): string {
  const said = [
    told(vx, "m/s", "ahead", "back"),
    told(vy, "m/s", "to the left", "to the right"),
    told(wz, "rad/s", "turning left", "turning right"),
  ].filter((part) => part !== "");
  return said.join(", ") || "stand";
}

function told(value: number, unit: string, positive: string, negative: string): string {
  if (Math.abs(value) < NOTHING) return "";
  return `${Math.abs(value).toFixed(2)} ${unit} ${value > 0 ? positive : negative}`;
}
