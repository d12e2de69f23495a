// The policy as text: one document and one history with the controls, help from the language, and no byte lost.
import AxeBuilder from "@axe-core/playwright";
import { Editor } from "./editor-page";
import { expect, pageAddress, test } from "./page";
import { RulesPanel } from "./rules-page";

test("text and controls are one document with one history", async ({ gatewright, page }) => {
  const [editor, rules] = [new Editor(gatewright, page), new RulesPanel(page)];
  await gatewright.open();
  await gatewright.show("Split");
  await expect(editor.content).toBeVisible();
  const most = rules.field("Most of limit 1");

  await editor.goBehind("10");
  await page.keyboard.type("0");
  await expect(most).toHaveValue("100");
  await most.fill("30");
  await expect(editor.content).toContainText('"max": 30');

  await editor.content.focus();
  await page.keyboard.press("ControlOrMeta+z");
  await expect(most).toHaveValue("100");
  await page.keyboard.press("ControlOrMeta+z");
  await expect(most).toHaveValue("10");
  await page.getByRole("button", { name: /^Redo/ }).click();
  await expect(editor.content).toContainText('"max": 100');
  await editor.content.focus();
  await page.keyboard.press("ControlOrMeta+y");
  await expect(most).toHaveValue("30");
});

test("what is typed without a pause is one step back", async ({ gatewright, page }) => {
  const editor = new Editor(gatewright, page);
  await gatewright.open();
  await gatewright.edit();
  const before = await gatewright.policyText();
  await editor.goBehind('"1",');
  await gatewright.holdClock();
  await page.keyboard.type(" // agreed on");
  expect(await gatewright.policyText()).toContain('"1", // agreed on\n');
  await page.keyboard.press("ControlOrMeta+z");
  expect(await gatewright.policyText()).toBe(before);
});

test("another form and back leaves the text as it is", async ({ gatewright }) => {
  await gatewright.open();
  const text = '{ "version": "1", /* odd */ "default":"deny", "tools": { "a": {} } }';
  await gatewright.writePolicy(text);
  for (const form of ["Visual", "Split", "In words", "JSON"]) await gatewright.show(form);
  expect(await gatewright.policyText()).toBe(text);
});

test("fields and words are offered where they fit, and written whole", async ({ gatewright, page }) => {
  const editor = new Editor(gatewright, page);
  await gatewright.open();
  await gatewright.writePolicy('{\n  "version": "1",\n  "default": "deny",\n  "tools": { "run": { "limits": [{}] } }\n}');
  await editor.goBehind("[{");
  await page.keyboard.type('"');
  await expect(editor.suggestions.getByRole("option")).toHaveCount(6);
  await expect(page.getByText("The counter's name, which stands in logs.")).toBeVisible();
  await page.keyboard.type("wi");
  await expect(editor.suggestion("window")).toHaveAttribute("aria-selected", "true");
  await page.keyboard.press("Enter");
  // The value is asked for at once.
  await expect(editor.suggestion("minute")).toBeVisible();
  await expect(editor.suggestion("minute")).toHaveAttribute("aria-selected", "true");
  await page.keyboard.type("h");
  await expect(editor.suggestions.getByRole("option")).toHaveText(["hour"]);
  await page.keyboard.press("Enter");
  expect(await gatewright.policyText()).toContain('"limits": [{"window": "hour"}]');
});

test("what stands under the pointer is explained in the evaluator's own words", async ({ gatewright, page }) => {
  const editor = new Editor(gatewright, page);
  await gatewright.open();
  await gatewright.edit();
  await editor.content.getByText('"max"').hover();
  await expect(editor.tooltip).toContainText("The most that fits in a window");
  await expect(editor.tooltip).toContainText("At most 10 calls per minute for each grant, counted as run_tests_rate");
});

test("an error is marked in its place, and repaired there", async ({ gatewright, page }) => {
  const editor = new Editor(gatewright, page);
  await gatewright.open();
  await gatewright.replaceInPolicy('"window"', '"windwo"');
  const wrong = editor.content.locator(".cm-lintRange-error", { hasText: "windwo" });
  await expect(wrong).toBeVisible();
  await expect(page.locator(".cm-gutter-lint .cm-lint-marker-error")).not.toHaveCount(0);
  await wrong.hover();
  await expect(editor.tooltip).toContainText("windwo is not a field here.");
  await editor.tooltip.getByRole("button", { name: "Fix: write window" }).click();
  await expect(editor.content).toContainText('"window"');
  await expect(page.locator(".cm-lint-marker-error")).toHaveCount(0);
});

test("what is being typed is not called wrong before it is left", async ({ gatewright, page }) => {
  const editor = new Editor(gatewright, page);
  await gatewright.open();
  await gatewright.edit();
  await editor.goBehind('"deny"');
  await page.keyboard.press("Backspace");
  await page.keyboard.press("Backspace");
  await page.keyboard.press("ArrowLeft");
  await expect(editor.content.locator(".cm-lintRange-error").first()).toBeVisible();
});

test("the caret's place is told as line, column and pointer", async ({ gatewright, page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const editor = new Editor(gatewright, page);
  await gatewright.open();
  await gatewright.edit();
  await editor.goBehind('"max": 1');
  await expect(editor.caret).toContainText("Line 10, column 19");
  await expect(editor.caret).toContainText("/tools/run_tests/limits/0/max");
  await page.getByRole("button", { name: "Copy pointer" }).click();
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toBe("/tools/run_tests/limits/0/max");
});

test("the lines of the selected tool are marked", async ({ gatewright, page }) => {
  const editor = new Editor(gatewright, page);
  await gatewright.open();
  await gatewright.edit();
  await expect(editor.markedLines).toHaveCount(10);
  await expect(editor.markedLines.first()).toContainText('"run_tests"');
});

test("the keyboard finds, folds and leaves", async ({ gatewright, page }) => {
  const editor = new Editor(gatewright, page);
  await gatewright.open();
  await gatewright.edit();
  await editor.content.focus();
  await page.keyboard.press("ControlOrMeta+f");
  await page.keyboard.type("scope");
  await expect(editor.content.locator(".cm-searchMatch")).toHaveText(["scope"]);
  await page.keyboard.press("Escape");
  await expect(editor.content).toBeFocused();
  await editor.goBehind('"limits": [');
  await page.keyboard.press("ControlOrMeta+Shift+BracketLeft");
  await expect(editor.content).not.toContainText("counter");
  await page.keyboard.press("ControlOrMeta+Shift+BracketRight");
  await expect(editor.content).toContainText("counter");
  await page.keyboard.press("Tab");
  await expect(editor.content).not.toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(editor.content).toBeFocused();
});

for (const [name, before, after] of [
  ["line ends of two bytes and no last one", '{\r\n  "version": "1",\r\n  "default": "deny"\r\n}', '{\r\n  "version": "1", // x\r\n\r\n  "default": "deny"\r\n}'],
  ["a byte order mark", '\u{feff}{\n  "version": "1",\n  "default": "deny"\n}\n', '\u{feff}{\n  "version": "1", // x\n\n  "default": "deny"\n}\n'],
] as const) {
  test(`typing keeps ${name}`, async ({ gatewright, page }) => {
    const editor = new Editor(gatewright, page);
    const bytes = (text: string) => Buffer.from(text, "utf8").toString("latin1");
    await gatewright.open();
    await gatewright.bringPolicy(before);
    await gatewright.edit();
    expect(await editor.file()).toBe(bytes(before));
    await editor.goBehind('"1",');
    await page.keyboard.type(" // x");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Shift+Home");
    await page.keyboard.press("Delete");
    expect((await editor.file()).replaceAll(/^ +(?=\r?$)/gm, "")).toBe(bytes(after));
  });
}

test("a number of 19 digits survives the controls", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await gatewright.open();
  const rule = '"require": [{ "conditions": [{ "path": "args.id", "op": "eq", "value": 9007199254740993123 }] }],';
  await gatewright.replaceInPolicy('"limits": [', `${rule}\n      "limits": [`);
  await gatewright.show("Split");
  await rules.field("Most of limit 1").fill("12");
  expect(await gatewright.policyText()).toContain("9007199254740993123");
});

test.describe("without the module", () => {
  test.use({ serviceWorkers: "block" });

  test("where the editor cannot be loaded, the text is edited in a plain field", async ({ page }) => {
    await page.route("**/modules/editor.js?*", (route) => route.abort());
    await page.goto(pageAddress());
    await page.getByRole("radio", { name: "JSON", exact: true }).check();
    const plain = page.getByRole("textbox", { name: "policy.json" });
    await expect(page.getByText("The editor could not be loaded: this is a plain text field.")).toBeVisible();
    await plain.fill((await plain.inputValue()).replace("10", "20"));
    await expect(page.locator(".verdict")).toContainText("100 of 3,600 calls allowed.");
    await page.getByRole("button", { name: /^Undo/ }).click();
    await expect(plain).toHaveValue(/"max": 10/);
  });
});

test.describe("under a finger", () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });

  test("the text is edited in a plain field", async ({ gatewright, page }) => {
    const editor = new Editor(gatewright, page);
    const asked: string[] = [];
    page.on("request", (request) => asked.push(request.url()));
    await gatewright.open();
    await page.getByRole("button", { name: "Policy", exact: true }).click();
    await gatewright.show("JSON");
    await expect(editor.plain).toBeVisible();
    await editor.plain.fill((await editor.plain.inputValue()).replace("10", "20"));
    await page.getByRole("button", { name: "Dry run", exact: true }).click();
    await expect(gatewright.verdict).toContainText("100 of 3,600 calls allowed.");
    expect(asked.filter((url) => url.includes("modules/editor.js"))).toEqual([]);
  });
});

test("a long policy is typed into without a wait", async ({ gatewright, page }) => {
  const editor = new Editor(gatewright, page);
  const tools = Array.from({ length: 4_000 }, (_, number) => `    "tool_${number}": {\n      "limits": [{ "counter": "rate", "window": "minute", "max": 10, "scope": "grant" }]\n    }`);
  const text = `{\n  "version": "1",\n  "default": "deny",\n  "tools": {\n${tools.join(",\n")}\n  }\n}\n`;
  await gatewright.open();
  await gatewright.writePolicy(text);
  await page.keyboard.press("ControlOrMeta+Home");
  await editor.goBehind('"1",');
  await gatewright.holdClock();
  await page.keyboard.type(" // typed in one go");
  expect(await gatewright.policyText()).toContain('"1", // typed in one go\n');
  await page.keyboard.press("ControlOrMeta+z");
  expect(await gatewright.policyText()).toBe(text);
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing in the editor, its help and its search: ${colorScheme}`, async ({ gatewright, page }) => {
    const editor = new Editor(gatewright, page);
    await page.emulateMedia({ colorScheme });
    await gatewright.open();
    await gatewright.replaceInPolicy('"window"', '"windwo"');
    await editor.goBehind("[");
    await page.keyboard.press("ControlOrMeta+f");
    await page.keyboard.type("max");
    await page.keyboard.press("Escape");
    await editor.content.press("Control+Space");
    await expect(editor.suggestions).toBeVisible();
    const found = await new AxeBuilder({ page }).include(".policy-column").include(".cm-tooltip").analyze();
    expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("ControlOrMeta+f");
    const searching = await new AxeBuilder({ page }).include(".policy-column").analyze();
    expect(searching.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
  });
}
