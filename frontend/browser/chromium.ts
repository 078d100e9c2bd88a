/** Debian's Chromium, driven by playwright-core; nothing is downloaded. */
import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const PLACES = [process.env.CHROMIUM, "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Where the browser is; undefined where there is none, and tests that need it are skipped. */
export const CHROMIUM = PLACES.find((place) => place !== undefined && place !== "" && existsSync(place));

/** A browser without a window, that draws WebGL in software. */
export function launch(): Promise<Browser> {
  const args = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"];
  return chromium.launch({ executablePath: CHROMIUM ?? "", args });
}

/** One person at a browser; whatever its pages complain about is kept. */
export class Person {
  readonly complaints: string[] = [];
  readonly context: BrowserContext;
  readonly page: Page;

  private constructor(context: BrowserContext, page: Page) {
    [this.context, this.page] = [context, page];
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(`${page.url()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => this.complaints.push(`${page.url()}: ${error.message}`));
  }

  static async at(browser: Browser, baseURL: string, options: BrowserContextOptions = {}): Promise<Person> {
    const context = await browser.newContext({ baseURL, viewport: { width: 1440, height: 900 }, ...options });
    return new Person(context, await context.newPage());
  }
}
