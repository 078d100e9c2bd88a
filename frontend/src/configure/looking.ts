/** The motion on the robot, before anything is spent: its report, and how it moves. */
import { ApiError, get } from "../api";
import { mountPlace } from "../viewer/mount";
import type { Viewer } from "../viewer/viewer";
import { element } from "./element";
import { type Cure, type Inspection, showInspection } from "./inspection";

export class Looking {
  #asking = new AbortController();
  #viewer: Viewer | null = null;
  #shown = "";

  constructor(
    readonly report: HTMLElement,
    readonly look: HTMLElement,
    readonly act: (cure: Cure, told: Inspection) => Promise<void>,
  ) {}

  /** Look at a motion on a robot; null where it cannot be inspected, which is said in place. */
  async at(motion: string, robot: string, label: string): Promise<Inspection | null> {
    this.#asking.abort();
    this.#asking = new AbortController();
    const { signal } = this.#asking;
    void this.#play(motion, robot, label, signal);
    this.report.setAttribute("aria-busy", "true");
    try {
      const told = await get<Inspection>(`/api/v1/inspection?${query(motion, robot)}`, signal);
      showInspection(this.report, told, (cure) => this.act(cure, told));
      return told;
    } catch (error) {
      if (error instanceof DOMException) return null; // something else is looked at by now
      if (!(error instanceof ApiError)) throw error;
      const again = element("button", { type: "button", className: "button", textContent: "Try again" });
      again.addEventListener("click", () => void this.at(motion, robot, label));
      this.report.replaceChildren(
        element("div", { className: "note error" }, [element("p", { textContent: `${error.message}.` }), again]),
      );
      return null;
    } finally {
      if (!signal.aborted) this.report.removeAttribute("aria-busy");
    }
  }

  /** Look at nothing. */
  leave(): void {
    this.#asking.abort();
    this.#viewer?.destroy();
    this.#viewer = null;
    this.#shown = "";
    this.look.hidden = true;
    this.report.replaceChildren();
  }

  async #play(motion: string, robot: string, label: string, signal: AbortSignal): Promise<void> {
    const key = `${motion} ${robot}`;
    if (key === this.#shown) return;
    this.#shown = key;
    this.#viewer?.destroy();
    this.#viewer = null;
    const place = element("div", { className: "viewer" });
    place.dataset.scene = `/api/v1/scene?${new URLSearchParams({ robot })}`;
    place.dataset.replay = `/api/v1/replay?${query(motion, robot)}`;
    place.dataset.label = label;
    this.look.hidden = false;
    (this.look.querySelector("#motion-viewer") ?? this.look).replaceChildren(place);
    const viewer = await mountPlace(place);
    if (signal.aborted && this.#shown !== key) viewer.destroy();
    else this.#viewer = viewer;
  }
}

function query(motion: string, robot: string): string {
  return new URLSearchParams({ motion, robot }).toString();
}
