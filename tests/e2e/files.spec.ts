import type { Page } from "@playwright/test";
import { Keeping } from "./keeping-page";
import { expect, test } from "./page";

const POLICY = '\ufeff// mine\r\n{"version": "1", "default": "deny", "tools": {"a": {}}}';

/** The browser's own pickers cannot be driven: a file of the page's private folder takes the chosen one's place. */
async function chooseFile(page: Page, text: string): Promise<void> {
  await page.evaluate(async (written) => {
    const folder = await navigator.storage.getDirectory();
    const handle = await folder.getFileHandle("mine.json", { create: true });
    const stream = await handle.createWritable();
    await stream.write(written);
    await stream.close();
    Object.assign(window, { showOpenFilePicker: async () => [handle], showSaveFilePicker: async () => handle });
  }, text);
}

/** How many saves have ended: a file cannot be read while its new bytes are put in the place of the old. */
async function countedSaves(page: Page): Promise<() => Promise<number>> {
  const counted = await page.evaluateHandle(() => {
    const saves = { ended: 0 };
    const { close } = FileSystemWritableFileStream.prototype;
    FileSystemWritableFileStream.prototype.close = async function () {
      await close.call(this);
      saves.ended += 1;
    };
    return saves;
  });
  return () => counted.evaluate((saves) => saves.ended);
}

const fileText = (page: Page) =>
  page.evaluate(async () => {
    const folder = await navigator.storage.getDirectory();
    const bytes = await (await (await folder.getFileHandle("mine.json")).getFile()).arrayBuffer();
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  });

test("a file is opened as a document of its own, and saved in place, byte for byte", async ({ gatewright, page }) => {
  const keeping = new Keeping(page);
  await gatewright.open();
  await gatewright.replaceInPolicy('"max": 10', '"max": 11');
  await chooseFile(page, POLICY);
  await keeping.fromMenu("Open a file…");
  await expect(keeping.name).toContainText("mine.json");
  await expect(keeping.saved).toContainText("mine.json is up to date");
  const savesEnded = await countedSaves(page);
  await page.keyboard.press("Control+s");
  await expect.poll(savesEnded).toBe(1);
  expect(await fileText(page)).toBe(POLICY);

  const tool = page.getByRole("radiogroup", { name: "State of a", exact: true });
  await tool.getByRole("radio", { name: "Hide" }).check();
  await expect(keeping.saved).toContainText("mine.json has not these changes");
  await page.keyboard.press("Control+s");
  await expect.poll(savesEnded).toBe(2);
  await expect(keeping.saved).toContainText("mine.json is up to date");
  expect(await fileText(page)).toContain('"hide"');
  expect((await fileText(page)).startsWith("\ufeff// mine\r\n")).toBe(true);
  await keeping.fromMenu("Documents in this browser…");
  await expect(keeping.rows()).toHaveCount(2);
});

test("a file that another program changed is not written over", async ({ gatewright, page }) => {
  const keeping = new Keeping(page);
  await gatewright.open();
  await chooseFile(page, POLICY);
  await keeping.fromMenu("Open a file…");
  await expect(keeping.name).toContainText("mine.json");
  await chooseFile(page, "changed meanwhile");
  await keeping.fromMenu("Save to a file");
  await expect(page.locator(".notice")).toContainText("mine.json was changed by another program since it was opened or saved here");
  expect(await fileText(page)).toBe("changed meanwhile");
});

test("a browser without file access downloads instead", async ({ gatewright, page }) => {
  const keeping = new Keeping(page);
  await page.addInitScript(() => Object.assign(window, { showSaveFilePicker: undefined, showOpenFilePicker: undefined }));
  await gatewright.open();
  await keeping.name.click();
  const file = await keeping.downloaded(keeping.menu.getByRole("button", { name: /^Save to a file/ }));
  expect(file.name).toBe("policy.json");
  await keeping.name.click();
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    keeping.menu.getByRole("button", { name: "Open a file…" }).click(),
  ]);
  await chooser.setFiles({ name: "mine.json", mimeType: "application/json", buffer: Buffer.from(POLICY) });
  await expect(keeping.name).toContainText("mine.json");
});

test("a file that is not UTF-8 is refused, not mended", async ({ gatewright, page }) => {
  await gatewright.open();
  await page.locator(".shell").evaluate((shell) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([new Uint8Array([0x7b, 0xff, 0xfe])], "latin.json"));
    shell.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  });
  await expect(page.locator(".notice")).toContainText("latin.json is not UTF-8 text.");
});
