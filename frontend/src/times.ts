/** Times and durations as people say them. */

const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const NEAR = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];
const DAYS_NEAR = 7;

/** Write every `<time datetime>` below an element in the reader's zone; the whole of it stands in its title. */
export function showTimes(root: ParentNode): void {
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.textContent = ago(at, new Date());
    time.title = MOMENT.format(at);
  }
}

/** A moment from now: "3 minutes ago" within a week, else its date. */
export function ago(at: Date, now: Date): string {
  const seconds = (at.getTime() - now.getTime()) / 1000;
  if (Math.abs(seconds) > DAYS_NEAR * 86400) return MOMENT.format(at);
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) return NEAR.format(Math.trunc(seconds / length), unit);
  }
  return NEAR.format(0, "minute") === "this minute" ? "just now" : NEAR.format(0, "second");
}

/** A duration with its two largest units: "2 h 5 min", "3 min 20 s", "12 s". */
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
  const whole = Math.max(0, Math.round(seconds));
  const [h, min, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (h > 0) return min > 0 ? `${h} h ${min} min` : `${h} h`;
  if (min > 0) return s > 0 ? `${min} min ${s} s` : `${min} min`;
  return `${s} s`;
}
