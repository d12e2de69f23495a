// The editor of the policy's text, as a person meets it.
import { readFileSync } from "node:fs";
import { type Locator, type Page } from "@playwright/test";
import { type Gatewright } from "./page";

export class Editor {
  /** Where one types. */
  readonly content: Locator;
  readonly suggestions: Locator;
  /** What is said of the thing under the pointer. */
  readonly tooltip: Locator;
  readonly caret: Locator;
  /** The lines of the tool that is selected. */
  readonly markedLines: Locator;
  readonly plain: Locator;

  constructor(
    readonly gatewright: Gatewright,
    readonly page: Page,
  ) {
    this.content = gatewright.editor;
    this.suggestions = page.getByRole("listbox", { name: "Completions" });
    this.tooltip = page.locator(".cm-tooltip-hover");
    this.caret = page.locator(".caret");
    this.markedLines = page.locator(".cm-selectedTool");
    this.plain = page.locator("textarea#policy-text");
  }

  /** Puts the caret behind the first place of a text that is in view. */
  async goBehind(text: string): Promise<void> {
    await this.content.focus();
    await this.content.evaluate((content, wanted) => {
      const line = [...content.querySelectorAll(".cm-line")].find((line) => line.textContent?.includes(wanted));
      if (!line) throw new Error(`${wanted} is not in view`);
      let rest = (line.textContent ?? "").indexOf(wanted) + wanted.length;
      const walker = document.createTreeWalker(line, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode() as Text; node; node = walker.nextNode() as Text) {
        if (rest <= node.length) return getSelection()?.collapse(node, rest);
        rest -= node.length;
      }
    }, text);
    // The editor hears of a selection that it did not make with the next event.
    await this.page.evaluate(() => new Promise(requestAnimationFrame));
  }

  suggestion(label: string): Locator {
    return this.suggestions.getByRole("option", { name: label });
  }

  /** The policy's file as it is taken away, byte by byte. */
  async file(): Promise<string> {
    await this.page.getByRole("button", { name: "Export", exact: true }).click();
    const downloading = this.page.waitForEvent("download");
    await this.page.getByRole("button", { name: "Download the policy" }).click();
    const bytes = readFileSync(await (await downloading).path());
    await this.page.keyboard.press("Escape");
    return bytes.toString("latin1");
  }
}
