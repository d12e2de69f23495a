// The panel of rules and limits as a person meets it.
import { expect, type Locator, type Page } from "@playwright/test";
import { Gatewright } from "./page";

export class RulesPanel {
  readonly panel: Locator;
  readonly words: Locator;
  /** The way back, which names what it undoes. */
  readonly undo: Locator;

  constructor(readonly page: Page) {
    this.panel = page.locator(".rules");
    this.undo = page.getByRole("button", { name: /^Undo/ });
    this.words = this.panel.getByRole("region", { name: "In words" });
  }

  /** Opens the page on its first tool, with another policy where one is given. */
  async open(gatewright: Gatewright, policy?: string): Promise<void> {
    await gatewright.open();
    await expect(this.panel).toBeVisible();
    if (policy !== undefined) await gatewright.bringPolicy(policy);
  }

  /** The policy as text, and back to the controls. */
  async text(gatewright: Gatewright): Promise<string> {
    const text = await gatewright.policyText();
    await gatewright.show("Visual");
    return text;
  }

  list(name: "Limits" | "Require" | "Deny if" | "Needs approval"): Locator {
    return this.panel.getByRole("region", { name, exact: true });
  }

  button(name: string | RegExp): Locator {
    return this.panel.getByRole("button", { name, exact: typeof name === "string" });
  }

  field(name: string): Locator {
    return this.panel.getByRole("textbox", { name, exact: true }).or(this.panel.getByRole("combobox", { name, exact: true }));
  }
}
