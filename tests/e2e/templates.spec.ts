import AxeBuilder from "@axe-core/playwright";
import { FrontDialog } from "./dialog-page";
import { expect, test } from "./page";
import { Tools } from "./tools-page";

const NAMES = [
  "Read-only agent",
  "CI runner",
  "Payments with spend limits",
  "Everything but destructive",
  "run_tests",
  "pytest",
  "run",
  "coverage",
  "record_test_outcome",
];

test("each template says why, shows what it says, and is undone", async ({ gatewright, page }) => {
  const templates = new FrontDialog(page, "Start from a template");
  await gatewright.open();
  await page.getByRole("button", { name: "Use a template" }).click();
  await expect(templates.box.getByRole("heading", { level: 3 })).toHaveText(NAMES);
  const payments = templates.box.getByRole("listitem").filter({ hasText: "Payments" });
  await payments.getByText("What it says").click();
  await expect(payments.locator("pre")).toContainText('"spend_per_day"');
  await payments.getByRole("button", { name: "Start from Payments with spend limits" }).click();
  await expect(templates.box).toHaveCount(0);
  await gatewright.show("In words");
  await expect(page.locator(".words")).toContainText("create_refund");
  await page.getByRole("button", { name: /^Undo: Started from Payments/ }).click();
  await expect(page.locator(".words")).not.toContainText("create_refund");
  await expect(gatewright.verdict).toContainText("50 of 3,600 calls allowed.");
});

test("templates that speak of all tools are written for the imported ones", async ({ gatewright, page }) => {
  const templates = new FrontDialog(page, "Start from a template");
  await gatewright.open();
  await new Tools(page).import('{"tools": [{"name": "read_notes"}, {"name": "delete_notes"}, {"name": "run_macro"}]}');
  await page.keyboard.press("Control+k");
  await page.getByRole("combobox", { name: "Command" }).fill("everything but");
  await page.keyboard.press("Enter");
  await expect(templates.box).toHaveCount(0);
  await gatewright.show("In words");
  const words = page.locator(".words");
  await expect(words).toContainText("read_notes may be called");
  await expect(words).toContainText("run_macro_per_day");
  await expect(words).toContainText("delete_notes is hidden");
});

test("Escape puts a dialog away and gives the focus back", async ({ gatewright, page }) => {
  const templates = new FrontDialog(page, "Start from a template");
  await gatewright.open();
  const opener = page.getByRole("button", { name: "Use a template" });
  await opener.press("Enter");
  await expect(templates.box).toBeVisible();
  await templates.close();
  await expect(templates.box).toHaveCount(0);
  await expect(opener).toBeFocused();
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing in the templates, ${colorScheme}`, async ({ gatewright, page }) => {
    await page.emulateMedia({ colorScheme });
    await gatewright.open();
    await page.getByRole("button", { name: "Use a template" }).click();
    await page.getByText("What it says").first().click();
    const found = await new AxeBuilder({ page }).include("dialog").analyze();
    expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target)])).toEqual([]);
  });
}
