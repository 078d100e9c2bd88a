/** Where the options of several sessions differ. */

export type Options = { [name: string]: unknown };

export interface Row {
  /** As an option is called: `ppo.learning_rate`. */
  name: string;
  /** By session; undefined where it does not have the option. */
  values: (string | undefined)[];
  differs: boolean;
}

/** Every option with its value in every session, in their order. */
export function difference(sessions: Options[]): Row[] {
  const flat = sessions.map((options) => flattened(options));
  const names = [...new Set(flat.flatMap((options) => [...options.keys()]))];
  return names.map((name) => {
    const values = flat.map((options) => options.get(name));
    return { name, values, differs: values.some((value) => value !== values[0]) };
  });
}

/** Options of options under their whole names; lists are one value. */
export function flattened(options: Options, before = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(options)) {
    if (isTable(value)) for (const [inner, text] of flattened(value, `${before}${name}.`)) found.set(inner, text);
    else found.set(before + name, written(value));
  }
  return found;
}

function isTable(value: unknown): value is Options {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function written(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (Array.isArray(value)) return value.length ? value.map(written).join(", ") : "none";
  return String(value);
}
