// What a log does not say: times and values that a person takes for it, said wherever its results are.
import AxeBuilder from "@axe-core/playwright";
import { Keeping } from "./keeping-page";
import { expect, test } from "./page";

const POLICY = JSON.stringify({
  version: "1",
  default: "deny",
  tools: {
    refund: {
      deny_if: [{ conditions: [{ path: "args.amount", op: "gt", value: 100 }] }],
      limits: [{ counter: "refunds", window: "minute", max: 3, scope: "grant" }],
    },
  },
});

/** Four calls of which only the names of arguments were recorded, a minute apart. */
const NAMES_ONLY = [0, 1, 2, 3]
  .map((minute) => JSON.stringify({ at: `2026-01-05T10:0${minute}:00Z`, tool: "refund", grant: "desk", unknown_args: ["amount", "note"] }))
  .join("\n");

/** Five calls of a client that logs no times. */
const NO_TIMES = [1, 2, 3, 4, 5]
  .map((id) => JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "refund", arguments: { amount: 1 } } }))
  .join("\n");

test("from an unknown verdict a button leads to the value to assume, for all calls of its kind", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.bringPolicy(POLICY);
  await gatewright.drop("names.jsonl", NAMES_ONLY);
  await expect(gatewright.verdict).toContainText("Of 4 calls it cannot be told");
  await gatewright.trace.getByRole("button", { name: "Assume args.amount for all 4" }).click();
  const value = page.getByLabel("Assume args.amount of refund is, as JSON");
  await expect(value).toBeFocused();
  await value.fill("500");
  await expect(gatewright.verdict).toContainText("4 denied");
  await expect(page.locator(".taken")).toHaveText("Not in the log, and taken for this run: args.amount of refund is 500.");
  await expect(gatewright.traffic).toContainText("names.jsonl, assumed: args.amount of refund is 500");
  await value.fill("5");
  await expect(gatewright.verdict).toContainText("All 4 calls allowed.");
  await value.fill("five");
  await expect(page.getByText("It takes JSON, such as 100, \"eu\" or true. The run still says 5.")).toBeVisible();
  await expect(gatewright.verdict).toContainText("All 4 calls allowed.");
  await page.getByRole("button", { name: "Assume nothing of args.amount of refund" }).click();
  await expect(value).toBeFocused();
  await expect(gatewright.verdict).toContainText("Of 4 calls it cannot be told");
  await expect(page.locator(".taken")).toHaveCount(0);
  await page.getByRole("button", { name: /^Undo: Assume nothing/ }).click();
  await expect(gatewright.verdict).toContainText("All 4 calls allowed.");
  await expect(value).toHaveValue("5");
});

test("only what the policy looks at is asked, and it follows the policy", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.bringPolicy(POLICY);
  await gatewright.pasteLog(NAMES_ONLY);
  const asked = page.getByRole("region", { name: "Arguments that were not recorded" });
  await expect(asked.getByRole("listitem")).toHaveText([/args\.amount of refund · 4 calls/]);
  await gatewright.bringPolicy(POLICY.replace("args.amount", "args.note"));
  await expect(asked.getByRole("listitem")).toHaveText([/args\.note of refund · 4 calls/]);
  await gatewright.bringPolicy('{"version": "1", "default": "allow"}');
  await expect(asked).toHaveCount(0);
});

test("calls without times are made when a person says, and the results say so", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.bringPolicy(POLICY);
  await gatewright.pasteLog(NO_TIMES);
  await expect(gatewright.verdict).toContainText("3 of 5 calls allowed.");
  await expect(page.locator(".taken")).toContainText("the times of 5 calls: 1 s apart, from 2026-01-05 10:00 UTC.");
  const step = page.getByLabel("From one call without a time to the next");
  await step.fill("20s");
  await expect(gatewright.verdict).toContainText("All 5 calls allowed.");
  await expect(page.getByText("spaced 20 s apart")).toBeVisible();
  await page.getByLabel("First call without a time, UTC").fill("2026-02-01 09:59:59");
  await expect(page.locator(".taken")).toContainText("20 s apart, from 2026-02-01 09:59:59 UTC.");
  await expect(gatewright.trace).toContainText("10:00:59.000 UTC");
  await step.fill("20");
  await expect(page.getByText("It takes a length of time, such as 1s, 200ms or 5m, up to 366d. The run still says 20s.")).toBeVisible();
  await page.getByRole("button", { name: /^Undo: Calls without a time: the first at/ }).click();
  await expect(page.locator(".taken")).toContainText("from 2026-01-05 10:00 UTC.");
});

test("what was taken is kept with the document", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.bringPolicy(POLICY);
  await gatewright.pasteLog(NAMES_ONLY);
  await page.getByLabel("Assume args.amount of refund is, as JSON").fill("500");
  await new Keeping(page).untilSaved();
  await page.reload();
  await gatewright.untilLive();
  await expect(gatewright.verdict).toContainText("4 denied");
  await expect(page.locator(".taken")).toContainText("args.amount of refund is 500");
});

test("texts in arguments are hashed before anything is kept, where that is asked for", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.bringPolicy(POLICY);
  await gatewright.traffic.click();
  await page.getByLabel("Hash texts in arguments on paste").check();
  const log = `{"at":"2026-01-05T10:00:00Z","tool":"refund","grant":"desk","args":{"amount":500,"to":"ann@example.com"}}\nann@example.com\n`;
  await gatewright.drop("calls.jsonl", log);
  await expect(gatewright.traffic).toContainText("calls.jsonl (texts hashed)");
  await expect(page.getByText("Texts in arguments were hashed, and only that is kept.")).toBeVisible();
  await expect(gatewright.verdict).toContainText("1 denied");
  await page.getByText("Export the run").click();
  const keeping = new Keeping(page);
  const { text } = await keeping.downloaded(page.getByRole("button", { name: "Listed calls as JSON Lines" }));
  expect(JSON.parse(text).args).toEqual({ amount: 500, to: expect.stringMatching(/^hash:[0-9a-f]{16}$/) });
  await keeping.untilSaved();
  const kept = await page.evaluate(async () => {
    const found: unknown[] = [];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise<IDBDatabase>((resolve) => {
        const request = indexedDB.open(name!);
        request.onsuccess = () => resolve(request.result);
      });
      for (const store of database.objectStoreNames) {
        const all = database.transaction(store).objectStore(store).getAll();
        found.push(await new Promise((resolve) => (all.onsuccess = () => resolve(all.result))));
      }
      database.close();
    }
    return JSON.stringify([found, { ...localStorage }, document.documentElement.outerHTML]);
  });
  expect(kept).toContain("texts hashed");
  expect(kept).not.toContain("ann@example.com");
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 320]) {
    test(`axe finds nothing in what is taken for a log, and nothing overflows: ${width} px, ${colorScheme}`, async ({ gatewright, page }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await gatewright.open();
      await gatewright.bringPolicy(POLICY);
      await gatewright.pasteLog(`${NAMES_ONLY}\n${NO_TIMES}`);
      await page.getByLabel("Assume args.amount of refund is, as JSON").fill("five");
      const found = await new AxeBuilder({ page }).include(".run-column").analyze();
      expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    });
  }
}
