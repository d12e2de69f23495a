// The document of the page as a person handles it: its menu, its state, and the dialogs about it.
import { expect, type Download, type Locator, type Page } from "@playwright/test";

export class Keeping {
  readonly name: Locator;
  readonly saved: Locator;
  readonly menu: Locator;
  readonly banner: Locator;
  readonly dialog: Locator;

  constructor(readonly page: Page) {
    this.name = page.getByRole("button", { name: /^Document: / });
    this.saved = page.locator(".saved");
    this.menu = page.getByRole("dialog", { name: "Document", exact: true });
    this.banner = page.getByRole("region", { name: "Shared document" });
    this.dialog = page.locator("dialog[open]");
  }

  async fromMenu(item: string): Promise<void> {
    await this.name.click();
    await this.menu.getByRole("button", { name: item }).click();
  }

  async rename(name: string): Promise<void> {
    await this.name.click();
    await this.menu.getByLabel("Name").fill(name);
    await this.menu.getByLabel("Name").press("Enter");
    await this.page.keyboard.press("Escape");
    await expect(this.name).toContainText(name);
  }

  /** Waits until what is on the page is kept. */
  async untilSaved(): Promise<void> {
    await expect(this.saved).toHaveText(/^Saved in this browser \d\d:\d\d UTC/);
  }

  /** The names of the documents in the open list, each with what is said of it. */
  rows(): Locator {
    return this.dialog.locator(".documents").first().getByRole("listitem");
  }

  /** Makes a link of what is on the page. */
  async link(): Promise<string> {
    await this.page.getByRole("button", { name: "Share", exact: true }).click();
    const field = this.dialog.getByLabel("Link", { exact: true });
    await expect(field).toHaveValue(/#v1:z:/);
    const link = await field.inputValue();
    await this.dialog.getByRole("button", { name: "Close" }).click();
    return link;
  }

  async downloaded(click: Locator): Promise<{ name: string; text: string }> {
    const [download] = await Promise.all([this.page.waitForEvent("download"), click.click()]);
    return { name: download.suggestedFilename(), text: await textOf(download) };
  }
}

async function textOf(download: Download): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
