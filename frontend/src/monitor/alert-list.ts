/** The alerts of the session, in place; pressing one shows the curves around it. */
import type { Run, Said } from "./run";

/** Keeps the list as the run has it. */
export class AlertList {
  private readonly list: HTMLElement;
  private readonly none: HTMLElement;
  private readonly run: Run;
  private readonly show: (alert: Said) => void;
  private written = "";

  constructor(page: HTMLElement, run: Run, show: (alert: Said) => void) {
    this.list = page.querySelector("#alerts") as HTMLElement;
    this.none = page.querySelector("#no-alerts") as HTMLElement;
    this.run = run;
    this.show = show;
  }

  /** Write it, if there is anything new. */
  refresh(): void {
    const raised = withEnds(this.run.alerts);
    const now = JSON.stringify(raised);
    if (now === this.written) return;
    this.written = now;
    this.none.hidden = raised.length > 0;
    this.list.replaceChildren(...raised.map((alert) => this.item(alert)).reverse());
  }

  private item({ alert, until }: Raised): HTMLElement {
    const item = document.createElement("li");
    const badge = document.createElement("span");
    badge.className = `badge ${until === null ? (alert.kind === "serious" ? "error" : "warning") : ""}`;
    badge.textContent = until === null ? alert.kind : "over";
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button plain";
    button.textContent = `epoch ${alert.iteration.toLocaleString("en-GB")}`;
    button.title = "Show the curves around it";
    button.addEventListener("click", () => this.show(alert));
    const words = document.createElement("p");
    words.textContent = until === null ? alert.message : `${alert.message} (until epoch ${until.toLocaleString("en-GB")})`;
    item.append(badge, button, words);
    return item;
  }
}

export interface Raised {
  alert: Said;
  /** The epoch at which the complaint had ended; null while it stands. */
  until: number | null;
}

/** Alerts that were raised, each with its end. */
export function withEnds(alerts: Said[]): Raised[] {
  const raised: Raised[] = [];
  for (const alert of alerts) {
    if (alert.kind !== "cleared") raised.push({ alert, until: null });
    else {
      const open = raised.findLast((one) => one.alert.rule === alert.rule && one.until === null);
      if (open) open.until = alert.iteration;
    }
  }
  return raised;
}
