// The browser that the page is measured in, and what a person does in it.
import puppeteer from "puppeteer-core";

/** Calls `measure` with a fresh page for each case. */
export async function eachInAPage(cases, measure) {
  const browser = await puppeteer.launch({
    executablePath: process.env.GATEWRIGHT_CHROMIUM,
    channel: process.env.GATEWRIGHT_CHROMIUM ? undefined : "chrome",
    args: ["--no-sandbox", "--disable-gpu"],
    defaultViewport: { width: 1440, height: 900 },
  });
  try {
    for (const one of cases) {
      const context = await browser.createBrowserContext();
      await measure(await context.newPage(), one);
      await context.close();
    }
  } finally {
    await browser.close();
  }
}

/** Drops a file on the page, as from a folder. */
export async function drop(page, name, text) {
  await page.evaluate(([name, text]) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], name, { type: "application/json" }));
    const shell = document.querySelector(".shell");
    for (const type of ["dragover", "drop"]) shell.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  }, [name, text]);
}
