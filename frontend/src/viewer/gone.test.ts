// @vitest-environment jsdom
import { expect, test, vi } from "vitest";
import { whenGone } from "./gone";

/** Let observers hear what was done. */
const heard = () => new Promise((done) => setTimeout(done));

function placed() {
  const list = document.createElement("div");
  const place = document.createElement("div");
  list.append(place);
  document.body.append(list);
  const act = vi.fn();
  const ended = new AbortController();
  whenGone(place, act, ended.signal);
  return { list, place, act, ended };
}

test("a place that goes with what it stands in is heard of, once", async () => {
  const { list, act } = placed();
  document.body.append(document.createElement("p"));
  await heard();
  expect(act).not.toHaveBeenCalled();
  list.innerHTML = "";
  await heard();
  document.body.append(document.createElement("p"));
  await heard();
  expect(act).toHaveBeenCalledOnce();
});

test("a place that is moved is not gone", async () => {
  const { list, place, act } = placed();
  place.remove();
  list.before(place);
  await heard();
  expect(act).not.toHaveBeenCalled();
});

test("nothing is heard after the end", async () => {
  const { list, act, ended } = placed();
  ended.abort();
  list.remove();
  await heard();
  expect(act).not.toHaveBeenCalled();
});
