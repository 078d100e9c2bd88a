/** What a page weighs, and how soon something of it is seen. */
import type { Browser } from "playwright-core";
import { Person } from "./chromium.ts";
import type { Filled } from "./filled.ts";

/** Files of the 3D viewer, which come when it is scrolled to. */
const VIEWER = /stage|viewer|scene|replay/;

export interface Load {
  /** As it comes over the wire, without the 3D viewer. */
  kb: number;
  /** First contentful paint, from the beginning of the navigation [ms]. */
  paint: number;
}

/** Open a page with an empty cache, as the administrator. */
export async function load(browser: Browser, filled: Filled, path: string): Promise<Load> {
  const storageState = await filled.administrator.context.storageState();
  const person = await Person.at(browser, filled.service.address, { storageState });
  const devtools = await person.context.newCDPSession(person.page);
  await devtools.send("Network.enable");
  let bytes = 0;
  const left = new Set<string>();
  devtools.on("Network.responseReceived", ({ requestId, response }) => {
    if (VIEWER.test(new URL(response.url).pathname)) left.add(requestId);
  });
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    if (!left.has(requestId)) bytes += encodedDataLength;
  });
  await person.page.goto(path, { waitUntil: "load" });
  const paint = await person.page.waitForFunction(
    () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime,
  );
  const told = { kb: bytes / 1000, paint: (await paint.jsonValue()) ?? Number.NaN };
  await person.context.close();
  return told;
}
