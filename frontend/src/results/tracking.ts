/** How far each joint is from its reference, largest first; and which episodes fell. */
import { words, type Gait, type Joint } from "./gait";

/** A table with a bar for each joint. */
export function errorTable(joints: Joint[]): HTMLTableElement {
  const known = joints.flatMap((joint) => (joint.rmse === null ? [] : [{ ...joint, rmse: joint.rmse }]));
  const most = Math.max(...known.map((joint) => joint.rmse), 1e-9);
  const table = document.createElement("table");
  table.className = "bars";
  table.innerHTML =
    '<thead><tr><th>Joint</th><th class="number">Error</th><th><span class="unseen">As a bar</span></th></tr></thead>';
  const body = table.createTBody();
  for (const joint of known.toSorted((a, b) => b.rmse - a.rmse)) {
    const row = body.insertRow();
    row.insertCell().textContent = words(joint.name);
    const value = row.insertCell();
    value.className = "number";
    value.textContent = `${joint.rmse.toFixed(3)} rad`;
    const bar = document.createElement("div");
    bar.className = joint.moves ? "bar" : "bar still";
    bar.style.width = `${(100 * joint.rmse) / most}%`;
    row.insertCell().append(bar);
  }
  return table;
}

/** One sentence for each fall, or that there was none. */
export function falls(gait: Gait): string[] {
  const count = gait.episodes.length;
  const fell = gait.episodes.flatMap(({ fell_at_s, command }, k) =>
    fell_at_s === null ? [] : [`Episode ${k + 1} fell after ${fell_at_s.toFixed(1)} s, told to go ${told(command)}.`],
  );
  return fell.length > 0 ? fell : [`None of the ${count} episodes that are kept fell.`];
}

function told(command: (number | null)[]): string {
  const [vx = 0, vy = 0, wz = 0] = command.map((value) => value ?? 0);
  return `${vx.toFixed(2)} m/s ahead, ${vy.toFixed(2)} m/s left, ${wz.toFixed(2)} rad/s round`;
}
