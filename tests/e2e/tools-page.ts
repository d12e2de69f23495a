// The list of tools, as a person meets it.
import { expect, type Locator, type Page } from "@playwright/test";

export type State = "Allow" | "Deny" | "Hide" | "Needs approval" | "Custom";

export class Tools {
  readonly panel: Locator;
  readonly list: Locator;
  readonly filter: Locator;
  readonly matched: Locator;
  readonly dialog: Locator;
  readonly notice: Locator;

  constructor(readonly page: Page) {
    this.panel = page.getByRole("region", { name: "Tools", exact: true });
    this.list = this.panel.getByRole("list", { name: "Tools" });
    this.filter = page.getByRole("searchbox", { name: "Filter tools by name" });
    this.matched = this.panel.locator(".matched");
    this.dialog = page.getByRole("dialog", { name: "Import tools" });
    this.notice = page.locator(".notice");
  }

  name(tool: string): Locator {
    return this.list.getByRole("button", { name: tool, exact: true });
  }

  state(tool: string, state: State): Locator {
    return this.list.getByRole("radiogroup", { name: `State of ${tool}`, exact: true }).getByRole("radio", { name: state });
  }

  unlisted(state: State): Locator {
    return this.panel.getByRole("radiogroup", { name: "Tools that are not listed" }).getByRole("radio", { name: state });
  }

  allTools(state: State): Locator {
    return this.panel.getByRole("radiogroup", { name: "All tools" }).getByRole("radio", { name: state });
  }

  async set(tool: string, state: State): Promise<void> {
    await this.state(tool, state).check();
  }

  /** Opens the dialog and pastes a text, as far as the report of what was read. */
  async paste(text: string): Promise<void> {
    await this.panel.getByRole("button", { name: "Import", exact: true }).click();
    await this.dialog.getByRole("textbox", { name: /^Paste the answer/ }).evaluate((area, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", pasted);
      area.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }

  /** Imports a list. */
  async import(text: string): Promise<void> {
    await this.paste(text);
    await this.dialog.getByRole("button", { name: /^Take/ }).click();
    await expect(this.dialog).toBeHidden();
  }
}

/** So many tools, `list_0` and on. */
export function manyTools(count: number): string {
  return JSON.stringify({ tools: Array.from({ length: count }, (_, number) => ({ name: `list_${number}`, description: "Lists" })) });
}
