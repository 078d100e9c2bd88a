import { beforeEach, expect, test, vi } from "vitest";
import { dropDraft, isChoice, loadDraft, saveDraft } from "./draft";

const choice = { motion: "walk", robot: "duckling", plan: "quick", name: "", options: { epochs: 3 } };

/** A tab's memory, as browsers have it. */
function memory(): Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  };
}

beforeEach(() => void vi.stubGlobal("sessionStorage", memory()));

test("a draft comes back as it was, and is forgotten when it is dropped", () => {
  saveDraft("new", choice);
  expect(loadDraft("new")).toEqual(choice);
  expect(loadDraft("clone-1")).toBeNull();
  dropDraft("new");
  expect(loadDraft("new")).toBeNull();
});

test.each([[null], [3], [{}], [{ ...choice, options: null }], [{ ...choice, motion: 1 }]])("%j is no draft", (kept) => {
  expect(isChoice(kept)).toBe(false);
  sessionStorage.setItem("webfoot.configure.new", JSON.stringify(kept));
  expect(loadDraft("new")).toBeNull();
});

test("what is no JSON is no draft", () => {
  sessionStorage.setItem("webfoot.configure.new", "{");
  expect(loadDraft("new")).toBeNull();
});

test("a browser that keeps nothing loses a draft and nothing else", () => {
  vi.stubGlobal("sessionStorage", undefined);
  saveDraft("new", choice);
  expect(loadDraft("new")).toBeNull();
  dropDraft("new");
});
