// The recommendation of a policy, as a person meets it.
import { expect, type Locator, type Page } from "@playwright/test";

export class Recommendation {
  readonly box: Locator;
  readonly diff: Locator;

  constructor(readonly page: Page) {
    this.box = page.getByRole("dialog", { name: "Recommend a policy" });
    this.diff = this.box.getByRole("group", { name: "Changed lines" });
  }

  /** Opens it from the list of tools. */
  async open(): Promise<void> {
    await this.page.getByRole("region", { name: "Tools", exact: true }).getByRole("button", { name: "Recommend", exact: true }).click();
    await expect(this.box).toBeVisible();
  }

  async choose(choice: "Strict" | "Balanced" | "Permissive"): Promise<void> {
    await this.box.getByRole("radio", { name: choice }).check();
  }

  /** The numbers of a row, one for each choice. */
  async figures(row: string): Promise<string[]> {
    const line = this.box.getByRole("row").filter({ has: this.page.getByRole("rowheader", { name: row, exact: true }) });
    // Each column comes when it is known.
    await expect(line).not.toContainText("…");
    return line.getByRole("cell").allInnerTexts();
  }

  async use(): Promise<void> {
    await this.box.getByRole("button", { name: /^Use the/ }).click();
    await expect(this.box).toBeHidden();
  }
}
