// The lanes of a run, as a person meets them.
import { type Locator, type Page } from "@playwright/test";

export class Lanes {
  readonly figures: Locator;
  readonly legend: Locator;

  constructor(readonly page: Page) {
    this.figures = page.getByRole("figure");
    this.legend = page.locator(".lane-legend");
  }

  /** A lane by its counter's name, or "all calls". */
  lane(name: string): Locator {
    return this.figures.filter({ has: this.page.getByRole("button", { name: new RegExp(`: ${name}$`) }) });
  }

  crosshair(name: string): Locator {
    return this.page.getByRole("slider", { name: `Cross-hair over ${name}`, exact: true });
  }

  reading(name: string): Locator {
    return this.lane(name).locator(".reading");
  }

  /** A button of a lane: Pin, Collapse, Show as table. */
  button(deed: string, name: string): Locator {
    return this.page.getByRole("button", { name: `${deed}: ${name}`, exact: true });
  }

  /** The captions, from the top. */
  captions(): Promise<string[]> {
    return this.figures.locator("figcaption").allInnerTexts();
  }

  /** Points at a lane, at a share of its width. */
  async point(name: string, share: number): Promise<void> {
    const box = await this.crosshair(name).boundingBox();
    if (!box) throw new Error(`${name} is not shown`);
    await this.page.mouse.move(box.x + box.width * share, box.y + box.height / 2);
  }
}
