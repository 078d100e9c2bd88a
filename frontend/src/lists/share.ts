/** The dialog by which a motion or robot is shared: with users by their address, and by links. */
import { ApiError, get, post, remove } from "../api";
import { showTimes } from "../times";
import { showOnce } from "./dialog";

interface Share {
  user_id: number;
  email: string;
  name: string;
}

interface Link {
  id: number;
  created_at: string;
  expires_at: string | null;
}

const DAYS = { "7": "a week", "30": "30 days", "365": "a year", "": "for ever" };

/** Listen to the buttons that open it, those too that come into the page later; `closed` hears when it was closed. */
export function listenToShares(closed: () => void = () => {}): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-share]");
    if (!button) return;
    button.closest<HTMLElement>("[popover]")?.hidePopover();
    new Sharing(button.dataset.share ?? "", button.dataset.name ?? "", closed).open();
  });
}

class Sharing {
  private readonly dialog = document.createElement("dialog");

  constructor(
    private readonly address: string,
    private readonly name: string,
    closed: () => void,
  ) {
    this.dialog.setAttribute("aria-labelledby", "share-title");
    this.dialog.innerHTML = `
      <div class="stack">
        <form method="dialog" class="heading"><h2 id="share-title"></h2><button>Close</button></form>
        <form data-part="user" class="toolbar"><label class="grow">With <input type="email" name="email" required maxlength="254" placeholder="name@example.org"></label><button class="button main">Share</button></form>
        <ul class="plain-list lines" data-list="users"></ul>
        <form data-part="link" class="toolbar"><label>By a link that works <select name="days">${Object.entries(DAYS).map(([days, words]) => `<option value="${days}"${days === "30" ? " selected" : ""}>${words}</option>`).join("")}</select></label><button>Make a link</button></form>
        <ul class="plain-list lines" data-list="links"></ul>
        <p class="help">Others see it, and change nothing. Whoever has a link needs no account.</p>
        <p class="error" role="alert" hidden></p>
      </div>`;
    this.part("#share-title").textContent = `Share “${this.name}”`;
    this.dialog.addEventListener("close", () => {
      this.dialog.remove();
      closed();
    });
    this.part("[data-part=user]").addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.target as HTMLFormElement;
      void this.attempt(async () => {
        await post(`${this.address}/shares`, { email: new FormData(form).get("email") });
        form.reset();
      });
    });
    this.part("[data-part=link]").addEventListener("submit", (event) => {
      event.preventDefault();
      const days = String(new FormData(event.target as HTMLFormElement).get("days"));
      void this.attempt(() => this.makeLink(days ? Number(days) : null));
    });
  }

  open(): void {
    document.body.append(this.dialog);
    this.dialog.showModal();
    void this.attempt(async () => {});
  }

  private part<T extends HTMLElement = HTMLElement>(selector: string): T {
    return this.dialog.querySelector(selector) as T;
  }

  private async attempt(what: () => Promise<void>): Promise<void> {
    const wrong = this.part(".error");
    wrong.hidden = true;
    try {
      await what();
      await this.show();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      wrong.textContent = error.message;
      wrong.hidden = false;
    }
  }

  private async makeLink(days: number | null): Promise<void> {
    const { url } = await post<{ url: string }>(`${this.address}/links`, { expires_days: days });
    await showOnce("The link", "Copy it now: it is shown this once.", url);
  }

  private async show(): Promise<void> {
    const [shares, links] = await Promise.all([
      get<{ items: Share[] }>(`${this.address}/shares`),
      get<{ items: Link[] }>(`${this.address}/links`),
    ]);
    const users = shares.items.map((share) =>
      this.line(`${share.name || share.email} (${share.email})`, `${this.address}/shares/${share.user_id}`, "Share no more"),
    );
    const made = links.items.map((link) => {
      const until = link.expires_at ? "until " : "for ever";
      return this.line(`A link, ${until}`, `${this.address}/links/${link.id}`, "Revoke", link.expires_at);
    });
    this.part("[data-list=users]").replaceChildren(...users);
    this.part("[data-list=links]").replaceChildren(...made);
    showTimes(this.dialog);
  }

  private line(words: string, address: string, action: string, until: string | null = null): HTMLElement {
    const line = document.createElement("li");
    line.className = "line";
    const text = Object.assign(document.createElement("span"), { className: "grow", textContent: words });
    if (until) text.append(Object.assign(document.createElement("time"), { dateTime: until }));
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: action });
    button.addEventListener("click", () => void this.attempt(() => remove(address)));
    line.append(text, button);
    return line;
  }
}
