/** Log somebody in, as the benchmarks do. */
export async function logIn(page, address, email, password) {
  await page.goto(`${address}/login`);
  await page.locator("#email").fill(email);
  await page.locator("#password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/login"));
}
