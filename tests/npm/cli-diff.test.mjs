import assert from "node:assert/strict";
import { test } from "node:test";

import { folder, jsonLines, run } from "./command.mjs";

const policy = (max) => ({
  version: "1",
  default: "deny",
  tools: { run: { limits: [{ counter: "per_minute", window: "minute", max, scope: "grant" }] }, list: {} },
});

const CALLS = jsonLines([0, 1, 2, 3].map((at) => ({ at, tool: "run" })));
const FILES = { "loose.json": policy(3), "strict.json": policy(1), "calls.jsonl": CALLS };

test("calls that two policies decide differently are told of, and are exit 1", async (t) => {
  const cwd = folder(t, FILES);
  const { code, stdout, stderr } = await run(["diff", "loose.json", "strict.json", "--calls", "calls.jsonl"], { cwd });
  assert.deepEqual([code, stderr], [1, ""]);
  assert.match(stdout, /^ +2 +allow → deny$/m);
  assert.match(stdout, /^ +#2 +1970-01-01T00:00:00\.001Z +run +allow → deny +\/tools\/run\/limits\/per_minute/m);
});

test("policies that decide all calls alike are exit 0, though they are written differently", async (t) => {
  const cwd = folder(t, { ...FILES, "same.json": { ...policy(3), description: "the same" } });
  const { code } = await run(["diff", "loose.json", "same.json", "--calls", "calls.jsonl"], { cwd });
  assert.equal(code, 0);
});

test("--json prints one object, with what was read of the log", async (t) => {
  const cwd = folder(t, { ...FILES, "calls.jsonl": `${CALLS}junk\n` });
  const { code, stdout } = await run(["diff", "loose.json", "strict.json", "--calls", "calls.jsonl", "--json"], { cwd });
  const { calls, changed, matrix, first_changed, log } = JSON.parse(stdout);
  assert.deepEqual([code, calls, changed, log.unreadable], [1, 4, 2, 1]);
  assert.deepEqual(matrix.find(({ before, after }) => before !== after), { before: "allow", after: "deny", count: 2 });
  assert.deepEqual(first_changed.map(({ index }) => index), [1, 2]);
});

test("lines of the log that could not be compared are told of on stderr", async (t) => {
  const cwd = folder(t, { ...FILES, "calls.jsonl": `${CALLS}junk\n` });
  const { stderr } = await run(["diff", "loose.json", "strict.json", "--calls", "calls.jsonl"], { cwd });
  assert.match(stderr, /^calls\.jsonl: 5 lines: .* 1 unreadable\./);
});

test("one of the three may be standard input", async (t) => {
  const cwd = folder(t, FILES);
  const cases = [
    [["-", "strict.json", "--calls", "calls.jsonl"], JSON.stringify(policy(3))],
    [["loose.json", "-", "--calls", "calls.jsonl"], JSON.stringify(policy(1))],
    [["loose.json", "strict.json", "--calls", "-"], CALLS],
  ];
  for (const [words, input] of cases) {
    const { code, stdout } = await run(["diff", ...words, "--json"], { cwd, input });
    assert.deepEqual([code, JSON.parse(stdout).changed], [1, 2], words.join(" "));
  }
  const twice = await run(["diff", "-", "-", "--calls", "calls.jsonl"], { cwd, input: "{}" });
  assert.equal(twice.code, 2);
});

test("explain puts a policy into English, as Markdown and as an object", async (t) => {
  const cwd = folder(t, FILES);
  const { code, stdout } = await run(["explain", "loose.json"], { cwd });
  assert.equal(code, 0);
  assert.match(stdout, /^- Tools that are not listed are denied\.\n- run may be called\.\n  - At most 3 calls per minute for each grant/);
  const json = JSON.parse((await run(["explain", "loose.json", "--json"], { cwd })).stdout);
  assert.equal(json.markdown, stdout);
  assert.deepEqual(json.tools.map(({ tool }) => tool), ["run", "list"]);
});

test("explain speaks of the windows that are asked for", async (t) => {
  const cwd = folder(t, FILES);
  const calendar = await run(["explain", "loose.json"], { cwd });
  const sliding = await run(["explain", "loose.json", "--window", "sliding"], { cwd });
  assert.match(calendar.stdout, /calendar/);
  assert.doesNotMatch(sliding.stdout, /calendar/);
});
