"use strict";

const page = document.getElementById("monitor");
const place = (id) => document.getElementById(id);
const FINISHED = ["completed", "failed", "cancelled", "timed_out"];

/** Seconds as a person says them. */
function duration(seconds) {
  if (seconds === null || seconds === undefined) return "-";
  const minutes = Math.floor(seconds / 60);
  return minutes ? `${minutes} min ${Math.round(seconds % 60)} s` : `${Math.round(seconds)} s`;
}

async function refresh() {
  const told = await (await fetch(page.dataset.status, { headers: { Accept: "application/json" } })).json();
  place("state").textContent = told.status;
  place("state").className = `state ${told.status}`;
  place("message").textContent = told.error_message ?? "";
  place("progress").max = told.total_epochs;
  place("progress").value = told.current_epoch;
  place("epoch").textContent = told.current_epoch;
  place("epochs").textContent = told.total_epochs;
  place("loss").textContent = told.current_loss?.toPrecision(4) ?? "-";
  place("speed").textContent = told.steps_per_s ? Math.round(told.steps_per_s).toLocaleString() : "-";
  place("eta").textContent = duration(told.eta_s);
  place("queue").textContent = told.queue_position ?? "-";
  if (told.current_epoch) await draw();
  return told.status;
}

/** The loss as a line; the whole of it fits. */
async function draw() {
  const url = `${page.dataset.metrics}?names=loss`;
  const { epochs, losses } = await (await fetch(url, { headers: { Accept: "application/json" } })).json();
  const known = epochs.map((epoch, i) => [epoch, losses[i]]).filter(([, loss]) => loss !== null);
  const highest = Math.max(...known.map(([, loss]) => loss));
  const lowest = Math.min(...known.map(([, loss]) => loss));
  const last = known.at(-1)?.[0] ?? 1;
  const points = known.map(([epoch, loss]) => {
    const x = (600 * epoch) / last;
    const y = 155 - (150 * (loss - lowest)) / (highest - lowest || 1);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  place("losses").firstElementChild.setAttribute("points", points.join(" "));
}

let waiting = null;

/** Ask at most once a second, however much is told. */
function soon() {
  waiting ??= setTimeout(() => {
    waiting = null;
    refresh();
  }, 1000);
}

function follow() {
  const stream = new EventSource(page.dataset.stream);
  for (const kind of ["progress", "evaluated", "state", "finished"]) stream.addEventListener(kind, soon);
  stream.addEventListener("over", async () => {
    stream.close();
    if (FINISHED.includes(await refresh())) location.assign(page.dataset.results);
  });
}

for (const button of document.querySelectorAll("[data-act]")) {
  button.addEventListener("click", () => callApi(button.dataset.act).then(refresh, showError));
}
refresh().then((state) => FINISHED.includes(state) || follow());
