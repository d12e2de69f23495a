// Rules and limits by hand: each gesture changes the text and no more of it, is one step back, and keeps the focus.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./page";
import { RulesPanel } from "./rules-page";

const POLICY = `{
  "version": "1", // the only one
  "default": "deny",
  "tools": {
    "run_tests": {
      "limits": [
        { "counter": "runs", "window": "minute", "max": 10, "scope": "grant" }, // agreed
        { "counter": "spend", "window": "day", "max": 1000.50, "scope": "grant", "increment_from": "args.amount" }
      ],
      "require": [{ "conditions": [{ "path": "args.currency", "op": "eq", "value": "usd" }] }],
      "deny_if": [
        { "conditions": [
          { "path": "args.amount", "op": "gt", "value": 9007199254740993 },
          { "path": "args.to", "op": "exists", "value": true }
        ], "on_deny": "Too much." }
      ]
    }
  }
}
`;

test("a number in the sentence is the control: the run, the worst case and the text follow", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright);
  await expect(rules.panel).toContainText("At worst up to 20 calls within 2 ms across a minute's end; 14,400 per UTC day.");
  const before = await rules.text(gatewright);
  await rules.field("Most of limit 1").fill("20");
  await expect(gatewright.verdict).toContainText("100 of 3,600 calls allowed");
  await expect(rules.panel).toContainText("At worst up to 40 calls");
  await rules.field("Window of limit 1, UTC").selectOption("hour");
  await expect(gatewright.verdict).toContainText("20 of 3,600 calls allowed");
  await expect(rules.words).toContainText("At most 20 calls per hour for each grant, counted as run_tests_rate");
  expect(await rules.text(gatewright)).toBe(before.replace('"max": 10', '"max": 20').replace('"minute"', '"hour"'));
  await rules.undo.click();
  await rules.undo.click();
  expect(await rules.text(gatewright)).toBe(before);
});

test("what is half typed stays in its field and out of the policy", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright);
  const most = rules.field("Most of limit 1");
  for (const half of ["1.", "ten", "-1", ""]) {
    await most.fill(half);
    await expect(most).toHaveValue(half);
    await expect(most).toHaveAttribute("aria-invalid", "true");
    await expect(rules.panel).toContainText("The policy still says 10.");
  }
  await expect(gatewright.verdict).toContainText("50 of 3,600 calls allowed");
  await most.fill("1.50");
  await expect(most).toHaveAttribute("aria-invalid", "false");
  expect(await rules.text(gatewright)).toContain('"max": 1.50');
});

test("a limit is added, duplicated, moved and removed with its comment, and the focus goes along", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright, POLICY);
  await rules.button("Add a limit").click();
  await expect(rules.field("Most of limit 3")).toBeFocused();
  expect(await rules.text(gatewright)).toContain('"counter": "run_tests_per_hour"');
  await rules.undo.click();

  await rules.button("Move limit 1 down").click();
  await expect(rules.button("Move limit 2 down")).toBeFocused();
  expect(await rules.text(gatewright)).toContain(
    `"increment_from": "args.amount" },\n        { "counter": "runs", "window": "minute", "max": 10, "scope": "grant" } // agreed\n`,
  );
  await rules.button("Move limit 2 up").click();
  expect(await rules.text(gatewright)).toBe(POLICY);

  await rules.button("Duplicate limit 1").click();
  await expect(rules.field("Counter of limit 2")).toHaveValue("runs_2");
  await rules.button("Remove limit 2").click();
  await expect(rules.button("Remove limit 2")).toBeFocused();
  expect(await rules.text(gatewright)).toBe(POLICY);
  await rules.button("Remove limit 2").click();
  await expect(rules.button("Remove limit 1")).toBeFocused();
  await rules.button("Remove limit 1").click();
  await expect(rules.button("Add a limit")).toBeFocused();
  expect(await rules.text(gatewright)).not.toContain("limits");
});

test("a limit adds up an argument, and counts calls again", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright, POLICY);
  await rules.field("What limit 1 counts").selectOption("as the sum of");
  await expect(rules.field("Argument that limit 1 sums up")).toHaveValue("args.amount");
  await rules.field("Argument that limit 1 sums up").fill("args.cost");
  await rules.field("Who shares limit 1").selectOption("all grants together");
  expect(await rules.text(gatewright)).toContain('"scope": "global", "increment_from": "args.cost" }, // agreed');
  await rules.field("What limit 1 counts").selectOption("calls");
  expect(await rules.text(gatewright)).toContain('"scope": "global" }, // agreed');
});

test("a condition takes its value along to another operator, and keeps 16 digits", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright, POLICY);
  const operator = rules.field("Operator of condition 1 of requirement 1");
  await operator.selectOption("is one of");
  await rules.button("Add a value to condition 1 of requirement 1").click();
  const second = rules.field("Value 2 of condition 1 of requirement 1");
  await expect(second).toBeFocused();
  await second.fill("eur");
  expect(await rules.text(gatewright)).toContain('"op": "in", "value": ["usd", "eur"]');
  await rules.button("Remove value 1 of condition 1 of requirement 1").click();
  await operator.selectOption("equals");
  expect(await rules.text(gatewright)).toContain('"op": "eq", "value": "eur"');

  const amount = rules.field("Value of condition 1 of denial 1");
  await expect(amount).toHaveValue("9007199254740993");
  await amount.fill("9007199254740995");
  await rules.field("Operator of condition 1 of denial 1").selectOption("is at least");
  expect(await rules.text(gatewright)).toContain('"op": "gte", "value": 9007199254740995');
  await rules.field("Kind of value of condition 1 of requirement 1").selectOption("null");
  expect(await rules.text(gatewright)).toContain('"op": "eq", "value": null');
});

test("a pattern that does not compile stays in its field", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright, POLICY);
  await rules.field("Operator of condition 1 of requirement 1").selectOption("matches the pattern");
  const pattern = rules.field("Value of condition 1 of requirement 1");
  await pattern.fill("^(usd|eur");
  await expect(rules.list("Require")).toContainText("It is no pattern:");
  expect(await rules.text(gatewright)).toContain('"op": "regex", "value": "usd"');
  await pattern.fill("^(usd|eur)$");
  expect(await rules.text(gatewright)).toContain('"value": "^(usd|eur)$"');
});

test("the worst case of a limit is tried in the dry run", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright);
  await rules.list("Limits").getByRole("button", { name: "Show it" }).click();
  await expect(gatewright.verdict).toContainText("All 20 calls allowed");
  await rules.undo.click();
  await expect(gatewright.verdict).toContainText("50 of 3,600 calls allowed");
});

test("conditions hold together: one more, a range, one less", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright, POLICY);
  await rules.button("Add a condition to requirement 1").click();
  await expect(rules.field("Argument of condition 2 of requirement 1")).toBeFocused();
  await expect(rules.list("Require")).toContainText("Refuse a call unless all of these hold:");
  await rules.undo.click();
  await expect(rules.list("Require")).toContainText("Refuse a call unless");

  await rules.button("Add a range to requirement 1").click();
  await rules.field("Least of the range of requirement 1").fill("1");
  await rules.button("Add both").click();
  await expect(rules.panel).toContainText("A range takes two numbers.");
  await rules.field("Most of the range of requirement 1").fill("2.50");
  await rules.button("Add both").click();
  expect(await rules.text(gatewright)).toContain(
    '{ "path": "args.amount", "op": "gte", "value": 1 }, { "path": "args.amount", "op": "lte", "value": 2.50 }]',
  );
  await rules.undo.click();
  expect(await rules.text(gatewright)).toBe(POLICY);

  await rules.button("Remove condition 1 of requirement 1").click();
  await expect(rules.button("Add a condition to requirement 1")).toBeFocused();
  await expect(rules.list("Require")).toContainText("It has no conditions, and so always holds.");
});

test("rules are added to each list, and say at once what they do", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright);
  for (const [list, add, words] of [
    ["Require", "Add a requirement", "run_tests is refused unless args.name is given."],
    ["Deny if", "Add a denial", "run_tests is refused when args.name is given."],
    ["Needs approval", "Add an approval", "run_tests needs a person's approval when args.name is given."],
  ] as const) {
    await rules.list(list).getByRole("button", { name: add }).click();
    await expect(page.locator(":focus")).toHaveValue("args.name");
    await expect(rules.words).toContainText(words);
    await rules.undo.click();
    await expect(rules.words).not.toContainText(words);
  }
});

test("what the agent is told is shown as it will read it", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright);
  await rules.panel.getByText("What the agent is told").click();
  await expect(rules.panel.locator("blockquote")).toHaveText(
    "[POLICY DENIED] This grant has used 10 of 10 run_tests calls in the minute 10:00–10:01 UTC. The next run_tests call is allowed at 10:01 UTC (in 42 s).",
  );
  const message = rules.field("Message of limit 1; empty for the usual one");
  await message.fill("Slow down.");
  await expect(rules.panel.locator("blockquote")).toHaveText("[POLICY DENIED] Slow down. The same call is allowed at 10:01 UTC (in 42 s).");
  expect(await rules.text(gatewright)).toContain('"on_deny": "Slow down."');
  await rules.field("Message of limit 1; empty for the usual one").fill("");
  expect(await rules.text(gatewright)).not.toContain("on_deny");
});

test("what has no row is kept as JSON, with its line and what is wrong with it", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright, POLICY.replace('"limits": [', '"note": "deny",\n      "limits": [\n        "none",').replace('"max": 10,', '"max": "ten", "because": "x",'));
  await expect(rules.panel).toContainText("note is kept as JSON");
  await expect(rules.list("Limits")).toContainText("Found text where an object should be.");
  await expect(rules.field("Most of limit 2")).toHaveValue('"ten"');
  await expect(rules.list("Limits")).toContainText("because is kept as JSON");
  await expect(rules.list("Limits")).toContainText("because is not a field here.");
  await rules.field("Most of limit 2").fill("10");
  await rules.button("Remove because").click();
  await rules.button("Remove note").click();
  await rules.button("Remove item 1").click();
  expect(await rules.text(gatewright)).toBe(POLICY);
});

test("a finding stands at its row, and its fix is one step", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright, POLICY);
  const fix = rules.list("Deny if").getByRole("button", { name: "Fix: require `args.amount`" });
  await fix.click();
  await expect(fix).toHaveCount(0);
  await expect(rules.field("Argument of condition 1 of requirement 2")).toHaveValue("args.amount");
  await rules.undo.click();
  expect(await rules.text(gatewright)).toBe(POLICY);
});

test("a sentence leads to its row", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright, POLICY);
  await rules.words.getByRole("button", { name: /The sum of args\.amount is at most 1,000\.5/ }).click();
  await expect(rules.list("Limits").locator("[aria-current=true]").getByRole("textbox", { name: "Counter of limit 2" })).toBeVisible();
});

test("what cannot be written is not shown as if it were", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright, POLICY.replace('"window": "minute", "max": 10', '"window": "minute", "window": "hour", "max": 10, "max": 20'));
  const window = rules.field("Window of limit 1, UTC");
  await window.selectOption("day");
  await expect(window).toHaveValue("minute");
  await expect(page.getByRole("status").filter({ hasText: "the key is here more than once" })).toBeVisible();
  await rules.field("Most of limit 1").fill("30");
  await expect(rules.panel).toContainText("It could not be written. The policy still says 10.");
});

test("while the text is broken its last version is shown, and cannot be changed", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright, POLICY);
  await gatewright.bringPolicy(POLICY.replace('"deny",', '"deny'));
  await expect(rules.panel).toContainText("The text has a syntax error.");
  await expect(rules.field("Most of limit 1")).toBeDisabled();
  await expect(rules.field("Most of limit 1")).toHaveValue("10");
});

test("typing in one field is one step, and its caret stays", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright, POLICY);
  const counter = rules.field("Counter of limit 1");
  await counter.focus();
  await page.keyboard.press("Home");
  await gatewright.holdClock();
  await page.keyboard.type("my_");
  await expect(counter).toHaveValue("my_runs");
  expect(await rules.text(gatewright)).toBe(POLICY.replace('"runs"', '"my_runs"'));
  await rules.undo.click();
  expect(await rules.text(gatewright)).toBe(POLICY);
});

test("limits of all tools together, and what happens to tools that are not listed", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright);
  const tools = page.locator("#tools");
  await tools.getByRole("button", { name: "All tools" }).click();
  await rules.button("Add a limit").click();
  await expect(rules.list("Limits")).toContainText("calls of all tools together");
  await rules.field("Most of limit 1").fill("60");
  await expect(rules.words).toContainText("At most 60 calls of all tools together per minute for each grant, counted as all_tools_rate");
  await expect(rules.panel).toContainText("At worst up to 120 calls within 2 ms across a minute's end; 86,400 per UTC day.");
  await rules.button("Remove limit 1").click();
  expect(await rules.text(gatewright)).not.toContain("all_tools");

  await tools.getByRole("button", { name: "Not listed" }).click();
  await rules.field("Tools that the policy does not list").selectOption("allowed");
  await expect(rules.words).toContainText("Tools that are not listed may be called, without any rule or limit.");
  expect(await rules.text(gatewright)).toContain('"default": "allow"');
});

test("a tool's schema offers its arguments, and says of others that it does not name them", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright);
  const tool = {
    name: "run_tests",
    inputSchema: {
      type: "object",
      properties: { suite: { type: "string" }, budget: { type: "object", properties: { cents: { type: "integer" } }, required: ["cents"] } },
      required: ["suite", "budget"],
    },
  };
  await page.getByRole("button", { name: "Use my tools" }).click();
  const paste = page.getByRole("textbox", { name: /Paste the answer of tools\/list/ });
  await paste.fill(JSON.stringify({ tools: [tool] }));
  await paste.blur();
  await page.getByRole("button", { name: "Take 1 tool" }).click();

  await rules.button("Add a denial").click();
  const argument = rules.field("Argument of condition 1 of denial 1");
  await expect(argument).toHaveValue("args.suite");
  await expect(rules.list("Deny if")).toContainText("string · required");
  expect(await page.locator("#known-arguments option").evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value))).toEqual([
    "args.budget",
    "args.budget.cents",
    "args.suite",
  ]);
  await argument.fill("args.other");
  await expect(rules.list("Deny if")).toContainText("not in the tool's inputSchema");
  await rules.field("What limit 1 counts").selectOption("as the sum of");
  await expect(rules.field("Argument that limit 1 sums up")).toHaveValue("args.budget.cents");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing in the rules, ${colorScheme}`, async ({ gatewright, page }) => {
    await page.emulateMedia({ colorScheme });
    const rules = new RulesPanel(page);
    await rules.open(gatewright, POLICY.replace('"max": 10,', '"max": "ten", "reason": "x",'));
    await rules.field("Counter of limit 2").fill("");
    await rules.button("Add a range to requirement 1").click();
    const found = await new AxeBuilder({ page }).include(".rules").analyze();
    expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target)])).toEqual([]);
  });
}

test("the rules fit a phone", async ({ gatewright, page }) => {
  const rules = new RulesPanel(page);
  await rules.open(gatewright, POLICY);
  await page.setViewportSize({ width: 320, height: 844 });
  await page.getByRole("navigation", { name: "Panes" }).getByRole("button", { name: "Policy" }).click();
  await expect(rules.field("Most of limit 1")).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
});
