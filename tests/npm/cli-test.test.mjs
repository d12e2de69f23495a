import assert from "node:assert/strict";
import { test } from "node:test";

import { folder, run } from "./command.mjs";
import { readTestFile } from "./node_modules/gatewright/cli/test-file.js";

const POLICY = {
  version: "1",
  default: "deny",
  tools: {
    run: { limits: [{ counter: "per_minute", window: "minute", max: 2, scope: "grant" }] },
    exact: { deny_if: [{ conditions: [{ path: "args.n", op: "gt", value: 9007199254740992 }] }] },
    ask: { require_approval: [{ conditions: [] }] },
  },
};

/** A file of one test with these calls. */
const testsOf = (...calls) => ({ policy: "policy.json", tests: [{ name: "it holds", calls }] });

const PASSING = testsOf(
  { tool: "run", times: 2, expect: { decision: "allow" } },
  { at: "+1s", tool: "run", expect: { decision: "deny", rule: "/tools/run/limits/per_minute", retry_at: "+59s", quota: { used: 2 } } },
);
const FAILING = testsOf({ tool: "run", expect: { decision: "deny", rule: "/tools/run/limits/per_minute" } });

async function check(t, tests, words = []) {
  const cwd = folder(t, { "policy.json": POLICY, "policy.test.json": tests });
  return run(["test", ...words], { cwd });
}

test("tests that pass are exit 0", async (t) => {
  const { code, stdout, stderr } = await check(t, PASSING);
  assert.deepEqual([code, stderr], [0, ""]);
  assert.equal(stdout, "policy.test.json\n  pass  it holds\n\n1 test: 1 passed, 0 failed\n");
});

test("a test that fails is exit 1, and tells what was expected, what came, and where it is written", async (t) => {
  const { code, stdout } = await check(t, FAILING);
  assert.equal(code, 1);
  const lines = stdout.split("\n");
  assert.equal(lines[1], "  FAIL  it holds");
  assert.equal(lines[2], "        policy.test.json:7:9: call 1, run at 2026-01-01T00:00:00.000Z");
  assert.equal(lines[3], '          decision: expected "deny", got "allow"');
  assert.equal(lines[4], '          rule: expected "/tools/run/limits/per_minute", got nothing');
  assert.match(lines[5], /^          the verdict says: ./);
  assert.equal(lines.at(-2), "1 test: 0 passed, 1 failed");
});

test("whatever is expected of a verdict and does not hold fails", async (t) => {
  const cases = [
    { decision: "deny" },
    { reason: "limit" },
    { rule: "/tools/run/limits/per_hour" },
    { pointer: "/tools/run/limits/0" },
    { message: "no" },
    { malformed: "duplicate-key" },
    { at: "+1ms" },
    { retry_at: "+1s" },
    { clock_behind_ms: 1 },
    { quota: null },
    { quota: { used: 0 } },
    { quota: { max: 3 } },
    { quota: { resets_at: "2026-01-01T00:00:59Z" } },
    { quota: { window_model: "sliding" } },
  ];
  const tests = cases.map((expect) => ({ name: JSON.stringify(expect), calls: [{ tool: "run", expect }] }));
  const { code, stdout } = await check(t, { tests }, ["--json"]);
  assert.equal(code, 1);
  for (const { name, passed } of JSON.parse(stdout).files[0].tests) assert.equal(passed, false, name);
});

test("a verdict may be expected in parts, and null is what must not be there", async (t) => {
  const cases = [
    { rule: null, retry_at: null, malformed: null, clock_behind_ms: null },
    { quota: { used: 1, max: 2, remaining: 1, resets_at: "2026-01-01T00:01:00Z", window_start: "+0s" } },
    { quota: { window_model: null } },
    { at: 1767225600000 },
  ];
  const tests = cases.map((expect) => ({ name: JSON.stringify(expect), calls: [{ tool: "run", expect }] }));
  const { code, stdout } = await check(t, { tests });
  assert.equal(code, 0, stdout);
});

test("each test starts with fresh counters", async (t) => {
  const calls = [{ tool: "run", times: 2, expect: { decision: "allow" } }];
  const tests = [{ name: "first", calls }, { name: "second", calls }];
  assert.equal((await check(t, { tests })).code, 0);
});

test("times go on from call to call, grants and sessions are told apart, and outcomes give back", async (t) => {
  const { code, stdout } = await check(
    t,
    testsOf(
      { at: "2026-01-05T10:00:00Z", tool: "run", grant: "a", times: 2, expect: { decision: "allow" } },
      { tool: "run", grant: "a", expect: { decision: "deny", at: 1767607200000 } },
      { tool: "run", grant: "b", outcome: "protocol_error", expect: { decision: "allow" } },
      { tool: "run", grant: "b", times: 2, expect: { decision: "allow" } },
      { at: "+59s", tool: "run", grant: "a", expect: { decision: "deny" } },
      { at: "+1s", tool: "run", grant: "a", expect: { decision: "allow", at: "2026-01-05T10:01:00Z" } },
    ),
  );
  assert.equal(code, 0, stdout);
});

test("a repeated call goes on by its offset each time", async (t) => {
  const calls = [
    { at: "+30s", tool: "run", times: 5, expect: { decision: "allow" } },
    { at: "+30s", tool: "run", expect: { decision: "allow", at: "2026-01-01T00:03:00Z" } },
  ];
  const { code, stdout } = await check(t, testsOf(...calls));
  assert.equal(code, 0, stdout);
});

test("the window and the refund of the engine are the file's", async (t) => {
  const calls = [
    { at: "2026-01-01T00:00:59Z", tool: "run", times: 2, outcome: "tool_error", expect: { decision: "allow" } },
    { at: "+1s", tool: "run", expect: { decision: "deny", quota: { window_model: "sliding" } } },
  ];
  const sliding = { ...testsOf(...calls), window: "sliding" };
  assert.equal((await check(t, sliding)).code, 0);
  assert.equal((await check(t, { ...sliding, refund: "any_error" })).code, 1);
});

test("numbers are judged as they are written, and what cannot be read is refused", async (t) => {
  const text = `{ "tests": [{ "name": "exact", "calls": [
    { "tool": "exact", "args": { "n": 9007199254740992 }, "expect": { "decision": "allow" } },
    { "tool": "exact", "args": {
        "n": 9007199254740993 }, "expect": { "decision": "deny", "reason": "deny-if" } },
    { "tool": "ask", "expect": { "decision": "approval" } },
    { "tool": "ask", "approved": true, "expect": { "decision": "allow" } } ] }] }`;
  const { code, stdout } = await check(t, text);
  assert.equal(code, 0, stdout);
});

test("what is not understood in a file of tests is an error with its place", () => {
  const call = (text) => `{ "tests": [\n  { "name": "n", "calls": [\n    ${text} ] }] }`;
  const cases = [
    [call('{ "tool": "run", "expect": { "decison": "allow" } }'), "3:34: unknown field `decison`; did you mean `decision`?"],
    [call('{ "tool": "run", "expect": { "decision": "allowed" } }'), "3:46: `decision` takes one of allow, deny, approval"],
    [call('{ "tool": "run", "expect": { "quota": { "usd": 1 } } }'), "3:45: unknown field `usd`; did you mean `used`?"],
    [call('{ "tool": "run", "expect": {} }'), "3:32: `expect` expects nothing"],
    [call('{ "tool": "run" }'), "2:3: this test expects nothing"],
    [call('{ "tol": "run", "expect": { "decision": "allow" } }'), "3:7: unknown field `tol`; did you mean `tool`?"],
    [call('{ "tool": "run", "expcet": {} }'), "3:22: unknown field `expcet`; did you mean `expect`?"],
    [call('{ "tool": "run", "args": [], "expect": { "rule": null } }'), "3:30: `args` takes an object"],
    [call('{ "tool": "run", "at": "1s", "expect": { "rule": null } }'), "3:28: `at` takes milliseconds"],
    [call('{ "tool": "run", "at": "+1y", "expect": { "rule": null } }'), "3:28: `at` takes milliseconds"],
    [call('{ "tool": "run", "times": 0, "expect": { "rule": null } }'), "3:31: `times` takes a whole number"],
    [call('{ "tool": "run", "outcome": "fine", "expect": { "rule": null } }'), "3:33: `outcome` takes one of"],
    [call('{ "tool": "run", "tool": "ask" }'), "3:22: the key `tool` is there twice"],
    ['{ "tests": [] }', "1:12: there is no test in it"],
    ['{ "tests": [{ "name": "n" }] }', "1:13: `calls` is missing"],
    ['{ "tests": [{ "calls": [] }] }', "1:13: `name` is missing"],
    ['{ "tests": [1] }', "1:13: expected an object"],
    ['{ "window": "slide", "tests": [] }', "1:13: `window` takes one of calendar, sliding"],
    ['{ "policies": "x" }', "1:3: unknown field `policies`; did you mean `policy`?"],
    ["[]", "1:1: expected an object"],
    ['{ "tests": [1, ] }', "1:16: expected a value"],
    ['{ "tests": [1 2] }', "1:15: expected `,` or `]`"],
    ['{ "tests": "a\nb" }', "1:12: a text is not ended"],
    ['{ "tests": [', "1:13: the text ends where a value should be"],
    ['{ "tests": [] } x', "1:17: there is something after the end"],
    [`${"[".repeat(200)}`, "1:102: nested deeper than 100"],
    ["", "1:1: the text ends where a value should be"],
  ];
  for (const [text, expected] of cases) {
    const isTold = ({ message, details }) => `${details}${message}`.includes(`a.test.json:${expected}`);
    assert.throws(() => readTestFile(text, "a.test.json"), isTold, text);
  }
});

test("all that is wrong with a file of tests is told at once, and no test is run", async (t) => {
  const { code, stdout, stderr } = await check(t, { polcy: "a", tests: [{ name: 1, calls: [{ tool: "run", expect: { rul: "" } }] }] });
  assert.deepEqual([code, stdout], [2, ""]);
  assert.equal(stderr.match(/^policy\.test\.json:\d+:\d+: /gm).length, 3);
  assert.match(stderr, /^gatewright test: policy\.test\.json has 3 errors, and no test is run$/m);
});

test("--tap prints TAP 14", async (t) => {
  const tests = { tests: [...PASSING.tests, { ...FAILING.tests[0], name: "a # in \\ it" }] };
  const { code, stdout } = await check(t, tests, ["--tap"]);
  const lines = stdout.split("\n");
  assert.equal(code, 1);
  assert.deepEqual(lines.slice(0, 3), ["TAP version 14", "1..2", "ok 1 - policy.test.json: it holds"]);
  assert.equal(lines[3], "not ok 2 - policy.test.json: a \\# in \\\\ it");
  assert.equal(lines[4], "  ---");
  assert.match(stdout, /\n        - field: decision\n          expected: "deny"\n          got: "allow"\n/);
  assert.equal(lines.at(-2), "  ...");
});

test("--junit prints XML in which nothing of a name is markup", async (t) => {
  const tests = { tests: [...PASSING.tests, { ...FAILING.tests[0], name: "<b> & \"c\" \u0001" }] };
  const { code, stdout } = await check(t, tests, ["--junit"]);
  assert.equal(code, 1);
  assert.match(stdout, /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<testsuites tests="2" failures="1" errors="0">\n/);
  assert.match(stdout, /name="&lt;b&gt; &amp; &quot;c&quot; \ufffd" file="policy\.test\.json" line="\d+">\n +<failure message="/);
  assert.match(stdout, /<\/testsuites>\n$/);
});

test("--json prints one object", async (t) => {
  const { code, stdout } = await check(t, FAILING, ["--json"]);
  const { passed, failed, files } = JSON.parse(stdout);
  assert.deepEqual([code, passed, failed, files.length], [1, 0, 1, 1]);
  const [{ file, policy, tests }] = files;
  assert.deepEqual([file, policy], ["policy.test.json", "policy.json"]);
  assert.deepEqual(tests[0].failures[0].differences[0], { field: "decision", expected: "deny", got: "allow" });
});

test("tests are found from a folder, a policy, their own name, and standard input", async (t) => {
  const named = (policy) => ({ ...PASSING, policy });
  const cwd = folder(t, {
    "a/policy.json": POLICY,
    "a/other.json": POLICY,
    "a/policy.test.json": named(undefined),
    "a/limits.test.json": named("policy.json"),
    "a/other.test.json": named("other.json"),
    "b/cases.json": named("../a/policy.json"),
  });
  const cases = [
    [["a"], ["a/limits.test.json", "a/other.test.json", "a/policy.test.json"]],
    [["a/policy.json"], ["a/limits.test.json", "a/policy.test.json"]],
    [["a/other.test.json"], ["a/other.test.json"]],
    [["a/other.json", "a/other.test.json"], ["a/other.test.json"]],
    [["b/cases.json"], ["b/cases.json"]],
  ];
  for (const [words, expected] of cases) {
    const { code, stdout } = await run(["test", "--json", ...words], { cwd });
    assert.deepEqual([code, JSON.parse(stdout).files.map(({ file }) => file)], [0, expected]);
  }
  const piped = await run(["test", "-"], { cwd, input: JSON.stringify(named("a/policy.json")) });
  assert.deepEqual([piped.code, piped.stdout.split("\n", 1)[0]], [0, "standard input"]);
});

test("no tests, no policy, and a policy with errors are exit 2", async (t) => {
  const cases = [
    [{ "policy.json": POLICY }, [], "gatewright test: no file of tests (*.test.json) for .\n"],
    [{ "policy.json": POLICY }, ["policy.json"], "gatewright test: no file of tests (*.test.json) for policy.json\n"],
    [{}, ["nowhere"], "gatewright test: cannot read nowhere: there is no such file\n"],
    [{ "policy.test.json": PASSING }, [], "gatewright test: cannot read policy.json: there is no such file\n"],
    [{ "policy.json": "{", "policy.test.json": PASSING }, [], "policy.json:1:"],
  ];
  for (const [files, words, message] of cases) {
    const { code, stdout, stderr } = await run(["test", ...words], { cwd: folder(t, files) });
    assert.deepEqual([code, stdout], [2, ""], message);
    assert.ok(stderr.startsWith(message), stderr);
  }
});
