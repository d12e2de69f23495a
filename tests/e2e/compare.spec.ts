import AxeBuilder from "@axe-core/playwright";
import { FrontDialog } from "./dialog-page";
import { expect, test, type Gatewright } from "./page";

const BEFORE = '{\n  "version": "1",\n  "default": "deny",\n  "tools": {\n    "run_tests": {},\n    "ls": {},\n    "cat": {}\n  }\n}\n';

async function open(gatewright: Gatewright): Promise<FrontDialog> {
  await gatewright.page.keyboard.press("Control+k");
  await gatewright.page.getByRole("combobox", { name: "Command" }).fill("compare");
  await gatewright.page.keyboard.press("Enter");
  return new FrontDialog(gatewright.page, "Compare");
}

test("a pasted policy is compared: tools, calls, text", async ({ gatewright }) => {
  await gatewright.open();
  const compare = await open(gatewright);
  await compare.box.getByRole("textbox", { name: "With a text" }).fill(BEFORE);
  await expect(compare.box).toContainText("2 tools go from allowed to denied.");
  await expect(compare.box).toContainText("cat, ls");
  await expect(compare.box).toContainText("1 tool goes from allowed to rules of its own.");
  await expect(compare.box.locator(".of-calls")).toHaveText("3,550 of 3,600 calls change, all from allow to deny.");
  await expect(compare.box.locator(".diff .removed").filter({ hasText: '"ls": {},' })).toHaveCount(1);
  await compare.box.getByRole("button", { name: "Go back to the pasted text" }).click();
  await compare.close();
  await expect(gatewright.verdict).toContainText("All 3,600 calls allowed.");
  await gatewright.page.getByRole("button", { name: /^Undo: Took the pasted text/ }).click();
  await expect(gatewright.verdict).toContainText("50 of 3,600 calls allowed.");
});

test("a template that says the same says so", async ({ gatewright }) => {
  await gatewright.open();
  const compare = await open(gatewright);
  await compare.box.getByLabel("With a template").selectOption("run_tests");
  await expect(compare.box).toContainText("Both say the same of every tool.");
  await expect(compare.box).toContainText("All 3,600 calls are decided as before.");
});

test("what does not compile is compared as text, and its error is told", async ({ gatewright }) => {
  await gatewright.open();
  const compare = await open(gatewright);
  await compare.box.getByRole("textbox", { name: "With a text" }).fill('{"version": "1"}');
  await expect(compare.box).toContainText("The calls are not compared: line 1 of the pasted text:");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing in a comparison, ${colorScheme}`, async ({ gatewright, page }) => {
    await page.emulateMedia({ colorScheme });
    await gatewright.open();
    const compare = await open(gatewright);
    await compare.box.getByRole("textbox", { name: "With a text" }).fill(BEFORE);
    await expect(compare.box.locator(".diff")).toBeVisible();
    const found = await new AxeBuilder({ page }).include("dialog").analyze();
    expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.target)])).toEqual([]);
  });
}
