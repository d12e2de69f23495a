import { readFileSync } from "node:fs";
import AxeBuilder from "@axe-core/playwright";
import { FrontDialog } from "./dialog-page";
import { expect, test } from "./page";

const recorded = readFileSync(new URL("../npm/recorded/run_tests.test.json", import.meta.url), "utf8");
const policyOf = (max: number) =>
  `{"version": "1", "default": "deny", "tools": {"run_tests": {"limits": [{"counter": "run_tests_rate", "window": "minute", "max": ${max}, "scope": "grant"}]}}}`;

test("a call becomes a test, which is run on each edit", async ({ gatewright, page }) => {
  const tests = new FrontDialog(page, "Policy tests");
  await gatewright.open();
  await gatewright.trace.getByRole("button", { name: "Add as test" }).click();
  const count = page.getByRole("button", { name: /^Tests/ });
  await expect(count).toHaveText("Tests 1/1");
  await gatewright.bringPolicy(policyOf(11));
  await expect(count).toHaveText("Tests 0/1");
  await count.click();
  await expect(tests.box).toContainText("0 of 1 pass.");
  await expect(tests.box.getByRole("listitem").first()).toContainText("fails");
  await expect(tests.box).toContainText('decision: expected "deny", got "allow"');
  await expect(tests.box.getByRole("textbox", { name: "Name of test 1" })).toHaveValue(/is denied by .* after 10 calls/);
});

test("the file that is downloaded is the one that the command is tried with", async ({ gatewright, page }) => {
  const tests = new FrontDialog(page, "Policy tests");
  await gatewright.open();
  await page.getByRole("button", { name: "Tests", exact: true }).click();
  await expect(tests.box).toContainText("No tests yet.");
  await tests.box.getByRole("button", { name: "Add the selected call" }).click();
  await expect(tests.box).toContainText("The one test passes.");
  const downloading = page.waitForEvent("download");
  await tests.box.getByRole("button", { name: "Download policy.test.json" }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe("policy.test.json");
  expect(readFileSync(await download.path(), "utf8")).toBe(recorded);
});

test("tests are renamed, deleted and brought back, and the focus stays near", async ({ gatewright, page }) => {
  const tests = new FrontDialog(page, "Policy tests");
  await gatewright.open();
  await page.getByRole("button", { name: "Tests", exact: true }).click();
  const add = tests.box.getByRole("button", { name: "Add the selected call" });
  await add.click();
  await add.click();
  const name = tests.box.getByRole("textbox", { name: "Name of test 2" });
  await expect(name).toHaveValue(/\(2\)$/);
  await name.fill("a loop is stopped");
  await name.press("Tab");
  await expect(tests.box.getByRole("textbox", { name: "policy.test.json" })).toHaveValue(/"name": "a loop is stopped"/);
  await tests.box.getByRole("button", { name: /^Delete run_tests/ }).press("Enter");
  await expect(tests.box.getByRole("button", { name: "Delete a loop is stopped" })).toBeFocused();
  await tests.box.getByRole("button", { name: "Delete a loop is stopped" }).press("Enter");
  await expect(tests.box.getByRole("textbox", { name: "policy.test.json" })).toBeFocused();
  await expect(tests.box).toContainText("No tests yet.");
  await tests.close();
  await page.getByRole("button", { name: /^Undo: Deleted a test/ }).click();
  await expect(page.getByRole("button", { name: "Tests 1/1" })).toBeVisible();
});

test("a typo in the file is told with its place, and no test is run", async ({ gatewright, page }) => {
  const tests = new FrontDialog(page, "Policy tests");
  await gatewright.open();
  await page.getByRole("button", { name: "Tests", exact: true }).click();
  const file = tests.box.getByRole("textbox", { name: "policy.test.json" });
  await file.fill(recorded.replace('"expect": { "decision": "deny"', '"expct": { "decision": "deny"'));
  await file.press("Tab");
  await expect(tests.box).toContainText("The file has 1 error, and no test is run.");
  await expect(tests.box).toContainText("Line 7, column 69: unknown field expct; did you mean expect?");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing in the tests, ${colorScheme}`, async ({ gatewright, page }) => {
    await page.emulateMedia({ colorScheme });
    await gatewright.open();
    await gatewright.trace.getByRole("button", { name: "Add as test" }).click();
    await gatewright.bringPolicy(policyOf(11));
    await page.getByRole("button", { name: "Tests 0/1" }).click();
    const found = await new AxeBuilder({ page }).include("dialog").analyze();
    expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target)])).toEqual([]);
  });
}
