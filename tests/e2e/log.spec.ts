import { Keeping } from "./keeping-page";
import { expect, test } from "./page";

/** A minute and a half of one agent: four calls before 10:00, forty after it, one of another tool. */
function rawLog(): string {
  const lines: object[] = [
    { ts: "2026-01-05T09:59:50.000Z", session: "s", dir: "client->server", msg: { jsonrpc: "2.0", id: 0, method: "initialize", params: {} } },
    { ts: "2026-01-05T09:59:50.100Z", session: "s", dir: "server->client", msg: { jsonrpc: "2.0", id: 0, result: {} } },
    { ts: "2026-01-05T09:59:50.200Z", session: "s", dir: "server-stderr", raw: "ready" },
  ];
  for (let id = 1; id <= 44; id += 1) {
    const at = Date.parse(id <= 4 ? "2026-01-05T09:59:51Z" : "2026-01-05T10:00:01Z") + id * 1000;
    const name = id === 44 ? "pip-list" : "pytest";
    lines.push({ ts: new Date(at).toISOString(), session: "s", dir: "client->server", msg: { jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: { path: "." } } } });
    lines.push({ ts: new Date(at + 700).toISOString(), session: "s", dir: "server->client", msg: { jsonrpc: "2.0", id, result: { content: [], isError: id === 3 } } });
  }
  return lines.map((line) => JSON.stringify(line)).join("\n") + "\n";
}

test("a pasted JSON-RPC log is judged call by call", async ({ gatewright }) => {
  await gatewright.open();
  await gatewright.startFrom("pytest");
  await gatewright.pasteLog(rawLog());
  await expect(gatewright.page.getByText("91 lines: 44 tool calls used, 47 other messages skipped, 0 unreadable.")).toBeVisible();
  await expect(gatewright.verdict).toHaveText(
    "14 of 44 calls allowed. 30 denied: 29 by pytest_rate (10 per minute), 1 by default deny (tools not listed). First denial after 24 s.",
  );
  await gatewright.scrubber.press("End");
  await expect(gatewright.trace).toContainText("pip-list");
  await expect(gatewright.trace).toContainText("(default deny)");
  await gatewright.page.getByRole("button", { name: "Back to the loop" }).click();
  await expect(gatewright.verdict).toContainText("50 of 3,600 calls allowed.");
});

test("lines that cannot be read are named with their reason", async ({ gatewright }) => {
  await gatewright.open();
  await gatewright.pasteLog('{"at": 0, "tool": "run_tests"}\n{"tool": "run_tests"}\nnonsense\n');
  await expect(gatewright.page.getByText("3 lines: 1 tool call used, 0 other messages skipped, 2 unreadable.")).toBeVisible();
  await gatewright.page.getByText("Unreadable lines").click();
  await expect(gatewright.page.getByText("Line 2: no time: `at` is missing.")).toBeVisible();
});

test("a text without calls changes nothing and says why", async ({ gatewright }) => {
  await gatewright.open();
  await gatewright.pasteLog("hello");
  await expect(gatewright.page.locator(".notice")).toContainText("No tool call in the pasted text.");
  await expect(gatewright.verdict).toContainText("50 of 3,600 calls allowed.");
});

test("a dropped file is a log, or else a policy", async ({ gatewright }) => {
  await gatewright.open();
  const drop = (name: string, text: string) =>
    gatewright.page.locator(".shell").evaluate(
      (shell, file) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([file.text], file.name));
        shell.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
      },
      { name, text },
    );
  await drop("calls.jsonl", '{"at": 0, "tool": "run_tests", "grant": "ci"}\n');
  await expect(gatewright.verdict).toHaveText("The one call is allowed. The closest limit was run_tests_rate: 1 of 10 on 1970-01-01 at 00:00 UTC.");
  await drop("mine.json", '{"version": "1", "default": "allow", "hide": ["run_tests"]}');
  await expect(gatewright.page.getByText("Opened mine.json as the policy.")).toBeVisible();
  await expect(gatewright.trace).toContainText("The policy hides run_tests");
});

test("a policy that is brought is called by the loop", async ({ gatewright }) => {
  await gatewright.open();
  await gatewright.pasteLog('{"version": "1", "default": "deny", "tools": {"deploy": {}}}');
  await expect(gatewright.verdict).toHaveText("All 3,600 calls allowed. No limit counted any of them.");
  await expect(gatewright.page.getByRole("combobox", { name: "Tool", exact: true })).toHaveValue("deploy");
});

test("a log of many grants draws one lane, and lists the others a few at a time", async ({ gatewright }) => {
  await gatewright.open();
  const lines = Array.from({ length: 500 }, (_, call) => `{"at":${1767607200000 + call},"tool":"run_tests","grant":"g${call}"}`);
  await gatewright.pasteLog(lines.join("\n"));
  await expect(gatewright.page.getByRole("figure")).toHaveCount(2);
  await gatewright.page.getByText("500 grants, the worst first").click();
  const others = gatewright.page.getByRole("list", { name: "Other counters of run_tests_rate" }).getByRole("button");
  await expect(others).toHaveCount(20);
  await gatewright.page.getByRole("button", { name: "List 20 more, of 480" }).click();
  await expect(others).toHaveCount(40);
});

test("a log over several days says the day of each call", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.pasteLog('{"at":"2026-01-05T10:00:00Z","tool":"run_tests"}\n{"at":"2026-01-07T10:00:00Z","tool":"run_tests"}');
  await expect(gatewright.trace.getByRole("heading")).toHaveText("Call 1 · run_tests · 2026-01-05 10:00:00.000 UTC · grant unnamed");
  await page.getByRole("button", { name: "Show as table: run_tests_rate" }).click();
  await expect(page.getByRole("cell", { name: "2026-01-07, the minute 10:00–10:01 UTC" })).toBeVisible();
});

test("names are shown so that nothing hides in them", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.pasteLog(JSON.stringify({ at: 0, tool: `a\u202eb${"x".repeat(5000)}`, grant: "g\u200b" }));
  await expect(gatewright.trace.getByRole("heading")).toContainText("a\\u{202e}bxxx");
  await expect(gatewright.trace.getByRole("heading")).toContainText("grant g\\u{200b}");
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
});

test("a hostile log is shown as text and harms nothing", async ({ gatewright, page }) => {
  const image = "<img src=x onerror=document.title='harmed'>";
  const huge = "9".repeat(400);
  const line = (name: string, args: string) => `{"at":"2026-01-05T10:00:00Z","tool":${JSON.stringify(name)},"grant":${JSON.stringify(image)},"args":${args}}`;
  const log = [
    line(image, `{"amount":${huge}e999}`),
    line("a\u0000b\u202ec", `{"amount":-${huge}.${huge}}`),
    line("run_tests", `{"amount":1e-99999,"__proto__":{"harmed":true}}`),
    line("run_tests", `${'{"a":'.repeat(200)}1${"}".repeat(200)}`),
    `{"at":"${"x".repeat(12_000_000)}","tool":"run_tests"}`,
    `{"at":1e400,"tool":"run_tests"}`,
    `"><script>document.title='harmed'</script>`,
    "\u0000\u0000",
    line("run_tests", "{}"),
  ].join("\n");
  await gatewright.open();
  const title = await page.title();
  await gatewright.bringPolicy(JSON.stringify({
    version: "1",
    default: "deny",
    tools: { run_tests: { deny_if: [{ conditions: [{ path: "args.amount", op: "gt", value: 5 }] }] }, [image]: {} },
  }));
  await gatewright.drop(`${image}.jsonl`, log);
  await expect(gatewright.traffic).toContainText(`${image}.jsonl`);
  await expect(gatewright.verdict).toContainText("of 5 calls allowed.");
  await gatewright.traffic.click();
  await page.getByText("Unreadable lines").click();
  await expect(page.getByText("Line 5: longer than 10 MB")).toBeVisible();
  await expect(page.getByText(/^Line 7: /)).toBeVisible();
  await expect(gatewright.trace).toContainText(`grant ${image}`);
  await gatewright.scrubber.press("Home");
  await gatewright.scrubber.press("ArrowRight");
  await expect(gatewright.trace.getByRole("heading")).toContainText("a\\u{0}b\\u{202e}c");
  await page.getByText("Export the run").click();
  await new Keeping(page).downloaded(page.getByRole("button", { name: "Lanes as a picture (SVG)" }));
  await gatewright.scrubber.press("End");
  await expect(gatewright.trace).toContainText("run_tests");
  await expect(page.locator("img, .shell script")).toHaveCount(0);
  expect(await page.title()).toBe(title);
  expect(await page.evaluate(() => "harmed" in {})).toBe(false);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
});

test("100,000 calls are listed to the last row, and only those on screen are drawn", async ({ gatewright }) => {
  await gatewright.open();
  const lines: string[] = [];
  for (let call = 0; call < 100_000; call += 1) {
    lines.push(`{"at":${1767607200000 + call * 50},"tool":"run_tests","grant":"g${call % 3}"}`);
  }
  await gatewright.pasteLog(lines.join("\n"));
  await expect(gatewright.verdict).toContainText("2,520 of 100,000 calls allowed.");
  await expect(gatewright.calls).toHaveAttribute("aria-rowcount", "100001");
  await gatewright.calls.press("End");
  const last = gatewright.calls.getByRole("row", { selected: true });
  await expect(last).toContainText("100,000");
  await expect(last).toBeInViewport();
  expect(await gatewright.calls.getByRole("row").count()).toBeLessThan(60);
  await gatewright.calls.press("ArrowUp");
  await expect(gatewright.trace).toContainText("Call 99,999");
});
