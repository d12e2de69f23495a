import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { Keeping } from "./keeping-page";
import { expect, test, type Gatewright } from "./page";
import { manyTools, Tools } from "./tools-page";

const COMMENTED = `// Reviewed by two.
{
  "version": "1",   "default": "deny", /* on purpose */
  "hide": [ "rotate_keys" ],
  "tools": {
\t"get_file": {},
    "run_tests": { "limits": [ // why ten
      {"counter": "c", "window": "minute", "max": 10.0, "scope": "grant"}
    ]},
    "delete_repo": {"deny_if": []}
  },
}
`.replace("  },\n}", "  }\n}");

const LIST = JSON.stringify({
  jsonrpc: "2.0",
  id: 1,
  result: {
    tools: [
      { name: "get_file", annotations: { readOnlyHint: true } },
      { name: "run_tests", annotations: { readOnlyHint: true } },
      { name: "delete_repo" },
      { name: "customer" },
    ],
  },
});

/** The policy's text, whatever form is shown. */
async function policy(gatewright: Gatewright): Promise<string> {
  await gatewright.show("JSON");
  return gatewright.policyText();
}

test("a commented file has the same bytes after a tool was denied and set back", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  await gatewright.open();
  await gatewright.bringPolicy(COMMENTED);
  for (const [tool, before] of [["get_file", "Allow"], ["run_tests", "Custom"], ["delete_repo", "Allow"], ["rotate_keys", "Hide"]] as const) {
    await expect(tools.state(tool, before)).toBeChecked();
    await tools.set(tool, "Deny");
    await expect(tools.state(tool, "Deny")).toBeChecked();
    expect(await policy(gatewright)).not.toBe(COMMENTED);
    await tools.set(tool, before);
    expect(await policy(gatewright), tool).toBe(COMMENTED);
  }
});

test("each state is one step that can be undone, and says what it takes away", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  await gatewright.open();
  await gatewright.bringPolicy(COMMENTED);
  await tools.set("run_tests", "Allow");
  const undo = page.getByRole("button", { name: "Undo: run_tests: Allow, 1 limit taken away" });
  await expect(undo).toBeVisible();
  await undo.click();
  await expect(tools.state("run_tests", "Custom")).toBeChecked();
  expect(await policy(gatewright)).toBe(COMMENTED);
});

test("a letter sets the state of the tool that has the focus, and the arrow keys move", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  await gatewright.open();
  await gatewright.bringPolicy(COMMENTED);
  await tools.name("delete_repo").focus();
  await page.keyboard.press("h");
  await expect(tools.state("delete_repo", "Hide")).toBeChecked();
  await expect(tools.name("delete_repo")).toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(tools.name("get_file")).toBeFocused();
  await page.keyboard.press("p");
  await expect(tools.state("get_file", "Needs approval")).toBeChecked();
  await page.keyboard.press("a");
  await expect(tools.state("get_file", "Allow")).toBeChecked();
  await page.keyboard.press("End");
  await expect(tools.name("run_tests")).toBeFocused();
  // One Tab stop for each kind of control of one row.
  await page.keyboard.press("Tab");
  await expect(tools.list.getByRole("button", { name: /^About run_tests:/ })).toBeFocused();
  await page.keyboard.press("Tab");
  await expect(tools.state("run_tests", "Custom")).toBeFocused();
});

test("what has no rules does not become Custom, and is shown where rules are added", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  await gatewright.open();
  await gatewright.bringPolicy(COMMENTED);
  await tools.state("get_file", "Custom").click();
  await expect(tools.notice).toHaveText("get_file: Custom: there are no rules or limits of its own: add one.");
  await expect(tools.state("get_file", "Allow")).toBeChecked();
  await expect(page.locator("#rules-title")).toHaveText("get_file");
});

test("with every tool hidden one of them cannot leave, and the page says so", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  await gatewright.open();
  await tools.allTools("Hide").check();
  await tools.state("run_tests", "Allow").click();
  await expect(tools.notice).toContainText("hides every tool");
  await expect(tools.state("run_tests", "Hide")).toBeChecked();
  await tools.allTools("Allow").check();
  await expect(tools.state("run_tests", "Custom")).toBeChecked();
});

test("the default of tools that are not listed is one choice", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  await gatewright.open();
  await expect(tools.unlisted("Deny")).toBeChecked();
  await tools.unlisted("Allow").check();
  await expect(page.getByRole("button", { name: "Undo: Not listed: Allow" })).toBeVisible();
  expect(await policy(gatewright)).toContain('"default": "allow"');
});

test("a list of tools is imported, and each tool says what it does and who says so", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  await gatewright.open();
  await tools.paste(LIST);
  await expect(tools.dialog).toContainText("4 tools.");
  await tools.dialog.getByRole("button", { name: "Take 4 tools" }).click();
  await expect(tools.matched).toHaveText("4");
  const badge = (tool: string) => tools.list.getByRole("listitem").filter({ has: page.getByRole("button", { name: tool, exact: true }) }).locator(".badge");
  await expect(badge("get_file")).toHaveAttribute("aria-label", /^About get_file: Read, \w+: /);
  await expect(badge("run_tests")).toHaveAttribute("aria-label", /^About run_tests: Execute, \w+: guessed from the name; the server's own annotation/);
  await expect(badge("delete_repo")).toHaveAttribute("aria-label", /^About delete_repo: Destructive, \w+: guessed from the name/);
  await expect(badge("customer")).toHaveAttribute("aria-label", /^About customer: Undecided, /);
  await tools.name("customer").click();
  await page.getByRole("combobox", { name: "You say" }).selectOption("Write");
  await expect(badge("customer")).toHaveAttribute("aria-label", /^About customer: Write, \w+: set by you/);
  await page.getByRole("button", { name: /^Undo: customer/ }).click();
  await expect(badge("customer")).toHaveAttribute("aria-label", /^About customer: Undecided, /);
});

test("of a configuration only names are taken, and the page holds none of its secrets", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  await gatewright.open();
  const secret = "ghp_0123456789abcdef";
  await tools.paste(JSON.stringify({
    mcpServers: {
      github: { command: "npx", args: ["-y", "server", `--token=${secret}`], env: { GITHUB_TOKEN: secret } },
      sentry: { serverUrl: `https://u:${secret}@x.example/?key=${secret}`, headers: { Authorization: `Bearer ${secret}` } },
    },
  }));
  await expect(tools.dialog).toContainText("2 servers, and no tools");
  await expect(tools.dialog).toContainText("github: left out args, command, env (GITHUB_TOKEN).");
  await expect(tools.dialog).toContainText("npx @modelcontextprotocol/inspector --cli --config mcp.json --server github --method tools/list");
  const holds = () => page.evaluate((text) => {
    const values = [...document.querySelectorAll("input, textarea")].map((field) => (field as HTMLInputElement).value);
    return [document.documentElement.outerHTML, location.href, JSON.stringify({ ...localStorage }), ...values].some((part) => part.includes(text));
  }, secret);
  expect(await holds()).toBe(false);
  await tools.dialog.getByRole("button", { name: "Take the names" }).click();
  expect(await holds()).toBe(false);
  // The names alone are kept, and what is kept is what is shared.
  const keeping = new Keeping(page);
  await keeping.untilSaved();
  const kept = await page.evaluate(everythingKept);
  expect(kept).toContain("sentry");
  expect(kept).not.toContain(secret);
});

test("what is no list is said, and nothing changes", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  await gatewright.open();
  await tools.paste("hello");
  await expect(tools.dialog).toContainText("The text is not JSON: line 1: expected value.");
  await page.keyboard.press("Escape");
  await expect(tools.dialog).toBeHidden();
  await expect(tools.matched).toHaveText("1");
});

test("a dropped list is taken, and a dropped policy is still a policy", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  await gatewright.open();
  await gatewright.drop("ci.json", LIST);
  await expect(tools.notice).toHaveText("4 tools.");
  await expect(tools.matched).toHaveText("4");
  await gatewright.bringPolicy(COMMENTED);
  await expect(tools.state("rotate_keys", "Hide")).toBeChecked();
});

test("a thousand tools are listed, filtered, moved through and set at once", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  await gatewright.open();
  await tools.import(manyTools(1000));
  await expect(tools.matched).toHaveText("1,001");
  expect(await tools.list.getByRole("listitem").count()).toBeLessThan(60);
  await tools.name("list_0").focus();
  await page.keyboard.press("End");
  await expect(tools.name("run_tests")).toBeFocused();
  await tools.filter.fill("list_99");
  await expect(tools.matched).toHaveText("11 of 1,001");
  await tools.panel.getByRole("button", { name: "Choose all shown" }).click();
  await tools.panel.getByRole("group", { name: "Set the chosen tools" }).getByRole("button", { name: "Allow" }).click();
  await expect(page.getByRole("button", { name: "Undo: 11 tools: Allow" })).toBeVisible();
  await expect(tools.state("list_990", "Allow")).toBeChecked();
  await tools.panel.getByRole("button", { name: "Add limit" }).click();
  await expect(page.getByRole("button", { name: "Undo: 11 tools: at most 10 calls per minute" })).toBeVisible();
  await expect(tools.state("list_99", "Custom")).toBeChecked();
  await tools.filter.fill("nothing");
  await expect(tools.panel).toContainText("No tools match.");
  await tools.panel.getByRole("button", { name: "Clear filter" }).click();
  await expect(tools.filter).toBeFocused();
  await tools.panel.getByRole("button", { name: "Clear 11 chosen" }).click();
  await tools.panel.getByRole("button", { name: "Choose all shown" }).click();
  await tools.panel.getByRole("group", { name: "Set the chosen tools" }).getByRole("button", { name: "Allow" }).click();
  await expect(page.getByRole("button", { name: /^Undo: 1001 tools: Allow, 12 limits taken away/ })).toBeVisible();
  await expect(gatewright.findings).toContainText("No errors.");
});

test("filters by state, by what a tool does and by findings hold together", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  await gatewright.open();
  await tools.import(LIST);
  await tools.panel.getByText("More filters").click();
  await tools.panel.getByRole("combobox", { name: "State" }).selectOption("Deny");
  await expect(tools.matched).toHaveText("3 of 4");
  await tools.panel.getByRole("combobox", { name: "What it does" }).selectOption("Destructive");
  await expect(tools.matched).toHaveText("1 of 4");
  await tools.panel.getByRole("checkbox", { name: "With findings" }).check();
  await expect(tools.panel).toContainText("No tools match.");
});

test("a tool is added by hand", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  await gatewright.open();
  await tools.panel.getByRole("textbox", { name: "Name of a tool to add and allow" }).fill("deploy");
  await page.keyboard.press("Enter");
  await expect(tools.state("deploy", "Allow")).toBeChecked();
  await expect(page.locator("#rules-title")).toHaveText("deploy");
});

test("a policy that cannot be read keeps the tools, and says why nothing is set", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  await gatewright.open();
  await gatewright.show("JSON");
  await gatewright.replaceInPolicy('"max": 10', '"max": ten');
  await expect(tools.state("run_tests", "Custom")).toBeChecked();
  await tools.state("run_tests", "Deny").click();
  await expect(tools.notice).toContainText("the document cannot be edited before it is repaired");
  await expect(tools.state("run_tests", "Custom")).toBeChecked();
});

/** All that this browser keeps of the page, as one text. Runs in the page. */
async function everythingKept(): Promise<string> {
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  const kept: unknown[] = [{ ...localStorage }];
  for (const { name } of await indexedDB.databases()) {
    const database = await done(indexedDB.open(name ?? ""));
    for (const store of database.objectStoreNames) {
      kept.push(await done(database.transaction(store).objectStore(store).getAll()));
    }
    database.close();
  }
  return JSON.stringify(kept);
}

async function serious(page: Page): Promise<unknown> {
  const found = await new AxeBuilder({ page }).analyze();
  return found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target)]);
}

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing in the tools: ${width} px, ${colorScheme}`, async ({ gatewright, page }) => {
      const tools = new Tools(page);
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await gatewright.open();
      if (width < 1100) await page.getByRole("navigation", { name: "Panes" }).getByRole("button", { name: "Tools" }).click();
      await tools.import(LIST);
      await tools.panel.getByText("More filters").click();
      await tools.panel.getByRole("button", { name: "Choose all shown" }).click();
      expect(await serious(page)).toEqual([]);
      await tools.paste('{"mcpServers": {"github": {"command": "npx", "env": {"A": "b"}}}}');
      await expect(tools.dialog).toContainText("1 server, and no tools");
      expect(await serious(page)).toEqual([]);
    });
  }
}

test("the tools fit a screen of 320 px", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  await page.setViewportSize({ width: 320, height: 640 });
  await gatewright.open();
  await page.getByRole("navigation", { name: "Panes" }).getByRole("button", { name: "Tools" }).click();
  await tools.import(LIST);
  await tools.panel.getByRole("button", { name: "Choose all shown" }).click();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
});
