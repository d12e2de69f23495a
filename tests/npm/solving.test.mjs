// What a run tells beside its decisions: near misses, every start of a minute, and which max would do.

import assert from "node:assert/strict";
import { test } from "node:test";

import { PolicyError, Simulation, allStarts, largestMax, simulate, smallestMax } from "gatewright";

import { folder, run } from "./command.mjs";

const RULE = "/tools/run_tests/limits/run_tests_rate";

function policy(max = 10) {
  const limits = [{ counter: "run_tests_rate", window: "minute", max, scope: "grant" }];
  return JSON.stringify({ version: "1", default: "deny", tools: { run_tests: { limits }, idle: { limits } } });
}

const STUCK = "run_tests × 12/s for 5m as ci";

function nearMisses(text, scenario) {
  const simulation = new Simulation(text);
  simulation.play(scenario);
  assert.deepEqual(simulation.nearMisses(), [], "nothing is known before the run");
  simulation.result();
  const found = simulation.nearMisses();
  simulation.free();
  return found;
}

/** What a run of a scenario comes to. */
function played(text, scenario) {
  const simulation = new Simulation(text);
  simulation.play(scenario);
  const { summary } = simulation.result();
  simulation.free();
  return summary;
}

test("near misses are told of each counter, the nearest to its limit first", () => {
  const found = nearMisses(policy(), "run_tests × 3 every 1s as a\nrun_tests × 9 every 1s as b\nburst run_tests × 11 as c");
  assert.deepEqual(
    found.map(({ rule, shared_by, used, max, denied }) => [rule, shared_by, used, max, denied]),
    [[RULE, "grant c", 10, 10, 1], [RULE, "grant b", 9, 10, 0], [RULE, "grant a", 3, 10, 0]],
  );
  assert.equal(found[1].words, `${found[1].counter}: 9 of 10 on 2026-01-05 at 10:00:08 UTC`);
  assert.equal(found[1].at, Date.parse("2026-01-05T10:00:08Z"));
});

test("all sixty starts are the runs that begin so many seconds later", () => {
  const { all, words } = allStarts(policy(), STUCK);
  assert.equal(words, "50 to 60 allowed, depending on when it begins (worst: second 1).");
  assert.deepEqual(all.map(({ second }) => second), Array.from({ length: 60 }, (_, second) => second));
  for (const second of [0, 1, 59]) {
    const later = `start 2026-01-05T10:00:${String(second).padStart(2, "0")}Z\n${STUCK}`;
    const { calls, allowed, denied } = played(policy(), later);
    assert.deepEqual(all[second], { second, calls, allowed, denied });
  }
  assert.equal(allStarts(policy(), STUCK, { window_model: "sliding" }).words, "50 allowed, whichever second it begins at.");
});

test("the smallest max lets everything through, and one less does not", () => {
  const found = smallestMax(policy(), RULE, STUCK);
  assert.deepEqual([found.max, found.now, found.still_denied, found.exact], [720, 10, 0, true]);
  assert.match(found.words, /^From a max of 720 on, /);
  const denied = (max) => played(policy(max), STUCK).denied;
  assert.equal(denied(720), 0);
  assert.ok(denied(719) > 0);
});

test("the largest max keeps a day below what is asked, and one more does not", () => {
  const found = largestMax(policy(), RULE, 100, STUCK);
  assert.deepEqual([found.max, found.allowed_a_day, found.most_a_day, found.exact], [20, 100, 100, true]);
  const allowed = (max) => played(policy(max), STUCK).allowed;
  assert.deepEqual([allowed(20), allowed(21) > 100], [100, true]);
  assert.equal(largestMax(policy(), RULE, 1_000_000, STUCK).max, null, "any will do");
  assert.equal(largestMax(policy(), RULE, 0, STUCK).max, 0);
});

test("scenarios are an object, a built-in name or lines, and what is none says so", () => {
  const object = { start: "2026-01-05T10:00:00Z", blocks: [{ block: "rate", call: { tool: "run_tests", grant: "ci", outcome: "ok" }, calls: 12, per: "second", for_ms: 300_000 }] };
  assert.deepEqual(allStarts(policy(), object), allStarts(policy(), STUCK));
  assert.equal(smallestMax(policy(), RULE, "stuck-in-a-loop").max, 720);
  const cases = [
    [() => allStarts("{}", STUCK), PolicyError],
    [() => allStarts(policy(), "run_tests ×"), TypeError],
    [() => allStarts(policy(), 5), TypeError],
    [() => smallestMax(policy(), "/tools/run_tests/limits/other", STUCK), /no limit `\/tools\/run_tests\/limits\/other`/],
    [() => smallestMax(policy(), 0, STUCK), TypeError],
    [() => largestMax(policy(), RULE, -1, STUCK), TypeError],
    [() => largestMax(policy(), RULE, 1.5, STUCK), TypeError],
    [() => allStarts(policy(), STUCK, { window_model: "rolling" }), TypeError],
  ];
  for (const [ask, problem] of cases) assert.throws(ask, problem, `${ask}`);
  assert.equal(simulate(policy(), "").summary.calls, 0, "and the evaluator goes on");
});

async function command(t, words) {
  const cwd = folder(t, { "policy.json": policy() });
  return run(["simulate", "policy.json", "--scenario", STUCK, ...words], { cwd });
}

test("the command tells them in words, and as JSON", async (t) => {
  const words = ["--starts", "--smallest-max", RULE, "--largest-max", RULE, "--a-day", "100"];
  const { code, stdout, stderr } = await command(t, words);
  assert.deepEqual([code, stderr], [0, ""]);
  const [starts, smallest, largest] = stdout.trimEnd().split("\n").slice(-3);
  const json = JSON.parse((await command(t, [...words, "--json"])).stdout);
  assert.deepEqual([json.starts.words, json.smallest_max.words, json.largest_max.words], [starts, smallest, largest]);
  assert.deepEqual([json.starts.all.length, json.smallest_max.max, json.largest_max.max], [60, 720, 20]);
  assert.deepEqual(json.near_misses, nearMisses(policy(), STUCK));
  const plain = JSON.parse((await command(t, ["--json"])).stdout);
  assert.deepEqual([plain.starts, plain.smallest_max, plain.largest_max], [undefined, undefined, undefined]);
});

test("half a question is bad use", async (t) => {
  const cases = [
    [["--largest-max", RULE], /`--largest-max` needs `--a-day`/],
    [["--a-day", "5"], /`--a-day` needs `--largest-max`/],
    [["--largest-max", RULE, "--a-day", "many"], /`--a-day` takes a whole number of calls, not `many`/],
    [["--smallest-max", "/tools/x"], /the policy has no limit `\/tools\/x`/],
    [["--starts", "--csv"], /`--starts` and `--csv` exclude each other/],
  ];
  for (const [words, expected] of cases) {
    const { code, stderr } = await command(t, words);
    assert.equal(code, 2, words.join(" "));
    assert.match(stderr, expected);
  }
  const cwd = folder(t, { "policy.json": policy(), "calls.jsonl": "" });
  const log = await run(["simulate", "policy.json", "calls.jsonl", "--starts"], { cwd });
  assert.deepEqual([log.code, /`--starts` needs `--scenario`/.test(log.stderr)], [2, true]);
});
