/** Where documents come from. */
import { get } from "../api";
import {
  decodeReplay,
  decodeScene,
  type Replay,
  type ReplayDocument,
  type RobotScene,
  type SceneDocument,
  standingStill,
} from "./documents";

export interface Source {
  scene: string;
  /** Empty: the robot stands. */
  replay: string;
}

export async function loadScene(url: string, signal: AbortSignal): Promise<RobotScene> {
  return decodeScene(await get<SceneDocument>(url, signal));
}

export async function loadReplay(url: string, scene: Promise<RobotScene>, signal: AbortSignal): Promise<Replay> {
  return url ? decodeReplay(await get<ReplayDocument>(url, signal)) : standingStill(await scene);
}

/** The address of another episode of a replay. */
export function withEpisode(url: string, episode: number): string {
  const [path, query] = url.split("?", 2) as [string, string | undefined];
  const asked = new URLSearchParams(query);
  asked.set("episode", String(episode));
  return `${path}?${asked}`;
}
