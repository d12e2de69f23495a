// The smallest policy that a log teaches: shown with what each line rests on, and never applied by itself.
import AxeBuilder from "@axe-core/playwright";
import { CallTable } from "./calls-page";
import { Learning, readings } from "./learn-page";
import { expect, test } from "./page";

test("a log teaches a policy that allows it, in one step that can be undone", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.pasteLog(readings(20));
  await expect(gatewright.verdict).toContainText("0 of 20 calls allowed.");
  const learning = new Learning(page);
  await learning.learn.click();
  await expect(learning.lesson).toContainText("Learned from 20 calls, all of which the policy allows");
  await expect(learning.lesson.locator(".diff")).toContainText("read_file");
  await expect(learning.lesson.locator(".diff")).toContainText("One grant called it");
  await expect(gatewright.verdict).toContainText("0 of 20 calls allowed.");
  await learning.use.click();
  await expect(gatewright.verdict).toContainText("All 20 calls allowed.");
  await expect(learning.lesson).toContainText("It is the policy on the page.");
  await page.getByRole("button", { name: "Undo: Learned from the pasted text" }).click();
  await expect(gatewright.verdict).toContainText("0 of 20 calls allowed.");
});

test("each line says why it is there, and its witness is a call of the table", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.pasteLog(readings(20));
  const learning = new Learning(page);
  await learning.learn.click();
  const table = new CallTable(page);
  await table.toggle("Denied");
  await table.toggle("Denied");
  const lines = await learning.why();
  await expect(lines).toContainText("read_file");
  await lines.getByRole("button", { name: /^Call 20: / }).first().click();
  await expect(page.getByRole("heading", { name: /^Call 20 · read_file/ })).toBeVisible();
  await expect(page.locator("#calls")).toBeFocused();
});

test("what is held out is told in a sentence, with the calls that the policy denies", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.pasteLog(readings(20));
  const learning = new Learning(page);
  await learning.holdOut(20);
  await learning.slack(100);
  await learning.learn.click();
  await expect(learning.lesson).toContainText("the policy was tried on the last 4: 3 allowed, 1 denied");
  await learning.lesson.getByRole("button", { name: /^Call 20: / }).click();
  await expect(page.getByRole("heading", { name: /^Call 20 · read_file/ })).toBeVisible();
  await learning.holdOut(30);
  await expect(learning.lesson).toContainText("Learned with other options.");
});

test("a log of many calls is learned from beside the page", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.pasteLog(readings(6_000));
  await expect(gatewright.verdict).toContainText("0 of 6,000 calls allowed.");
  const learning = new Learning(page);
  await learning.learn.click();
  await expect(learning.lesson).toContainText("Learned from 6,000 calls, all of which the policy allows");
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 320]) {
    test(`axe finds nothing in what was learned: ${width} px, ${colorScheme}`, async ({ gatewright, page }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await gatewright.open();
      await gatewright.pasteLog(readings(20));
      const learning = new Learning(page);
      await learning.holdOut(20);
      await learning.learn.click();
      await learning.why();
      const found = await new AxeBuilder({ page }).include(".traffic").analyze();
      expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    });
  }
}
