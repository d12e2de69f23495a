import AxeBuilder from "@axe-core/playwright";
import { expect, Gatewright, test } from "./page";

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 390]) {
    for (const state of ["first view", "errors", "log"] as const) {
      test(`axe finds nothing serious: ${state}, ${width} px, ${colorScheme}`, async ({ gatewright, page }) => {
        await page.setViewportSize({ width, height: 900 });
        await page.emulateMedia({ colorScheme });
        await gatewright.open();
        if (width < 1100 && state === "errors") await page.getByRole("button", { name: "Policy", exact: true }).click();
        if (state === "errors") await gatewright.replaceInPolicy('"max": 10', '"maxx": ten');
        if (state === "log") await gatewright.pasteLog('{"at": 0, "tool": "other"}\nnonsense\n');
        const found = await new AxeBuilder({ page }).analyze();
        const serious = found.violations.filter(({ impact }) => impact === "serious" || impact === "critical");
        expect(serious.map(({ id, nodes }) => [id, nodes.map((node) => node.target)])).toEqual([]);
      });
    }
  }
}

test("with the system's own colours what is chosen is told by a line", async ({ gatewright, page }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await gatewright.open();
  await page.getByRole("button", { name: /^Denied/ }).click();
  const chosen = [
    page.getByRole("button", { name: /^Denied/ }),
    page.locator("label").filter({ has: page.getByRole("radio", { name: "Visual" }) }),
    gatewright.calls.getByRole("row", { selected: true }),
    gatewright.trace.locator(".decided"),
    page.locator("#policy label:has(input[value=Custom]:checked)"),
  ];
  for (const part of chosen) {
    const line = await part.evaluate((element) => {
      const { outlineStyle, outlineWidth, borderWidth } = getComputedStyle(element);
      return outlineStyle === "solid" ? outlineWidth : borderWidth;
    });
    expect(line, String(part)).toBe("2px");
  }
});

test("at twice the size everything is there, and nothing is cut off", async ({ browser }) => {
  // A window of 1440 pixels at 200 % has room for 720.
  const context = await browser.newContext({ viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 });
  const gatewright = new Gatewright(await context.newPage());
  await gatewright.open();
  for (const pane of ["Tools", "Policy", "Dry run"]) {
    await gatewright.page.getByRole("button", { name: pane, exact: true }).click();
    await expect(gatewright.page.getByRole("heading", { name: pane, exact: true })).toBeVisible();
    const overflow = await gatewright.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, pane).toBeLessThanOrEqual(0);
  }
  await context.close();
});

for (const width of [320, 390]) {
  test(`nothing overflows sideways at ${width} px`, async ({ gatewright, page }) => {
    await page.setViewportSize({ width, height: 844 });
    await gatewright.open();
    const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(await overflow()).toBeLessThanOrEqual(0);
    await page.getByRole("button", { name: "Policy", exact: true }).click();
    await gatewright.edit();
    expect(await overflow()).toBeLessThanOrEqual(0);
  });
}
