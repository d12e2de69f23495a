import AxeBuilder from "@axe-core/playwright";
import { FrontDialog } from "./dialog-page";
import { expect, test } from "./page";

test("a command is found by its letters and run with Enter", async ({ gatewright, page }) => {
  const palette = new FrontDialog(page, "Search or run a command");
  await gatewright.open();
  await page.keyboard.press("Control+k");
  const query = page.getByRole("combobox", { name: "Command" });
  await expect(query).toBeFocused();
  await query.fill("in words");
  await expect(palette.box.getByRole("option").first()).toContainText("Show the policy in words");
  await expect(palette.box.getByRole("option").first()).toHaveAttribute("aria-selected", "true");
  await query.press("Enter");
  await expect(palette.box).toHaveCount(0);
  await expect(page.getByRole("radio", { name: "In words" })).toBeChecked();
});

test("arrows choose, tools and templates are commands, and nothing found says so", async ({ gatewright, page }) => {
  const palette = new FrontDialog(page, "Search or run a command");
  await gatewright.open();
  await page.getByRole("button", { name: "Commands" }).click();
  const query = page.getByRole("combobox", { name: "Command" });
  await query.fill("run_tests");
  const options = palette.box.getByRole("option");
  await expect(options).toHaveText([/^Go to tool run_tests/, /^Start from run_tests/]);
  await query.press("ArrowDown");
  await expect(query).toHaveAttribute("aria-activedescendant", "command-1");
  await query.press("ArrowDown");
  await expect(query).toHaveAttribute("aria-activedescendant", "command-0");
  await query.press("ArrowUp");
  await expect(options.nth(1)).toHaveAttribute("aria-selected", "true");
  await query.fill("zebra");
  await expect(palette.box.getByRole("status")).toHaveText("No command matches.");
  await palette.close();
  await expect(palette.box).toHaveCount(0);
});

test("a question mark lists the shortcuts, unless it is typed", async ({ gatewright, page }) => {
  const sheet = new FrontDialog(page, "Keyboard shortcuts");
  await gatewright.open();
  await page.getByRole("searchbox", { name: "Filter tools by name" }).press("?");
  await expect(sheet.box).toHaveCount(0);
  await page.locator("#dry-run").focus();
  await page.keyboard.press("?");
  await expect(sheet.box.getByRole("listitem").filter({ hasText: "Next finding" }).first()).toContainText("F8");
});

test("F6 goes round the panes, both ways", async ({ gatewright, page }) => {
  await gatewright.open();
  for (const [key, pane] of [["F6", "#tools"], ["F6", "#policy"], ["F6", "#dry-run"], ["F6", "#tools"], ["Shift+F6", "#dry-run"]] as const) {
    await page.keyboard.press(key);
    await expect(page.locator(pane)).toBeFocused();
  }
});

test("the selected call is added as a test by its command", async ({ gatewright, page }) => {
  await gatewright.open();
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Command" }).fill("call as a test");
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "Tests 1/1" })).toBeVisible();
});

test("a key right behind Escape is heard, and the focus is back where it was", async ({ gatewright, page }) => {
  await gatewright.open();
  await page.locator("#dry-run").focus();
  for (let round = 0; round < 10; round += 1) {
    await page.keyboard.press("Control+k");
    await page.keyboard.press("Escape");
    await page.keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "Keyboard shortcuts" })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.locator("dialog")).toHaveCount(0);
    await expect(page.locator("#dry-run")).toBeFocused();
  }
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing in the palette and the sheet, ${colorScheme}`, async ({ gatewright, page }) => {
    await page.emulateMedia({ colorScheme });
    await gatewright.open();
    for (const key of ["Control+k", "?"]) {
      await page.locator("#dry-run").focus();
      await page.keyboard.press(key);
      await expect(page.locator("dialog[open]")).toBeVisible();
      const found = await new AxeBuilder({ page }).include("dialog").analyze();
      expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target)])).toEqual([]);
      await page.keyboard.press("Escape");
      await expect(page.locator("dialog[open]")).toHaveCount(0);
    }
  });
}

test("no dialog overflows sideways on the narrowest screen, and its targets are large enough", async ({ gatewright, page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  await gatewright.open();
  await gatewright.trace.getByRole("button", { name: "Add as test" }).click();
  for (const command of ["start from a template", "policy tests", "compare with another", "keyboard shortcuts"]) {
    await page.keyboard.press("Control+k");
    await page.getByRole("combobox", { name: "Command" }).fill(command);
    await page.keyboard.press("Enter");
    const body = page.locator("dialog[open] .modal-body");
    await expect(body).toBeVisible();
    expect(await body.evaluate((body) => body.scrollWidth - body.clientWidth), command).toBeLessThanOrEqual(0);
    const heights = await body.getByRole("button").evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
    for (const height of heights.filter((height) => height > 0)) expect(height, command).toBeGreaterThanOrEqual(24);
    await page.keyboard.press("Escape");
    await expect(page.locator("dialog[open]")).toHaveCount(0);
  }
});
