// @vitest-environment jsdom
import { afterEach, beforeEach, expect, test } from "vitest";
import { keepToastsInSight, toast } from "./toast";

const region = Object.assign(document.createElement("div"), { id: "toasts" });
document.body.append(region);
keepToastsInSight();

/** Let observers hear what was done. */
const heard = () => new Promise((done) => setTimeout(done));

function opened(): HTMLDialogElement {
  const dialog = document.createElement("dialog");
  document.body.append(dialog);
  dialog.open = true;
  return dialog;
}

beforeEach(() => document.body.append(region));
afterEach(() => {
  for (const dialog of document.querySelectorAll("dialog")) dialog.remove();
  region.replaceChildren();
});

test("a message is in the dialog that was opened last, and stays when it closes", async () => {
  toast("The link shows nothing any more.");
  opened();
  const second = opened();
  await heard();
  expect(region.parentElement).toBe(second);
  second.open = false;
  second.remove();
  await heard();
  expect(region.parentElement).toBe(document.querySelector("dialog"));
  expect(region.textContent).toBe("The link shows nothing any more.");
});

test("messages go on after their dialog was taken away while it was open", async () => {
  const dialog = opened();
  await heard();
  dialog.remove();
  toast("Paused", () => {});
  expect(region.parentElement).toBe(document.body);
  expect([...region.querySelectorAll("button")].map((button) => button.textContent)).toEqual(["Undo"]);
});
