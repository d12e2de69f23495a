import { expect, test } from "./page";

test("every step of the dry run has a key", async ({ gatewright }) => {
  await gatewright.open();
  const at = (call: string) => expect(gatewright.trace.getByRole("heading")).toContainText(`Call ${call} ·`);
  await gatewright.scrubber.focus();
  await gatewright.scrubber.press("ArrowRight");
  await at("12");
  await gatewright.scrubber.press("ArrowLeft");
  await gatewright.scrubber.press("ArrowLeft");
  await at("10");
  await gatewright.scrubber.press("n");
  await at("11");
  await gatewright.scrubber.press("End");
  await at("3,600");
  await gatewright.scrubber.press("p");
  await at("3,599");
  await gatewright.scrubber.press("Home");
  await at("1");
  await gatewright.calls.focus();
  await gatewright.calls.press("ArrowDown");
  await at("2");
  await gatewright.calls.press("n");
  await at("11");
});

test("a step that leads nowhere keeps the focus", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.pasteLog('{"at":0,"tool":"run_tests"}\n{"at":0,"tool":"other"}');
  const next = page.getByRole("button", { name: "Next denial" });
  await next.focus();
  await expect(gatewright.trace.getByRole("heading")).toContainText("Call 2 ·");
  await next.press("Enter");
  await expect(next).toBeFocused();
  await expect(next).toHaveAttribute("aria-disabled", "true");
  await page.getByRole("button", { name: "Back to the loop" }).press("Enter");
  await expect(gatewright.traffic).toBeFocused();
});

test("the skip links lead to panes that a narrow screen hides", async ({ gatewright, page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await gatewright.open();
  await page.getByRole("link", { name: "Skip to the policy" }).press("Enter");
  await expect(page.getByRole("radiogroup", { name: "Form of the policy" })).toBeVisible();
  await expect(page.locator("#policy")).toBeFocused();
});

test("a letter typed into the policy is a letter", async ({ gatewright }) => {
  await gatewright.open();
  await gatewright.edit();
  await gatewright.editor.press("Control+Home");
  await gatewright.editor.press("n");
  expect(await gatewright.policyText()).toMatch(/^n\{/);
  await expect(gatewright.trace.getByRole("heading")).toContainText("Call 11 ·");
});

test("the page is used from end to end with the keyboard alone", async ({ gatewright, page }) => {
  await gatewright.open();
  const reached: string[] = [];
  for (let presses = 0; presses < 120; presses += 1) {
    await page.keyboard.press("Tab");
    const name = await page.evaluate(() => {
      const here = document.activeElement as HTMLElement | null;
      const label = (here as HTMLInputElement | null)?.labels?.[0]?.textContent;
      return here?.getAttribute("aria-label") || label || here?.id || here?.textContent?.trim() || here?.tagName || "";
    });
    if (name === "BODY") break;
    reached.push(name);
  }
  for (const stop of ["Skip to the policy", "Skip to the dry run", "Filter tools by name", "Visual", "Most of limit 1", "3,550 denied", "Cross-hair over run_tests_rate", "Show as table: run_tests_rate", "Call", "Next call", "Calls"]) {
    expect(reached).toContain(stop);
  }
  const order = ["Filter tools by name", "Most of limit 1", "Call", "Calls"].map((stop) => reached.indexOf(stop));
  expect(order).toEqual([...order].sort((a, b) => a - b));
});

test("a counter's chart is there as a table", async ({ gatewright, page }) => {
  await gatewright.open();
  await page.getByRole("button", { name: "Show as table: run_tests_rate" }).press("Enter");
  const rows = page.getByRole("region", { name: "Windows of this counter" }).getByRole("row");
  await expect(rows).toHaveCount(6);
  await expect(rows.nth(1)).toContainText("the minute 10:00–10:01 UTC");
  await expect(rows.nth(1).getByRole("cell")).toHaveText([/./, "10", "10", "10", "710", "0", "2026-01-05 10:01 UTC"]);
});
