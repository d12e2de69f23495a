// The table of calls and what stands around it, as a person meets them.
import { readFileSync } from "node:fs";
import { type Locator, type Page } from "@playwright/test";

export class CallTable {
  readonly grid: Locator;
  readonly filter: Locator;
  readonly search: Locator;
  readonly matched: Locator;
  readonly whatIf: Locator;

  constructor(readonly page: Page) {
    this.grid = page.getByRole("grid", { name: "Calls" });
    this.filter = page.getByRole("group", { name: "Calls to list" });
    this.search = page.getByRole("searchbox", { name: "Filter calls by tool, grant or rule" });
    this.matched = this.filter.getByRole("status");
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
}
