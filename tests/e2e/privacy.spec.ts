import type { Request } from "@playwright/test";
import { Keeping } from "./keeping-page";
import { expect, pageAddress, test } from "./page";
import { Tools } from "./tools-page";

test("no request leaves the page, whatever is done on it", async ({ gatewright, page, context }) => {
  const asked: Request[] = [];
  context.on("request", (request) => asked.push(request));
  const keeping = new Keeping(page);
  await gatewright.open();
  await gatewright.show("JSON");
  // The last thing that the page loads by itself: what keeps documents.
  await expect(keeping.saved).toHaveText("Changes will be saved in this browser");
  await page.waitForLoadState("networkidle");
  const loaded = asked.length;
  await gatewright.drop("mine.json", '{"version": "1", "default": "deny", "tools": {"pytest": {}}}');
  await gatewright.drop("calls.jsonl", '{"at": 0, "tool": "pytest", "args": {"token": "s3cret"}}\n');
  await expect(gatewright.verdict).toContainText("The one call is allowed.");
  await keeping.untilSaved();
  await keeping.rename("other.json");
  await page.getByLabel("Theme").selectOption("dark");
  expect(await keeping.link()).toContain("#v1:z:");
  await page.getByRole("button", { name: "Export", exact: true }).click();
  await keeping.downloaded(keeping.dialog.getByRole("button", { name: "Download the workspace" }));

  const elsewhere = asked.filter((request) => !/^(data|blob):/.test(request.url()) && !request.url().startsWith(pageAddress()));
  expect(elsewhere.map((request) => request.url())).toEqual([]);
  // Of its own server the page asks for its files, and tells it nothing.
  for (const request of asked) {
    expect(request.method(), request.url()).toBe("GET");
    expect(request.url()).not.toMatch(/s3cret|other\.json/);
  }
  const later = asked.slice(loaded).filter((request) => !request.url().startsWith("blob:"));
  expect(later.map((request) => request.url())).toEqual([]);
});

test("no secret of a configuration is kept, shared or exported", async ({ gatewright, page }) => {
  const keeping = new Keeping(page);
  const tools = new Tools(page);
  const secret = "ghp_0123456789abcdef";
  await gatewright.open();
  await tools.paste(
    JSON.stringify({
      mcpServers: {
        github: { command: "npx", args: ["-y", "server", `--token=${secret}`], env: { GITHUB_TOKEN: secret } },
        sentry: { serverUrl: `https://u:${secret}@x.example/?key=${secret}`, headers: { Authorization: `Bearer ${secret}` } },
      },
    }),
  );
  await tools.dialog.getByRole("button", { name: /^Take/ }).click();
  await gatewright.drop("mine.json", '{"version": "1", "default": "deny", "tools": {"a": {}}}');
  await keeping.untilSaved();
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await expect(keeping.dialog.getByLabel("Link", { exact: true })).toHaveValue(/#v1:z:/);
  await expect(keeping.dialog.locator(".exactly")).not.toContainText(secret);
  await keeping.dialog.getByRole("button", { name: "Close" }).click();
  await page.getByRole("button", { name: "Export", exact: true }).click();
  const file = await keeping.downloaded(keeping.dialog.getByRole("button", { name: "Download the workspace" }));
  expect(file.text).not.toContain(secret);
  expect(page.url()).not.toContain(secret);
  const kept = await page.evaluate(async () => {
    const database = await new Promise<IDBDatabase>((done) => {
      const opening = indexedDB.open("gatewright");
      opening.onsuccess = () => done(opening.result);
    });
    const stores = [...database.objectStoreNames].map(
      (name) =>
        new Promise((done) => {
          const all = database.transaction(name).objectStore(name).getAll();
          all.onsuccess = () => done(all.result);
        }),
    );
    return JSON.stringify([await Promise.all(stores), { ...localStorage }, { ...sessionStorage }]);
  });
  expect(kept).toContain("mine.json");
  expect(kept).not.toContain(secret);
});

test("the content-security policy stops a request to anywhere else", async ({ page }) => {
  await page.goto(pageAddress());
  await expect(page.getByRole("slider", { name: "Call", exact: true })).toBeVisible();
  const outcome = await page.evaluate(() => fetch("http://127.0.0.1:9/").then(() => "sent", () => "stopped"));
  expect(outcome).toBe("stopped");
  const policy = await page.locator('meta[http-equiv="Content-Security-Policy"]').getAttribute("content");
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("connect-src 'self'");
  expect(policy).not.toMatch(/unsafe-inline|unsafe-eval'(?<!wasm-unsafe-eval')|https?:/);
});

test("the chosen theme is kept, and shown before the first paint", async ({ gatewright, page }) => {
  await gatewright.open();
  await page.getByLabel("Theme").selectOption("dark");
  await page.reload({ waitUntil: "commit" });
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
});
