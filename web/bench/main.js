// Measures the built page: what is loaded, how long edits and runs take, and what Lighthouse says of it. `cargo xtask bench page`
// builds it first.
//
// Lighthouse runs five times on its own terms (a phone on a slow network); the medians are told. The scores move with
// the machine; the sizes do not.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";
import { printEdits } from "./edits.js";
import { printRuns } from "./runs.js";
import { serve } from "./serve.js";

const DIST = fileURLToPath(new URL("../../dist", import.meta.url));
const RUNS = 5;
const FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"];
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
const METRICS = ["first-contentful-paint", "largest-contentful-paint", "total-blocking-time", "cumulative-layout-shift"];

printSizes();
const page = await serve(DIST);
try {
  await printEdits(page.address);
  await printRuns(page.address);
  await printScores(page.address);
} finally {
  await page.close();
}

/** The sizes against their budgets, as they travel: Wasm with brotli, the rest with gzip. */
function printSizes() {
  const files = readdirSync(DIST, { recursive: true }).map(String);
  const bytes = (wanted, compress) =>
    files.filter(wanted).reduce((sum, file) => sum + compress(readFileSync(`${DIST}/${file}`)).length, 0);
  const brotli = (content) => brotliCompressSync(content);
  console.log("what                          KB   budget");
  const row = (what, size, budget) =>
    console.log(`${what.padEnd(26)} ${(size / 1024).toFixed(1).padStart(6)} ${String(budget).padStart(8)}`);
  row("Wasm, brotli", bytes((file) => file.endsWith(".wasm"), brotli), 350);
  row("HTML and CSS, gzip", bytes((file) => file === "index.html" || file.endsWith(".css"), gzipSync), 14);
  row("text editor, gzip", bytes((file) => /(^|\/)editor[^/]*\.js$/.test(file), gzipSync), 140);
}

async function printScores(address) {
  const chrome = await launch({ chromePath: process.env.GATEWRIGHT_CHROMIUM, chromeFlags: FLAGS });
  const reports = [];
  try {
    for (let run = 0; run < RUNS; run += 1) {
      const { lhr } = await lighthouse(address, { port: chrome.port, output: "json", logLevel: "error" });
      reports.push(lhr);
    }
  } finally {
    chrome.kill();
  }
  console.log(`\nLighthouse, median of ${RUNS} runs`);
  for (const category of CATEGORIES) {
    const scores = reports.map((report) => Math.round(report.categories[category].score * 100));
    console.log(`${category.padEnd(26)} ${median(scores)}   (${scores.join(" ")})`);
  }
  for (const metric of METRICS) {
    const found = reports.map((report) => report.audits[metric].numericValue);
    console.log(`${metric.padEnd(26)} ${metric.endsWith("shift") ? median(found).toFixed(3) : `${Math.round(median(found))} ms`}`);
  }
  for (const audit of lost(reports.at(-1))) console.log(`not perfect: ${audit}`);
}

/** What costs points outside the timings. */
function lost(report) {
  const timed = new Set(report.categories.performance.auditRefs.map(({ id }) => id));
  const bad = ({ id, score }) => score !== null && score < 1 && !timed.has(id);
  return Object.values(report.audits).filter(bad).map(({ id, title }) => `${id}: ${title}`);
}

function median(numbers) {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)];
}
