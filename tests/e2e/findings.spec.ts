import AxeBuilder from "@axe-core/playwright";
import { Findings } from "./findings-page";
import { expect, test } from "./page";

const TYPO = `{
  "version": "1",
  "default": "deny",
  "tools": {
    "run_tests": { "limit": [] },
    "run_tests": {}
  }
}
`;
const HIDDEN_TWICE = `{
  "version": "1",
  "default": "deny",
  "hide": ["rm", "rm"],
  "tools": { "ls": {} }
}
`;

test("every finding says where, what and how to repair it", async ({ gatewright, page }) => {
  const findings = new Findings(page);
  await gatewright.open();
  await gatewright.bringPolicy(TYPO);
  await expect(findings.panel).toContainText("2 errors. The results are those of the last valid version.");
  await expect(findings.items).toHaveCount(2);
  await expect(findings.items.nth(0)).toContainText("/tools/run_tests/limit");
  await expect(findings.items.nth(0)).toContainText("limit is not a field here.");
  await expect(findings.items.nth(0)).toContainText("Did you mean limits?");
  await findings.items.nth(1).getByRole("button", { name: /line 5$/ }).click();
  await expect(page.getByRole("radio", { name: "JSON" })).toBeChecked();
});

test("a repair shows what it changes, is made with one press, and is undone", async ({ gatewright, page }) => {
  const findings = new Findings(page);
  await gatewright.open();
  await gatewright.bringPolicy(HIDDEN_TWICE);
  await expect(findings.panel).toContainText("No errors.");
  const diff = findings.items.first().locator(".diff");
  await expect(diff.locator(".removed")).toHaveText(/"hide": \["rm", "rm"\],/);
  await expect(diff.locator(".added")).toHaveText(/"hide": \["rm"\],/);
  const count = await findings.items.count();
  await findings.panel.getByRole("button", { name: /^Fix: / }).first().press("Enter");
  await expect(findings.items).toHaveCount(count - 1);
  await expect(page.locator("#finding-0, #policy").and(page.locator(":focus"))).toHaveCount(1);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(findings.items).toHaveCount(count);
});

test("F8 walks the findings, there and back", async ({ gatewright, page }) => {
  const findings = new Findings(page);
  await gatewright.open();
  await gatewright.bringPolicy(TYPO);
  await page.locator("#policy").focus();
  await page.keyboard.press("F8");
  await expect(findings.place("Line 5, column 20")).toBeFocused();
  await page.keyboard.press("F8");
  await expect(findings.place("Line 6, column 5")).toBeFocused();
  await page.keyboard.press("Shift+F8");
  await expect(findings.place("Line 5, column 20")).toBeFocused();
  await expect(page.locator("[aria-live=polite]").filter({ hasText: "Finding 1 of 2: limit is not a field here." })).toHaveCount(1);
});

test("the call that shows a finding is put into the dry run", async ({ gatewright, page }) => {
  const findings = new Findings(page);
  await gatewright.open();
  await gatewright.bringPolicy(
    '{"version": "1", "default": "deny", "tools": {"pay": {"deny_if": [{"conditions": [{"path": "args.amount", "op": "gt", "value": 100}]}]}}}',
  );
  const evaded = findings.items.filter({ hasText: "deny_if" }).first();
  await evaded.getByRole("button", { name: "Show the call" }).click();
  await expect(gatewright.verdict).toHaveText(/^The one call is allowed/);
  await expect(gatewright.trace.getByRole("heading")).toContainText("Call 1 · pay ·");
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(gatewright.verdict).toContainText("3,600 calls");
});

test("a finding leads to its place in the text", async ({ gatewright, page }) => {
  const findings = new Findings(page);
  await gatewright.open();
  await gatewright.bringPolicy(TYPO);
  await gatewright.show("JSON");
  await findings.place("Line 5, column 20").click();
  await expect.poll(() => page.evaluate(() => document.activeElement?.closest("#policy") !== null)).toBe(true);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing in the findings, ${colorScheme}`, async ({ gatewright, page }) => {
    await page.emulateMedia({ colorScheme });
    await gatewright.open();
    await gatewright.bringPolicy(HIDDEN_TWICE);
    const found = await new AxeBuilder({ page }).include("#findings").analyze();
    expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target)])).toEqual([]);
  });
}
