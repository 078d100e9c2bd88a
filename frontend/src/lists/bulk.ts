/** Many sessions at once: those that are chosen stay so while the list is searched, sorted and turned over. */
import { ApiError } from "../api";
import { toast } from "../toast";
import { call } from "./act";
import { ask } from "./dialog";
import { refresh } from "./refresh";
import { said } from "./words";

const MOST_COMPARED = 8;
const BACK: Record<string, string> = { pause: "resume", cancel: "retry" };
const chosen = new Map<number, string>();

/** Listen to the ticks and to the buttons above the list. */
export function listenToChoices(): void {
  const list = document.querySelector("#list");
  if (!list?.querySelector("[data-bulk]") && !list?.hasAttribute("data-live-list")) return;
  list.addEventListener("change", (event) => {
    const tick = event.target as HTMLInputElement;
    if ("all" in tick.dataset) for (const one of ticks()) choose(one, tick.checked);
    else if ("choice" in tick.dataset) choose(tick, tick.checked);
    show();
  });
  list.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-bulk-act]");
    if (button) void act(button.dataset.bulkAct ?? "");
  });
  document.body.addEventListener("htmx:afterSwap", show);
}

function ticks(): HTMLInputElement[] {
  return [...document.querySelectorAll<HTMLInputElement>("[data-choice]")];
}

function choose(tick: HTMLInputElement, on: boolean): void {
  tick.checked = on;
  const name = tick.closest<HTMLElement>("[data-name]")?.dataset.name ?? "";
  if (on) chosen.set(Number(tick.value), name);
  else chosen.delete(Number(tick.value));
}

function show(): void {
  for (const tick of ticks()) tick.checked = chosen.has(Number(tick.value));
  const bar = document.querySelector<HTMLElement>("[data-bulk]");
  if (!bar) return;
  bar.hidden = chosen.size === 0;
  const count = bar.querySelector("[data-bulk-count]");
  if (count) count.textContent = `${chosen.size} chosen`;
  const compare = bar.querySelector<HTMLButtonElement>('[data-bulk-act="compare"]');
  if (compare) {
    compare.disabled = chosen.size < 2 || chosen.size > MOST_COMPARED;
    compare.title = compare.disabled ? `Choose 2 to ${MOST_COMPARED}` : "";
  }
  const all = document.querySelector<HTMLInputElement>("[data-all]");
  if (all) all.checked = ticks().length > 0 && ticks().every((tick) => tick.checked);
}

async function act(what: string): Promise<void> {
  const ids = [...chosen.keys()];
  if (what === "compare") return location.assign(`/training/compare?ids=${ids.join(",")}`);
  if (what === "none") return forget();
  const many = ids.length === 1 ? "this session" : `these ${ids.length} sessions`;
  if (what === "delete" && !(await ask(`Delete ${many}, with policies and curves? This is for good.`, "Delete"))) return;
  const { done, refusals } = await each(what, ids);
  forget();
  refresh();
  const back = BACK[what];
  toast(said(what, done.length, refusals), back && done.length ? () => takeBack(back, done) : undefined);
}

async function takeBack(what: string, ids: number[]): Promise<void> {
  const { done, refusals } = await each(what, ids);
  refresh();
  toast(said("resume", done.length, refusals));
}

async function each(what: string, ids: number[]): Promise<{ done: number[]; refusals: string[] }> {
  const done: number[] = [];
  const refusals: string[] = [];
  for (const id of ids) {
    const address = `/api/v1/sessions/${id}`;
    try {
      await call(what === "delete" ? `DELETE ${address}` : `POST ${address}/${what}`);
      done.push(id);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      refusals.push(error.message);
    }
  }
  return { done, refusals };
}

function forget(): void {
  chosen.clear();
  show();
}
