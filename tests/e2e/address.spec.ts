import { expect, pageAddress, test } from "./page";

test("Back and Forward go through what was looked at", async ({ gatewright, page }) => {
  await gatewright.open();
  const form = (name: string) => page.getByRole("radio", { name, exact: true });
  await form("JSON").check();
  await form("In words").check();
  await page.goBack();
  await expect(form("JSON")).toBeChecked();
  await page.goBack();
  await expect(form("Visual")).toBeChecked();
  await page.goForward();
  await expect(form("JSON")).toBeChecked();
});

test("a link leads to a tool, a form and a call", async ({ page }) => {
  await page.goto(`${pageAddress()}#tool=run_tests&view=json&call=721`);
  await expect(page.locator(".trace h3")).toContainText("Call 721 ·");
  await expect(page.getByRole("radio", { name: "JSON" })).toBeChecked();
});

test("the address follows the call that is shown, and no typing", async ({ gatewright, page }) => {
  await gatewright.open();
  await gatewright.scrubber.press("ArrowRight");
  await expect(page).toHaveURL(/#tool=run_tests&call=12$/);
});
