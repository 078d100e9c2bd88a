/** What an inspection says of a motion: verdict, figures, remarks, and buttons that mend it. */
import { element } from "./element";

export interface Cure {
  label: string;
  mend: Record<string, unknown> | null;
  option: Record<string, string | number | boolean> | null;
}

export interface Remark {
  code: string;
  severity: "error" | "warning" | "info";
  message: string;
  /** The same of other joints or frames. */
  others: string[];
  cure: string;
  clip: string;
  clips: number;
  cures: Cure[];
}

export interface Inspection {
  motion: string;
  name: string;
  robot: string;
  verdict: "fit" | "remarks" | "unfit";
  sentence: string;
  score: number;
  reasons: { name: string; value: number; why: string }[];
  facts: { label: string; value: string }[];
  remarks: Remark[];
  clips: string[];
  clip_count: number;
  mendable: number | null;
}

const VERDICTS = {
  fit: ["Fit", "good", "passed"],
  remarks: ["Fit, with remarks", "warning", "warning"],
  unfit: ["Not fit", "error", "failed"],
} as const;
const SEVERITIES = { error: ["stops it", "failed"], warning: ["remark", "warning"], info: ["to know", "info"] } as const;
const FINE = 0.95;

/** Fill `place`; `act` does what the button of a cure promises. */
export function showInspection(place: HTMLElement, told: Inspection, act: (cure: Cure) => Promise<void>): void {
  const [title, note, badge] = VERDICTS[told.verdict];
  const verdict = element("div", { className: `note ${note} verdict` }, [
    element("p", {}, [element("span", { className: `badge ${badge}`, textContent: title }), ` ${told.sentence}`]),
  ]);
  const facts = element(
    "dl",
    { className: "facts" },
    told.facts.map(({ label, value }) =>
      element("div", {}, [element("dt", { textContent: label }), element("dd", { textContent: value })]),
    ),
  );
  const list = element(
    "ul",
    { className: "remarks" },
    told.remarks.map((remark) => remarkOf(remark, told.clip_count, act)),
  );
  place.replaceChildren(verdict, facts, ...(told.remarks.length ? [list] : []), scoreOf(told));
}

function remarkOf(remark: Remark, clips: number, act: (cure: Cure) => Promise<void>): HTMLElement {
  const [word, badge] = SEVERITIES[remark.severity];
  const where = clips > 1 ? ` (${remark.clips === 1 ? remark.clip : `in ${remark.clips} clips, here of ${remark.clip}`})` : "";
  const buttons = remark.cures.map((cure) => {
    const button = element("button", { type: "button", className: "button", textContent: cure.label });
    button.addEventListener("click", async () => {
      button.disabled = true;
      await act(cure).finally(() => (button.disabled = false));
    });
    return button;
  });
  return element("li", {}, [
    element("p", {}, [element("span", { className: `badge ${badge}`, textContent: word }), ` ${remark.message}${where}`]),
    ...(remark.others.length ? [othersOf(remark.others)] : []),
    element("p", { className: "help", textContent: remark.cure }),
    ...(buttons.length ? [element("div", { className: "buttons" }, buttons)] : []),
  ]);
}

function othersOf(sentences: string[]): HTMLElement {
  return element("details", {}, [
    element("summary", { textContent: `${sentences.length} more of this kind` }),
    element(
      "ul",
      {},
      sentences.map((sentence) => element("li", { textContent: sentence })),
    ),
  ]);
}

function scoreOf(told: Inspection): HTMLElement {
  const costly = told.reasons.filter((reason) => reason.value < FINE);
  const rows = told.reasons.map((reason) =>
    element("tr", {}, [
      element("th", { scope: "row", textContent: reason.name }),
      element("td", {}, [meter(reason.value, reason.name)]),
      element("td", { textContent: reason.why }),
    ]),
  );
  const table = element("table", {}, [element("tbody", {}, rows)]);
  return element("details", { className: "score" }, [
    element("summary", {}, [
      `Trainability ${told.score.toFixed(2)} of 1 `,
      meter(told.score, "Trainability"),
      element("span", { className: "quiet", textContent: costly[0] ? `, most of it lost by ${costly[0].name}` : "" }),
    ]),
    element("div", { className: "frame" }, [table]),
  ]);
}

function meter(value: number, label: string): HTMLMeterElement {
  const shown = element("meter", { min: 0, max: 1, low: 0.5, high: 0.8, optimum: 1, value });
  shown.ariaLabel = `${label}: ${value.toFixed(2)} of 1`;
  return shown;
}
