// Calls to try: the scenarios that everybody should try, any other as text, and when they begin.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./page";

test("a built-in scenario is one choice, with its reason, and one step back", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.traffic.click();
  await page.getByLabel("Scenario").selectOption("Minute edge");
  await expect(page.getByText("windows of the calendar let both through")).toBeVisible();
  await expect(gatewright.verdict).toContainText("All 20 calls allowed.");
  await page.getByLabel("Scenario").selectOption("Retry storm on a failing tool");
  await expect(gatewright.verdict).toContainText("10 of 100 calls allowed.");
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect(gatewright.verdict).toContainText("All 20 calls allowed.");
  await expect(page.getByLabel("Scenario")).toHaveValue("minute-edge");
});

test("calls are written as text, and what is wrong is said with its place", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.traffic.click();
  const text = page.getByLabel("As text, a block a line");
  await expect(text).toHaveValue(/run_tests × 12\/s for 5m as ci-agent/);
  await text.fill("run_tests × 20 every 6s as ci-agent");
  await text.blur();
  await expect(gatewright.verdict).toContainText("All 20 calls allowed.");
  await text.fill("run_tests × 20 every soon");
  await text.blur();
  await expect(page.locator("#scenario-wrong")).toContainText("line 1, column 22");
  await expect(text).toHaveValue("run_tests × 20 every soon");
  await expect(gatewright.verdict).toContainText("All 20 calls allowed.");
  await text.fill("loop run_tests every 1s until 25 allowed on denial wait for reset as ci-agent");
  await text.blur();
  await expect(gatewright.verdict).toContainText("25 of 27 calls allowed.");
  await page.getByRole("button", { name: "Try max 20" }).click();
  await expect(gatewright.verdict).toContainText("25 of 26 calls allowed.");
});

test("all sixty starts are tried, and what was found goes with its run", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.traffic.click();
  await page.getByRole("button", { name: "Try all 60 starts" }).click();
  const found = page.locator(".start-phases").getByRole("status");
  await expect(found).toHaveText("50 to 60 allowed, depending on when it begins (worst: second 1).");
  await page.getByRole("button", { name: "Try max 20" }).click();
  await expect(found).toHaveText("");
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 320]) {
    test(`axe finds nothing in the calls to try: ${width} px, ${colorScheme}`, async ({ gatewright, page }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await gatewright.open();
      await gatewright.traffic.click();
      await page.getByLabel("Scenario").selectOption("Normal working day");
      const text = page.getByLabel("As text, a block a line");
      await text.fill("nothing ×");
      await text.blur();
      const found = await new AxeBuilder({ page }).include(".traffic").analyze();
      expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    });
  }
}
