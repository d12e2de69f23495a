import { readFileSync } from "node:fs";
import { deflateRawSync } from "node:zlib";
import { Gatewright, expect, pageAddress, test } from "./page";
import { Keeping } from "./keeping-page";

/** A link of version 1 that holds a text. */
const linkTo = (text: string) => `${pageAddress()}#v1:z:${deflateRawSync(text, { level: 9 }).toString("base64url")}`;

test("a link opens in another browser as it was shared, and nothing is kept of it by itself", async ({ gatewright, page, browser }) => {
  await gatewright.open();
  await gatewright.replaceInPolicy('"max": 10', '"max": 12345678901234567890');
  await gatewright.replaceInPolicy("12345678901234567890", "20");
  const link = await new Keeping(page).link();

  const elsewhere = await browser.newContext();
  const other = new Gatewright(await elsewhere.newPage());
  const keeping = new Keeping(other.page);
  await other.page.goto(`${link}&view=json`);
  await expect.poll(() => other.policyText()).toMatch(/"max": 20,/);
  await expect(keeping.banner).toContainText("You look at policy.json, which somebody shared.");
  await expect(keeping.saved).toHaveText("Shared, not saved here");
  await expect(other.verdict).toContainText("100 of 3,600 calls allowed.");
  await other.page.reload();
  await expect(keeping.banner).toBeVisible();
  await keeping.banner.getByRole("button", { name: "Keep a copy" }).click();
  await keeping.untilSaved();
  await expect(keeping.banner).toBeHidden();
  await expect(keeping.name).toBeFocused();
  await expect(other.page).not.toHaveURL(/#v1/);
  await other.page.reload();
  await expect.poll(() => other.policyText()).toMatch(/"max": 20,/);
  await expect(keeping.banner).toBeHidden();
  await elsewhere.close();
});

test("a link leaves one's own work as it was", async ({ gatewright, page }) => {
  const keeping = new Keeping(page);
  await gatewright.open();
  const link = await keeping.link();
  await gatewright.replaceInPolicy('"max": 10', '"max": 11');
  await page.goto(link);
  await expect(keeping.banner).toBeVisible();
  await expect.poll(() => gatewright.policyText()).toMatch(/"max": 10,/);
  await keeping.banner.getByRole("button", { name: "Back to my work" }).click();
  await expect.poll(() => gatewright.policyText()).toMatch(/"max": 11,/);
  await expect(keeping.banner).toBeHidden();
});

test("a change of a shared document makes it a copy of one's own", async ({ gatewright, page }) => {
  const keeping = new Keeping(page);
  await page.goto(linkTo(JSON.stringify({ gatewright: 1, name: "theirs.json", policy: '{"version": "1", "default": "deny", "tools": {"a": {}}}' })));
  await expect(keeping.banner).toBeVisible();
  await gatewright.replaceInPolicy('"a"', '"b"');
  await keeping.untilSaved();
  await expect(keeping.banner).toBeHidden();
  await expect(keeping.name).toContainText("theirs.json");
  await page.reload();
  await expect.poll(() => gatewright.policyText()).toMatch(/"b"/);
});

test("the address is written by nobody's typing", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.edit();
  const before = page.url();
  await gatewright.editor.press("End");
  await gatewright.editor.pressSequentially("x".repeat(200));
  expect(page.url()).toBe(before);
});

test("the dialog shows exactly what the link holds", async ({ gatewright, page }) => {
  const keeping = new Keeping(page);
  await gatewright.open();
  await gatewright.drop("a.jsonl", '{"at": 0, "tool": "run_tests", "args": {"token": "s3cret"}}\n');
  await page.getByRole("button", { name: "Share", exact: true }).click();
  const exactly = keeping.dialog.locator(".exactly");
  await keeping.dialog.getByText("Exactly this").click();
  await expect(exactly).toContainText("s3cret");
  await expect(keeping.dialog.locator(".contents")).toContainText("The log a.jsonl with all its arguments: 1 call.");
  await expect(keeping.dialog).toContainText(/\d+ characters\./);
  await keeping.dialog.getByLabel("Calls to try").uncheck();
  await expect(exactly).not.toContainText("s3cret");
  const link = keeping.dialog.getByLabel("Link", { exact: true });
  await expect(link).toHaveValue(/#v1:z:/);
  const code = (await link.inputValue()).split("#v1:z:")[1] ?? "";
  const { inflateRawSync } = await import("node:zlib");
  expect(inflateRawSync(Buffer.from(code, "base64url")).toString()).toBe(await exactly.textContent());
});

test("a policy too long for a link goes as a file", async ({ gatewright, page }) => {
  const keeping = new Keeping(page);
  await gatewright.open();
  const noise = Array.from({ length: 9_000 }, (_, index) => `"t${(index * 2_654_435_761) % 4_294_967_296}": {}`).join(",");
  await gatewright.writePolicy(`{"version": "1", "default": "deny", "tools": {${noise}}}`);
  await page.getByRole("button", { name: "Share", exact: true }).click();
  await expect(keeping.dialog).toContainText("too long for a link (32,000). Send the file instead.");
  const file = await keeping.downloaded(keeping.dialog.getByRole("button", { name: "Save the same as a file" }));
  expect(file.name).toBe("policy.gatewright.json");
});

test.describe("a link that cannot be opened says why, and one's own work is there", () => {
  const policy = '{"version": "1", "default": "deny", "tools": {}}';
  const cases: [string, () => string, string][] = [
    ["from a newer page", () => `${pageAddress()}#v2:z:AAAA`, "made by a newer version of the page"],
    ["a newer workspace", () => linkTo(JSON.stringify({ gatewright: 9, policy })), "This workspace is of version 9"],
    ["cut short", () => linkTo(JSON.stringify({ gatewright: 1, policy })).slice(0, -12), "This link is damaged"],
    ["joined with text", () => `${linkTo(JSON.stringify({ gatewright: 1, policy }))}).`, "This link is damaged"],
    ["no workspace", () => linkTo(policy), "no field `gatewright`"],
    ["a bomb", () => linkTo("0".repeat(100 * 1024 * 1024)), "unpacks to more than 8 MB"],
  ];
  for (const [what, link, told] of cases) {
    test(what, async ({ page }) => {
      const gatewright = new Gatewright(page);
      await gatewright.open();
      await gatewright.replaceInPolicy('"max": 10', '"max": 11');
      await new Keeping(page).untilSaved();
      await page.goto("about:blank");
      await page.goto(link());
      await expect(page.locator(".notice")).toContainText(told);
      await expect.poll(() => gatewright.policyText()).toMatch(/"max": 11,/);
    });
  }
});

test.describe("links of every release open", () => {
  const links = JSON.parse(readFileSync(new URL("links.json", import.meta.url), "utf8")) as { release: string; fragment: string; policy: string; verdict: string }[];
  for (const { release, fragment, policy, verdict } of links) {
    test(release, async ({ gatewright, page }) => {
      await page.goto(`${pageAddress()}${fragment}&view=json`);
      await expect.poll(() => gatewright.policyText()).toBe(policy);
      await expect(gatewright.verdict).toContainText(verdict);
    });
  }
});
