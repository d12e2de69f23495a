// Writes the first view of the page into www/index.html: what the built page shows once it has taken over, as plain
// markup. `cargo xtask first-view` builds the page and runs this; e2e/first-view.spec.ts holds the two against each other.
import { readFileSync, writeFileSync } from "node:fs";
import http from "node:http";
import { fileURLToPath } from "node:url";
import { chromium } from "@playwright/test";
import sirv from "sirv";

const PAGE = fileURLToPath(new URL("../www/index.html", import.meta.url));
const DIST = fileURLToPath(new URL("../dist", import.meta.url));
const [BEGIN, END] = ["<!-- first view -->", "<!-- /first view -->"];

const server = http.createServer(sirv(DIST));
await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
const browser = await chromium.launch({
  executablePath: process.env.GATEWRIGHT_CHROMIUM || undefined,
  args: ["--no-sandbox", "--disable-gpu"],
});
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.locator(".shell:not([data-still])").waitFor();
  const view = await page.evaluate(stillOf, "#page > .shell");
  const source = readFileSync(PAGE, "utf8");
  const [head, tail] = [source.split(BEGIN)[0], source.split(END)[1]];
  writeFileSync(PAGE, `${head}${BEGIN}\n${view}\n      ${END}${tail}`);
} finally {
  await browser.close();
  server.close();
}

/** The markup of what is shown, without what only a running page has. Runs in the page. */
function stillOf(selector) {
  const ROWS = 13;
  const shell = document.querySelector(selector);
  // What was set by the running page is not in the attributes.
  for (const control of shell.querySelectorAll("input, select, textarea")) {
    if (control.type === "radio" || control.type === "checkbox") control.toggleAttribute("checked", control.checked);
    else if (control.tagName === "INPUT") control.setAttribute("value", control.value);
    else if (control.tagName === "TEXTAREA") control.textContent = control.value;
    for (const option of control.options ?? []) option.toggleAttribute("selected", option.selected);
  }
  const still = shell.cloneNode(true);
  still.dataset.still = "";
  for (const chart of still.querySelectorAll(".lane-frame")) {
    // Five minutes of 60 seconds each, full after the first instant.
    const minutes = [0, 1, 2, 3, 4];
    if (chart.classList.contains("low")) {
      // All calls, of which ten in each minute are allowed.
      const allowed = minutes.map((minute) => `M${minute * 100} 64V57h7V64z`).join("");
      chart.innerHTML =
        '<svg viewBox="0 0 500 84" preserveAspectRatio="none" aria-hidden="true">' +
        `<path class="first-view-denials" d="M0 64V20H500V64z"/><path class="first-view-bars" d="${allowed}"/></svg>`;
      continue;
    }
    const bars = minutes.map((minute) => `M${minute * 100} 76V20H${minute * 100 + 100}V76z`).join("");
    const denials = minutes.map((minute) => `M${minute * 100 + 1} 79h98v6h-98z`).join("");
    chart.innerHTML =
      '<svg viewBox="0 0 500 112" preserveAspectRatio="none" aria-hidden="true">' +
      `<path class="first-view-bars" d="${bars}"/><path class="first-view-denials" d="${denials}"/></svg>`;
  }
  for (const grid of still.querySelectorAll(".calls .grid")) {
    for (const row of [...grid.querySelectorAll(".row")].slice(ROWS)) row.remove();
    grid.querySelectorAll(".row").forEach((row) => row.classList.add("first-view-row"));
    grid.querySelectorAll(".heads").forEach((row) => row.classList.add("first-view-heads"));
  }
  // Dialogs, and what only assistive technology reads of a running page, come with it.
  for (const gone of still.querySelectorAll("dialog, .drop-hint, [aria-live]")) gone.remove();
  // What is folded away is not needed before the page runs.
  for (const folded of still.querySelectorAll("details:not([open]) > :not(summary)")) folded.remove();
  // The content security policy lets no style stand in the markup.
  for (const styled of still.querySelectorAll("[style]")) styled.removeAttribute("style");
  for (const walker = document.createTreeWalker(still, NodeFilter.SHOW_COMMENT); walker.nextNode(); ) {
    walker.currentNode.remove();
    walker.currentNode = still;
  }
  // A line for each block, which white space before it does not move.
  return still.outerHTML.replaceAll(/<(header|main|section|div|p|ol|ul|li|h2|h3|details|form|figure|nav)\b/g, "\n$&").trim();
}
