/** When each foot stood: the policy's feet as filled bars, the reference's below them as open ones. */
import { dutyFactor, stances } from "./contacts";
import type { Replay } from "./documents";
import { Track } from "./track";

/** One strip for each foot of a replay. */
export function footfall(replay: Replay, seek: (part: number) => void): Track[] {
  return replay.footNames.map((name, foot) => {
    const track = new Track(said(replay, foot), "viewer-foot", (pen) => paint(replay, foot, pen), seek);
    track.head.textContent = name.replaceAll("_", " ");
    track.head.title = said(replay, foot);
    return track;
  });
}

function paint(replay: Replay, foot: number, { context, x, height, palette }: Parameters<Track["paint"]>[0]): void {
  const feet = replay.footNames.length;
  const bar = replay.referenceContacts ? height / 2 - 1 : height - 4;
  const colour = palette.curves[foot % palette.curves.length]!;
  context.fillStyle = colour;
  for (const { start, end } of stances(replay.contacts, feet, foot, replay.hz)) {
    context.fillRect(x(start), replay.referenceContacts ? 0 : 2, x(end) - x(start), bar);
  }
  if (!replay.referenceContacts) return;
  context.strokeStyle = colour;
  for (const { start, end } of stances(replay.referenceContacts, feet, foot, replay.hz)) {
    context.strokeRect(x(start) + 0.5, height / 2 + 1.5, Math.max(x(end) - x(start) - 1, 1), bar - 3);
  }
}

function said(replay: Replay, foot: number): string {
  const feet = replay.footNames.length;
  const share = (contacts: Uint8Array) => `${Math.round(100 * dutyFactor(contacts, feet, foot))} %`;
  const name = replay.footNames[foot]!.replaceAll("_", " ");
  const own = `${name} foot: on the ground ${share(replay.contacts)} of the time`;
  return replay.referenceContacts ? `${own}, in the reference ${share(replay.referenceContacts)}` : own;
}
