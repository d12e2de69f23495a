// How long an edit of a large policy takes, from the click to the paint that shows it, as the browser times it itself.
import { drop, eachInAPage } from "./browser.js";

/** What is open while an edit is made. The longest pattern that a policy may hold sets how the megabyte is filled. */
const CASES = [
  { what: "1,000 tools", tools: 1000, filling: 0 },
  { what: "a document of 1 MB", tools: 20, filling: 50_000 },
  { what: "1,000 tools in 1 MB", tools: 1000, filling: 600 },
];
/** Each is set in turn, so that every click is an edit. */
const STATES = ["Deny", "Allow", "Hide"];
const ROUNDS = 5;

/** Prints, for each case, the median and the slowest of the edits. */
export async function printEdits(address) {
  console.log("\nfrom a click to its paint      ms   slowest   (of 100; the browser tells them in steps of 8)");
  await eachInAPage(CASES, async (page, { what, tools, filling }) => {
    const times = await timesOf(page, address, tools, filling);
    times.sort((a, b) => a - b);
    console.log(`${what.padEnd(26)} ${String(times[times.length >> 1]).padStart(6)} ${String(times.at(-1)).padStart(9)}`);
  });
}

async function timesOf(page, address, count, filling) {
  await page.evaluateOnNewDocument(() => {
    globalThis.clicks = [];
    const keep = (list) => globalThis.clicks.push(...list.getEntries().filter(({ name }) => name === "click").map(({ duration }) => duration));
    new PerformanceObserver(keep).observe({ type: "event", durationThreshold: 16 });
  });
  await page.goto(address);
  await page.waitForSelector(".shell:not([data-still])");
  const names = Array.from({ length: count }, (_, number) => `tool_${number}`);
  await drop(page, "tools.json", JSON.stringify({ tools: names.map(tool) }));
  await drop(page, "policy.json", JSON.stringify(policy(names, filling), null, 2));
  await page.waitForSelector(`::-p-aria([name="State of tool_2"][role="radiogroup"])`);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const state of STATES) {
      const before = await page.evaluate(() => globalThis.clicks.length);
      const radio = await page.waitForSelector(`.item:nth-of-type(3) input[value="${state}"]`);
      await (await radio.evaluateHandle((input) => input.closest("label"))).click();
      await page.waitForFunction((before) => globalThis.clicks.length > before, {}, before);
    }
  }
  return page.evaluate(() => globalThis.clicks);
}

function tool(name) {
  const properties = { path: { type: "string" }, count: { type: "integer" } };
  return { name, description: `Does what ${name} does.`, inputSchema: { type: "object", properties, required: ["path"] } };
}

function policy(names, filling) {
  const own = (name) => ({
    limits: [{ counter: `${name}_rate`, max: 10, window: "minute", scope: "grant" }],
    deny_if: [{ conditions: [{ path: "args.path", op: "contains", value: `/etc/${"x".repeat(filling)}` }], on_deny: "Not there." }],
  });
  return { version: "1", default: "deny", tools: Object.fromEntries(names.map((name) => [name, own(name)])) };
}
