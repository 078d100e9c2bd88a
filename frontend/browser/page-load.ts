/** Prints weight and first paint of every page as JSON, for benchmarks/page_load.py. */
import { launch } from "./chromium.ts";
import { fill } from "./filled.ts";
import { load } from "./load.ts";
import { pages } from "./pages.ts";

const browser = await launch();
const filled = await fill(browser);
const told: Record<string, unknown> = {};
for (const [name, path] of pages(filled)) told[name] = await load(browser, filled, path);
console.log(JSON.stringify(told));
await browser.close();
await filled.service.stop();
