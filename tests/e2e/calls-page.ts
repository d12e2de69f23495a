// The table of calls and what stands around it, as a person meets them.
import { readFileSync } from "node:fs";
import { expect, type Locator, type Page } from "@playwright/test";

export class CallTable {
  readonly grid: Locator;
  readonly filter: Locator;
  readonly search: Locator;
  readonly matched: Locator;
  readonly whatIf: Locator;
  readonly columns: Locator;

  constructor(readonly page: Page) {
    this.grid = page.getByRole("grid", { name: "Calls" });
    this.filter = page.getByRole("group", { name: "Calls to list" });
    this.search = page.getByRole("searchbox", { name: "Filter calls by tool, grant or rule" });
    this.matched = this.filter.getByRole("status");
    this.columns = page.getByRole("group", { name: "Columns of the table" });
    this.whatIf = page.getByRole("region", { name: "What if" });
  }

  row(text: string | RegExp): Locator {
    return this.grid.getByRole("row").filter({ hasText: text });
  }

  /** Lists the calls that were decided so, or no longer. */
  async toggle(decision: string): Promise<void> {
    await this.filter.getByRole("button", { name: new RegExp(`^${decision}`) }).click();
  }

  /** What a choice of the export menu hands over. */
  async exported(choice: string): Promise<string> {
    const button = this.page.getByRole("button", { name: choice });
    if (!(await button.isVisible())) await this.page.getByText("Export the run").click();
    const [download] = await Promise.all([
      this.page.waitForEvent("download"),
      button.click(),
    ]);
    return readFileSync(await download.path(), "utf8");
  }

  /** Shows a column, or does not. */
  async choose(column: string, shows: boolean): Promise<void> {
    await this.openColumns();
    await this.columns.getByRole("checkbox", { name: column, exact: true }).setChecked(shows);
  }

  async openColumns(): Promise<void> {
    if (!(await this.columns.isVisible())) await this.page.getByText("Columns", { exact: true }).click();
  }

  /** What a choice of the copy menu puts on the clipboard. */
  async copied(choice: string): Promise<string> {
    await this.page.evaluate(() => navigator.clipboard.writeText(""));
    await this.page.getByRole("group", { name: "Copy the selected call" }).getByRole("button", { name: choice }).click();
    const clipboard = () => this.page.evaluate(() => navigator.clipboard.readText());
    await expect.poll(clipboard).not.toBe("");
    return clipboard();
  }
}
