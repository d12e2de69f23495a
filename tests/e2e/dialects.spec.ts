// Policies in other languages: recognised wherever one is brought, converted with a report, and never lost.
import AxeBuilder from "@axe-core/playwright";
import { FrontDialog } from "./dialog-page";
import { Keeping } from "./keeping-page";
import { expect, test } from "./page";

const INTERCEPT = `version: "1"
default: deny
tools:
  create_charge:
    rules:
      - name: "daily spend cap"
        conditions:
          - path: "state.create_charge.daily_spend"
            op: "lte"
            value: 1000000
        on_deny: "Daily spending cap reached"
        state:
          counter: "daily_spend"
          window: "day"
          increment_from: "args.amount"
`;
const CLAUDE = `{"permissions": {"allow": ["mcp__github__get_issue", "mcp__github__list_*"], "deny": ["mcp__github__delete_repo"]}}`;

test("a dropped text in another language is converted, with a diff, in one step", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.drop("charges.yaml", INTERCEPT);
  const dialog = new FrontDialog(page, "Convert to a policy");
  await expect(dialog.box).toContainText("This is Intercept's YAML: convert it?");
  await expect(dialog.box.locator(".diff")).toContainText('"counter": "daily_spend"');
  await expect(dialog.box).toContainText("Everything was carried over.");
  await expect(gatewright.verdict).toContainText("50 of 3,600 calls allowed.");
  await dialog.box.getByRole("button", { name: "Use the converted policy" }).click();
  await expect(dialog.box).toBeHidden();
  expect(await gatewright.policyText()).toContain('"create_charge"');
  await page.getByRole("button", { name: "Undo: Converted charges.yaml" }).click();
  await expect(gatewright.verdict).toContainText("50 of 3,600 calls allowed.");
});

test("what could not be carried over is named with its line, and what is done instead", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.drop("settings.json", CLAUDE);
  const dialog = new FrontDialog(page, "Convert to a policy");
  await expect(dialog.box).toContainText("This is Claude Code's permission rules: convert it?");
  await expect(dialog.box).toContainText(/Line 1: .*mcp__github__list_\*/);
  await expect(dialog.box).toContainText("A policy names tools one by one, and has no patterns.");
});

test("a call that is decided otherwise is tried with the policy", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.drop("charges.yaml", INTERCEPT);
  const dialog = new FrontDialog(page, "Convert to a policy");
  await dialog.box.getByRole("button", { name: /^Use it and try this call: create_charge/ }).first().click();
  await expect(gatewright.verdict).toContainText("call is denied");
  await expect(page.getByRole("button", { name: "Undo: Converted charges.yaml, with a call that differs" })).toBeVisible();
});

test("the text as it was brought stays among the earlier versions", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.drop("charges.yaml", INTERCEPT);
  const dialog = new FrontDialog(page, "Convert to a policy");
  await dialog.box.getByRole("button", { name: "Use the converted policy" }).click();
  const keeping = new Keeping(page);
  await keeping.untilSaved();
  await keeping.fromMenu("Earlier versions");
  await expect(keeping.dialog).toContainText("charges.yaml as it was brought");
});

test("a policy is opened as ever, and a text can be opened as it is", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.drop("charges.yaml", INTERCEPT);
  const dialog = new FrontDialog(page, "Convert to a policy");
  await dialog.box.getByText("The text as it was brought").click();
  await dialog.box.getByRole("button", { name: "Open it as it is" }).click();
  expect(await gatewright.policyText()).toBe(INTERCEPT);
  // On the page it is recognised as well.
  await page.getByRole("button", { name: "Convert it…" }).click();
  await dialog.box.getByRole("button", { name: "Use the converted policy" }).click();
  await expect(gatewright.findings).toContainText("No errors.");
  await expect(page.getByRole("button", { name: "Convert it…" })).toHaveCount(0);
});

test("a policy goes out in other languages, with what is lost and a call that differs", async ({ gatewright, page }) => {
  await gatewright.open();
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const dialog = new FrontDialog(page, "Export");
  await dialog.box.getByText("Intercept YAML").click();
  const download = dialog.box.getByRole("button", { name: "Download it in Intercept's YAML" });
  const keeping = new Keeping(page);
  const file = await keeping.downloaded(download);
  expect(file.name).toBe("policy.yaml");
  expect(file.text).toContain('"run_tests":');
  await dialog.box.getByText("Claude Code permission rules").click();
  await expect(dialog.box).toContainText("Claude Code's rules need the name of the server");
  await dialog.box.getByLabel("The server's name in Claude Code").fill("ci");
  await expect(dialog.box).toContainText("mcp__ci__run_tests");
  await expect(dialog.box).toContainText("Not carried over");
  await dialog.box.getByRole("button", { name: /^Try this call: / }).first().click();
  await expect(dialog.box).toBeHidden();
  await expect(gatewright.traffic).toContainText("A call that is decided otherwise");
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 320]) {
    test(`axe finds nothing in a conversion: ${width} px, ${colorScheme}`, async ({ gatewright, page }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await gatewright.open();
      await gatewright.drop("settings.json", CLAUDE);
      const dialog = new FrontDialog(page, "Convert to a policy");
      await expect(dialog.box).toContainText("Not carried over");
      const found = await new AxeBuilder({ page }).include("dialog").analyze();
      expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    });
  }
}
