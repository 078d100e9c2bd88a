/** What is chosen on the page, what of it differs from something else, and the request that it becomes. */

export type Value = string | number | boolean | null;

/** Options by their dotted name. */
export type Options = Record<string, Value>;

export interface Choice {
  motion: string;
  robot: string;
  plan: string;
  name: string;
  /** Only those that were changed; all others are as the plan has them. */
  options: Options;
}

/** A place where two choices differ. */
export interface Difference {
  /** `motion`, `robot`, `plan`, `name`, or the dotted name of an option. */
  place: string;
  before: Value;
  after: Value;
}

/** Options that the user's sketch sends at the top, and their names there. */
const AT_TOP: Record<string, string> = {
  epochs: "epochs",
  batch_size: "batch_size",
  "ppo.learning_rate": "learning_rate",
  "ppo.hidden_size": "hidden_size",
};
const PARTS = ["motion", "robot", "plan", "name"] as const;

/** The body of a start, and of an estimate. */
export function requestOf(choice: Choice, parentId: number | null): Record<string, unknown> {
  const body: Record<string, unknown> = {
    reference_motion: choice.motion,
    robot: choice.robot,
    plan: choice.plan,
    name: choice.name,
  };
  const others: Options = {};
  for (const [name, value] of Object.entries(choice.options)) {
    const top = AT_TOP[name];
    if (top) body[top] = value;
    else others[name] = value;
  }
  body.parameters = nested(others);
  if (parentId !== null) body.parent_id = parentId;
  return body;
}

/** Options by dotted name as tables within tables. */
export function nested(options: Options): Record<string, unknown> {
  const tree: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options)) {
    const parts = name.split(".");
    const last = parts.pop() ?? name;
    let inner = tree;
    for (const part of parts) inner = (inner[part] ??= {}) as Record<string, unknown>;
    inner[last] = value;
  }
  return tree;
}

/** Where `now` differs from `origin`; an option that only one of them gives is as usual in the other. */
export function differences(origin: Choice, now: Choice, usual: Options): Difference[] {
  const found: Difference[] = [];
  for (const place of PARTS) {
    if (origin[place] !== now[place]) found.push({ place, before: origin[place], after: now[place] });
  }
  const names = new Set([...Object.keys(origin.options), ...Object.keys(now.options)]);
  for (const name of [...names].sort()) {
    const before = origin.options[name] ?? usual[name] ?? null;
    const after = now.options[name] ?? usual[name] ?? null;
    if (!same(before, after)) found.push({ place: name, before, after });
  }
  return found;
}

/** Whether two values of an option mean the same: 1 and "1", 0.5 and ".50", true and "true". */
export function same(one: Value | undefined, other: Value | undefined): boolean {
  if (one === undefined || other === undefined || one === null || other === null) return (one ?? null) === (other ?? null);
  if (one === other) return true;
  const [a, b] = [String(one).trim(), String(other).trim()];
  if (a === b) return true;
  return a !== "" && b !== "" && Number(a) === Number(b);
}

/** A value as it is said. */
export function said(value: Value): string {
  if (value === null || value === "") return "none";
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}
