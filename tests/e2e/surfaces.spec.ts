// One proof over all surfaces: the page, the npm package's command and native code decide the same calls alike, to the
// rule and the millisecond. Each job is asked of all three; what the page says is its own export.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Keeping } from "./keeping-page";
import { expect, type Gatewright, test } from "./page";
import { builtInJobs, command, corpusJobs, firstDifference, type Job, lineOf, native, recorded } from "./surfaces-jobs";

/** Puts a job on the page, as a workspace that is dropped on it. */
async function show(gatewright: Gatewright, { name, policy, log, scenario }: Job): Promise<void> {
  const calls = log === undefined ? { scenario: { name, json: scenario } } : { log: { name, text: log } };
  await gatewright.drop("job.gatewright.json", JSON.stringify({ gatewright: 1, name: "job.json", policy, calls }));
}

/** What the page decides, from its export. */
async function exported(gatewright: Gatewright): Promise<string[]> {
  const { page } = gatewright;
  const menu = page.getByText("Export the run");
  const button = page.getByRole("button", { name: "Listed calls as JSON Lines" });
  if (!(await button.isVisible())) await menu.click();
  const { text } = await new Keeping(page).downloaded(button);
  return text === "" ? [] : text.trimEnd().split("\n").map((line) => lineOf(JSON.parse(line)));
}

/** Asks all surfaces, and tells the first difference of each job. */
async function proved(gatewright: Gatewright, jobs: Job[], put: (job: Job) => Promise<void>): Promise<void> {
  const natively = await native(jobs);
  expect(natively).toHaveLength(jobs.length);
  for (const [index, job] of jobs.entries()) {
    await test.step(job.name, async () => {
      const found = natively[index]!;
      if (job.expected !== undefined) {
        const decisions = found.map((line) => JSON.parse(line)[2]);
        expect(firstDifference(job.expected, decisions), `${job.name}: expected, natively`).toBe("");
      }
      expect(firstDifference(found, await command(job)), `${job.name}: natively, the command`).toBe("");
      await put(job);
      // A large run is on its way for a while, and the last one stands until then.
      await expect.poll(async () => firstDifference(found, await exported(gatewright)), { message: `${job.name}: natively, the page`, timeout: 60_000 }).toBe("");
    });
  }
}

test("every corpus case that is meant for the page", async ({ gatewright }) => {
  test.setTimeout(600_000);
  await gatewright.open();
  const jobs = corpusJobs();
  expect(jobs.length).toBeGreaterThan(70);
  expect(jobs.filter(({ expected }) => expected !== undefined).length).toBeGreaterThan(30);
  await proved(gatewright, jobs, (job) => show(gatewright, job));
});

test("every built-in scenario", async ({ gatewright, page }) => {
  test.setTimeout(600_000);
  await gatewright.open();
  const jobs = await builtInJobs();
  expect(jobs).toHaveLength(13);
  await gatewright.bringPolicy(jobs[0]!.policy);
  await gatewright.traffic.click();
  await proved(gatewright, jobs, async ({ scenario }) => void (await page.getByLabel("Scenario").selectOption(scenario!)));
});

test("transcripts of real servers, as the proxy and as the wire have them", async ({ gatewright }) => {
  test.setTimeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "gatewright-files-"));
  try {
    const jobs = [
      ...(await recorded("everything", [], [["echo", { message: "a" }], ["echo", { message: "é \u{1f600}" }], ["echo", { message: "c" }], ["no_such_tool", {}]])),
      ...(await recorded("filesystem", [folder], [["list_directory", { path: folder }], ["read_text_file", { path: join(folder, "none") }], ["list_directory", { path: "/" }], ["list_directory", { path: folder }]])),
      ...(await recorded("memory", [], [["read_graph", {}], ["create_entities", { entities: [] }], ["read_graph", {}], ["read_graph", {}]])),
    ];
    for (const [index, decided] of (await native(jobs)).entries()) expect(decided, jobs[index]!.name).toHaveLength(4);
    await gatewright.open();
    await proved(gatewright, jobs, (job) => show(gatewright, job));
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a difference is told with its call", () => {
  expect(firstDifference(["a", "b"], ["a", "b"])).toBe("");
  expect(firstDifference(["a", "b"], ["a", "c"])).toBe("call 2 of 2 and 2: b and c");
  expect(firstDifference(["a"], [])).toBe("call 1 of 1 and 0: a and undefined");
});
