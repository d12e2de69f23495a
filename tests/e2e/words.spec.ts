import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./page";

const POLICY = `{
  "version": "1",
  "default": "deny",
  "hide": ["rm"],
  "tools": {
    "pay": {
      "deny_if": [{ "conditions": [{ "path": "args.amount", "op": "gt", "value": 100 }] }]
    }
  }
}
`;

test("the policy is told in words, and a sentence leads to its rule", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.bringPolicy(POLICY);
  await gatewright.show("In words");
  const words = page.locator(".words");
  await expect(words.getByRole("heading")).toHaveText(["Every tool", "pay", "rm"]);
  await expect(words).toContainText("Tools that are not listed are denied.");
  const sentence = words.getByRole("button", { name: /args\.amount/ }).first();
  await sentence.click();
  await expect(sentence).toHaveAttribute("aria-current", "true");
  expect(new URL(page.url()).hash).toContain("at=/tools/pay/deny_if/0");
});

test("the words are copied as Markdown", async ({ gatewright, page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await gatewright.open();
  await gatewright.bringPolicy(POLICY);
  await gatewright.show("In words");
  await page.getByRole("button", { name: "Copy as Markdown" }).click();
  await expect(page.locator("[aria-live=polite]").filter({ hasText: "Copied the policy in words" })).toHaveCount(1);
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toMatch(/\n- Tools that are not listed are denied\.\n- pay may be called\.\n {2}- /);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing in the words, ${colorScheme}`, async ({ gatewright, page }) => {
    await page.emulateMedia({ colorScheme });
    await gatewright.open();
    await gatewright.bringPolicy(POLICY);
    await gatewright.show("In words");
    const found = await new AxeBuilder({ page }).include(".words").analyze();
    expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target)])).toEqual([]);
  });
}
