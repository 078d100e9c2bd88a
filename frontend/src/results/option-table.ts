/** The options of several sessions as a table: where they differ, or all of them. */
import { get } from "../api";
import { difference, type Options, type Row } from "./difference";

interface Configuration {
  session_id: number;
  robot: string;
  motion: string;
  config: Options;
}

/** Fetch the options of every session whose address stands there. */
export async function readOptions(addresses: string[]): Promise<{ ids: number[]; rows: Row[] }> {
  const told = await Promise.all(addresses.map((address) => get<Configuration>(address)));
  const rows = difference(told.map(({ robot, motion, config }) => ({ robot, motion, ...config })));
  return { ids: told.map(({ session_id }) => session_id), rows };
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
