/** Pictures of every page, light and dark, wide and narrow, into docs/pages; look at them one by one. */
import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { launch, Person } from "./chromium.ts";
import { fill } from "./filled.ts";
import { OUTSIDE, pages } from "./pages.ts";

const PLACE = resolve(import.meta.dirname, "../../docs/pages");
const WIDTHS = [1440, 390];
const SETTLED_MS = 1500;
/** Pages that show where they were drawn: the machine's name and folders. */
const LEFT_OUT = ["service"];

const browser = await launch();
const filled = await fill(browser);
await mkdir(PLACE, { recursive: true });
const shown = [...pages(filled), ...OUTSIDE].filter(([name]) => !LEFT_OUT.includes(name));
for (const [name, path] of shown) {
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of WIDTHS) {
      const state = await filled.administrator.context.storageState();
      const person = await Person.at(browser, filled.service.address, {
        colorScheme,
        viewport: { width, height: 900 },
        ...(name !== "login" && { storageState: state }),
      });
      await person.page.goto(path, { waitUntil: "load" });
      await person.page.waitForFunction(() => !document.body.innerText.includes("Loading"));
      await person.page.waitForTimeout(SETTLED_MS);
      const file = `${PLACE}/${name}-${width}-${colorScheme}.jpg`;
      await person.page.screenshot({ path: file, fullPage: true, type: "jpeg", quality: 45 });
      await person.context.close();
    }
  }
  console.log(name);
}
await browser.close();
await filled.service.stop();
