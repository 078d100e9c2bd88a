/** What differs from the session that is cloned, each with a way back. */
import { type Difference, said, type Value } from "./choice";
import { element } from "./element";

const NAMES: Record<string, string> = { motion: "Motion", robot: "Robot", plan: "How long", name: "Name" };

/** Fill `place`; `back` puts one thing back to what the origin has, where `can` says that it is still there. */
export function showDifferences(
  place: HTMLElement,
  found: Difference[],
  back: (difference: Difference) => void,
  can: (difference: Difference) => boolean,
): void {
  if (!found.length) {
    const words = "Nothing: started as it is, this is the same training again.";
    place.replaceChildren(element("p", { className: "quiet", textContent: words }));
    return;
  }
  const rows = found.map((difference) => {
    const button = element("button", { type: "button", className: "button small", textContent: "Put back" });
    button.ariaLabel = `Put back ${difference.place}`;
    button.addEventListener("click", () => {
      back(difference);
      place.querySelector<HTMLElement>("button")?.focus();
    });
    return element("tr", {}, [
      element("th", { scope: "row" }, [NAMES[difference.place] ?? element("code", { textContent: difference.place })]),
      cell(difference.before),
      cell(difference.after),
      element("td", {}, can(difference) ? [button] : []),
    ]);
  });
  const heads = ["Option", "There", "Here", ""].map((text) => element("th", { scope: "col", textContent: text }));
  heads[3]?.append(element("span", { className: "unseen", textContent: "Way back" }));
  const table = element("table", {}, [
    element("thead", {}, [element("tr", {}, heads)]),
    element("tbody", {}, rows),
  ]);
  place.replaceChildren(element("div", { className: "frame" }, [table]));
}

function cell(value: Value): HTMLElement {
  return element("td", { textContent: said(value) });
}
