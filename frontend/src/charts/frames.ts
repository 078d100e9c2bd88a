/** Work for the next frames: a few milliseconds of it in each, so that keys and pointer never wait long. */

const BUDGET_MS = 8;
const waiting = new Set<() => void>();
let done: (() => void)[] = [];
let asked = 0;

/** Do something once, at one of the next frames; asking again before changes nothing. */
export function soon(work: () => void): void {
  waiting.add(work);
  asked ||= requestAnimationFrame(run);
}

/** Do it no more. */
export function never(work: () => void): void {
  waiting.delete(work);
}

/** Hear once when nothing waits any more and the last of it is on the screen. */
export function whenDrawn(act: () => void): void {
  done.push(act);
  asked ||= requestAnimationFrame(run);
}

function run(): void {
  asked = 0;
  const begin = performance.now();
  for (const work of waiting) {
    if (performance.now() - begin > BUDGET_MS) break;
    waiting.delete(work);
    work();
  }
  if (waiting.size) {
    asked ||= requestAnimationFrame(run);
    return;
  }
  const acts = done;
  done = [];
  if (acts.length) requestAnimationFrame(() => acts.forEach((act) => act()));
}
