// How long a run takes after an edit of the policy, from the edit to the verdict on the page; and the longest task of the
// page's own thread meanwhile, while the run arrives, and while it is filtered and gone through.
import { drop, eachInAPage } from "./browser.js";

/** With the limit, twenty rules on every call: each looks at an argument, and none of them holds. */
const RULES = Array.from({ length: 19 }, (_, number) => ({
  conditions: [{ path: "args.path", op: "contains", value: `/never/${number}/` }],
}));
const CASES = [
  { what: "3,600 calls, 1 rule", calls: "run_tests × 12/s for 5m", rules: [] },
  { what: "100,000 calls, 20 rules", calls: 'run_tests × 100/s for 1000s with {"path": "/src/a.rs"}', rules: RULES },
  { what: "1,000,000 calls, 20 rules", calls: 'run_tests × 100/s for 10000s with {"path": "/src/a.rs"}', rules: RULES },
];
const ROUNDS = 7;

/** Prints, for each case, the medians and the longest task. */
export async function printRuns(address) {
  console.log("\nfrom an edit to its verdict    ms   slowest   longest task, ms: of an edit, of reading the run");
  await eachInAPage(CASES, async (page, { what, calls, rules }) => {
    const { times, editing, reading } = await measured(page, address, calls, rules);
    times.sort((a, b) => a - b);
    const shown = [times[times.length >> 1], times.at(-1), editing, reading].map((ms) => String(Math.round(ms)));
    console.log(`${what.padEnd(26)} ${shown[0].padStart(6)} ${shown[1].padStart(9)} ${shown[2].padStart(18)} ${shown[3].padStart(16)}`);
  });
}

async function measured(page, address, calls, rules) {
  await page.evaluateOnNewDocument(() => {
    globalThis.longest = 0;
    const keep = (list) => list.getEntries().forEach(({ duration }) => (globalThis.longest = Math.max(globalThis.longest, duration)));
    new PerformanceObserver(keep).observe({ type: "longtask" });
  });
  const longest = () => page.evaluate(() => Object.assign(globalThis, { was: globalThis.longest, longest: 0 }).was);
  await page.goto(address);
  await page.waitForSelector(".shell:not([data-still])");
  await drop(page, "policy.json", JSON.stringify(policy(rules), null, 2));
  await page.waitForSelector('::-p-aria([name="State of run_tests"][role="radiogroup"])');
  await page.evaluate((calls) => {
    const area = document.querySelector("#scenario-text");
    area.value = calls;
    area.dispatchEvent(new Event("change", { bubbles: true }));
  }, calls);
  await settled(page);
  await longest();
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) times.push(await edited(page, 10 + round));
  await page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
  const editing = await longest();
  await page.focus('input[type="range"]');
  for (const key of ["End", "Home", "n", "n", "p"]) await page.keyboard.press(key);
  await page.type('input[type="search"][aria-label^="Filter calls"]', "rate");
  await page.evaluate(() => new Promise((done) => setTimeout(done, 200)));
  return { times, editing, reading: await longest() };
}

/** Sets the limit's max, and waits until the verdict says so. */
function edited(page, max) {
  return page.evaluate(async (max) => {
    const verdict = document.querySelector(".verdict");
    const field = document.querySelector('.rules input[id$="/max"]');
    const wanted = `(${max + 1} per minute)`;
    const start = performance.now();
    field.value = String(max + 1);
    for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
    while (!verdict.textContent.includes(wanted)) await new Promise((done) => requestAnimationFrame(done));
    return performance.now() - start;
  }, max);
}

/** Waits until no run is on its way. */
async function settled(page) {
  await page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
  await page.waitForFunction(() => !document.querySelector(".progress progress"), { timeout: 60_000 });
}

function policy(rules) {
  const limits = [{ counter: "run_tests_rate", window: "minute", max: 10, scope: "grant" }];
  return { version: "1", default: "deny", tools: { run_tests: { limits, deny_if: rules } } };
}
