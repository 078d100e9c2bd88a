/** The document `webfoot-gait/1`: how a policy walked. */

export type Known = (number | null)[];

export interface OverPhase {
  name: string;
  low: Known;
  middle: Known;
  high: Known;
  reference: Known;
}

export interface Joint extends OverPhase {
  rmse: number | null;
  moves: boolean;
}

export interface Foot extends OverPhase {
  lift_m: number | null;
  reference_lift_m: number | null;
  contact: Known;
  reference_contact: Known;
}

export interface Footfall {
  episode: number;
  duration_s: number;
  feet: { name: string; policy: [number, number][]; reference: [number, number][] }[];
}

export interface Gait {
  control_dt: number;
  period_s: number;
  phase: number[];
  joints: Joint[];
  feet: Foot[];
  episodes: { fell_at_s: number | null; command: Known }[];
  footfall: Footfall;
}

/** Words of a name: `left_hip_yaw` is `left hip yaw`. */
export function words(name: string): string {
  return name.replaceAll("_", " ");
}

/** Where a value is known: its place and itself. */
export function points(x: number[], y: Known): [number, number][] {
  return y.flatMap((value, k): [number, number][] => (value === null ? [] : [[x[k] ?? 0, value]]));
}
