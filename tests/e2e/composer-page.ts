// The calls to try, composed block by block, as a person meets them.
import { expect, type Locator, type Page } from "@playwright/test";
import type { Gatewright } from "./page";

export class Composer {
  readonly blocks: Locator;
  readonly text: Locator;

  constructor(readonly page: Page) {
    this.blocks = page.getByRole("region", { name: "Blocks" });
    this.text = page.getByLabel("As text, a block a line");
  }

  /** Opens the page on the loop that it begins with, as blocks. */
  async open(gatewright: Gatewright): Promise<void> {
    await gatewright.open();
    await gatewright.traffic.click();
    await this.page.getByRole("button", { name: "Compose block by block" }).click();
    await expect(this.block(1)).toBeFocused();
  }

  /** Opens the page with a scenario of these lines. */
  async openWith(gatewright: Gatewright, lines: string): Promise<void> {
    await gatewright.open();
    await gatewright.traffic.click();
    await this.text.fill(lines);
    await this.text.blur();
    await expect(this.blocks).toBeVisible();
  }

  /** Shows the fields that most calls leave as they are. */
  async unfold(): Promise<void> {
    for (const more of await this.blocks.getByText(/^More of/).all()) await more.click();
  }

  block(number: number): Locator {
    return this.blocks.getByRole("group", { name: `Block ${number}`, exact: true });
  }

  /** A field of a block, by the name that it bears. */
  field(name: string, of: string): Locator {
    return this.blocks.getByLabel(`${name} of ${of}`, { exact: true });
  }

  async add(shape: string): Promise<void> {
    await this.blocks.getByLabel("Shape of the block to add").selectOption(shape);
    await this.blocks.getByRole("button", { name: "Add a block" }).click();
  }

  button(name: string): Locator {
    return this.blocks.getByRole("button", { name, exact: true });
  }
}
