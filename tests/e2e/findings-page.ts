// The findings of the policy, as a person meets them.
import type { Locator, Page } from "@playwright/test";

export class Findings {
  readonly panel: Locator;
  readonly items: Locator;

  constructor(page: Page) {
    this.panel = page.getByRole("region", { name: "Findings" });
    this.items = this.panel.locator("ul > li");
  }

  fix(label: string): Locator {
    return this.panel.getByRole("button", { name: `Fix: ${label}` });
  }

  place(name: string): Locator {
    return this.panel.getByRole("button", { name, exact: true });
  }
}
