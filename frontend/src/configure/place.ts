/** Which field a sentence of the service is about. */

const NAMED = [/^options? '([\w.]+)'/, /^unknown option '([\w.]+)'/, /^field '([\w.]+)'/];
const SKETCHED: Record<string, string> = { learning_rate: "ppo.learning_rate", hidden_size: "ppo.hidden_size" };

/** The option's dotted name, `reference_motion`, `robot`, or nothing. */
export function placeOf(sentence: string, known: readonly string[]): string {
  for (const pattern of NAMED) {
    const name = pattern.exec(sentence)?.[1];
    if (name) return within(SKETCHED[name] ?? name, sentence, known);
  }
  const first = sentence.split(":")[0] ?? "";
  if (/\b(motion|clip)\b/.test(first)) return "reference_motion";
  if (/\brobot\b/.test(first)) return "robot";
  return "";
}

/** Of a whole part that contradicts itself, the option that the sentence names first. */
function within(name: string, sentence: string, known: readonly string[]): string {
  if (known.includes(name)) return name;
  const rest = sentence.slice(sentence.indexOf(":") + 1);
  const at = (option: string) => rest.search(new RegExp(`\\b${option.split(".").pop()}\\b`));
  const inner = known.filter((option) => option.startsWith(`${name}.`) && at(option) >= 0);
  return inner.sort((one, other) => at(one) - at(other))[0] ?? "";
}
