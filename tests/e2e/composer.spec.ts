// Scenarios composed in a form: every field of every shape, beside the same as text.
import AxeBuilder from "@axe-core/playwright";
import { Composer } from "./composer-page";
import { expect, test } from "./page";

/** A block of each shape, with something said in each clause. */
const EVERY_SHAPE = [
  'create_issue with {"title": "Flaky"} approved as ci at 10:00:12',
  "run_tests × 20 every 3s as ci session s1 ends in tool error",
  "burst run_tests × 10 as ci from +10s",
  "run_tests × 12/s for 5m with unknown all as ci unanswered",
  'ramp search × 1/min to 20/min for 2m with unknown ["q"] as ci jitter 200ms seed 7',
  'mix 70 read_file with {"path": "a"}, 30 write_file × 2/s for 1h as worker ends in protocol error',
  "loop run_tests every 2s until 50 allowed for 1h on denial back off from 1s to 1m giving up after 5 denials as ci",
].join("\n");

test("the loop becomes a block, and each field of it changes the text and the run", async ({ gatewright, page }) => {
  const composer = new Composer(page);
  await composer.open(gatewright);
  await expect(composer.text).toHaveValue("run_tests × 12/s for 5m as ci-agent\n");
  await composer.field("Pace", "block 1").fill("5");
  await expect(composer.text).toHaveValue("run_tests × 5/s for 5m as ci-agent\n");
  await expect(gatewright.verdict).toContainText("50 of 1,500 calls allowed.");
  await composer.field("Calls in", "block 1").selectOption("a minute");
  await composer.field("For", "block 1").fill("2m");
  await expect(gatewright.verdict).toContainText("All 10 calls allowed.");
  await page.getByText("More of block 1").click();
  await composer.field("Grant", "block 1").fill("night shift");
  await composer.field("Arguments (JSON)", "block 1").fill('{"path": "."}');
  await composer.field("Session", "block 1").fill("s1");
  await composer.field("Each ends in", "block 1").selectOption("a tool error (isError)");
  await composer.field("Approval", "block 1").selectOption("approved by a person");
  await composer.field("Up to so much later", "block 1").fill("200ms");
  await composer.field("Seed of chance", "block 1").fill("7");
  await composer.field("Begins after", "block 1").fill("3s");
  await expect(composer.text).toHaveValue(
    'run_tests × 5/min for 2m with {"path": "."} approved as "night shift" session s1 ends in tool error from +3s jitter 200ms seed 7\n',
  );
  await expect(gatewright.trace).toContainText("grant night shift");
});

test("the text fills the form, whatever the shape", async ({ gatewright, page }) => {
  const composer = new Composer(page);
  await composer.openWith(gatewright, EVERY_SHAPE);
  await composer.unfold();
  const shown: [string, string, string][] = [
    ["Shape", "block 1", "call"],
    ["Arguments (JSON)", "block 1", '{"title": "Flaky"}'],
    ["Begins after", "block 1", "12s"],
    ["One every", "block 2", "3s"],
    ["Each ends in", "block 2", "tool_error"],
    ["Calls", "block 3", "10"],
    ["Arguments are", "block 4", "nothing"],
    ["Pace at first", "block 5", "1"],
    ["Pace", "block 5", "20"],
    ["Names of arguments", "block 5", "q"],
    ["Weight", "call 1 of block 6", "70"],
    ["Tool", "call 2 of block 6", "write_file"],
    ["When refused, it", "block 7", "back_off"],
    ["Longest wait", "block 7", "1m"],
    ["Gives up after denials", "block 7", "5"],
  ];
  for (const [field, of, value] of shown) await expect(composer.field(field, of), `${field} of ${of}`).toHaveValue(value);
  await composer.field("When refused, it", "block 7").selectOption("waits for the reset");
  await expect(composer.field("Longest wait", "block 7")).toHaveCount(0);
  await expect(composer.text).toHaveValue(/on denial wait for reset giving up after 5 denials/);
});

test("blocks are added, moved, duplicated and removed, each as a step that names itself", async ({ gatewright, page }) => {
  const composer = new Composer(page);
  await composer.open(gatewright);
  const undo = page.getByRole("button", { name: /^Undo/ });
  const first = "run_tests × 12/s for 5m as ci-agent\n";
  await composer.add("Burst");
  await expect(composer.block(2)).toBeFocused();
  await expect(undo).toHaveAccessibleName("Undo: Calls to try: added burst");
  await expect(composer.text).toHaveValue(`${first}burst run_tests × 10 as ci-agent\n`);
  await composer.button("Move block 2 up").click();
  await expect(composer.button("Move block 1 up")).toBeFocused();
  await expect(composer.text).toHaveValue(`burst run_tests × 10 as ci-agent\n${first}`);
  await composer.button("Duplicate block 1").click();
  await expect(composer.block(2)).toBeFocused();
  await composer.button("Remove block 3").press("Enter");
  await expect(composer.block(2)).toBeFocused();
  await expect(composer.text).toHaveValue("burst run_tests × 10 as ci-agent\nburst run_tests × 10 as ci-agent\n");
  await expect(gatewright.verdict).toContainText("10 of 20 calls allowed.");
  for (let step = 0; step < 4; step += 1) await undo.click();
  await expect(composer.text).toHaveValue(first);
  await page.getByRole("button", { name: /^Redo/ }).click();
  await expect(composer.text).toHaveValue(`${first}burst run_tests × 10 as ci-agent\n`);
});

test("another shape keeps the call, and a mix is a list of its own", async ({ gatewright, page }) => {
  const composer = new Composer(page);
  await composer.openWith(gatewright, "run_tests × 6/min for 5m as ci");
  await composer.field("Shape", "block 1").selectOption("Mix of calls");
  await expect(composer.text).toHaveValue("mix 1 run_tests × 6/min for 5m as ci\n");
  await composer.button("Add a call to block 1").click();
  await composer.field("Tool", "call 2 of block 1").fill("deploy");
  await composer.field("Weight", "call 2 of block 1").fill("3");
  await expect(composer.text).toHaveValue("mix 1 run_tests, 3 deploy × 6/min for 5m as ci\n");
  await composer.button("Remove call 1 of block 1").click();
  await expect(composer.text).toHaveValue("mix 3 deploy × 6/min for 5m as ci\n");
  await composer.field("Shape", "block 1").selectOption("Agent loop");
  await expect(composer.text).toHaveValue("loop deploy every 1s for 5m on denial retry now as ci\n");
});

test("what is half typed stays in its field with what would do, and changes nothing", async ({ gatewright, page }) => {
  const composer = new Composer(page);
  await composer.open(gatewright);
  const length = composer.field("For", "block 1");
  await length.fill("5 minutes");
  await expect(length).toHaveAttribute("aria-invalid", "true");
  await expect(composer.block(1)).toContainText("It takes a length of time, such as 5m, 90s, 200ms or 1h30m. The scenario still says 5m.");
  await length.blur();
  await expect(length).toHaveValue("5 minutes");
  await expect(composer.text).toHaveValue("run_tests × 12/s for 5m as ci-agent\n");
  await expect(gatewright.verdict).toContainText("50 of 3,600 calls allowed.");
  await length.fill("60s");
  await expect(length).toHaveAttribute("aria-invalid", "false");
  await expect(length).toHaveValue("60s");
  await length.blur();
  await expect(length).toHaveValue("1m");
  await composer.field("Pace", "block 1").fill("1000000");
  await expect(composer.block(1)).toContainText("The scenario makes 60,000,000 calls; at most 1,000,000 are run.");
  await expect(gatewright.verdict).toContainText("of 720 calls allowed.");
});

test("of a long scenario a few blocks are drawn, and more when asked", async ({ gatewright, page }) => {
  const composer = new Composer(page);
  const lines = Array.from({ length: 1_000 }, (_, line) => `run_tests at +${line}s`).join("\n");
  await composer.openWith(gatewright, lines);
  const blocks = composer.blocks.getByRole("group", { name: /^Block \d+$/ });
  await expect(blocks).toHaveCount(20);
  await page.getByRole("button", { name: "Show 20 more blocks, of 980 not shown" }).click();
  await expect(composer.block(21)).toBeFocused();
  await expect(blocks).toHaveCount(40);
  await composer.field("Tool", "block 40").fill("deploy");
  await expect(composer.text).toHaveValue(/\ndeploy as agent at 10:00:39\n|\ndeploy at 10:00:39\n/);
});

test("typing in one field is one step back", async ({ gatewright, page }) => {
  const composer = new Composer(page);
  await composer.open(gatewright);
  await gatewright.holdClock();
  await page.getByText("More of block 1").click();
  const grant = composer.field("Grant", "block 1");
  await grant.press("End");
  await grant.pressSequentially("-seven");
  await expect(composer.text).toHaveValue("run_tests × 12/s for 5m as ci-agent-seven\n");
  await page.getByRole("button", { name: "Undo: Calls to try: Grant of block 1 ci-agent-seven" }).click();
  await expect(composer.text).toHaveValue("run_tests × 12/s for 5m as ci-agent\n");
  await expect(grant).toHaveValue("ci-agent");
});

test("any scenario begins when it is told to, to the second", async ({ gatewright, page }) => {
  const composer = new Composer(page);
  await gatewright.open();
  await gatewright.traffic.click();
  await page.getByLabel("Scenario").selectOption("Minute edge");
  await expect(gatewright.verdict).toContainText("All 20 calls allowed.");
  const start = composer.blocks.getByRole("textbox", { name: "Begins at, UTC" });
  await expect(start).toHaveValue("2026-01-05 09:59:59");
  const second = composer.blocks.getByRole("spinbutton", { name: /From second/ });
  await expect(second).toHaveValue("59");
  await second.press("ArrowDown");
  await expect(start).toHaveValue("2026-01-05 09:59:58");
  await expect(gatewright.verdict).toContainText("10 of 20 calls allowed.");
  await start.fill("2026-03-01 23:59");
  await expect(composer.text).toHaveValue(/^start 2026-03-01T23:59:00\.000Z\n/);
  await expect(second).toHaveValue("0");
  await start.fill("tomorrow");
  await expect(composer.blocks).toContainText("It takes a date and a time in UTC, such as 2026-01-05 10:00:00. The scenario still says 2026-03-01 23:59:00.");
  await second.fill("60");
  await expect(composer.blocks).toContainText("From 0 to 59; the run is still of 0.");
});

for (const colorScheme of ["light", "dark"] as const) {
  for (const width of [1440, 390, 320]) {
    test(`axe finds nothing in the form, and nothing overflows: ${width} px, ${colorScheme}`, async ({ gatewright, page }) => {
      const composer = new Composer(page);
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme });
      await composer.openWith(gatewright, EVERY_SHAPE);
      await composer.unfold();
      await composer.field("Tool", "block 2").fill("");
      const found = await new AxeBuilder({ page }).include(".traffic").analyze();
      expect(found.violations.map(({ id, nodes }) => [id, nodes.map((node) => node.html)])).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)).toBeLessThanOrEqual(0);
    });
  }
}
