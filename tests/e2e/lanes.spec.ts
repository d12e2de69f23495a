// Reading a run by its lanes: what each shows, the cross-hair over all of them, and what is done to them.
import AxeBuilder from "@axe-core/playwright";
import { CallTable } from "./calls-page";
import { Lanes } from "./lanes-page";
import { expect, type Gatewright, test } from "./page";

const MORNING = 1767607200000;
const limit = (counter: string, max: number, window = "minute") => ({ counter, window, max, scope: "grant" });

/** A policy with three counters, of which a log meets two; of `build` four grants have one each. */
async function openTwoCounters(gatewright: Gatewright): Promise<void> {
  await gatewright.open();
  const tools = {
    build: { limits: [limit("builds", 3)] },
    read: { limits: [limit("reads", 100, "hour")] },
    deploy: { limits: [limit("deploys", 1, "day")] },
  };
  await gatewright.bringPolicy(JSON.stringify({ version: "1", default: "deny", tools }, null, 2));
  const call = (second: number, tool: string, grant: string, outcome = "ok") =>
    JSON.stringify({ at: MORNING + second * 1000, tool, grant, outcome });
  const calls = [call(0, "read", "calm"), call(1, "build", "calm"), call(2, "build", "near", "protocol_error"), call(3, "build", "near")];
  for (let second = 4; second < 9; second += 1) calls.push(call(second, "build", "busy"));
  calls.push(call(130, "build", "late"));
  await gatewright.pasteLog(calls.join("\n"));
  await expect(gatewright.verdict).toContainText("8 of 10 calls allowed.");
}

test("all lanes read the same moment: the selected call's, or what is pointed at", async ({ gatewright, page }) => {
  const lanes = new Lanes(page);
  await gatewright.open();
  await expect(lanes.reading("run_tests_rate")).toHaveText(
    "10:00:00.833 UTC · 10 of 10 used · 10 allowed, 710 denied this minute · resets 10:01 UTC",
  );
  await expect(lanes.reading("all calls")).toContainText(/^10:00:00\.833 UTC · 10 allowed, \d+ denied in the \d+ s from 10:00 UTC$/);
  const painted = () => page.evaluate(() => (window as unknown as { painted: number }).painted);
  await page.evaluate(() => {
    const counted = window as unknown as { painted: number };
    counted.painted = 0;
    const { fill } = CanvasRenderingContext2D.prototype;
    CanvasRenderingContext2D.prototype.fill = function (this: CanvasRenderingContext2D, ...rule: []) {
      counted.painted += 1;
      return fill.apply(this, rule);
    };
  });
  await lanes.point("all calls", 0.5);
  for (const name of ["all calls", "run_tests_rate"]) await expect(lanes.reading(name)).toContainText(/^10:02:(29|30)\.\d+ UTC/);
  await lanes.point("run_tests_rate", 0.25);
  for (const name of ["all calls", "run_tests_rate"]) await expect(lanes.reading(name)).toContainText(/^10:01:1[45]\.\d+ UTC/);
  await page.mouse.move(2, 2);
  await expect(lanes.reading("run_tests_rate")).toContainText("10:00:00.833 UTC");
  expect(await painted(), "a moving cross-hair paints nothing anew").toBe(0);
  await lanes.crosshair("run_tests_rate").click();
  await expect(gatewright.trace.getByRole("heading")).toContainText(/Call 1,(799|80\d) ·/);
});

test("keys on a lane lead from call to call and from window to window", async ({ gatewright, page }) => {
  const lanes = new Lanes(page);
  await gatewright.open();
  const lane = lanes.crosshair("run_tests_rate");
  await lane.focus();
  const shown = gatewright.trace.getByRole("heading");
  for (const [key, call] of [
    ["ArrowRight", "12"],
    ["ArrowLeft", "11"],
    ["ArrowUp", "721"],
    ["Shift+ArrowRight", "1,441"],
    ["ArrowRight", "1,442"],
    ["ArrowDown", "1,441"],
    ["Shift+ArrowLeft", "721"],
    ["End", "3,600"],
    ["Home", "1"],
    ["n", "11"],
  ] as const) {
    await page.keyboard.press(key);
    await expect(shown, key).toContainText(`Call ${call} ·`);
  }
  await expect(lane).toBeFocused();
  await expect(lane).toHaveAttribute("aria-valuetext", await lanes.reading("run_tests_rate").innerText());
  await expect(lane).toHaveAttribute("aria-valuenow", "11");
  await expect(lane).toHaveAccessibleDescription("Left and right go from call to call, up and down from window to window.");
});

test("a lane is pinned and folded, and stays so while the policy changes", async ({ gatewright, page }) => {
  const lanes = new Lanes(page);
  await openTwoCounters(gatewright);
  const names = async () => (await lanes.captions()).map((caption) => caption.split(" · ")[0]);
  expect(await names()).toEqual(["All calls", "builds", "reads"]);
  await lanes.button("Pin", "reads").click();
  expect(await names()).toEqual(["All calls", "reads", "builds"]);
  await expect(lanes.button("Unpin", "reads")).toBeFocused();
  await lanes.button("Collapse", "builds").press("Enter");
  await expect(lanes.crosshair("builds")).toHaveCount(0);
  await expect(lanes.button("Expand", "builds")).toHaveAttribute("aria-expanded", "false");
  await page.getByRole("button", { name: "Try max 6" }).click();
  await expect(gatewright.verdict).toContainText("All 10 calls allowed.");
  expect(await names()).toEqual(["All calls", "reads", "builds"]);
  await expect(lanes.crosshair("builds")).toHaveCount(0);
  await lanes.button("Expand", "builds").click();
  await expect(lanes.reading("builds")).toContainText("of 6 used");
  await page.getByRole("button", { name: /^Undo/ }).click();
  await lanes.button("Unpin", "reads").click();
  expect(await names(), "the first to refuse is first again").toEqual(["All calls", "builds", "reads"]);
});

test("a counter that no call met is named apart", async ({ gatewright, page }) => {
  await openTwoCounters(gatewright);
  await expect(page.getByText("deploys (1 per day)")).toBeHidden();
  await page.getByText("1 counter unused").click();
  await expect(page.getByText("deploys (1 per day)")).toBeVisible();
});

test("of many grants the one that fares worst is drawn, and each other one on request", async ({ gatewright, page }) => {
  const lanes = new Lanes(page);
  await openTwoCounters(gatewright);
  const lane = lanes.lane("builds");
  await expect(lane.locator("figcaption")).toHaveText("builds · 3 per minute · grant busy: at most 3 of 3 used, 2 calls denied");
  await lane.getByText("4 grants, the worst first").click();
  const others = page.getByRole("list", { name: "Other counters of builds" }).getByRole("button");
  await expect(others).toHaveText([
    "grant busy: at most 3 of 3 used, 2 denied",
    "grant calm: at most 1 of 3 used, 0 denied",
    "grant near: at most 1 of 3 used, 0 denied",
    "grant late: at most 1 of 3 used, 0 denied",
  ]);
  await others.nth(2).click();
  await expect(lane.locator("figcaption")).toContainText("grant near: at most 1 of 3 used");
  await expect(others.nth(2)).toHaveAttribute("aria-pressed", "true");
  await expect(others.nth(2)).toBeFocused();
});

test("what was given back is drawn, and stands in the table", async ({ gatewright, page }) => {
  const lanes = new Lanes(page);
  await gatewright.open();
  await expect(lanes.legend).not.toContainText("given back");
  await openTwoCounters(gatewright);
  await expect(lanes.legend).toContainText("given back");
  await lanes.lane("builds").getByText("4 grants").click();
  await page.getByRole("button", { name: "grant near: at most" }).click();
  await lanes.button("Show as table", "builds").click();
  const row = lanes.lane("builds").getByRole("row").nth(1);
  await expect(row.getByRole("cell")).toHaveText(["the minute 10:00–10:01 UTC", "1", "3", "2", "0", "1", "2026-01-05 10:01 UTC"]);
});

test("the pinned policy's reading stands beside the one at hand", async ({ gatewright, page }) => {
  const lanes = new Lanes(page);
  const calls = new CallTable(page);
  await gatewright.open();
  await calls.whatIf.getByRole("button", { name: "Pin this policy as A" }).click();
  await expect(lanes.legend).not.toContainText("under A");
  await page.getByRole("button", { name: "Try max 20" }).click();
  await expect(lanes.legend).toContainText("used under A");
  await lanes.button("Show as table", "run_tests_rate").click();
  await expect(lanes.lane("run_tests_rate").getByRole("columnheader").last()).toHaveText("Used under A");
  await expect(lanes.lane("run_tests_rate").getByRole("row").nth(1).getByRole("cell").last()).toHaveText("10");
  await lanes.point("run_tests_rate", 0.5);
  await expect(lanes.reading("run_tests_rate")).toContainText("20 of 20 used");
  await expect(lanes.reading("run_tests_rate")).toContainText("under A: 10 of 10 used");
  const picture = await calls.exported("Lanes as a picture (SVG)");
  expect(picture).toContain("All calls: 100 allowed, 3,500 denied");
  expect(picture).toContain("(thin: used under A)");
  await lanes.button("Collapse", "run_tests_rate").click();
  expect(await calls.exported("Lanes as a picture (SVG)")).not.toContain("max 20");
  await calls.whatIf.getByRole("button", { name: "Unpin A" }).click();
  await expect(lanes.legend).not.toContainText("under A");
});

test("all calls over time are a table too", async ({ gatewright, page }) => {
  const lanes = new Lanes(page);
  await openTwoCounters(gatewright);
  await lanes.button("Show as table", "all calls").click();
  const rows = page.getByRole("region", { name: "Calls over time" }).getByRole("row");
  await expect(rows.nth(1).getByRole("cell").first()).toHaveText(/^10:00:00\.000–10:00:\d\d\.\d{3} UTC$/);
  const numbers = await rows.evaluateAll((rows) => rows.slice(1).map((row) => [...row.children].slice(1).map((cell) => Number(cell.textContent))));
  const sums = numbers.reduce((sums, row) => sums.map((sum, place) => sum + (row[place] ?? 0)));
  expect(sums, "calls, allowed, denied, neither").toEqual([10, 8, 2, 0]);
  await lanes.button("Hide the table", "all calls").click();
  await expect(rows).toHaveCount(0);
});

test("many counters are drawn a few at a time", async ({ gatewright, page }) => {
  const lanes = new Lanes(page);
  await gatewright.open();
  const names = Array.from({ length: 30 }, (_, tool) => `t${tool}`);
  const tools = Object.fromEntries(names.map((name) => [name, { limits: [limit(`${name}_rate`, 5)] }]));
  await gatewright.bringPolicy(JSON.stringify({ version: "1", default: "deny", tools }));
  const log = (tools: string[]) => tools.map((tool, call) => JSON.stringify({ at: MORNING + call, tool })).join("\n");
  await gatewright.pasteLog(log(names));
  await expect(lanes.figures).toHaveCount(1 + 6);
  await page.getByRole("button", { name: "Show 20 more counters, of 24 not shown" }).click();
  await expect(lanes.figures).toHaveCount(1 + 26);
  await gatewright.pasteLog(log(names.slice(0, 7)));
  await expect(lanes.figures).toHaveCount(1 + 6);
  await expect(page.getByRole("button", { name: "Show 1 more counter" })).toBeVisible();
  await expect(page.getByText("23 counters unused")).toBeVisible();
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 390]) {
    test(`axe finds nothing in the lanes: ${width} px, ${colorScheme}`, async ({ gatewright, page }) => {
      const lanes = new Lanes(page);
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await openTwoCounters(gatewright);
      await lanes.lane("builds").getByText("4 grants").click();
      await page.getByRole("button", { name: "grant near: at most" }).click();
      await page.getByText("1 counter unused").click();
      await lanes.button("Show as table", "all calls").click();
      await lanes.button("Show as table", "builds").click();
      await lanes.button("Collapse", "reads").click();
      const found = await new AxeBuilder({ page }).include("#dry-run").analyze();
      expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
      const small = await page.locator("#lanes :is(button, summary)").evaluateAll((controls) =>
        controls.filter((control) => control.getBoundingClientRect().height < 24).map((control) => control.textContent),
      );
      expect(small, "targets of 24 pixels").toEqual([]);
    });
  }
}

test("lanes fit a screen of 320 pixels", async ({ gatewright, page }) => {
  await page.setViewportSize({ width: 320, height: 700 });
  await openTwoCounters(gatewright);
  await new Lanes(page).lane("builds").getByText("4 grants").click();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
});
