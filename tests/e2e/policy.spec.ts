import { expect, test } from "./page";

test("editing 10 to 20 changes the verdict, and the same call stays in view", async ({ gatewright }) => {
  await gatewright.open();
  await gatewright.replaceInPolicy('"max": 10', '"max": 20');
  await expect(gatewright.verdict).toHaveText(
    "100 of 3,600 calls allowed. 3,500 denied, all by run_tests_rate (20 per minute). First denial after 1.7 s.",
  );
  await expect(gatewright.trace).toContainText("Call 11");
  await expect(gatewright.trace.locator(".mark")).toHaveText("●Allowed");
});

test("a broken document keeps the text and the last result, and says where it is broken", async ({ gatewright }) => {
  await gatewright.open();
  await gatewright.replaceInPolicy('"max": 10,', '"max": ten');
  await expect(gatewright.findings).toContainText("2 errors. The results are those of the last valid version.");
  await expect(gatewright.findings).toContainText("Line 10, column 18");
  await expect(gatewright.findings).toContainText("Found ten where a value should be");
  await expect(gatewright.verdict).toContainText("50 of 3,600 calls allowed.");
  await expect(gatewright.page.getByText("This is the run of the last valid version: the policy has errors.")).toBeVisible();
  await expect(gatewright.trace).toContainText("Call 11");
  await expect(gatewright.trace.getByRole("button", { name: /^Go to line/ })).toHaveCount(0);
  expect(await gatewright.policyText()).toContain('"max": ten');
  await gatewright.replaceInPolicy('"max": ten', '"max": 5,');
  await expect(gatewright.findings).toContainText("No errors.");
  await expect(gatewright.verdict).toContainText("25 of 3,600 calls allowed.");
});

test("a typo is an error with a repair of one click, which can be undone", async ({ gatewright }) => {
  await gatewright.open();
  await gatewright.replaceInPolicy('"window"', '"windwo"');
  await expect(gatewright.findings).toContainText("windwo is not a field here");
  await gatewright.findings.getByRole("button", { name: "Fix: write `window`" }).click();
  await expect(gatewright.findings).toContainText("No errors.");
  await gatewright.page.getByRole("button", { name: "Undo" }).click();
  expect(await gatewright.policyText()).toContain('"windwo"');
});

test("a rule decides, and the trace says what it found", async ({ gatewright }) => {
  await gatewright.open();
  const rule = '"require": [{ "conditions": [{ "path": "args.path", "op": "exists", "value": true }] }],';
  await gatewright.replaceInPolicy('"limits": [', `${rule}\n      "limits": [`);
  await expect(gatewright.verdict).toContainText(
    "0 of 3,600 calls allowed. 3,600 denied, all by /tools/run_tests/require/args.path-exists.",
  );
  await expect(gatewright.trace).toContainText("run_tests is refused: args.path must be given.");
  await expect(gatewright.trace).toContainText("args.path is missing: exists true does not hold");
});

test("a call that needs a person is neither allowed nor denied", async ({ gatewright }) => {
  await gatewright.open();
  await gatewright.replaceInPolicy('"limits": [', '"require_approval": [{ "conditions": [] }],\n      "limits": [');
  await expect(gatewright.verdict).toContainText("0 of 3,600 calls allowed, none denied. 3,600 calls need a person's approval.");
  await expect(gatewright.trace).toContainText("Needs approval");
  await expect(gatewright.trace).toContainText("Each call of run_tests needs a person's approval.");
});

for (const [tool, verdict] of [
  ["pytest", "50 of 3,600 calls allowed. 3,550 denied, all by pytest_rate (10 per minute)."],
  ["record_test_outcome", "150 of 3,600 calls allowed. 3,450 denied, all by record_test_outcome_rate (30 per minute)."],
  ["run", "50 of 3,600 calls allowed. 3,550 denied, all by run_rate (10 per minute)."],
  ["coverage", "50 of 3,600 calls allowed. 3,550 denied, all by coverage_rate (10 per minute)."],
] as const) {
  test(`the ${tool} policy is one choice away`, async ({ gatewright }) => {
    await gatewright.open();
    await gatewright.startFrom(tool);
    await expect(gatewright.verdict).toContainText(verdict);
  });
}

test("choosing templates never loses what was written, nor what was typed after", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.replaceInPolicy('"max": 10', '"max": 7');
  await gatewright.startFrom("pytest");
  await gatewright.startFrom("run");
  await gatewright.replaceInPolicy('"max": 10', '"max": 8');
  const undo = page.getByRole("button", { name: /^Undo/ });
  await undo.click();
  await undo.click();
  expect(await gatewright.policyText()).toContain('"pytest"');
  await undo.click();
  expect(await gatewright.policyText()).toContain('"max": 7');
  await expect(gatewright.verdict).toContainText("35 of 3,600 calls allowed.");
  const redo = page.getByRole("button", { name: /^Redo/ });
  await redo.click();
  await redo.click();
  await redo.click();
  expect(await gatewright.policyText()).toContain('"max": 8');
});

test("a number out of bounds says so, and the last run stays", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.traffic.click();
  const pace = page.getByLabel("Pace");
  await pace.fill("5000");
  await expect(pace).toHaveAttribute("aria-invalid", "true");
  await expect(page.getByText("From 1 to 1000; the run is still of 12.")).toBeVisible();
  await expect(gatewright.verdict).toContainText("50 of 3,600 calls allowed.");
  await pace.fill("1000");
  await expect(gatewright.verdict).toContainText("50 of 300,000 calls allowed.");
  await page.getByRole("spinbutton", { name: /^For/ }).fill("1440");
  await expect(page.getByText("The scenario makes 86,400,000 calls; at most 1,000,000 are run.")).toBeVisible();
  await expect(gatewright.verdict).toContainText("50 of 300,000 calls allowed.");
});

test("an edit leaves the table where it is scrolled to", async ({ gatewright, page }) => {
  await gatewright.open();
  await page.getByRole("checkbox", { name: "Fold alike" }).uncheck();
  await gatewright.calls.evaluate((grid) => grid.scrollTo(0, 20_000));
  await gatewright.replaceInPolicy('"max": 10', '"max": 11');
  await expect(gatewright.verdict).toContainText("55 of 3,600 calls allowed.");
  expect(await gatewright.calls.evaluate((grid) => grid.scrollTop)).toBe(20_000);
});

test("on a narrow screen too a rule leads to its place, however far down", async ({ gatewright, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await gatewright.open();
  await page.getByRole("button", { name: "Policy", exact: true }).click();
  await gatewright.replaceInPolicy('"tools": {', `"tools": {${"\n".repeat(200)}`);
  await page.getByRole("button", { name: "Dry run", exact: true }).click();
  await gatewright.trace.getByRole("button", { name: "Go to line 207", exact: true }).last().click();
  await expect(gatewright.editor).toBeFocused();
  await expect(page.getByText('"counter": "run_tests_rate"')).toBeInViewport();
});

test("a finding and a rule lead to their place in the text", async ({ gatewright }) => {
  await gatewright.open();
  await gatewright.edit();
  await gatewright.trace.getByRole("button", { name: "Go to line 7", exact: true }).last().click();
  await expect(gatewright.editor).toBeFocused();
  const selected = () => gatewright.page.evaluate(() => String(getSelection()));
  expect(await selected()).toMatch(/^\{\s+"counter": "run_tests_rate"[^]*"grant"\s+\}$/);
  await gatewright.replaceInPolicy('"max": 10', '"max": -1');
  await gatewright.findings.getByRole("button", { name: "Line 10, column 18" }).click();
  expect(await selected()).toBe("-1");
});
