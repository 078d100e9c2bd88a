/** When feet stood. */

/** From when till when [s]. */
export interface Stance {
  start: number;
  end: number;
}

/**
 * The times during which one foot stood; what a frame says holds until the next.
 *
 * @param contacts (T, feet).
 */
export function stances(contacts: Uint8Array, feet: number, foot: number, hz: number): Stance[] {
  const frames = feet ? contacts.length / feet : 0;
  const found: Stance[] = [];
  for (let frame = 0; frame < frames; frame++) {
    if (!contacts[frame * feet + foot]) continue;
    const end = Math.min(frame + 1, frames - 1) / hz;
    const latest = found.at(-1);
    if (latest && latest.end >= frame / hz) latest.end = end;
    else found.push({ start: frame / hz, end });
  }
  return found;
}

/** The share of the time for which a foot stood, 0 to 1. */
export function dutyFactor(contacts: Uint8Array, feet: number, foot: number): number {
  let standing = 0;
  for (let k = foot; k < contacts.length; k += feet) standing += contacts[k] ? 1 : 0;
  return contacts.length ? (standing * feet) / contacts.length : 0;
}

/** Whether a foot stands at a frame that need not be whole. */
export function standsAt(contacts: Uint8Array, feet: number, foot: number, frame: number): boolean {
  const last = contacts.length / feet - 1;
  return contacts[Math.min(Math.max(Math.floor(frame + 1e-6), 0), last) * feet + foot] === 1;
}
