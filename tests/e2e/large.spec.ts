// Large runs and long logs: they go through the worker, and the page goes on meanwhile.
import { type Page } from "@playwright/test";
import { CallTable } from "./calls-page";
import { expect as hastily, test } from "./page";

// A million calls take a second where nothing else runs, and several beside other tests.
const expect = hastily.configure({ timeout: 30_000 });
test.describe.configure({ timeout: 120_000 });

/** Calls as lines of text, put in place of those to try. */
async function compose(page: Page, text: string): Promise<void> {
  const calls = page.getByLabel("As text, a block a line");
  if (!(await calls.isVisible())) await page.locator("#traffic-title").click();
  await calls.fill(text);
  await calls.blur();
}

/** A file as if it were dropped on the page. */
async function drop(page: Page, name: string, line: string, times: number): Promise<void> {
  await page.locator(".shell").evaluate(
    (shell, { name, line, times }) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([line.repeat(times)], name));
      shell.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    },
    { name, line, times },
  );
}

const MILLION = "run_tests × 100/s for 10000s as ci-agent";

test("a million calls are run, read, filtered and edited like a few", async ({ gatewright, page }) => {
  await gatewright.open();
  await compose(page, MILLION);
  const verdict = page.locator(".verdict");
  await expect(verdict).toContainText("1,670 of 1,000,000 calls allowed.");
  const table = new CallTable(page);
  await expect(page.getByRole("heading", { name: /^Call 11 · run_tests/ })).toBeVisible();

  // The last call is told of from a state kept near it.
  await page.getByRole("slider", { name: "Call", exact: true }).focus();
  await page.keyboard.press("End");
  await expect(page.getByRole("heading", { name: /^Call 1,000,000 · run_tests/ })).toBeVisible();
  await table.toggle("Allowed");
  await expect(table.matched).toContainText("1,670 of 1,000,000");

  await gatewright.replaceInPolicy('"max": 10', '"max": 20');
  await expect(verdict).toContainText("3,340 of 1,000,000 calls allowed.");
  await expect(page.getByRole("heading", { name: /^Call 1,000,000 · run_tests/ })).toBeVisible();
  await page.getByRole("button", { name: "Undo" }).click();
  await expect(verdict).toContainText("1,670 of 1,000,000 calls allowed.");
});

test("a large run is compared, counted in other ways and searched, and what is small stays quick", async ({ gatewright, page }) => {
  await gatewright.open();
  await compose(page, "run_tests × 100/s for 500s as ci-agent");
  await expect(page.locator(".verdict")).toContainText("90 of 50,000 calls allowed.");
  const table = new CallTable(page);
  await table.whatIf.getByRole("button", { name: "Pin this policy as A" }).click();
  await expect(table.whatIf).toContainText("A is pinned.");
  await gatewright.replaceInPolicy('"max": 10', '"max": 20');
  await expect(table.whatIf).toContainText("90 of 50,000 calls change, all from deny to allow.");
  await table.whatIf.getByRole("button", { name: "90 denied under A, allowed under B" }).click();
  await expect(table.matched).toContainText("90 of 50,000");

  await page.getByText("Counted in other ways").click();
  const ways = page.getByRole("region", { name: "Ways to count" }).getByRole("row");
  await expect(ways).toHaveCount(7);
  await expect(ways.nth(4)).toContainText("Sliding");

  await table.whatIf.getByRole("button", { name: "Smallest that refuses none of these calls" }).click();
  await expect(table.whatIf).toContainText("From a max of 6,000 on, run_tests_rate lets every call through");
  await table.whatIf.getByRole("spinbutton").fill("450");
  await table.whatIf.getByRole("button", { name: "Largest that keeps them to" }).click();
  await expect(table.whatIf).toContainText("A max of 50 for run_tests_rate keeps this to 450 calls a UTC day");
  await table.whatIf.getByRole("button", { name: "Try max 50" }).click();
  await expect(page.locator(".verdict")).toContainText("450 of 50,000 calls allowed.");
});

test("a large run is branched, and the branch follows the policy", async ({ gatewright, page }) => {
  await gatewright.open();
  await compose(page, "run_tests × 100/s for 500s as ci-agent");
  await expect(page.locator(".verdict")).toContainText("90 of 50,000 calls allowed.");
  await page.getByRole("button", { name: "Branch from here" }).click();
  const status = page.locator(".branch").getByRole("status");
  await expect(status).toHaveText("All 49,990 calls from here on are decided as they were.");
  await gatewright.replaceInPolicy('"max": 10', '"max": 20');
  await expect(status).toHaveText("90 of 49,990 calls from here on are decided otherwise.");
});

test("a long log is read in pieces, with its report", async ({ gatewright, page }) => {
  await gatewright.open();
  const line = `${JSON.stringify({ at: "2026-01-05T10:00:00Z", tool: "run_tests", grant: "ci", args: { note: "x".repeat(60) } })}\n`;
  await drop(page, "long.jsonl", line, 40_000);
  await expect(page.locator(".verdict")).toContainText("10 of 40,000 calls allowed.");
  await page.locator("#traffic-title").click();
  await expect(page.locator(".traffic")).toContainText("40,000 lines: 40,000 tool calls used");
  await gatewright.replaceInPolicy('"max": 10', '"max": 20');
  await expect(page.locator(".verdict")).toContainText("20 of 40,000 calls allowed.");
});

test("a large file that is no log is taken for what it is", async ({ gatewright, page }) => {
  await gatewright.open();
  await drop(page, "policy.json", `{"version": "1", "default": "deny", "tools": {"a": {}}}${" ".repeat(1023)}\n`, 1);
  await expect(page.locator("#tools")).toContainText("a");
  await drop(page, "nothing.txt", "no call at all, only words\n", 100_000);
  await expect(page.locator(".notice").first()).toContainText("No tool call in nothing.txt.");
});

/** Holds what the page posts to its worker, so that a run is on its way for as long as it takes. */
async function holdWorker(page: Page): Promise<{ hold: () => Promise<void>; letGo: () => Promise<void>; breakDown: () => Promise<void> }> {
  await page.addInitScript(() => {
    const Real = Worker;
    const held = Object.assign(window, { isHeld: true, workers: [] as Worker[] });
    held.Worker = class extends Real {
      constructor(address: string | URL, options?: WorkerOptions) {
        super(address, options);
        held.workers.push(this);
      }
      postMessage(message: unknown, ...rest: []) {
        if (!held.isHeld || !Array.isArray(message)) super.postMessage(message, ...rest);
      }
    };
  });
  return {
    hold: () => page.evaluate(() => void Object.assign(window, { isHeld: true })),
    letGo: () => page.evaluate(() => void Object.assign(window, { isHeld: false })),
    breakDown: () =>
      page.evaluate(() => {
        const { workers } = window as Window & { workers?: Worker[] };
        workers?.at(-1)?.dispatchEvent(new Event("error"));
      }),
  };
}

test("files that are brought one right after the other are all taken", async ({ gatewright, page }) => {
  await gatewright.open();
  const tools = JSON.stringify({ tools: [{ name: "list_files", description: "x".repeat(200_000), inputSchema: { type: "object" } }] });
  const policy = JSON.stringify({ version: "1", default: "deny", tools: { list_files: { limits: [{ counter: "c", max: 7, window: "minute", scope: "grant" }] } } });
  await Promise.all([drop(page, "tools.json", tools, 1), drop(page, "policy.json", policy + " ".repeat(200_000), 1)]);
  await expect(page.getByRole("radiogroup", { name: "State of list_files", exact: true })).toBeVisible();
  await expect(page.locator("#tools")).toContainText("list_files");
  expect(await gatewright.policyText()).toContain('"max":7');
});

test("a run on its way is stopped, and run again", async ({ gatewright, page }) => {
  const worker = await holdWorker(page);
  await gatewright.open();
  await compose(page, "run_tests × 100/s for 500s as ci-agent");
  await expect(page.locator(".progress")).toContainText("Running…");
  await expect(page.locator(".verdict.stale"), "the last run stays, and is told to be the last").toContainText("50 of 3,600 calls allowed.");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.locator(".progress")).toContainText("The run was stopped. What you see is the last one.");
  await worker.letGo();
  await page.getByRole("button", { name: "Run", exact: true }).click();
  await expect(page.locator(".verdict")).toContainText("90 of 50,000 calls allowed.");
  await expect(page.locator(".progress")).not.toContainText("stopped");

  // A run that was made before the worker was stopped is still explained.
  await worker.hold();
  await gatewright.replaceInPolicy('"max": 10', '"max": 20');
  await expect(page.locator(".progress")).toContainText("Running…");
  await page.getByRole("button", { name: "Stop" }).click();
  await worker.letGo();
  await page.getByRole("button", { name: /^Next denial/ }).click();
  await expect(page.getByRole("heading", { name: /^Call 12 · run_tests/ })).toBeVisible();
});

test("a worker that fails says so, and leaves the work as it was", async ({ gatewright, page }) => {
  const worker = await holdWorker(page);
  await gatewright.open();
  await compose(page, "run_tests × 100/s for 500s as ci-agent");
  await expect(page.locator(".progress")).toContainText("Running…");
  await worker.breakDown();
  await expect(page.locator(".progress")).toContainText("The evaluator has stopped. What you wrote is as it was");
  await expect(page.locator(".verdict")).toContainText("50 of 3,600 calls allowed.");
  await worker.letGo();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.locator(".verdict")).toContainText("90 of 50,000 calls allowed.");
});

test("what was asked of an older policy is not heard any more", async ({ gatewright, page }) => {
  await gatewright.open();
  await compose(page, MILLION);
  await expect(page.locator(".verdict")).toContainText("1,670 of 1,000,000 calls allowed.");
  // Three edits while the run of the first is on its way: only the last is told.
  const seen = page.evaluate(
    () =>
      new Promise<string[]>((told) => {
        const verdicts: string[] = [];
        const verdict = document.querySelector(".verdict");
        const watch = new MutationObserver(() => {
          const words = verdict?.textContent?.split(".")[0] ?? "";
          if (words !== verdicts.at(-1)) verdicts.push(words);
          if (words.startsWith("6,680")) told(verdicts);
        });
        if (verdict) watch.observe(verdict, { childList: true, subtree: true, characterData: true });
      }),
  );
  for (const [from, to] of [[10, 20], [20, 30], [30, 40]]) {
    await gatewright.replaceInPolicy(`"max": ${from}`, `"max": ${to}`);
  }
  const verdicts = await seen;
  expect(verdicts.at(-1)).toBe("6,680 of 1,000,000 calls allowed");
  expect(new Set(verdicts).size, "each verdict is shown once").toBe(verdicts.length);
});
