/** A service with something on every page: a lab of three, motions, a robot, trainings that ended, run and wait. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { Person } from "./chromium.ts";
import { Service } from "./service.ts";

export const PASSWORD = "waddling under seven moons";
/** How long a slow machine may take for a step. */
export const PATIENCE_MS = 120_000;

/** What the pages can be opened with. */
export interface Filled {
  service: Service;
  administrator: Person;
  /** Id of a session that passed, of one that runs, of an uploaded motion and an uploaded robot. */
  passed: number;
  running: number;
  motion: number;
  robot: number;
}

/** Open the first link, choose a password; gives the person who is logged in now. */
export async function arrive(browser: Browser, service: Service, link = service.link): Promise<Person> {
  const person = await Person.at(browser, service.address);
  await person.page.goto(link);
  await person.page.getByLabel("Password").first().fill(PASSWORD);
  await person.page.getByRole("button", { name: /password/i }).click();
  await person.page.waitForURL((url) => !url.pathname.startsWith("/invitation"));
  return person;
}

/** Call the API as somebody who is logged in. */
export async function ask<T>(person: Person, path: string, body?: unknown): Promise<T> {
  const token = await person.page.locator('meta[name="csrf-token"]').getAttribute("content");
  const headers = { "X-CSRFToken": token ?? "", Accept: "application/json" };
  const answer = body
    ? await person.context.request.post(path, { data: body, headers })
    : await person.context.request.get(path, { headers });
  if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Send a file by the API. */
export async function send<T>(person: Person, path: string, file: string): Promise<T> {
  const token = await person.page.locator('meta[name="csrf-token"]').getAttribute("content");
  const name = file.split("/").at(-1) ?? file;
  const answer = await person.context.request.post(path, {
    headers: { "X-CSRFToken": token ?? "", Accept: "application/json" },
    multipart: { files: { name, mimeType: "application/octet-stream", buffer: await readFile(file) } },
  });
  if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
  return (await answer.json()) as T;
}

/** Wait until a session stands where it is wanted. */
export async function until(person: Person, session: number, states: string[]): Promise<string> {
  for (;;) {
    const { status } = await ask<{ status: string }>(person, `/training/status/${session}`);
    if (states.includes(status)) return status;
    await new Promise((later) => setTimeout(later, 250));
  }
}

/** The service, filled; takes a minute or two, most of it to train the duckling. */
export async function fill(browser: Browser): Promise<Filled> {
  const service = await Service.start({ rate_limit: "100000 per minute" });
  const administrator = await arrive(browser, service);
  const start = (body: unknown) => ask<{ session_id: number }>(administrator, "/training/start", body);
  const { session_id: passed } = await start({ reference_motion: "walk", name: "The duckling walks" });
  await service.command("motion", "generate", "stroll.npz", "--vx", "0.08");
  const file = join(service.folder, "stroll.npz");
  const { items } = await send<{ items: { id: number }[] }>(administrator, "/api/v1/motions", file);
  await service.administer("user", "add", "tim@example.org", "--role", "trainer");
  await service.administer("user", "add", "vera@example.org", "--role", "viewer");
  await until(administrator, passed, ["completed", "failed"]);
  const long = { reference_motion: "walk", epochs: 5000, parameters: { stop_when_passed: false } };
  const { session_id: running } = await start({ ...long, name: "As long as it takes" });
  await start({ ...long, name: "Waits its turn", learning_rate: 0.001 });
  const { session_id: broken } = await start({ reference_motion: "walk", name: "Called off", epochs: 50 });
  await ask(administrator, `/api/v1/sessions/${broken}/cancel`, {});
  await until(administrator, running, ["running"]);
  return { service, administrator, passed, running, motion: items[0]?.id ?? 0, robot: 0 };
}
