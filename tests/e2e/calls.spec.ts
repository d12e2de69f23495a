// Which calls the table lists, and what can be taken along of a run.
import AxeBuilder from "@axe-core/playwright";
import { CallTable } from "./calls-page";
import { expect, test } from "./page";

test("neighbours that are alike are one row, which opens", async ({ gatewright, page }) => {
  const calls = new CallTable(page);
  await gatewright.open();
  await expect(calls.row("12–720")).toContainText("709 more denied, same rule");
  await calls.row("2–10").getByRole("button", { name: "Show calls 2–10 one by one" }).click();
  await expect(gatewright.calls).toHaveAttribute("aria-rowcount", "29");
  await expect(calls.row("10:00:00.083")).toContainText("2 of 10");
  await gatewright.calls.focus();
  await gatewright.calls.press("ArrowDown");
  await expect(gatewright.trace.getByRole("heading")).toContainText("Call 12 ·");
  await gatewright.calls.press("Enter");
  await expect(gatewright.calls).toHaveAttribute("aria-rowcount", "737");
  await page.getByRole("checkbox", { name: "Fold alike" }).uncheck();
  await expect(gatewright.calls).toHaveAttribute("aria-rowcount", "3601");
});

test("counts list their calls, and the call that is shown stays", async ({ gatewright, page }) => {
  const calls = new CallTable(page);
  await gatewright.open();
  await calls.toggle("Allowed");
  await expect(calls.matched).toHaveText("50 of 3,600 calls");
  await expect(calls.row("Denied")).toHaveCount(0);
  await expect(gatewright.trace.getByRole("heading")).toContainText("Call 11 ·");
  await page.getByRole("checkbox", { name: "All others" }).check();
  await expect(calls.matched).toHaveText("3,550 of 3,600 calls");
  await calls.search.fill("nobody");
  await expect(calls.matched).toHaveText("3,600 of 3,600 calls");
  await page.getByRole("checkbox", { name: "All others" }).uncheck();
  await expect(page.getByText("No calls match.")).toBeVisible();
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await expect(gatewright.calls).toHaveAttribute("aria-rowcount", "21");
  await page.getByLabel("Decided by").selectOption({ label: "run_tests_rate (10 per minute): 3,550" });
  await expect(calls.matched).toHaveText("3,550 of 3,600 calls");
});

test("a denied call leads to when it would pass, to twice the limit, and to what the agent sees", async ({ gatewright, page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await gatewright.open();
  await page.getByRole("button", { name: "Go to 10:01 UTC" }).click();
  await expect(gatewright.trace.getByRole("heading")).toContainText("Call 721 ·");
  await expect(gatewright.trace).toContainText("Allowed");
  await page.getByRole("button", { name: "Next denial" }).click();
  await page.getByRole("button", { name: "Copy what the agent sees" }).click();
  const seen = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(seen.result.isError).toBe(true);
  expect(seen.result.content[0].text).toContain("[POLICY DENIED] This grant has used 10 of 10 run_tests calls");
  await page.getByRole("button", { name: "Copy as JSON-RPC" }).click();
  const call = JSON.parse(await page.evaluate(() => navigator.clipboard.readText()));
  expect(call).toEqual({ jsonrpc: "2.0", id: 731, method: "tools/call", params: { name: "run_tests", arguments: {} } });
  await page.getByRole("button", { name: "Try max 20" }).click();
  await expect(gatewright.verdict).toContainText("100 of 3,600 calls allowed.");
  await expect(new CallTable(page).whatIf, "and what changes is told").toContainText("50 of 3,600 calls change, all from deny to allow.");
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect(gatewright.verdict).toContainText("50 of 3,600 calls allowed.");
});

test("the run is taken along: CSV, JSON Lines, a picture", async ({ gatewright, page }) => {
  const calls = new CallTable(page);
  await gatewright.open();
  await calls.toggle("Allowed");
  const csv = (await calls.exported("Listed calls as CSV")).split("\r\n");
  expect(csv).toHaveLength(52);
  expect(csv[1]).toBe("1,2026-01-05T10:00:00.000Z,ci-agent,,run_tests,allowed,allowed,,1,10,");
  const lines = await calls.exported("Listed calls as JSON Lines");
  expect(JSON.parse(lines.split("\n")[49] ?? "")).toMatchObject({ call: "2890", tool: "run_tests", decision: "allow" });
  expect(await calls.exported("Lanes as a picture (SVG)")).toContain("<title>50 of 3,600 calls allowed.");
  await gatewright.pasteLog(lines);
  await expect(gatewright.verdict).toContainText("All 50 calls allowed.");
});

test("a policy is pinned, another is tried, and the calls that change are listed", async ({ gatewright, page }) => {
  const calls = new CallTable(page);
  await gatewright.open();
  await calls.whatIf.getByRole("button", { name: "Pin this policy as A" }).click();
  await expect(calls.whatIf).toContainText("A is pinned.");
  await page.getByRole("button", { name: "Try max 20" }).click();
  await expect(calls.whatIf).toContainText("50 of 3,600 calls change, all from deny to allow.");
  await calls.whatIf.getByRole("button", { name: "50 denied under A, allowed under B" }).click();
  await expect(calls.matched).toHaveText("50 of 3,600 calls");
  await expect(calls.row("10:00:00.833")).toContainText("was denied");
  await gatewright.scrubber.focus();
  await gatewright.scrubber.press("Home");
  await calls.whatIf.getByRole("button", { name: "Go to the first that changes: call 11" }).click();
  await expect(gatewright.trace.getByRole("heading")).toContainText("Call 11 ·");
  await calls.whatIf.getByRole("button", { name: "Back to A" }).click();
  await expect(gatewright.verdict).toContainText("50 of 3,600 calls allowed.");
  await calls.whatIf.getByRole("button", { name: "Unpin A" }).click();
  await expect(gatewright.calls).toHaveAttribute("aria-rowcount", "21");
});

test("the verdict's counts list their calls, and the sentence is one", async ({ gatewright, page }) => {
  const calls = new CallTable(page);
  await gatewright.open();
  await expect(gatewright.verdict).toHaveText(
    "50 of 3,600 calls allowed. 3,550 denied, all by run_tests_rate (10 per minute). First denial after 0.8 s.",
  );
  const count = (name: string) => gatewright.verdict.getByRole("button", { name, exact: true });
  await count("50 of 3,600 calls allowed").click();
  await expect(calls.matched).toHaveText("50 of 3,600 calls");
  await expect(calls.row("Denied")).toHaveCount(0);
  await expect(page.locator("#calls")).toBeFocused();
  await expect(calls.grid).toBeInViewport();
  await count("3,550 denied").press("Enter");
  await expect(calls.filter.getByRole("button", { name: /^Denied/ })).toHaveAttribute("aria-pressed", "true");
  await expect(calls.matched).toHaveText("3,550 of 3,600 calls");
  await count("run_tests_rate (10 per minute)").click();
  await expect(calls.filter.getByRole("button", { name: /^Denied/ })).toHaveAttribute("aria-pressed", "false");
  await expect(page.getByLabel("Decided by")).toHaveValue("/tools/run_tests/limits/run_tests_rate");
  await expect(calls.matched).toHaveText("3,550 of 3,600 calls");
});

test("without a denial the nearest counters lead to the calls that brought them there", async ({ gatewright, page }) => {
  await gatewright.open();
  const line = (at: number, grant: string) => JSON.stringify({ at: 1767607200000 + at, tool: "run_tests", grant });
  await gatewright.pasteLog([line(0, "a"), line(1000, "b"), line(2000, "b"), line(3000, "a"), line(4000, "b")].join("\n"));
  await expect(gatewright.verdict).toHaveText(
    "All 5 calls allowed. The closest limit was run_tests_rate: 3 of 10 on 2026-01-05 at 10:00:04 UTC.",
  );
  const near = page.getByRole("list", { name: "Nearest to their limits:" }).getByRole("button");
  await expect(near).toHaveText([
    "run_tests_rate: 3 of 10 on 2026-01-05 at 10:00:04 UTC · grant b",
    "run_tests_rate: 2 of 10 on 2026-01-05 at 10:00:03 UTC · grant a",
  ]);
  const found = await new AxeBuilder({ page }).include("#dry-run").analyze();
  expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  await near.last().press("Enter");
  await expect(gatewright.trace.getByRole("heading")).toContainText("Call 4 ·");
  await gatewright.pasteLog(Array.from({ length: 11 }, (_, call) => line(call, "a")).join("\n"));
  await expect(near).toHaveCount(0);
});

test("the table's columns are chosen, and kept in this browser", async ({ gatewright, page }) => {
  const calls = new CallTable(page);
  await gatewright.open();
  await gatewright.pasteLog(
    [0, 250].map((at) => JSON.stringify({ at: 1767607200000 + at, tool: "run_tests", grant: "ci", session: "s7" })).join("\n"),
  );
  const heads = () => calls.grid.getByRole("columnheader").allInnerTexts();
  await expect(calls.row("10:00:00.250").getByRole("gridcell")).toHaveCount(8);
  await calls.choose("Session", true);
  await calls.choose("Resets in", true);
  await calls.choose("Δ, the time since the call before", true);
  await calls.choose("Rule", false);
  const chosen = ["Call", "Time", "Δ", "Tool", "Grant", "Session", "Decision", "Counter", "Resets in", "Retry"];
  expect(await heads()).toEqual(chosen);
  const cells = ["2", "10:00:00.250", "250 ms", "run_tests", "ci", "s7", /Allowed/, "2 of 10", "59.8 s", ""];
  await expect(calls.row("10:00:00.250").getByRole("gridcell")).toHaveText(cells);
  await page.reload();
  await gatewright.untilLive();
  await expect(calls.grid.getByRole("columnheader")).toHaveText(chosen);
  await calls.openColumns();
  await calls.columns.getByRole("button", { name: "Those that fit" }).click();
  await expect(calls.grid.getByRole("columnheader")).toHaveText(["Call", "Time", "Tool", "Grant", "Decision", "Counter", "Retry", "Rule"]);
});

test("on a narrow screen chosen columns are scrolled to within the table", async ({ gatewright, page }) => {
  const calls = new CallTable(page);
  await page.setViewportSize({ width: 320, height: 700 });
  await gatewright.open();
  await calls.choose("Session", true);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
  expect(await calls.grid.evaluate((grid) => grid.scrollWidth - grid.clientWidth)).toBeGreaterThan(0);
  const [head, cell] = await Promise.all(
    ["columnheader", "gridcell"].map((role) => calls.grid.locator(`[role=${role}].rule`).first().evaluate((part) => part.getBoundingClientRect().left)),
  );
  expect(head, "heads stand over their columns").toBe(cell);
});

test("the selected row is copied as JSON-RPC, as a link that selects it, and as a test", async ({ gatewright, page, context }) => {
  const calls = new CallTable(page);
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await gatewright.open();
  await calls.row("721").click();
  await page.getByText("Copy call 721").click();
  expect(JSON.parse(await calls.copied("As JSON-RPC"))).toMatchObject({ id: 721, method: "tools/call", params: { name: "run_tests" } });
  const file = JSON.parse(await calls.copied("As a policy test"));
  expect(file.tests).toHaveLength(1);
  expect(JSON.stringify(file)).toContain("run_tests");
  const link = await calls.copied("As a link that selects it");
  const other = await context.newPage();
  await other.goto(link);
  await expect(other.locator(".trace").getByRole("heading")).toContainText("Call 721 ·");
  await expect(other.getByRole("region", { name: "Shared document" })).toBeVisible();
});

test("the export of the run leads to the workspace and the link", async ({ gatewright, page }) => {
  await gatewright.open();
  await page.getByText("Export the run").click();
  await page.getByRole("button", { name: "Workspace file…" }).click();
  await expect(page.getByRole("button", { name: "Download the workspace" })).toBeVisible();
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Link…" }).click();
  await expect(page.getByRole("button", { name: "Copy the link" })).toBeVisible();
});

test("the calls are counted in other ways, side by side", async ({ gatewright, page }) => {
  await gatewright.open();
  await page.getByText("Counted in other ways").click();
  const rows = page.getByRole("region", { name: "Ways to count" }).getByRole("row");
  await expect(rows).toHaveCount(7);
  await expect(rows.nth(1).getByRole("cell")).toHaveText(["Calendar (UTC)", "a protocol error", "50", "3,550", "call 11"]);
  await expect(rows.nth(4).getByRole("cell")).toHaveText(["Sliding", "a protocol error", "50", "3,550", "call 11"]);
  await page.getByRole("button", { name: "Try max 20" }).click();
  await expect(rows.nth(1).getByRole("cell")).toHaveText(["Calendar (UTC)", "a protocol error", "100", "3,500", "call 21"]);
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing in the filtered table and what changes: ${width} px, ${colorScheme}`, async ({ gatewright, page }) => {
      const calls = new CallTable(page);
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await gatewright.open();
      await calls.whatIf.getByRole("button", { name: "Pin this policy as A" }).click();
      await page.getByRole("button", { name: "Try max 20" }).click();
      await calls.toggle("Allowed");
      await page.getByText("Counted in other ways").click();
      await page.getByText("Export the run").click();
      await calls.choose("Session", true);
      await page.getByText("Copy call 11").click();
      const found = await new AxeBuilder({ page }).include("#dry-run").analyze();
      expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    });
  }
}
