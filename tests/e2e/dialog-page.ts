// What stands in front of the page, as a person meets it.
import type { Locator, Page } from "@playwright/test";

export class FrontDialog {
  readonly box: Locator;

  constructor(readonly page: Page, title: string) {
    this.box = page.getByRole("dialog", { name: title });
  }

  async close(): Promise<void> {
    await this.page.keyboard.press("Escape");
  }
}
