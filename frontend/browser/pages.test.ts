import axe from "axe-core";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, launch, Person } from "./chromium.ts";
import { type Filled, fill } from "./filled.ts";
import { load } from "./load.ts";
import { OUTSIDE, pages } from "./pages.ts";

const MOST_KB = 300;

/** What axe-core objects to, with the place of each. */
async function objections(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run: (where: Document) => Promise<import("axe-core").AxeResults> } };
    return axe.run(document);
  });
  return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(" ")}`));
}

/** Elements that stick out of the page to the right. */
function cut(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    document.documentElement.scrollWidth <= window.innerWidth
      ? []
      : [...document.querySelectorAll("body *")]
          .filter((element) => element.getBoundingClientRect().right > window.innerWidth + 1)
          .map((element) => `${element.tagName}.${element.className}`)
          .slice(0, 5),
  );
}

describe.skipIf(!CHROMIUM)("every page", () => {
  let browser: Browser;
  let filled: Filled;
  let all: [string, string][];

  beforeAll(async () => {
    browser = await launch();
    filled = await fill(browser);
    all = [...pages(filled), ...OUTSIDE];
  });
  afterAll(async () => {
    await browser?.close();
    await filled?.service.stop();
  });

  test.each(["light", "dark"] as const)("is accessible, whole on a phone and without complaint, %s", async (looks) => {
    const faults: Record<string, string[]> = {};
    for (const [name, path] of all) {
      const { context } = filled.administrator;
      const state = name === "login" ? undefined : await context.storageState();
      const viewport = { width: 390, height: 844 };
      const person = await Person.at(browser, filled.service.address, {
        colorScheme: looks,
        viewport,
        ...(state && { storageState: state }),
      });
      await person.page.goto(path, { waitUntil: "load" });
      await person.page.waitForTimeout(300);
      const expected = name === "missing" ? /404/ : /^$/;
      const found = [
        ...(await cut(person.page)).map((element) => `sticks out: ${element}`),
        ...(await objections(person.page)),
        ...person.complaints.filter((said) => !said.match(expected) || name !== "missing"),
      ];
      if (found.length > 0) faults[name] = found;
      await person.context.close();
    }
    expect(faults).toEqual({});
  });

  test("is light", async () => {
    const faults: Record<string, string> = {};
    for (const [name, path] of pages(filled)) {
      const { kb } = await load(browser, filled, path);
      if (kb > MOST_KB) faults[name] = `${kb.toFixed(0)} kB`;
    }
    expect(faults).toEqual({});
  });
});
