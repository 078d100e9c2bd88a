/** Counts the pictures that the 3D viewer draws, and prints them as JSON; started by benchmarks/viewer_frames.py. */
import { chromium } from "playwright-core";
import { logIn } from "./log-in.mjs";

const [address, path, email, password, browserPath, seconds] = process.argv.slice(2);
const SOFTWARE = ["--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
const SETTLE_MS = 3000; // until the quality has found its place
const PATIENCE_MS = 120_000;
const TRIANGLE_BYTES = 12;

/** In the page: frames in which something was drawn, and when the viewer was begun and first seen. */
function watch() {
  const seen = { frames: 0, begunAt: 0, firstAt: 0 };
  window.seen = seen;
  let latest = -1;
  const count = () => {
    const now = document.timeline.currentTime;
    if (now === latest) return;
    latest = now;
    seen.frames++;
    if (!seen.firstAt) requestAnimationFrame(() => requestAnimationFrame(() => (seen.firstAt ||= performance.now())));
  };
  for (const name of ["drawElements", "drawArrays"]) {
    const draw = WebGL2RenderingContext.prototype[name];
    WebGL2RenderingContext.prototype[name] = function (...words) {
      count();
      return draw.apply(this, words);
    };
  }
  new MutationObserver(() => {
    if (document.querySelector(".viewer[data-mounted]")) seen.begunAt ||= performance.now();
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ["data-mounted"] });
}

/** Bytes over the wire, and what they say. */
async function received(answer) {
  const { responseBodySize } = await answer.request().sizes();
  return { bytes: responseBodySize, document: await answer.json() };
}

/** A page with an empty cache, where the viewer has drawn its first picture: its answers, and how long that took [s]. */
async function visit(storageState) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, storageState });
  const page = await context.newPage();
  await page.addInitScript(watch);
  const asked = (end) => page.waitForResponse((answer) => new URL(answer.url()).pathname.endsWith(end));
  const coming = [asked("/scene"), asked("/replay")];
  await page.goto(address + path);
  await page.locator(".viewer").scrollIntoViewIfNeeded();
  const answers = await Promise.all((await Promise.all(coming)).map(received));
  await page.waitForFunction(() => window.seen.firstAt > 0, null, { timeout: PATIENCE_MS });
  const first = await page.evaluate(() => (window.seen.firstAt - window.seen.begunAt) / 1000);
  return { context, page, answers, first };
}

const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox", ...SOFTWARE] });
const door = await browser.newContext();
await logIn(await door.newPage(), address, email, password);
const state = await door.storageState();
await door.close();
const cold = await visit(state); // the service draws robot and movement now, and keeps them
await cold.context.close();
const { page, answers, first } = await visit(state);
await page.waitForTimeout(SETTLE_MS);
const counted = await page.evaluate(
  (ms) =>
    new Promise((told) => {
      const [from, began] = [window.seen.frames, performance.now()];
      setTimeout(() => told((1000 * (window.seen.frames - from)) / (performance.now() - began)), ms);
    }),
  1000 * Number(seconds),
);
const picture = await page.evaluate(() => {
  const { width, height } = document.querySelector(".viewer-picture canvas");
  return `${width}x${height}`;
});
await browser.close();
const [scene, replay] = answers;
const faces = scene.document.parts.map((part) => Buffer.from(part.faces, "base64").length / TRIANGLE_BYTES);
const result = {
  triangles: faces.reduce((sum, count) => sum + count, 0),
  picture,
  framesPerSecond: Math.round(10 * counted) / 10,
  firstPictureS: Math.round(100 * first) / 100,
  coldPictureS: Math.round(100 * cold.first) / 100,
  sceneBytes: scene.bytes,
  replayBytes: replay.bytes,
};
process.stdout.write(`${JSON.stringify(result)}\n`);
