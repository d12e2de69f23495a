// The page as a person meets it: one place that knows how its parts are found.
import { expect, test as base, type Locator, type Page } from "@playwright/test";

export class Gatewright {
  readonly verdict: Locator;
  readonly editor: Locator;
  readonly findings: Locator;
  readonly trace: Locator;
  readonly scrubber: Locator;
  readonly calls: Locator;
  readonly traffic: Locator;
  readonly paste: Locator;

  constructor(readonly page: Page) {
    this.verdict = page.locator(".verdict");
    this.editor = page.locator(".text-editor").getByRole("textbox", { name: "policy.json" });
    this.findings = page.locator("#findings");
    this.trace = page.locator(".trace");
    this.scrubber = page.getByRole("slider", { name: "Call", exact: true });
    this.calls = page.getByRole("grid", { name: "Calls" });
    this.traffic = page.locator("#traffic-title");
    this.paste = page.getByRole("textbox", { name: /Paste a log/ });
  }

  /** Opens the page and waits until it has taken over from its first view. */
  async open(): Promise<void> {
    await this.page.goto(pageAddress());
    await this.untilLive();
  }

  /** Waits until the page has taken over from its first view. */
  async untilLive(): Promise<void> {
    await expect(this.page.locator(".shell:not([data-still])")).toBeVisible();
  }

  /** Holds the page's clock: what is typed from now on is typed without a pause, however slow the machine is. */
  async holdClock(): Promise<void> {
    await this.page.clock.setFixedTime(new Date());
  }

  /** Puts a text in the clipboard's place: what a person's paste would bring. */
  async pasteLog(text: string): Promise<void> {
    if (!(await this.paste.isVisible())) await this.traffic.click();
    await this.paste.evaluate((area, log) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", log);
      area.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }

  /** Drops a file on the page. */
  async drop(name: string, text: string): Promise<void> {
    await this.page.locator(".shell").evaluate(
      (shell, file) => {
        const dataTransfer = new DataTransfer();
        dataTransfer.items.add(new File([file.text], file.name));
        shell.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
      },
      { name, text },
    );
  }

  /** Puts a policy in place, whichever form of it is shown. */
  async bringPolicy(text: string): Promise<void> {
    await this.drop("mine.json", text);
    await expect(this.page.getByRole("button", { name: /^Undo: Opened mine\.json/ })).toBeVisible();
  }

  /** Shows the policy in a form: Visual, JSON, In words, Split. */
  async show(form: string): Promise<void> {
    await this.page.getByRole("radiogroup", { name: "Form of the policy" }).getByRole("radio", { name: form }).check();
  }

  /** Starts from a template. */
  async startFrom(template: string): Promise<void> {
    await this.page.keyboard.press("ControlOrMeta+k");
    await this.page.getByRole("combobox", { name: "Command" }).fill("Start from a template");
    await this.page.keyboard.press("Enter");
    await this.page.getByRole("button", { name: `Start from ${template}`, exact: true }).click();
  }

  /** Shows the policy as text, unless it is, and waits until its editor is there. */
  async edit(): Promise<void> {
    await this.untilLive();
    if (!(await this.editor.isVisible())) await this.show("JSON");
    await expect(this.editor).toBeVisible();
  }

  /** The policy's text as the editor has it; what is out of view is not in the page. */
  async policyText(): Promise<string> {
    await this.edit();
    return this.page.evaluate(`gatewrightModule("editor").then(({ textIn }) => textIn(document.querySelector(".text-editor")))`);
  }

  /** Puts a text in the policy's place: what a person's "Select all" and "Paste" would do. */
  async writePolicy(text: string): Promise<void> {
    await this.edit();
    await this.editor.press("ControlOrMeta+a");
    await this.editor.evaluate((content, pasted) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", pasted);
      content.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, text);
  }

  async replaceInPolicy(from: string, to: string): Promise<void> {
    const text = await this.policyText();
    expect(text).toContain(from);
    await this.writePolicy(text.replace(from, to));
  }
}

export function pageAddress(): string {
  const address = process.env.GATEWRIGHT_PAGE;
  if (!address) throw new Error("GATEWRIGHT_PAGE is not set: the tests run through playwright.config.ts");
  return address;
}

/** The page, with every message it logs held against it. */
export const test = base.extend<{ gatewright: Gatewright }>({
  gatewright: async ({ page }, use) => {
    const complaints: string[] = [];
    page.on("console", (message) => {
      if (message.type() !== "log") complaints.push(`${message.type()}: ${message.text()}`);
    });
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    await use(new Gatewright(page));
    expect(complaints).toEqual([]);
  },
});

export { expect };
