/** Curves of several sessions over each other: a chart for each figure that matters, and one to choose. */
import { get } from "../api";
import { lineChart, type LineChart } from "../charts/line-chart";
import { words } from "./gait";
import { merged, type Told } from "./merged";

interface Metrics {
  epochs: number[];
  losses: (number | null)[];
  series: Record<string, Told>;
}

const FIRST = ["reward", "trial/score", "trial/survival", "trial/speed_error", "trial/moving_joint_rmse", "loss"];

/** Fetch the curves of every session and draw them; gives a switch of the scale. */
export async function overlay(place: HTMLElement, addresses: string[], labels: string[]): Promise<(log: boolean) => void> {
  const told = await Promise.all(addresses.map((address) => get<Metrics>(address)));
  const series = told.map(({ epochs, losses, series }) => ({ ...series, loss: { epochs, values: losses } }));
  const names = [...new Set(series.flatMap((curves) => Object.keys(curves)))].sort();
  const told_of = (name: string) => series.map((curves) => (curves as Record<string, Told>)[name]);
  const isTold = (name: string) => told_of(name).some((curve) => curve !== undefined && curve.epochs.length > 0);
  const draw = (chart: LineChart, name: string) => {
    const { x, values } = merged(told_of(name));
    chart.update(x, values.map((curve, k) => ({ label: labels[k] ?? "", values: curve, colour: k + 1 })));
  };
  const charts = FIRST.filter(isTold).map((name) => {
    const chart = lineChart(place, { title: titled(name), xLabel: "epoch", sync: "compare" });
    draw(chart, name);
    return chart;
  });
  const others = names.filter((name) => !FIRST.includes(name) && isTold(name));
  if (charts.length === 0) place.textContent = "None of these sessions has told anything yet.";
  else if (others.length > 0) charts.push(chosen(place, others, draw));
  return (log) => charts.forEach((chart) => chart.setLog(log));
}

/** A chart of whichever curve is chosen above it. */
function chosen(place: HTMLElement, names: string[], draw: (chart: LineChart, name: string) => void): LineChart {
  const frame = document.createElement("div");
  const label = document.createElement("label");
  const select = document.createElement("select");
  label.append("Another curve ", select);
  select.append(...names.map((name) => new Option(titled(name), name)));
  frame.append(label);
  place.append(frame);
  const chart = lineChart(frame, { title: "Another curve", xLabel: "epoch", sync: "compare" });
  const show = () => draw(chart, select.value);
  select.addEventListener("change", show);
  show();
  return chart;
}

function titled(name: string): string {
  const [first = "", ...rest] = words(name.replace("trial/", "trial: "));
  return first.toUpperCase() + rest.join("");
}
