/** Which charts there are, out of what the runs tell. */

export interface ChartPlan {
  key: string;
  title: string;
  unit?: string;
  group: string;
  /** Names of the series, each with what it is called in its chart. */
  series: readonly (readonly [name: string, label: string])[];
}

export const CHOSEN = "Chosen";

const USUAL: readonly (readonly [group: string, charts: readonly Omit<ChartPlan, "key" | "group">[]])[] = [
  [
    "How it walks",
    [
      { title: "Reward", unit: "a step", series: [["reward", "reward"]] },
      { title: "Survival", unit: "share of robots", series: [["trial/survival", "trial"]] },
      { title: "Falls", unit: "a robot and minute", series: [["falls", "falls"]] },
      { title: "Speed error", unit: "m/s", series: [["trial/speed_error", "forwards"], ["trial/sideways_error", "sideways"]] },
      { title: "Deviation of joints", unit: "rad RMS", series: [["trial/joint_rmse", "all"], ["trial/moving_joint_rmse", "while moving"]] },
      { title: "Style score", series: [["style/reward", "policy"], ["style/held_out", "held out"]] },
      { title: "Score of trials", unit: "above 1: passed", series: [["trial/score", "score"]] },
    ],
  ],
  [
    "How it learns",
    [
      { title: "Value loss", series: [["value_loss", "value"]] },
      { title: "Surrogate loss", series: [["surrogate_loss", "surrogate"]] },
      { title: "Discriminator", series: [["style/loss", "loss"], ["style/accuracy_policy", "right on policy"], ["style/accuracy_demo", "right on demonstration"]] },
      { title: "Learning rate", series: [["learning_rate", "rate"]] },
      { title: "Step of the policy", unit: "KL divergence", series: [["approx_kl", "KL"]] },
      { title: "Spread of actions", unit: "standard deviation", series: [["action_std", "actions"]] },
    ],
  ],
  [
    "What it takes",
    [
      { title: "Speed", unit: "steps a second", series: [["steps_per_s", "steps"]] },
      { title: "Processor", unit: "cores", series: [["usage/cpu", "busy"]] },
      { title: "Memory", unit: "GB", series: [["usage/memory_bytes", "taken"]] },
      { title: "GPU", unit: "share of time", series: [["usage/gpu", "busy"]] },
      { title: "GPU memory", unit: "GB", series: [["usage/gpu_memory_bytes", "taken"]] },
    ],
  ],
];

/** Series that are shown unless somebody chooses otherwise. */
export const USUAL_NAMES: readonly string[] = USUAL.flatMap(([, charts]) =>
  charts.flatMap((chart) => chart.series.map(([name]) => name)),
);

/**
 * The charts to be drawn.
 *
 * Args: what there is; what was chosen beside the usual; what was left out; whether several sessions are compared, as
 * then every series has a chart of its own.
 */
export function plan(names: ReadonlySet<string>, added: readonly string[], less: readonly string[], several: boolean): ChartPlan[] {
  const isShown = (name: string) => names.has(name) && !less.includes(name);
  const usual = USUAL.flatMap(([group, charts]) =>
    charts
      .map((chart) => ({ ...chart, group, key: chart.title, series: chart.series.filter(([name]) => isShown(name)) }))
      .filter((chart) => chart.series.length),
  );
  const chosen = added
    .filter((name) => isShown(name) && !USUAL_NAMES.includes(name))
    .map((name): ChartPlan => ({ key: name, title: name, group: CHOSEN, series: [[name, name]] }));
  const all: ChartPlan[] = [...usual, ...chosen];
  return several ? all.flatMap(apart) : all;
}

function apart(chart: ChartPlan): ChartPlan[] {
  if (chart.series.length < 2) return [chart];
  return chart.series.map(([name, label]) => ({
    ...chart,
    key: `${chart.key} ${name}`,
    title: `${chart.title}: ${label}`,
    series: [[name, label]],
  }));
}
