import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./page";
import { ToolPage } from "./tool-page";
import { manyTools, Tools } from "./tools-page";

const LONG = `Deletes a file for good. ${"It asks nobody. ".repeat(60)}The end.`;
const LISTS = JSON.stringify({
  files: [
    {
      name: "delete_file",
      description: LONG,
      inputSchema: { type: "object", required: ["path"], properties: { path: { type: "string" }, force: { type: "boolean" } } },
      annotations: { readOnlyHint: true },
    },
    { name: "search", description: "Searches the files. <b>Fast</b>\u202e" },
    { name: "customer" },
  ],
  mail: [{ name: "search", description: "Searches the mail.", annotations: { destructiveHint: true } }],
});

test("a row says in words how risky its tool is, and leads to what that follows from", async ({ gatewright, page }) => {
  const about = new ToolPage(page, "delete_file");
  await gatewright.open();
  await new Tools(page).import(LISTS);
  await expect(about.badge()).toHaveText("Destructive, high");
  await about.open();
  await expect(about.box).toBeVisible();
  await expect(about.part("Risk")).toContainText("guessed from the name");
  await expect(about.part("Risk").getByRole("listitem").first()).toContainText("delete");
  await expect(about.part("Risk").getByRole("listitem").first()).toContainText("in the name");
  await expect(about.part("Risk")).toContainText("Annotation that contradicts the definition");
  await expect(about.part("Risk")).toContainText("in the annotations");
  const hints = about.box.locator(".hints > div");
  await expect(hints).toHaveText(["Only readsyes", "May destroynot stated", "Same again changes nothingnot stated", "Deals with the world outsidenot stated"]);
  await expect(about.part("Arguments").getByRole("row")).toHaveText(["NameTypeRequired", "args.forcebooleanoptional", "args.pathstringrequired"]);
  await page.keyboard.press("Escape");
  await expect(about.box).toBeHidden();
  await expect(about.badge()).toBeFocused();
});

test("a long description is cut until all of it is asked for", async ({ gatewright, page }) => {
  const about = new ToolPage(page, "delete_file");
  await gatewright.open();
  await new Tools(page).import(LISTS);
  await about.open();
  const words = about.part("What it says of itself");
  await expect(words).toContainText("Deletes a file for good.");
  await expect(words).not.toContainText("The end.");
  await words.getByRole("button", { name: "Show all" }).click();
  await expect(words).toContainText("The end.");
  await words.getByRole("button", { name: "Show less" }).click();
  await expect(words).not.toContainText("The end.");
});

test("what others wrote is shown as text, and what is invisible is told", async ({ gatewright, page }) => {
  const about = new ToolPage(page, "search");
  await gatewright.open();
  await new Tools(page).import(JSON.stringify({ files: JSON.parse(LISTS).files }));
  await about.open();
  await expect(about.box.locator(".own-words")).toHaveText("Searches the files. <b>Fast</b>\\u{202e}");
});

test("one name at two servers is told by its gravest tool, and by what differs", async ({ gatewright, page }) => {
  const about = new ToolPage(page, "search");
  await gatewright.open();
  await new Tools(page).import(LISTS);
  await about.open();
  const others = about.part("The same name elsewhere").getByRole("listitem");
  await expect(others).toHaveCount(1);
  await expect(others).toContainText("files: Read, low.");
  await expect(others).toContainText("description");
  await expect(about.part("What it says of itself")).toContainText("Searches the mail.");
});

test("what nothing is known of is undecided, until somebody says what it does", async ({ gatewright, page }) => {
  const about = new ToolPage(page, "customer");
  await gatewright.open();
  await new Tools(page).import(LISTS);
  await expect(about.badge()).toHaveText(/^Undecided, /);
  await about.open();
  const said = about.box.getByRole("combobox", { name: "You say" });
  await said.selectOption("Financial");
  await expect(about.part("Risk")).toContainText(/Financial, \w+.*set by you/);
  await page.keyboard.press("Escape");
  await expect(about.badge()).toHaveText(/^Financial, /);
  await page.getByRole("button", { name: /^Undo: customer: what it does/ }).click();
  await expect(about.badge()).toHaveText(/^Undecided, /);
});

test("the address leads to a tool's page, and Back puts it away", async ({ gatewright, page }) => {
  const about = new ToolPage(page, "run_tests");
  await gatewright.open();
  await about.open();
  await expect(page).toHaveURL(/#tool=run_tests&about$/);
  await expect(about.box).toContainText("No imported server lists it");
  await page.goBack();
  await expect(about.box).toBeHidden();
  await page.goForward();
  await expect(about.box).toBeVisible();
  await page.reload();
  await gatewright.untilLive();
  await expect(about.box).toBeVisible();
  await about.box.getByRole("button", { name: "Edit its rules" }).click();
  await expect(about.box).toBeHidden();
  await expect(page.locator("#rules-title")).toHaveText("run_tests");
});

test("tools are found by how grave they are, also among a thousand", async ({ gatewright, page }) => {
  const tools = new Tools(page);
  await gatewright.open();
  const many = JSON.parse(manyTools(1000));
  many.tools.push({ name: "wipe_disk" }, { name: "drop_table" });
  await tools.import(JSON.stringify(many));
  await tools.panel.getByText("More filters").click();
  const risk = tools.panel.getByRole("combobox", { name: "Risk" });
  await tools.panel.getByRole("combobox", { name: "What it does" }).selectOption("Destructive");
  await expect(tools.matched).toHaveText("2 of 1,003");
  await risk.selectOption("Low");
  await expect(tools.panel).toContainText("No tools match.");
  await tools.panel.getByRole("combobox", { name: "What it does" }).selectOption("Any");
  await expect(tools.matched).toHaveText("1,000 of 1,003");
  await risk.selectOption("High");
  await expect(tools.list.locator(".risk-of").first()).toHaveText(/, high$/);
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 320]) {
    test(`axe finds nothing in a tool's page, and nothing overflows: ${width} px, ${colorScheme}`, async ({ gatewright, page }) => {
      const about = new ToolPage(page, "search");
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await gatewright.open();
      if (width < 1100) await page.getByRole("navigation", { name: "Panes" }).getByRole("button", { name: "Tools" }).click();
      await new Tools(page).import(LISTS);
      await about.open();
      await expect(about.box).toBeVisible();
      const found = await new AxeBuilder({ page }).include("dialog").analyze();
      expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target)])).toEqual([]);
      const overflow = await about.box.evaluate((box) => [box.scrollWidth - box.clientWidth, document.documentElement.scrollWidth - window.innerWidth]);
      expect(Math.max(...overflow)).toBeLessThanOrEqual(0);
    });
  }
}
