/** The dialog that shares an object by links: makes, lists and revokes them. */
import { ApiError, get, post, remove } from "../api";
import { showTimes } from "../times";
import { toast } from "../toast";

interface Link {
  id: number;
  created_at: string;
  expires_at: string | null;
}

/** Let the button `data-share="URL of the links"` open the dialog. */
export function watchShare(): void {
  const button = document.querySelector<HTMLButtonElement>("[data-share]");
  const dialog = document.querySelector<HTMLDialogElement>("#share");
  if (button && dialog) new Sharing(dialog, button.dataset.share ?? "").listen(button);
}

class Sharing {
  constructor(
    private readonly dialog: HTMLDialogElement,
    private readonly url: string,
  ) {}

  listen(button: HTMLButtonElement): void {
    button.addEventListener("click", () => {
      this.part("made").hidden = true;
      this.dialog.showModal();
      void this.attempt(() => this.list());
    });
    this.part("make").addEventListener("submit", (event) => {
      event.preventDefault();
      void this.attempt(() => this.make(event.target as HTMLFormElement));
    });
  }

  private async make(form: HTMLFormElement): Promise<void> {
    const days = String(new FormData(form).get("days") ?? "");
    const made = await post<Link & { url: string }>(this.url, { expires_days: days ? Number(days) : null });
    const field = this.dialog.querySelector<HTMLInputElement>("#share-url");
    this.part("made").hidden = false;
    if (field) {
      field.value = made.url;
      field.focus();
      field.select();
    }
    await this.list();
  }

  private async list(): Promise<void> {
    const { items } = await get<{ items: Link[] }>(this.url);
    const place = this.part("links");
    place.replaceChildren(...items.map((link) => this.row(link)));
    if (items.length === 0) place.textContent = "There is none.";
    showTimes(place);
  }

  private row(link: Link): HTMLElement {
    const line = document.createElement("li");
    const revoke = document.createElement("button");
    revoke.type = "button";
    revoke.textContent = "Revoke";
    revoke.addEventListener("click", () =>
      this.attempt(async () => {
        await remove(`${this.url}/${link.id}`);
        toast("The link shows nothing any more.");
        await this.list();
      }),
    );
    line.append("Made ", moment(link.created_at), ", ", ending(link), " ", revoke);
    return line;
  }

  private async attempt(work: () => Promise<void>): Promise<void> {
    const place = this.part("error");
    place.hidden = true;
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      place.textContent = error.message;
      place.hidden = false;
    }
  }

  private part(name: string): HTMLElement {
    const found = this.dialog.querySelector<HTMLElement>(`[data-part="${name}"]`);
    if (!found) throw new Error(`the dialog has no part '${name}'`);
    return found;
  }
}

function moment(at: string): HTMLTimeElement {
  const time = document.createElement("time");
  time.dateTime = at;
  return time;
}

/** When the link ends, as a date. */
function ending(link: Link): string {
  if (link.expires_at === null) return "works for ever";
  const at = new Date(link.expires_at);
  const day = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" }).format(at);
  return at < new Date() ? `was over on ${day}` : `works until ${day}`;
}
