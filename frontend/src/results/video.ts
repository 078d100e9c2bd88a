/** The button that has a video drawn: what it says meanwhile, and the video when it is there. */
import { ApiError, get, post } from "../api";

export interface VideoStage {
  stage: "none" | "drawing" | "there" | "refused";
  sentence: string;
}

const PAUSE_MS = 1500;
const DRAWING = "It is being drawn, which takes up to a minute. You may leave this page meanwhile.";

/** Let the place `data-video="URL" data-file="URL of the video"` act. */
export function watchVideo(root: ParentNode): void {
  const place = root.querySelector<HTMLElement>("[data-video]");
  if (place) new Maker(place).listen();
}

/** What is said below the button; empty where it speaks for itself. */
export function said({ stage, sentence }: VideoStage): string {
  if (stage === "drawing") return DRAWING;
  return stage === "refused" ? `${sentence[0]?.toUpperCase() ?? ""}${sentence.slice(1)}.` : "";
}

/** The video itself, with a link that takes it away. */
export function shown(file: string): HTMLElement[] {
  const video = document.createElement("video");
  Object.assign(video, { controls: true, preload: "metadata", src: file });
  const link = Object.assign(document.createElement("a"), { href: file, download: "", textContent: "Download the video" });
  const line = document.createElement("p");
  line.append(link);
  return [video, line];
}

class Maker {
  private readonly button: HTMLButtonElement;
  private readonly words: HTMLElement;

  constructor(private readonly place: HTMLElement) {
    this.button = place.querySelector("button") as HTMLButtonElement;
    this.words = place.querySelector("[role=status]") as HTMLElement;
  }

  listen(): void {
    const url = this.place.dataset.video ?? "";
    this.button.addEventListener("click", () => {
      this.busy(true);
      void this.follow(url, () => post<VideoStage>(url));
    });
    if (this.place.dataset.stage === "drawing") {
      this.busy(true);
      void this.follow(url, () => get<VideoStage>(url));
    }
  }

  /** Ask until it is there, or there is none. */
  private async follow(url: string, ask: () => Promise<VideoStage>): Promise<void> {
    try {
      let told = await ask();
      while (told.stage === "drawing") {
        this.words.textContent = said(told);
        await new Promise((resolve) => window.setTimeout(resolve, PAUSE_MS));
        told = await get<VideoStage>(url);
      }
      if (told.stage === "there") return this.place.replaceChildren(...shown(this.place.dataset.file ?? ""));
      this.words.textContent = said(told);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.words.textContent = `${error.message}.`;
    }
    this.busy(false);
  }

  private busy(on: boolean): void {
    this.button.disabled = on;
    this.button.setAttribute("aria-busy", String(on));
  }
}
