/** Uses the monitor page while events arrive, and prints what that costs as JSON; started by benchmarks/monitor_page.py. */
import { chromium } from "playwright-core";
import { logIn } from "./log-in.mjs";

const MINUTE_MS = 60_000;
const KEYS = ["ArrowRight", "ArrowRight", "+", "ArrowLeft", "-"];
const [address, path, email, password, browserPath, minutes] = process.argv.slice(2);

/** In the page: how long events wait until they are heard, how long they hold it, and what is drawn. */
function watch() {
  const waits = [];
  const heard = (event) => waits.push(performance.now() - event.timeStamp);
  for (const kind of ["mousemove", "keydown", "mousedown", "wheel"]) {
    window.addEventListener(kind, heard, { capture: true, passive: true });
  }
  const tasks = [];
  new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({
    type: "longtask",
  });
  window.load = { waits, tasks };
}

/** The pointer over a chart, keys on it, a zoom and back, a scroll, the slider: as somebody does who looks closely. */
async function use(page) {
  const plot = page.locator(".chart-plot .u-over").first();
  await plot.scrollIntoViewIfNeeded();
  const box = await plot.boundingBox();
  for (let step = 0; step < 20; step++) await page.mouse.move(box.x + 10 + step * 8, box.y + 50);
  await page.mouse.down();
  await page.mouse.move(box.x + 60, box.y + 50, { steps: 5 });
  await page.mouse.up();
  await page.locator(".chart-plot").first().focus();
  for (const key of KEYS) await page.keyboard.press(key);
  await page.locator("[name=smooth]").focus();
  for (const key of ["ArrowRight", "ArrowRight", "ArrowLeft"]) await page.keyboard.press(key);
  await page.mouse.wheel(0, 400);
  await page.keyboard.press("z");
}

async function heapMB(session) {
  await session.send("HeapProfiler.collectGarbage");
  const { usedSize } = await session.send("Runtime.getHeapUsage");
  return usedSize / 1e6;
}

const part = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
const complaints = [];
page.on("pageerror", (error) => complaints.push(error.message));
page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
await logIn(page, address, email, password);
await page.addInitScript(watch);
const began = performance.now();
await page.goto(address + path);
await page.locator(".chart-legend li").first().waitFor();
const firstCurveMs = performance.now() - began;
const session = await page.context().newCDPSession(page);
await page.waitForTimeout(3000);
await page.evaluate(() => (window.load.tasks.length = 0)); // those of loading 10,000 epochs are told by firstCurveMs
const heaps = [await heapMB(session)];
const end = performance.now() + Number(minutes) * MINUTE_MS;
let rounds = 0;
while (performance.now() < end) {
  const minute = Math.min(performance.now() + MINUTE_MS, end);
  while (performance.now() < minute) {
    await use(page);
    rounds++;
    await page.waitForTimeout(500);
  }
  heaps.push(await heapMB(session));
}
const { waits, tasks } = await page.evaluate(() => window.load);
waits.sort((a, b) => a - b);
tasks.sort((a, b) => a - b);
const epoch = await page.locator('[data-figure="epoch"]').first().innerText();
const charts = await page.locator(".chart").count();
await browser.close();
const result = {
  firstCurveMs,
  rounds,
  inputs: waits.length,
  p50: part(waits, 0.5),
  p95: part(waits, 0.95),
  p99: part(waits, 0.99),
  most: waits.at(-1),
  longTasks: tasks.length,
  longest: tasks.at(-1) ?? 0,
  heaps,
  epoch,
  charts,
  complaints,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
