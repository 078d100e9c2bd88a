import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, launch, type Person } from "./chromium.ts";
import { arrive, PATIENCE_MS } from "./filled.ts";
import { Service } from "./service.ts";

/** Runs a policy from its file alone, ten control steps of a robot that stands; prints how many targets it gives. */
const RUN_POLICY = `
import sys
import numpy as np
from webfoot_runtime.policy import OnnxPolicy
policy = OnnxPolicy(sys.argv[1])
policy.verify_golden()
joints = policy.contract["joints"]["default_pos"]
for _ in range(10):
    targets = policy.step([[0, 0, 0]], [[0, 0, -1]], [joints], [np.zeros(len(joints))], [policy.contract["command"]["default"]])
print(len(targets[0]), bool(np.isfinite(targets).all()))
`;

describe.skipIf(!CHROMIUM)("the whole way", () => {
  let browser: Browser;
  let service: Service;
  beforeAll(async () => {
    [browser, service] = await Promise.all([launch(), Service.start()]);
  });
  afterAll(async () => {
    await browser?.close();
    await service?.stop();
  });

  test("from the first start to a policy that runs", async () => {
    const administrator = await arrive(browser, service);
    const trainer = await arrive(browser, service, await invited(administrator, "tim@example.org"));
    await service.command("motion", "generate", "stroll.npz", "--vx", "0.08");

    const { page } = trainer;
    await page.goto("/");
    await page.getByRole("link", { name: "New training" }).first().click();
    await page.locator("#motions-files").setInputFiles(join(service.folder, "stroll.npz"));
    const report = page.getByRole("region", { name: "Inspection report" });
    const verdict = report.locator(".verdict");
    await expect.poll(() => page.locator("#reference-motion").inputValue(), { timeout: PATIENCE_MS }).toMatch(/^motion:/);
    await verdict.waitFor({ timeout: PATIENCE_MS });
    expect(await verdict.textContent()).toMatch(/fit/i);
    await page.getByText("Quick", { exact: true }).click();
    await page.getByLabel("Training Epochs").fill("25");
    await page.getByRole("button", { name: "Start Training" }).click();

    await page.waitForURL(/\/training\/monitor\/\d+/);
    const reward = page.locator('.chart-plot[aria-label^="Reward over"]').first();
    await reward.waitFor({ timeout: PATIENCE_MS });
    const early = await reward.getAttribute("aria-label");
    await expect.poll(() => reward.getAttribute("aria-label"), { timeout: PATIENCE_MS }).not.toBe(early);
    const results = page.getByRole("link", { name: "Results", exact: true });
    await results.waitFor({ timeout: 2 * PATIENCE_MS });
    await expect.poll(() => page.locator("#bell").getAttribute("data-unseen"), { timeout: PATIENCE_MS }).not.toBe("0");

    await results.click();
    await page.waitForURL(/\/training\/results\/\d+/);
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Policy", exact: true }).click(),
    ]);
    const policy = await download.path();
    expect((await readFile(policy)).length).toBeGreaterThan(10_000);
    expect((await service.python(RUN_POLICY, policy)).trim()).toBe("14 True");
    expect([...administrator.complaints, ...trainer.complaints]).toEqual([]);
  });

  /** Invite a trainer on the page for administrators; gives the link that is to be sent. */
  async function invited(administrator: Person, email: string): Promise<string> {
    const { page } = administrator;
    await page.goto("/administration/users");
    await page.getByRole("button", { name: "Invite somebody" }).click();
    await page.getByLabel("E-mail address").fill(email);
    await page.getByRole("button", { name: "Make the link" }).click();
    const shown = page.getByRole("dialog").locator("input[readonly]");
    await expect.poll(() => shown.inputValue(), { timeout: PATIENCE_MS }).toContain(service.address);
    return shown.inputValue();
  }
});
