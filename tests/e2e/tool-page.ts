// The page of one tool, as a person meets it.
import type { Locator, Page } from "@playwright/test";

export class ToolPage {
  readonly box: Locator;

  constructor(readonly page: Page, readonly tool: string) {
    this.box = page.getByRole("dialog", { name: tool, exact: true });
  }

  /** Opens it from the tool's row. */
  async open(): Promise<void> {
    await this.badge().click();
  }

  /** What the row says of the tool's risk, and the way to the page. */
  badge(): Locator {
    return this.page.getByRole("region", { name: "Tools", exact: true }).getByRole("button", { name: new RegExp(`^About ${this.tool}:`) });
  }

  part(heading: string): Locator {
    return this.box.locator("section").filter({ has: this.page.getByRole("heading", { name: heading }) });
  }
}
