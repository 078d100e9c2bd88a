/** Keys of a viewer that has the focus. */

/** What keys can ask for. */
export interface Keyed {
  toggle: () => void;
  step: (frames: number) => void;
  skip: (seconds: number) => void;
  start: () => void;
  end: () => void;
  follow: () => void;
  ghost: () => void;
}

/** What one key asks for; undefined where it means nothing here, or something to what has the focus. */
export function asked(event: Pressed, does: Keyed): (() => void) | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (event.on === "select" || event.on === "text") return undefined;
  const second = event.shiftKey;
  switch (event.key) {
    case " ":
      return event.on === "button" ? undefined : does.toggle;
    case "ArrowLeft":
      return second ? () => does.skip(-1) : () => does.step(-1);
    case "ArrowRight":
      return second ? () => does.skip(1) : () => does.step(1);
    case "ArrowDown":
      return event.on === "range" ? () => does.skip(-1) : undefined; // elsewhere the page scrolls
    case "ArrowUp":
      return event.on === "range" ? () => does.skip(1) : undefined;
    case "Home":
      return does.start;
    case "End":
      return does.end;
    case "f":
      return does.follow;
    case "g":
      return does.ghost;
    default:
      return undefined;
  }
}

export interface Pressed {
  key: string;
  shiftKey: boolean;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  /** Where the focus is. */
  on: "button" | "range" | "select" | "text" | "other";
}

/** Listen to the keys of an element; what they do here, the page does not do also. */
export function listen(root: HTMLElement, does: Keyed, signal: AbortSignal): void {
  const hear = (event: KeyboardEvent) => {
    const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
    const act = asked({ key, shiftKey, ctrlKey, metaKey, altKey, on: kind(event.target) }, does);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  root.addEventListener("keydown", hear, { signal });
}

function kind(target: EventTarget | null): Pressed["on"] {
  if (target instanceof HTMLSelectElement) return "select";
  if (target instanceof HTMLInputElement) {
    if (target.type === "range") return "range";
    return target.type === "checkbox" ? "button" : "text";
  }
  return target instanceof HTMLElement && target.matches("button, summary, a") ? "button" : "other";
}
