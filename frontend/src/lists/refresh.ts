/** `refresh`: ask for the list of the page anew, as it is searched and sorted now. */
import htmx from "htmx.org";

/** Whether the page has a list; it is asked for by htmx, so that its place, and what is written in the search, stay. */
export function refresh(): boolean {
  const list = document.querySelector<HTMLElement>("#list[data-list], #list[data-live-list]");
  if (!list) return false;
  void htmx.ajax("get", location.pathname + location.search, { target: list, swap: "innerHTML" });
  return true;
}
