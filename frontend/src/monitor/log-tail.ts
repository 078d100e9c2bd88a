/** The end of the trainer's log: follows it while it is open, and shows only lines with what is searched for. */

const LOOK_EVERY_MS = 2000;
const MOST_LINES = 5000;

export class LogTail {
  private readonly place: HTMLDetailsElement;
  private readonly text: HTMLElement;
  private readonly status: HTMLElement;
  private readonly words: HTMLInputElement;
  private readonly isFollowing: HTMLInputElement;
  private lines: string[] = [];
  private unfinished = "";
  private offset = 0;
  private isBusy = false;

  constructor(place: HTMLDetailsElement) {
    this.place = place;
    this.text = place.querySelector("pre") as HTMLElement;
    this.status = place.querySelector("[role=status]") as HTMLElement;
    this.words = place.querySelector("[name=words]") as HTMLInputElement;
    this.isFollowing = place.querySelector("[name=follow]") as HTMLInputElement;
    place.addEventListener("toggle", () => void this.look());
    this.words.addEventListener("input", () => this.show());
    this.isFollowing.addEventListener("change", () => this.toEnd());
    window.setInterval(() => void this.look(), LOOK_EVERY_MS);
  }

  /** Fetch what is new, if anybody looks. */
  private async look(): Promise<void> {
    if (!this.place.open || this.isBusy || document.visibilityState === "hidden") return;
    this.isBusy = true;
    try {
      const answer = await fetch(`${this.place.dataset.url}?behind=${this.offset}`);
      if (answer.ok) this.take(await answer.text(), Number(answer.headers.get("X-Log-Offset") ?? this.offset));
    } catch {
      this.status.textContent = "The service cannot be reached now.";
    } finally {
      this.isBusy = false;
    }
  }

  private take(text: string, offset: number): void {
    if (offset < this.offset) this.lines = []; // begun anew
    const fresh = text.split("\n");
    const unfinished = fresh.pop() ?? "";
    const isNew = fresh.length > 0 || unfinished !== this.unfinished || !this.text.hasChildNodes();
    this.unfinished = unfinished;
    this.offset = offset;
    this.lines = [...this.lines, ...fresh].slice(-MOST_LINES);
    if (isNew) this.show();
  }

  private show(): void {
    const asked = this.words.value.trim().toLowerCase();
    const all = this.unfinished ? [...this.lines, this.unfinished] : this.lines;
    const found = matching(all, asked);
    this.text.replaceChildren(...found.flatMap((line) => [...marked(line, asked), "\n"]));
    if (!all.length) this.text.textContent = "It has said nothing yet.\n";
    this.status.textContent = asked ? `${found.length} of ${all.length} lines` : "";
    this.toEnd();
  }

  private toEnd(): void {
    if (this.isFollowing.checked) this.text.scrollTop = this.text.scrollHeight;
  }
}

/** Lines that hold some words, in small letters; all without any. */
export function matching(lines: string[], asked: string): string[] {
  return asked ? lines.filter((line) => line.toLowerCase().includes(asked)) : lines;
}

function marked(line: string, asked: string): (string | HTMLElement)[] {
  const at = asked ? line.toLowerCase().indexOf(asked) : -1;
  if (at < 0) return [line];
  const found = document.createElement("mark");
  found.textContent = line.slice(at, at + asked.length);
  return [line.slice(0, at), found, line.slice(at + asked.length)];
}
