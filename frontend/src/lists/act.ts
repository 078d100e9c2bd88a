/**
 * Buttons and forms that ask the API, as their attributes say:
 *
 * - `data-act="POST /api/..."` on a button, `data-send="PATCH /api/..."` on a form; `data-body` what is sent by a button;
 * - `data-ask`, `data-yes`: a question before it, for what cannot be taken back;
 * - `data-says` what is told when it is done, `data-undo="POST /api/..."` what takes it back, both with `{field}`s of
 *   the answer;
 * - `data-then`: "reload", "remove" (the nearest [data-removable]) or an address to go to; else the list is asked anew;
 * - `data-shows="FIELD"`: a secret of the answer that is shown this once;
 * - `data-rename="PATCH /api/..."`: a button that asks for another name.
 */
import { ApiError, patch, post, remove } from "../api";
import { countUnseen } from "../live/bell";
import { toast } from "../toast";
import { ask, askFor, showOnce } from "./dialog";
import { filled } from "./filled";
import { refresh } from "./refresh";
import { saysOf, undoOf } from "./undo";
import { showWrong } from "./wrong";

const ALERTS = "/api/v1/alerts/";
const LATER = "toast-after-reload";
const ONCE: Record<string, [title: string, sentence: string]> = {
  secret: ["The token", "Copy it now: it is shown this once, and only its hash is kept."],
  invitation: ["The link", "Send it to whose account it is: it works once, within seven days, and is shown only now."],
};

/** Do what a "METHOD ADDRESS" says. */
export async function call(request: string, body?: unknown): Promise<unknown> {
  const answer = await sent(request, body);
  if (request.includes(ALERTS)) await countUnseen();
  return answer;
}

function sent(request: string, body: unknown): Promise<unknown> {
  const [method, url] = request.split(" ", 2) as [string, string];
  if (method === "DELETE") return remove(url);
  return method === "PATCH" ? patch(url, body ?? {}) : post(url, body ?? {});
}

/** Listen to all of them, those too that come into the page later. */
export function listenToActs(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLButtonElement>("[data-act], [data-rename], [data-open], [data-close]");
    if (!button) return;
    if (button.dataset.open) return document.querySelector<HTMLDialogElement>(`#${button.dataset.open}`)?.showModal();
    if ("close" in button.dataset) return button.closest("dialog")?.close();
    button.closest<HTMLElement>("[popover]")?.hidePopover();
    void (button.dataset.rename ? rename(button) : act(button));
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.dataset.send) return;
    event.preventDefault();
    void send(form);
  });
  const waiting = sessionStorage.getItem(LATER);
  sessionStorage.removeItem(LATER);
  if (waiting) say(...(JSON.parse(waiting) as [string, string?]));
}

async function act(button: HTMLElement): Promise<void> {
  const { act: request = "", ask: question, yes = "Yes", body } = button.dataset;
  if (question && !(await ask(question, yes))) return;
  await attempt(button, async () => done(button, await call(request, body ? JSON.parse(body) : {})));
}

async function rename(button: HTMLElement): Promise<void> {
  const name = await askFor("Rename", "Name", button.dataset.name ?? "");
  if (!name || name === button.dataset.name) return;
  await attempt(button, async () => done(button, await call(button.dataset.rename ?? "", { name })));
}

async function send(form: HTMLFormElement): Promise<void> {
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  showWrong(form, null);
  if (button) button.disabled = true;
  try {
    const answer = await call(form.dataset.send ?? "", filled(form));
    form.closest("dialog")?.close();
    await done(form, answer);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    showWrong(form, error);
  } finally {
    if (button) button.disabled = false;
  }
}

async function attempt(button: HTMLElement, what: () => Promise<void>): Promise<void> {
  button.setAttribute("aria-busy", "true");
  try {
    await what();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    toast(error.message);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

async function done(element: HTMLElement, answer: unknown): Promise<void> {
  const { then, shows } = element.dataset;
  const says = saysOf(element.dataset.says, answer);
  const undo = undoOf(element.dataset.undo, answer);
  if (shows) {
    const [title, sentence] = ONCE[shows] ?? ["", ""];
    await showOnce(title, sentence, String((answer as Record<string, unknown>)[shows]));
    location.reload();
  } else if (then === "reload" || then?.startsWith("/")) {
    if (says) sessionStorage.setItem(LATER, JSON.stringify([says, undo]));
    if (then === "reload") location.reload();
    else location.assign(then);
  } else {
    if (then === "remove") element.closest("[data-removable]")?.remove();
    else refresh();
    if (says) say(says, undo);
  }
}

function say(words: string, undo?: string): void {
  if (!undo) return toast(words);
  toast(words, async () => {
    try {
      await call(undo);
      if (!refresh()) location.reload();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      toast(error.message);
    }
  });
}
