/** Many sessions at once: those that are chosen stay so while the list is searched, sorted and turned over. */
import { ApiError } from "../api";
import { toast } from "../toast";
import { call } from "./act";
import { ask } from "./dialog";
import { refresh } from "./refresh";
import { wayBack } from "./undo";
import { said } from "./words";

const MOST_COMPARED = 8;
/** Those that are chosen, and how each stood when it was last seen. */
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
  if (on) chosen.set(Number(tick.value), stateAt(tick));
  else chosen.delete(Number(tick.value));
}

function stateAt(tick: HTMLElement): string {
  return tick.closest<HTMLElement>("[data-state]")?.dataset.state ?? "";
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
  for (const tick of ticks()) if (tick.checked) choose(tick, true); // as they stand now
  const before = new Map(chosen);
  const ids = [...before.keys()];
  if (what === "compare") return location.assign(`/training/compare?ids=${ids.join(",")}`);
  if (what === "none") return forget();
  const many = ids.length === 1 ? "this session" : `these ${ids.length} sessions`;
  if (what === "delete" && !(await ask(`Delete ${many}, with policies and curves? This is for good.`, "Delete"))) return;
  const { done, refusals } = await each(ids, () => what);
  forget();
  refresh();
  const back = (id: number) => wayBack(what, before.get(id) ?? "");
  const isBack = done.some((id) => back(id) !== undefined);
  toast(said(what, done.length, refusals), isBack ? () => takeBack(done, back) : undefined);
}

async function takeBack(ids: number[], way: (id: number) => string | undefined): Promise<void> {
  const { done, refusals } = await each(ids, (id) => way(id) ?? "");
  refresh();
  toast(said("undo", done.length, refusals));
}

async function each(ids: number[], way: (id: number) => string): Promise<{ done: number[]; refusals: string[] }> {
  const done: number[] = [];
  const refusals: string[] = [];
  for (const id of ids) {
    const address = `/api/v1/sessions/${id}`;
    const what = way(id);
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
