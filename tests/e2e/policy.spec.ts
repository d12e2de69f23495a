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
  await expect(gatewright.findings).toContainText("found `ten` where a value should be");
  await expect(gatewright.verdict).toContainText("50 of 3,600 calls allowed.");
  await expect(gatewright.trace).toContainText("Call 11");
  expect(await gatewright.editor.inputValue()).toContain('"max": ten');
  await gatewright.replaceInPolicy('"max": ten', '"max": 5,');
  await expect(gatewright.findings).toContainText("No errors.");
  await expect(gatewright.verdict).toContainText("25 of 3,600 calls allowed.");
});

test("a typo is an error with a repair of one click, which can be undone", async ({ gatewright }) => {
  await gatewright.open();
  await gatewright.replaceInPolicy('"window"', '"windwo"');
  await expect(gatewright.findings).toContainText("the field `windwo` is not part of the policy language");
  await gatewright.findings.getByRole("button", { name: "Fix: write `window`" }).click();
  await expect(gatewright.findings).toContainText("No errors.");
  await gatewright.page.getByRole("button", { name: "Undo" }).click();
  expect(await gatewright.editor.inputValue()).toContain('"windwo"');
});

test("rules that this version cannot evaluate are refused, never skipped", async ({ gatewright }) => {
  await gatewright.open();
  await gatewright.replaceInPolicy('"limits": [', '"deny_if": [],\n      "limits": [');
  await expect(gatewright.findings).toContainText("`deny_if` is not evaluated by this version of Gatewright yet");
});

for (const [tool, verdict] of [
  ["pytest", "50 of 3,600 calls allowed. 3,550 denied, all by pytest_rate (10 per minute)."],
  ["record_test_outcome", "150 of 3,600 calls allowed. 3,450 denied, all by record_test_outcome_rate (30 per minute)."],
  ["run", "50 of 3,600 calls allowed. 3,550 denied, all by run_rate (10 per minute)."],
  ["coverage", "50 of 3,600 calls allowed. 3,550 denied, all by coverage_rate (10 per minute)."],
] as const) {
  test(`the ${tool} policy is one choice away`, async ({ gatewright }) => {
    await gatewright.open();
    await gatewright.page.getByLabel("Start from").selectOption(tool);
    await expect(gatewright.verdict).toContainText(verdict);
  });
}

test("choosing a sample never loses what was written", async ({ gatewright }) => {
  await gatewright.open();
  await gatewright.replaceInPolicy('"max": 10', '"max": 7');
  await gatewright.page.getByLabel("Start from").selectOption("pytest");
  await expect(gatewright.page.getByText("Loaded the pytest policy.")).toBeVisible();
  await gatewright.page.getByRole("button", { name: "Undo" }).click();
  expect(await gatewright.editor.inputValue()).toContain('"max": 7');
});

test("on a narrow screen too a rule leads to its place, however far down", async ({ gatewright, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await gatewright.open();
  await page.getByRole("button", { name: "Policy", exact: true }).click();
  await gatewright.replaceInPolicy('"tools": {', `"tools": {${"\n".repeat(200)}`);
  await page.getByRole("button", { name: "Dry run", exact: true }).click();
  await gatewright.trace.getByRole("button", { name: "Go to line 207", exact: true }).last().click();
  await expect(gatewright.editor).toBeFocused();
  const [top, frame] = await gatewright.editor.evaluate((area) => {
    const editor = area.parentElement as HTMLElement;
    return [206 * 20 - editor.scrollTop, editor.clientHeight] as const;
  });
  expect(top).toBeGreaterThan(0);
  expect(top).toBeLessThan(frame);
});

test("a finding and a rule lead to their place in the text", async ({ gatewright }) => {
  await gatewright.open();
  await gatewright.trace.getByRole("button", { name: "Go to line 7", exact: true }).last().click();
  await expect(gatewright.editor).toBeFocused();
  const selected = () =>
    gatewright.editor.evaluate((area: HTMLTextAreaElement) => area.value.slice(area.selectionStart, area.selectionEnd));
  expect(await selected()).toMatch(/^\{\s+"counter": "run_tests_rate"[^]*"grant"\s+\}$/);
  await gatewright.replaceInPolicy('"max": 10', '"max": -1');
  await gatewright.findings.getByRole("button", { name: "Line 10, column 18" }).click();
  expect(await selected()).toBe("-1");
});
