/** The options of several sessions as a table: where they differ, or all of them. */
import { get } from "../api";
import { difference, type Options, type Row } from "./difference";

interface Configuration {
  session_id: number;
  robot: string;
  motion: string;
  config: Options;
}

/** Fetch the options of every session whose address stands there; `said` has names of motions and robots. */
export async function readOptions(
  addresses: string[],
  said: Record<string, string>,
): Promise<{ ids: number[]; rows: Row[] }> {
  const told = await Promise.all(addresses.map((address) => get<Configuration>(address)));
  const names = distinct(said);
  const name = (reference: string) => names[reference] ?? reference;
  const rows = difference(told.map(({ robot, motion, config }) => ({ robot: name(robot), motion: name(motion), ...config })));
  return { ids: told.map(({ session_id }) => session_id), rows };
}

/** Names by what they stand for; where two have one name, what tells them apart stands behind it. */
export function distinct(said: Record<string, string>): Record<string, string> {
  const names = Object.values(said);
  const twice = (name: string) => names.filter((other) => other === name).length > 1;
  const entries = Object.entries(said).map(([reference, name]) => [
    reference,
    twice(name) && name !== reference ? `${name} (${reference.split("#")[0]})` : name,
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

/** Draw the rows that are wanted. */
export function drawOptions(place: HTMLElement, ids: number[], rows: Row[], all: boolean): void {
  const shown = all ? rows : rows.filter((row) => row.differs);
  if (shown.length === 0) {
    const sentence = document.createElement("p");
    sentence.className = "quiet";
    sentence.textContent = ids.length > 1 ? "They were asked for the same." : "Add another session to see what differs.";
    place.replaceChildren(sentence);
    return;
  }
  const table = document.createElement("table");
  const head = table.createTHead().insertRow();
  for (const name of ["Option", ...ids.map(String)]) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = name;
    head.append(cell);
  }
  const body = table.createTBody();
  for (const row of shown) {
    const line = body.insertRow();
    line.classList.toggle("differs", all && row.differs);
    const name = document.createElement("th");
    name.scope = "row";
    name.textContent = row.name;
    line.append(name);
    for (const value of row.values) line.insertCell().textContent = value ?? "–";
  }
  place.replaceChildren(table);
}
