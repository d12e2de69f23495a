import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./page";
import { Recommendation } from "./recommend-page";
import { ToolPage } from "./tool-page";
import { manyTools, Tools } from "./tools-page";

const LIST = JSON.stringify({
  files: [
    { name: "list_files", description: "Lists files." },
    { name: "write_file", description: "Writes a file.", inputSchema: { type: "object", required: ["path"], properties: { path: { type: "string" }, text: { type: "string" } } } },
    { name: "run_macro", description: "Runs a macro." },
    { name: "delete_file", description: "Deletes a file." },
    { name: "customer" },
  ],
});

const MINE = `{
  "version": "1",
  "default": "allow",
  "tools": {
    "deploy": {}
  }
}
`;

test("a list of tools leads to a policy in one step, with a why for each line, and no finding", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  const recommended = new Recommendation(page);
  await gatewright.open();
  await tools.paste(LIST);
  await tools.dialog.getByRole("button", { name: "Recommend a policy for them" }).click();
  await expect(recommended.box.getByRole("radio", { name: "Balanced" })).toBeChecked();
  await expect(recommended.diff.locator(".added", { hasText: '"delete_file"' }).locator("+ .note")).toContainText("Destructive");
  await expect(recommended.diff.locator(".added", { hasText: "run_macro_per_day" }).locator("+ .note")).toContainText("14,400 a day");
  await recommended.box.getByText(/^What becomes of each tool/).click();
  await expect(recommended.box.getByRole("listitem").filter({ hasText: "customer: Deny" })).toContainText("Undecided");
  await recommended.use();
  await expect(page.getByRole("button", { name: "Undo: Recommended policy: balanced" })).toBeVisible();
  await expect(tools.state("delete_file", "Hide")).toBeChecked();
  await expect(tools.state("list_files", "Allow")).toBeChecked();
  await expect(tools.state("run_macro", "Custom")).toBeChecked();
  await expect(tools.state("customer", "Deny")).toBeChecked();
  await expect(gatewright.findings).toContainText("No errors.");
  await expect(tools.list.getByRole("button", { name: "run_tests", exact: true })).toHaveCount(0);
  await page.getByRole("button", { name: /^Undo: Recommended/ }).click();
  await expect(tools.state("run_tests", "Custom")).toBeChecked();
});

test("the choices stand side by side in numbers", async ({ gatewright, page }) => {
  const recommended = new Recommendation(page);
  await gatewright.open();
  await new Tools(page).import(LIST);
  await recommended.open();
  for (const row of ["Tools hidden", "Tools that need approval"]) {
    const [strict, , permissive] = await recommended.figures(row);
    expect(strict, row).not.toBe(permissive);
  }
  expect(await recommended.figures("Calls of a working day that pass")).toEqual(expect.arrayContaining([expect.stringMatching(/^\d+ of \d+$/)]));
  await recommended.choose("Permissive");
  await expect(recommended.diff).not.toContainText('"hide"');
  await expect(recommended.diff).toContainText("require_approval");
  await recommended.choose("Strict");
  await expect(recommended.diff).toContainText('"hide"');
  await expect(recommended.box.getByRole("button", { name: "Use the strict policy" })).toBeVisible();
});

test("what one's own policy says of other tools stays, unless it is to go", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  const recommended = new Recommendation(page);
  await gatewright.open();
  await gatewright.bringPolicy(MINE);
  await tools.import(LIST);
  await recommended.open();
  const keep = recommended.box.getByRole("checkbox", { name: "Keep what the policy says of other tools" });
  await expect(keep).toBeChecked();
  // The default goes, and what stood last gets a comma.
  await expect(recommended.diff.locator(".removed")).toHaveText([/"default": "allow"/, /"deploy": \{\}/]);
  await expect(recommended.diff.locator(".added", { hasText: '"deploy": {},' })).toHaveCount(1);
  await recommended.use();
  await expect(tools.state("deploy", "Allow")).toBeChecked();
  await expect(tools.unlisted("Deny")).toBeChecked();
  await recommended.open();
  await expect(recommended.box).toContainText("The policy says so already.");
  await keep.uncheck();
  await recommended.use();
  await expect(tools.name("deploy")).toHaveCount(0);
});

test("without tools a recommendation asks for some", async ({ gatewright, page }) => {
  const recommended = new Recommendation(page);
  await gatewright.open();
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: "Command" }).fill("Recommend a policy");
  await page.keyboard.press("Enter");
  await recommended.box.getByRole("button", { name: "Import tools" }).click();
  await expect(new Tools(page).dialog).toBeVisible();
});

test("one tool's recommended rule changes nothing else", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  const about = new ToolPage(page, "write_file");
  await gatewright.open();
  await tools.import(LIST);
  await about.open();
  const rule = about.part("Recommended rule");
  await expect(rule).toContainText("write_file: Limit.");
  await rule.getByRole("combobox").selectOption("Strict");
  await rule.getByRole("button", { name: "Use this rule" }).click();
  await expect(rule).toContainText("The policy says so already.");
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: "Undo: write_file: recommended rule, strict" })).toBeVisible();
  await expect(tools.state("write_file", "Custom")).toBeChecked();
  await expect(tools.state("list_files", "Deny")).toBeChecked();
  await expect(tools.state("run_tests", "Custom")).toBeChecked();
});

test("a text that cannot be read is not changed, and the reason is said", async ({ gatewright, page }) => {
  const recommended = new Recommendation(page);
  await gatewright.open();
  await new Tools(page).import(LIST);
  await gatewright.show("JSON");
  await gatewright.replaceInPolicy('"max": 10', '"max": ten');
  await recommended.open();
  await expect(recommended.box).toContainText("The policy cannot be changed:");
});

test("a thousand tools are answered too", async ({ gatewright, page }) => {
  const recommended = new Recommendation(page);
  await gatewright.open();
  await new Tools(page).import(manyTools(1000));
  await recommended.open();
  expect(await recommended.figures("Tools allowed")).toEqual(["1,000", "1,000", "1,000"]);
  await recommended.use();
  await expect(page.getByRole("button", { name: /^Undo: Recommended/ })).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 320]) {
    test(`axe finds nothing in a recommendation, and nothing overflows: ${width} px, ${colorScheme}`, async ({ gatewright, page }) => {
      const recommended = new Recommendation(page);
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await gatewright.open();
      if (width < 1100) await page.getByRole("navigation", { name: "Panes" }).getByRole("button", { name: "Tools" }).click();
      await new Tools(page).import(LIST);
      await recommended.open();
      await recommended.box.getByText(/^What becomes of each tool/).click();
      const found = await new AxeBuilder({ page }).include("dialog").analyze();
      expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target)])).toEqual([]);
      expect(await recommended.box.evaluate((box) => box.scrollWidth - box.clientWidth)).toBeLessThanOrEqual(0);
    });
  }
}
