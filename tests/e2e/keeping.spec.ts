import { Gatewright, expect, pageAddress, test } from "./page";
import { Keeping } from "./keeping-page";

test("a change is kept, and is there after a reload with its history", async ({ gatewright, page }) => {
  const keeping = new Keeping(page);
  await gatewright.open();
  await expect(keeping.saved).toHaveText("Changes will be saved in this browser");
  await gatewright.replaceInPolicy('"max": 10', '"max": 12345678901234567890');
  await keeping.untilSaved();
  await page.reload();
  await expect.poll(() => gatewright.policyText()).toMatch(/"max": 12345678901234567890/);
  await keeping.untilSaved();
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect.poll(() => gatewright.policyText()).toMatch(/"max": 10,/);
});

test("what is typed just before the page goes is kept", async ({ gatewright, page }) => {
  const keeping = new Keeping(page);
  await gatewright.open();
  await gatewright.replaceInPolicy('"max": 10', '"max": 11');
  await keeping.untilSaved();
  await gatewright.replaceInPolicy('"max": 11', '"max": 77');
  await page.reload();
  await expect.poll(() => gatewright.policyText()).toMatch(/"max": 77/);
});

test("a page that nobody changed keeps nothing", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.scrubber.press("ArrowRight");
  await expect(page).toHaveURL(/call=12$/);
  await page.getByRole("button", { name: /^Document: / }).click();
  await page.getByRole("button", { name: "Documents in this browser…" }).click();
  await expect(new Keeping(page).dialog).toContainText("None yet.");
});

test("documents have names, and each keeps its own text", async ({ gatewright, page }) => {
  const keeping = new Keeping(page);
  await gatewright.open();
  await gatewright.replaceInPolicy('"max": 10', '"max": 11');
  await keeping.rename("ci-runner.json");
  await keeping.untilSaved();
  await keeping.fromMenu("New document");
  await expect(keeping.name).toContainText("policy.json");
  await gatewright.replaceInPolicy('"tools": {}', '"tools": {"a": {}}');
  await keeping.untilSaved();

  await keeping.fromMenu("Documents in this browser…");
  await expect(keeping.rows()).toHaveCount(2);
  await expect(keeping.rows().filter({ hasText: "policy.json" })).toContainText("open here");
  await keeping.dialog.getByRole("button", { name: "Open ci-runner.json" }).click();
  await expect.poll(() => gatewright.policyText()).toMatch(/"max": 11/);
  await expect(keeping.name).toContainText("ci-runner.json");
});

test("a deleted document can be brought back", async ({ gatewright, page }) => {
  const keeping = new Keeping(page);
  await gatewright.open();
  await gatewright.replaceInPolicy('"max": 10', '"max": 11');
  await keeping.untilSaved();
  await keeping.fromMenu("Documents in this browser…");
  await keeping.dialog.getByRole("button", { name: "Delete policy.json" }).click();
  await expect(keeping.dialog.getByRole("heading", { name: "Deleted in the last 30 days" })).toBeVisible();
  await expect(keeping.dialog.getByRole("button", { name: "New document" })).toBeFocused();
  await expect.poll(() => gatewright.policyText()).toMatch(/"max": 10,/);
  await keeping.dialog.getByRole("button", { name: "Bring policy.json back" }).click();
  await keeping.dialog.getByRole("button", { name: "Open policy.json" }).click();
  await expect.poll(() => gatewright.policyText()).toMatch(/"max": 11/);
});

test("two tabs keep two documents", async ({ gatewright, page, context }) => {
  const keeping = new Keeping(page);
  await gatewright.open();
  await gatewright.replaceInPolicy('"max": 10', '"max": 11');
  await keeping.untilSaved();

  const other = new Gatewright(await context.newPage());
  const otherKeeping = new Keeping(other.page);
  await other.open();
  await expect(other.page.getByText("policy.json is open in another tab.")).toBeVisible();
  await other.replaceInPolicy('"max": 10', '"max": 22');
  await otherKeeping.untilSaved();
  await expect(otherKeeping.name).toContainText("policy 2.json");
  await gatewright.replaceInPolicy('"max": 11', '"max": 111');
  await keeping.untilSaved();

  await other.page.reload();
  await page.reload();
  await expect.poll(() => gatewright.policyText()).toMatch(/"max": 111,/);
  await expect.poll(() => other.policyText()).toMatch(/"max": 22,/);
  await keeping.fromMenu("Documents in this browser…");
  await expect(keeping.rows().filter({ hasText: "policy 2.json" })).toContainText("open in another tab");
});

test("a save never goes over what another tab saved", async ({ gatewright, page }) => {
  const keeping = new Keeping(page);
  await gatewright.open();
  await gatewright.replaceInPolicy('"max": 10', '"max": 11');
  await keeping.untilSaved();
  // As a tab of a browser without locks would.
  await page.evaluate(
    () =>
      new Promise((done, failed) => {
        const opening = indexedDB.open("gatewright");
        opening.onerror = failed;
        opening.onsuccess = () => {
          const drafts = opening.result.transaction("drafts", "readwrite").objectStore("drafts");
          drafts.getAll().onsuccess = (event) => {
            const [draft] = (event.target as IDBRequest).result;
            drafts.put({ ...draft, revision: draft.revision + 5 }).onsuccess = done;
          };
        };
      }),
  );
  await gatewright.replaceInPolicy('"max": 11', '"max": 12');
  await expect(page.getByText("Your work here goes on as a document of its own")).toBeVisible();
  await expect(keeping.name).toContainText("policy 2.json");
  await keeping.untilSaved();
});

test("an earlier version is put back, as a step that can be undone", async ({ gatewright, page }) => {
  const keeping = new Keeping(page);
  await gatewright.open();
  await gatewright.replaceInPolicy('"max": 10', '"max": 11');
  await keeping.untilSaved();
  await gatewright.replaceInPolicy('"max": 11', '"max": 12');
  await keeping.untilSaved();
  await keeping.fromMenu("Earlier versions…");
  await expect(keeping.rows()).toHaveCount(1);
  await keeping.rows().first().getByRole("button", { name: /^Restore/ }).click();
  await expect.poll(() => gatewright.policyText()).toMatch(/"max": 11,/);
  await page.getByRole("button", { name: /^Undo: Restore/ }).click();
  await expect.poll(() => gatewright.policyText()).toMatch(/"max": 12,/);
  await keeping.fromMenu("Earlier versions…");
  await expect(keeping.rows().first()).toContainText("Before an earlier version was restored");
});

test("a browser that stores nothing says so, and the work goes on", async ({ browser }) => {
  const context = await browser.newContext();
  await context.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("no", "SecurityError");
    };
  });
  const gatewright = new Gatewright(await context.newPage());
  await gatewright.open();
  await expect(gatewright.page.getByRole("alert")).toHaveText(
    "This browser will not store drafts (private window?). Use Export before you close.",
  );
  await gatewright.replaceInPolicy('"max": 10', '"max": 3600');
  await expect(gatewright.verdict).toContainText("All 3,600 calls allowed");
  await context.close();
});

test("the policy is exported letter by letter, and minified", async ({ gatewright, page }) => {
  const keeping = new Keeping(page);
  await gatewright.open();
  await gatewright.writePolicy('// mine\n{"version": "1", "default": "deny", "tools": {}}');
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const button = (name: string) => keeping.dialog.getByRole("button", { name });
  const policy = await keeping.downloaded(button("Download the policy"));
  expect(policy).toEqual({ name: "policy.json", text: '// mine\n{"version": "1", "default": "deny", "tools": {}}' });
  const small = await keeping.downloaded(button("Download the minified policy"));
  expect(small).toEqual({ name: "policy.min.json", text: '{"version":"1","default":"deny","tools":{}}' });
});

test("a workspace file holds everything, and opens beside one's own work", async ({ gatewright, page }) => {
  const keeping = new Keeping(page);
  await gatewright.open();
  await gatewright.replaceInPolicy('"max": 10', '"max": 11');
  await gatewright.drop("a.jsonl", '{"at": 0, "tool": "run_tests", "args": {"id": 12345678901234567890}}\n');
  await expect(gatewright.verdict).toContainText("The one call is allowed.");
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const file = await keeping.downloaded(keeping.dialog.getByRole("button", { name: "Download the workspace" }));
  expect(file.name).toBe("policy.gatewright.json");
  expect(file.text).toContain("12345678901234567890");
  await keeping.dialog.getByRole("button", { name: "Close" }).click();
  await gatewright.replaceInPolicy('"max": 11', '"max": 99');
  await keeping.untilSaved();

  await gatewright.drop(file.name, file.text);
  await expect.poll(() => gatewright.policyText()).toMatch(/"max": 11,/);
  await expect(gatewright.verdict).toContainText("The one call is allowed.");
  await expect(keeping.name).toContainText("policy 2.json");
  await keeping.fromMenu("Documents in this browser…");
  await keeping.dialog.getByRole("button", { name: "Open policy.json" }).click();
  await expect.poll(() => gatewright.policyText()).toMatch(/"max": 99,/);
});

test("a page that stops says so, and hands the text over", async ({ page }) => {
  const gatewright = new Gatewright(page);
  const keeping = new Keeping(page);
  await gatewright.open();
  await gatewright.replaceInPolicy('"max": 10', '"max": 11');
  await keeping.untilSaved();
  const stop = await page.evaluate(async () => {
    const { failed } = await (globalThis as unknown as { gatewrightModule: (name: string) => Promise<{ failed: (...texts: string[]) => void }> }).gatewrightModule("keeping");
    failed("panicked at a test", "policy.json", "the text");
  });
  expect(stop).toBeUndefined();
  const failure = page.locator(".page-failure");
  await expect(failure).toContainText("This page has stopped: a mistake of its own, not of your policy.");
  const file = await keeping.downloaded(failure.getByRole("button", { name: "Save the policy as a file" }));
  expect(file).toEqual({ name: "policy.json", text: "the text" });
  await failure.getByRole("button", { name: "Reload" }).click();
  await expect.poll(() => gatewright.policyText()).toMatch(/"max": 11,/);
  expect(pageAddress()).toContain("127.0.0.1");
});
