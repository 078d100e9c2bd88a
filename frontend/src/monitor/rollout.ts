/** The latest trial in 3D: mounted when it comes into sight, fetched again when a new trial was made. */
import type { Viewer } from "../viewer/viewer";

const PATIENCE_MS = 600; // the trial is written a moment after it is told

export class Rollout {
  private readonly place: HTMLElement;
  private readonly epoch: HTMLElement;
  private viewer: Promise<Viewer> | null = null;
  private isSeen = false;
  private isThere = false;
  private timer = 0;

  constructor(page: HTMLElement) {
    this.place = page.querySelector("#rollout") as HTMLElement;
    this.epoch = page.querySelector("#rollout-epoch") as HTMLElement;
    new IntersectionObserver(([entry]) => {
      this.isSeen = entry?.isIntersecting ?? false;
      if (this.isSeen) this.refresh();
    }).observe(this.place);
  }

  /** A trial was made. */
  made(epoch: number | null): void {
    this.isThere = true;
    if (epoch !== null) this.epoch.textContent = `of epoch ${epoch.toLocaleString("en-GB")}`;
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.refresh(true), PATIENCE_MS);
  }

  private refresh(isNew = false): void {
    if (!this.isThere || !this.isSeen) return;
    const isFirst = this.viewer === null;
    this.viewer ??= this.mount();
    if (isNew && !isFirst) void this.viewer.then((viewer) => viewer.reload());
  }

  private async mount(): Promise<Viewer> {
    const { mountViewer } = await import("../viewer/viewer");
    const { scene = "", replay = "", label = "" } = this.place.dataset;
    return mountViewer(this.place, { scene, replay }, { label });
  }
}
