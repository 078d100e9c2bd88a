import { expect, test } from "vitest";
import { withEnds } from "./alert-list";
import { align, along } from "./align";
import { choose, isChosen } from "./chooser";
import { matching } from "./log-tail";
import { plan } from "./plan";
import { readSettings, USUAL, writeSettings } from "./settings";

test("settings come out of an address as they went in, beside what else stands there", () => {
  const settings = { smooth: 0.9, log: true, x: "epochs" as const, add: ["entropy"], less: ["falls"], zoom: [10, 20.5] as const };
  const search = writeSettings(settings, "?with=2,3");
  expect(new URLSearchParams(search).get("with")).toBe("2,3");
  expect(readSettings(search, null)).toEqual(settings);
});

test("what was kept counts where the address says nothing, but for the zoom", () => {
  const settings = readSettings("?log=0", "smooth=0.3&log=1&x=time&from=1&to=2");
  expect(settings).toEqual({ ...USUAL, smooth: 0.3, log: false, x: "time" });
});

test.each(["?smooth=x&x=y&from=5&to=1", "?smooth=&from=&to=7", "?from=a&to=b"])("an address %s that says nothing is as usual", (search) => {
  expect(readSettings(search, null)).toMatchObject({ x: "epochs", zoom: null });
});

test("smoothing stays within its range", () => {
  expect(readSettings("?smooth=5", null).smooth).toBe(0.99);
  expect(readSettings("?smooth=-1", null).smooth).toBe(0);
  expect(readSettings("?smooth=no", null).smooth).toBe(USUAL.smooth);
});

test("charts follow from what a run tells, and what was chosen", () => {
  const names = new Set(["reward", "value_loss", "entropy", "trial/joint_rmse", "trial/moving_joint_rmse"]);
  const titles = (several: boolean) => plan(names, ["entropy", "unheard"], ["value_loss"], several).map((chart) => chart.title);
  expect(titles(false)).toEqual(["Reward", "Deviation of joints", "entropy"]);
  expect(titles(true)).toEqual(["Reward", "Deviation of joints: all", "Deviation of joints: while moving", "entropy"]);
});

test("the usual series can be left out, and others added", () => {
  const settings = { ...USUAL, add: [], less: [] };
  choose(settings, "reward", false);
  choose(settings, "entropy", true);
  expect(settings).toMatchObject({ add: ["entropy"], less: ["reward"] });
  choose(settings, "reward", true);
  choose(settings, "entropy", false);
  expect([settings.add, settings.less, isChosen(settings, "reward"), isChosen(settings, "entropy")]).toEqual([[], [], true, false]);
});

test("curves over different epochs get one x axis", () => {
  const parts = [
    { x: Float64Array.of(1, 2, 3), y: Float64Array.of(10, 20, 30) },
    { x: Float64Array.of(2, 4), y: Float64Array.of(5, 6) },
  ];
  const { x, columns } = align(parts);
  expect([...x]).toEqual([1, 2, 3, 4]);
  expect(columns.map((column) => [...column])).toEqual([
    [10, 20, 30, Number.NaN],
    [Number.NaN, 5, Number.NaN, 6],
  ]);
});

test("values along a curve lie on straight lines, and never go back", () => {
  const [x, y] = [Float64Array.of(1, 3, 4), Float64Array.of(100, 200, 150)];
  expect([...along([0, 2, 3, 3.5, 9], x, y)]).toEqual([100, 150, 200, 200, 200]);
});

test("an alert ends where its rule is content again", () => {
  const said = (iteration: number, kind: string) => ({ iteration, rule: "plateau", kind, message: "no better" });
  const raised = withEnds([said(10, "warning"), said(20, "cleared"), said(30, "warning")]);
  expect(raised.map(({ alert, until }) => [alert.iteration, until])).toEqual([[10, 20], [30, null]]);
});

test("lines are found by words in any case", () => {
  expect(matching(["Epoch 1", "warning: x", "EPOCH 2"], "epoch")).toEqual(["Epoch 1", "EPOCH 2"]);
  expect(matching(["a"], "")).toEqual(["a"]);
});
