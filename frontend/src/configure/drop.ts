/** Where files are dropped or chosen: sent with progress, refused in place. */
import { ApiError, upload } from "../api";
import { type Came, notKept, showSentences } from "../lists/came";

export interface Uploaded {
  id: number;
  kind: string;
  name: string;
  is_new: boolean;
  latest: { filename: string; usable: boolean; model: string | null };
}

/** What is said beside the files; null: do not send them. */
export type Ask = (files: File[]) => Promise<Record<string, string> | null>;

/** Let `place` take files for `url`; `done` hears what was made of them. */
export function takeFiles(place: HTMLElement, url: string, ask: Ask, done: (made: Uploaded[]) => void): void {
  const input = place.querySelector<HTMLInputElement>('input[type="file"]');
  if (!input) return;
  place.hidden = false;
  input.addEventListener("change", () => void take([...(input.files ?? [])]));
  place.addEventListener("dragover", (event) => {
    event.preventDefault();
    place.classList.add("over");
  });
  place.addEventListener("dragleave", (event) => {
    if (!place.contains(event.relatedTarget as Node | null)) place.classList.remove("over");
  });
  place.addEventListener("drop", (event) => {
    event.preventDefault();
    place.classList.remove("over");
    void take([...(event.dataTransfer?.files ?? [])]);
  });

  async function take(files: File[]): Promise<void> {
    if (!files.length || input!.disabled) return;
    const fields = await ask(files);
    if (fields) await send(files, fields);
    input!.value = "";
  }

  async function send(files: File[], fields: Record<string, string>): Promise<void> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    for (const file of files) form.append("files", file);
    const shown = progressOf(place);
    input!.disabled = true;
    shown.begin();
    try {
      const told = await upload<Came & { items: Uploaded[] }>(url, form, (part) => shown.told(part));
      shown.end(notKept(told));
      done(told.items);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      shown.end([error.message]);
    } finally {
      input!.disabled = false;
    }
  }
}

function progressOf(place: HTMLElement): { begin(): void; told(part: number): void; end(wrong: string[]): void } {
  const line = place.querySelector<HTMLElement>(".drop-progress") as HTMLElement;
  const bar = line.querySelector("progress") as HTMLProgressElement;
  const words = line.querySelector("span") as HTMLElement;
  const wrong = place.querySelector<HTMLElement>(".error") as HTMLElement;
  return {
    begin() {
      wrong.hidden = true;
      line.hidden = false;
      bar.value = 0;
      words.textContent = "Sending";
    },
    told(part) {
      if (part < 1) {
        bar.value = part;
      } else {
        bar.removeAttribute("value"); // how long an inspection takes nobody knows
        words.textContent = "Inspecting";
      }
    },
    end(sentences) {
      line.hidden = true;
      words.textContent = "";
      showSentences(wrong, sentences);
    },
  };
}
