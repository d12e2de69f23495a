import { expect, pageAddress, test } from "./page";

const FIRST = [".lead", ".promise", "#tools", "#policy", ".traffic summary", ".verdict", ".lane figcaption", ".trace h3", ".trace .mark", ".trace .message", ".trace .rule"];

test("the page opens already run, with call 11 selected and explained", async ({ gatewright }) => {
  await gatewright.open();
  await expect(gatewright.verdict).toHaveText(
    "50 of 3,600 calls allowed. 3,550 denied, all by run_tests_rate (10 per minute). First denial after 0.8 s.",
  );
  await expect(gatewright.scrubber).toHaveAttribute(
    "aria-valuetext",
    "Call 11 of 3,600, 10:00:00.833 UTC, denied by /tools/run_tests/limits/run_tests_rate",
  );
  await expect(gatewright.trace).toContainText("This grant has used 10 of 10 run_tests calls in the minute 10:00–10:01 UTC.");
  await expect(gatewright.trace.locator(".decided")).toContainText("limit run_tests_rate");
  await expect(gatewright.trace.locator(".not-reached")).toContainText("all_tools limits");
  await expect(gatewright.calls).toHaveAttribute("aria-rowcount", "21");
});

test("without JavaScript the first view says the same, word for word", async ({ browser, gatewright }) => {
  await gatewright.open();
  const without = await browser.newContext({ javaScriptEnabled: false });
  const still = await without.newPage();
  await still.goto(pageAddress());
  for (const part of FIRST) {
    const said = await still.locator(part).allInnerTexts();
    expect(said.length, part).toBeGreaterThan(0);
    expect(said, part).toEqual(await gatewright.page.locator(part).allInnerTexts());
  }
  const checks = (page: typeof still) => page.locator(".checks li").evaluateAll((rows) =>
    rows.map((row) => [...row.children].map((cell) => cell.textContent?.trim() ?? "")),
  );
  expect(await checks(still)).toEqual(await checks(gatewright.page));
  const rows = (page: typeof still) => page.locator(".row").evaluateAll((rows) =>
    rows.slice(0, 13).map((row) => [...row.children].map((cell) => cell.textContent)),
  );
  expect(await rows(still)).toEqual(await rows(gatewright.page));
  await without.close();
});

test("the page takes over from its first view without a jump", async ({ page }) => {
  await page.addInitScript(() => {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) {
        const shift = entry as PerformanceEntry & { value: number };
        (window as unknown as { shifted: number }).shifted = ((window as unknown as { shifted?: number }).shifted ?? 0) + shift.value;
      }
    }).observe({ type: "layout-shift", buffered: true });
  });
  await page.goto(pageAddress());
  await expect(page.getByRole("slider", { name: "Call", exact: true })).toBeVisible();
  await page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
  expect(await page.evaluate(() => (window as unknown as { shifted?: number }).shifted ?? 0)).toBeLessThan(0.02);
});

test("what is pressed before the evaluator is there is done once it is", async ({ gatewright, page }) => {
  let release = () => {};
  const held = new Promise<void>((released) => (release = released));
  await page.route("**/*.wasm", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(pageAddress());
  await page.getByRole("button", { name: "Next denial" }).click();
  await page.getByRole("button", { name: "Import", exact: true }).click();
  await page.getByRole("searchbox", { name: "Filter tools by name" }).focus();
  release();
  await gatewright.untilLive();
  await expect(page.getByRole("dialog", { name: "Import tools" })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("searchbox", { name: "Filter tools by name" })).toBeFocused();
  await expect(gatewright.scrubber).toHaveAttribute("aria-valuetext", /^Call 11 of 3,600/);
});
