/** Drop zones: files that are dropped or chosen go to the service at once; of several motions it is asked what they are. */
import { ApiError, upload } from "../api";
import { refresh } from "./refresh";
import { type Came, notKept, showSentences, told } from "./came";

interface Made extends Came {
  items: (Came["items"][number] & { id: number; kind: string })[];
}

/** Listen to every drop zone of the page. */
export function listenToDrops(): void {
  for (const form of document.querySelectorAll<HTMLFormElement>("form[data-upload]")) new Drop(form);
}

class Drop {
  private readonly files: HTMLInputElement;
  private readonly bar: HTMLProgressElement;
  private readonly words: HTMLElement;
  private readonly wrong: HTMLElement;
  private readonly question: HTMLElement;

  constructor(private readonly form: HTMLFormElement) {
    this.files = form.querySelector("input[type=file]") as HTMLInputElement;
    this.bar = form.querySelector("progress") as HTMLProgressElement;
    this.words = form.querySelector("[data-told]") as HTMLElement;
    this.wrong = form.querySelector("[role=alert]") as HTMLElement;
    this.question = form.querySelector("[data-ask-library]") as HTMLElement;
    this.files.addEventListener("change", () => this.chosen());
    form.addEventListener("reset", () => (this.question.hidden = true));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.send();
    });
    for (const kind of ["dragenter", "dragover"]) form.addEventListener(kind, (event) => this.hover(event as DragEvent, true));
    form.addEventListener("dragleave", (event) => this.hover(event as DragEvent, false));
    form.addEventListener("drop", (event) => {
      this.hover(event, false);
      if (!event.dataTransfer?.files.length) return;
      this.files.files = event.dataTransfer.files;
      this.chosen();
    });
  }

  private hover(event: DragEvent, on: boolean): void {
    event.preventDefault();
    this.form.classList.toggle("hovered", on);
  }

  private chosen(): void {
    const several = (this.files.files?.length ?? 0) > 1 && this.form.dataset.many === "motions";
    this.question.hidden = !several;
    if (several) this.question.querySelector<HTMLInputElement>("input")?.focus();
    else void this.send();
  }

  private async send(): Promise<void> {
    const sent = new FormData(this.form);
    if (!sent.get("library")) sent.delete("library");
    this.question.hidden = this.wrong.hidden = true;
    this.bar.hidden = false;
    this.words.textContent = "It goes to the service...";
    try {
      const made = await upload<Made>(this.form.dataset.upload ?? "", sent, (part) => {
        this.bar.value = part;
        if (part === 1) this.words.textContent = "It is inspected...";
      });
      this.form.reset();
      this.done(made);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.words.textContent = "";
      showSentences(this.wrong, [error.message]);
      this.files.value = "";
    } finally {
      this.bar.hidden = true;
    }
  }

  private done(made: Made): void {
    showSentences(this.wrong, notKept(made));
    if (this.form.dataset.many === "version") return this.versionMade(made);
    this.words.textContent = told(made);
    const [only] = made.items;
    if (made.items.length === 1 && only) {
      const link = Object.assign(document.createElement("a"), { href: `/${only.kind}s/${only.id}`, textContent: "Look at it" });
      this.words.append(" ", link);
    }
    refresh();
  }

  /** The page of the new version; what was not kept of it is read first. */
  private versionMade(made: Made): void {
    if (!made.not_kept.length) return location.assign(location.pathname);
    const link = Object.assign(document.createElement("a"), { href: location.pathname, textContent: "Look at it" });
    this.words.replaceChildren("The rest is there. ", link);
  }
}
