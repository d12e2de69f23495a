// Attacks on the imported tools: how far each comes, what would stop it, and what is left of a normal day.
import AxeBuilder from "@axe-core/playwright";
import { Attacks } from "./attacks-page";
import { expect, test } from "./page";
import { Tools } from "./tools-page";

const path = { type: "object", properties: { path: { type: "string" } }, required: ["path"] };
const LIST = JSON.stringify({
  tools: [
    { name: "read_file", description: "Reads a file", inputSchema: path },
    { name: "delete_file", description: "Deletes a file", inputSchema: path },
    {
      name: "send_email",
      description: "Sends a mail",
      inputSchema: { type: "object", properties: { to: { type: "string" }, body: { type: "string" } }, required: ["to"] },
    },
  ],
});
const OPEN = '{\n  "version": "1",\n  "default": "allow"\n}\n';

test("a policy that denies everything keeps the attacks out and the work too", async ({ gatewright, page }) => {
  await gatewright.open();
  await new Tools(page).import(LIST);
  await gatewright.bringPolicy('{"version": "1", "default": "deny"}');
  const attacks = new Attacks(page);
  await attacks.runAll();
  await expect(attacks.score).toContainText("Score: 0 of 100: 100 %");
  await expect(attacks.outcome).toContainText("0 of ");
  await expect(attacks.table.getByRole("row")).toHaveCount(17);
  await expect(attacks.standing("Destructive autonomy")).toHaveText("■ Stopped at call 1");
  await attacks.outcome.getByRole("button", { name: "Show call 1", exact: true }).click();
  await expect(gatewright.trace).toContainText("Call 1 · ");
  await expect(gatewright.traffic).toContainText("Normal working day of these tools");
  await expect(gatewright.verdict).toContainText(/^0 of /);
});

test("the control that would stop an attack is shown, used in one step, and the attack is run again", async ({ gatewright, page }) => {
  await gatewright.open();
  await new Tools(page).import(LIST);
  await gatewright.bringPolicy(OPEN);
  const attacks = new Attacks(page);
  await attacks.runAll();
  await expect(attacks.standing("Destructive autonomy")).toHaveText("▲ Not stopped");
  const row = attacks.row("Destructive autonomy");
  await row.getByText("Ask a person before delete_file").click();
  await expect(row.locator(".diff")).toContainText("require_approval");
  await row.getByRole("button", { name: "Use this control against Destructive autonomy" }).click();
  await expect(attacks.standing("Destructive autonomy")).toHaveText("■ Stopped at call 1");
  await attacks.untilDone();
  await page.getByRole("button", { name: "Undo: Control: ask a person before `delete_file`" }).click();
  await expect(attacks.standing("Destructive autonomy")).toHaveText("▲ Not stopped");
  expect(await gatewright.policyText()).toBe(OPEN);
});

test("an attack's calls are tried like any others, and its page is not fetched", async ({ gatewright, page }) => {
  await gatewright.open();
  await new Tools(page).import(LIST);
  await gatewright.bringPolicy(OPEN);
  const attacks = new Attacks(page);
  await attacks.runAll();
  const row = attacks.row("Runaway loop");
  await row.getByText("What happens").click();
  const source = row.getByRole("link");
  await expect(source).toHaveAttribute("rel", "noopener noreferrer");
  await expect(source).toHaveAttribute("target", "_blank");
  await row.getByRole("button", { name: "Show the calls of Runaway loop" }).click();
  await expect(gatewright.traffic).toContainText("Runaway loop");
  await expect(gatewright.verdict).toContainText("All 4,800 calls allowed.");
});

test("a log that was brought is the normal day, and stays it while an attack is tried", async ({ gatewright, page }) => {
  await gatewright.open();
  await new Tools(page).import(LIST);
  await gatewright.bringPolicy('{"version": "1", "default": "deny", "tools": {"read_file": {}}}');
  await gatewright.pasteLog('{"at":"2026-01-05T10:00:00Z","tool":"read_file","args":{"path":"a"}}\n{"at":"2026-01-05T10:00:01Z","tool":"delete_file","args":{"path":"a"}}');
  const attacks = new Attacks(page);
  await attacks.runAll();
  await expect(attacks.outcome).toContainText("1 of 2 calls of the log pass (50 %).");
  await attacks.row("Runaway loop").getByRole("button", { name: "Show the calls of Runaway loop" }).click();
  await expect(gatewright.traffic).toContainText("Runaway loop");
  await expect(attacks.outcome).toContainText("1 of 2 calls of the log pass (50 %).");
  await attacks.outcome.getByRole("button", { name: "Show call 2", exact: true }).click();
  await expect(gatewright.traffic).toContainText("the pasted text");
  await expect(gatewright.trace).toContainText("Call 2 · delete_file");
});

test("after an edit the attacks are greyed, and run again by themselves", async ({ gatewright, page }) => {
  await gatewright.open();
  await new Tools(page).import(LIST);
  await gatewright.bringPolicy(OPEN);
  const attacks = new Attacks(page);
  await attacks.runAll();
  await expect(attacks.standing("Destructive autonomy")).toHaveText("▲ Not stopped");
  await gatewright.replaceInPolicy('"allow"', '"deny"');
  await expect(attacks.standing("Destructive autonomy")).toHaveText("■ Stopped at call 1");
  await attacks.untilDone();
});

test("a tool's page names the attacks that use it", async ({ gatewright, page }) => {
  await gatewright.open();
  const tools = new Tools(page);
  await tools.import(LIST);
  await gatewright.bringPolicy(OPEN);
  await tools.name("delete_file").click();
  await page.getByRole("button", { name: "About this tool" }).click();
  const about = page.getByRole("dialog", { name: "delete_file" });
  await about.getByRole("button", { name: "Run all attacks" }).click();
  await expect(about.locator(".attacks-on-tool")).toContainText("Destructive autonomy");
});

test("the palette runs all attacks", async ({ gatewright, page }) => {
  await gatewright.open();
  await page.keyboard.press("ControlOrMeta+k");
  await page.getByRole("combobox", { name: "Command" }).fill("Run all attacks");
  await page.keyboard.press("Enter");
  const attacks = new Attacks(page);
  await expect(attacks.score).toBeVisible();
  await expect(attacks.panel).toContainText("No list of tools is imported: the attacks use the names in the policy");
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 320]) {
    test(`axe finds nothing in the attacks: ${width} px, ${colorScheme}`, async ({ gatewright, page }) => {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await gatewright.open();
      const attacks = new Attacks(page);
      await gatewright.bringPolicy('{"version": "1", "default": "allow", "tools": {"delete_file": {}, "send_email": {}, "read_file": {}}}');
      await attacks.runAll();
      await attacks.table.getByText("What happens").first().click();
      await attacks.table.locator("td summary").first().click();
      const found = await new AxeBuilder({ page }).include(".attacks").analyze();
      expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    });
  }
}
