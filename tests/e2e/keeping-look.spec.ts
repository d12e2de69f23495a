import { readFileSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import { Keeping } from "./keeping-page";
import { expect, test } from "./page";

const LINK = JSON.parse(readFileSync(new URL("links.json", import.meta.url), "utf8"))[0].fragment as string;

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 320]) {
    test(`the document's menu, dialogs and banner: axe and reflow, ${width} px, ${colorScheme}`, async ({ gatewright, page }) => {
      const keeping = new Keeping(page);
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      const check = async (what: string) => {
        const { violations } = await new AxeBuilder({ page }).include(".document, .hand-on, .banner, dialog[open]").analyze();
        expect(violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target)]), what).toEqual([]);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
        expect(overflow, what).toBeLessThanOrEqual(0);
      };
      await gatewright.open();
      await gatewright.drop("mine.json", '{"version": "1", "default": "deny", "tools": {"a": {}}}');
      await keeping.untilSaved();
      await keeping.name.click();
      await check("menu");
      await page.keyboard.press("Escape");
      await expect(keeping.name).toBeFocused();
      for (const item of ["Documents in this browser…", "Earlier versions…", "Export…"]) {
        await keeping.fromMenu(item);
        await expect(keeping.dialog).toBeVisible();
        await check(item);
        await page.keyboard.press("Escape");
        await expect(keeping.dialog).toBeHidden();
      }
      await page.getByRole("button", { name: "Share", exact: true }).click();
      await expect(keeping.dialog.getByLabel("Link", { exact: true })).toHaveValue(/#v1:z:/);
      await check("share");
      await page.keyboard.press("Escape");
      await page.goto(`${page.url().split("#")[0]}${LINK}`);
      await expect(keeping.banner).toBeVisible();
      await check("banner");
    });
  }
}
