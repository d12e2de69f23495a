import { expect, pageAddress, test } from "./page";

test("no request leaves the page, whatever is done on it", async ({ gatewright, page, context }) => {
  const asked: string[] = [];
  context.on("request", (request) => asked.push(request.url()));
  await gatewright.open();
  const loaded = asked.length;
  await gatewright.page.getByLabel("Start from").selectOption("pytest");
  await gatewright.replaceInPolicy('"max": 10', '"max": 20');
  await gatewright.pasteLog('{"at": 0, "tool": "pytest", "args": {"token": "secret"}}\n');
  await gatewright.page.getByLabel("Theme").selectOption("dark");
  await expect(gatewright.verdict).toContainText("The one call is allowed.");
  expect(asked.filter((url) => !url.startsWith(pageAddress()) && !url.startsWith("data:"))).toEqual([]);
  expect(asked.slice(loaded)).toEqual([]);
});

test("the content-security policy stops a request to anywhere else", async ({ page }) => {
  await page.goto(pageAddress());
  await expect(page.getByRole("slider")).toBeVisible();
  const outcome = await page.evaluate(() => fetch("http://127.0.0.1:9/").then(() => "sent", () => "stopped"));
  expect(outcome).toBe("stopped");
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("connect-src 'self'");
  expect(policy).not.toMatch(/unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|https?:/);
});

test("the chosen theme is kept, and shown before the first paint", async ({ gatewright, page }) => {
  await gatewright.open();
  await page.getByLabel("Theme").selectOption("dark");
  await page.reload({ waitUntil: "commit" });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});
