// @vitest-environment jsdom
import { expect, test } from "vitest";
import { filled } from "./filled";

function form(html: string): HTMLFormElement {
  document.body.innerHTML = `<form>${html}</form>`;
  return document.querySelector("form") as HTMLFormElement;
}

test("text is trimmed, and an empty one that is optional is left out", () => {
  const made = form('<input name="name" value=" Ada "><input name="note" value="" data-optional><input name="kept" value="">');
  expect(filled(made)).toEqual({ name: "Ada", kept: "" });
});

test("numbers are numbers, and an empty one is null", () => {
  const made = form('<input type="number" name="a" value="2.5"><select name="days" data-number><option value="">never</option></select>');
  expect(filled(made)).toEqual({ a: 2.5, days: null });
});

test("ticks of one name are a list, an empty one too; a tick alone is yes or no", () => {
  const rules = '<input type="checkbox" name="rules" data-each value="nan" checked><input type="checkbox" name="rules" data-each value="failed">';
  expect(filled(form(`${rules}<input type="checkbox" name="active">`))).toEqual({ rules: ["nan"], active: false });
  expect(filled(form('<input type="checkbox" name="rules" data-each value="nan">'))).toEqual({ rules: [] });
});

test("a form may be one field of the document", () => {
  const made = form('<input type="number" name="parallel" value="3"><input type="number" name="streams" value="">');
  made.dataset.inside = "quota";
  expect(filled(made)).toEqual({ quota: { parallel: 3, streams: null } });
});
