import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./page";

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
