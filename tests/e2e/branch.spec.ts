// Time travel: from a call on, another call, another time or another policy.
import AxeBuilder from "@axe-core/playwright";
import { expect, test } from "./page";

test("the policy is changed from a call on, and both futures are told", async ({ gatewright, page }) => {
  await gatewright.open();
  await page.getByRole("button", { name: "Branch from here" }).click();
  const branch = page.locator(".branch");
  await expect(branch.getByRole("heading", { name: "Branch from call 11" })).toBeFocused();
  await expect(branch.getByRole("status")).toHaveText("All 3,590 calls from here on are decided as they were.");
  await gatewright.replaceInPolicy('"max": 10', '"max": 20');
  await expect(branch.getByRole("status")).toHaveText("50 of 3,590 calls from here on are decided otherwise.");
  await expect(branch.getByRole("row", { name: /^As it was/ })).toContainText("403,550call 11");
  await expect(branch.getByRole("row", { name: /^In the branch/ })).toContainText("903,500call 21");
  await expect(branch.getByRole("row", { name: /2026-01-05 10:00/ })).toContainText("20 allowed, 700 denied");
  await branch.getByRole("button", { name: "Call 12: denied, in the branch allowed" }).click();
  await expect(page.getByRole("heading", { name: /^Call 12 · run_tests/ })).toBeVisible();
  await branch.getByRole("button", { name: "Leave the branch" }).click();
  await expect(branch).toHaveCount(0);
  await expect(page.getByRole("region", { name: "What if" }), "A stays").toContainText("50 of 3,600 calls change");
});

test("the call and its time are changed, and what cannot be read stays in its field", async ({ gatewright, page }) => {
  await gatewright.open();
  await page.getByRole("button", { name: "Branch from here" }).click();
  const branch = page.locator(".branch");
  await branch.getByRole("textbox", { name: "Grant" }).fill("dev");
  await expect(branch.getByRole("status")).toHaveText("1 of 3,590 calls from here on is decided otherwise.");
  await expect(branch.getByRole("listitem")).toHaveText("Call 11: denied, in the branch allowed");
  await branch.getByRole("textbox", { name: "Grant" }).fill("ci-agent");
  await branch.getByRole("textbox", { name: "Made at" }).fill("2026-01-05 10:01:00.833");
  await expect(branch.getByRole("row", { name: /^In the branch/ })).toContainText("503,540");
  await branch.getByRole("textbox", { name: "Arguments" }).fill("{");
  await expect(branch).toContainText('It takes a JSON object, such as {"amount": 100}.');
  await expect(branch.getByRole("row", { name: /^In the branch/ }), "the last that could be read").toContainText("503,540");
});

for (const colorScheme of ["light", "dark"] as const) {
  test(`axe finds nothing in a branch, ${colorScheme}`, async ({ gatewright, page }) => {
    await page.emulateMedia({ colorScheme });
    await gatewright.open();
    await page.getByRole("button", { name: "Branch from here" }).click();
    await gatewright.replaceInPolicy('"max": 10', '"max": 20');
    await expect(page.locator(".branch").getByRole("status")).toContainText("50 of 3,590");
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations).toEqual([]);
  });
}
