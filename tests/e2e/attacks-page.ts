// The attacks, as a person meets them.
import { expect, type Locator, type Page } from "@playwright/test";

export class Attacks {
  readonly panel: Locator;
  readonly table: Locator;
  readonly score: Locator;
  readonly outcome: Locator;
  readonly run: Locator;

  constructor(readonly page: Page) {
    this.panel = page.locator(".attacks");
    this.table = this.panel.getByRole("table");
    this.score = this.panel.locator(".score");
    this.outcome = this.panel.locator(".outcome");
    this.run = this.panel.getByRole("button", { name: /^Run all attacks/ });
  }

  async open(): Promise<void> {
    await this.panel.locator("#attacks-title").click();
  }

  /** Runs all of them, and waits until the score is there and of now. */
  async runAll(): Promise<void> {
    if (!(await this.run.isVisible())) await this.open();
    await this.run.click();
    await this.untilDone();
  }

  /** Waits until what is told is of the policy as it is. */
  async untilDone(): Promise<void> {
    await expect(this.score).toBeVisible();
    await expect(this.panel.getByText("As it was before the last change.")).toHaveCount(0);
  }

  row(title: string): Locator {
    return this.table.getByRole("row").filter({ has: this.page.getByRole("rowheader", { name: title }) });
  }

  standing(title: string): Locator {
    return this.row(title).locator(".standing");
  }
}
