import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { convert, exportPolicy } from "gatewright";

import { folder, run } from "./command.mjs";

const INTERCEPT = `version: "1"
default: deny
tools:
  read_file:
    rules: []
  create_issue:
    rules:
      - name: "hourly"
        rate_limit: 5/hour
`;
const SPENDING = `${INTERCEPT}  pay:
    rules:
      - name: "spend"
        spend_limit: $500/day
`;
const POLICY = {
  version: "1",
  default: "deny",
  hide: ["rm"],
  tools: { ls: {}, push: { require_approval: [{ conditions: [] }] } },
};
const FILES = { "intercept.yaml": INTERCEPT, "spending.yaml": SPENDING, "policy.json": POLICY };

test("what is carried over whole is exit 0: the policy on stdout, the report on stderr", async (t) => {
  const cwd = folder(t, FILES);
  const { code, stdout, stderr } = await run(["convert", "intercept.yaml"], { cwd });
  assert.equal(code, 0);
  const { tools } = JSON.parse(stdout);
  const limit = { counter: "create_issue_rate", window: "hour", max: 5, scope: "global" };
  assert.deepEqual(tools, { read_file: {}, create_issue: { limits: [limit] } });
  assert.match(stderr, /^intercept\.yaml: intercept, 3 carried over, 0 not$/m);
  assert.match(stderr, /^No call was found whose decision differs\. \d+ calls in \d+ sequences were tried: /m);
});

test("what could not be carried over is exit 1, told by line and column, and closes its tool", async (t) => {
  const cwd = folder(t, FILES);
  const { code, stdout, stderr } = await run(["convert", "spending.yaml"], { cwd });
  assert.equal(code, 1);
  assert.deepEqual(JSON.parse(stdout).tools.pay.deny_if[0].conditions, []);
  assert.match(stderr, /^spending\.yaml:13:9: not carried over: spend_limit: \$500\/day$/m);
  assert.match(stderr, /^ {2}Instead: Every call of `pay` is denied\.$/m);
});

test("--json prints one object, as the package answers", async (t) => {
  const cwd = folder(t, FILES);
  const { code, stdout, stderr } = await run(["convert", "spending.yaml", "--json"], { cwd });
  const { ok, ...answer } = convert(SPENDING);
  assert.deepEqual([code, stderr, ok], [1, "", true]);
  assert.deepEqual(JSON.parse(stdout), answer);
});

test("the result is written where -o says, and the language is taken from --from", async (t) => {
  const cwd = folder(t, { "names.txt": "ls\n" });
  const { code, stdout } = await run(["convert", "names.txt", "--from", "allowed-tools", "-o", "out.json"], { cwd });
  assert.deepEqual([code, stdout], [0, ""]);
  assert.deepEqual(JSON.parse(readFileSync(join(cwd, "out.json"), "utf8")).tools, { ls: {} });
});

test("a policy becomes Claude Code's rules, and they become it again", async (t) => {
  const cwd = folder(t, FILES);
  const there = await run(["convert", "policy.json", "--to", "claude-code", "--server", "git"], { cwd });
  assert.equal(there.code, 1, "what no rule names is asked about there");
  const rules = { allow: ["mcp__git__ls"], ask: ["mcp__git__push"], deny: ["mcp__git__rm"] };
  assert.deepEqual(JSON.parse(there.stdout).permissions, rules);
  const back = await run(["convert", "-"], { cwd, input: there.stdout });
  assert.equal(back.code, 0);
  assert.deepEqual(JSON.parse(back.stdout), POLICY);
});

test("a policy becomes Intercept's YAML, and it becomes the policy again", async (t) => {
  const cwd = folder(t, FILES);
  const there = await run(["convert", "policy.json", "--to", "intercept"], { cwd });
  assert.equal(there.code, 0, there.stderr);
  const back = await run(["convert", "-"], { cwd, input: there.stdout });
  assert.deepEqual([back.code, JSON.parse(back.stdout)], [0, POLICY]);
});

test("bad use is one line, and exit 2", async (t) => {
  const cwd = folder(t, { ...FILES, "broken.yaml": `${INTERCEPT}  read_file: {}\n`, "prose.txt": "Hello, world.\n" });
  const cases = [
    [["convert"], /FILE is missing/],
    [["convert", "policy.json"], /policy\.json: this is no policy in another language: it is a policy/],
    [["convert", "prose.txt"], /prose\.txt: this is no policy in another language/],
    [["convert", "broken.yaml"], /broken\.yaml:10:3: the key `read_file` is here again \(read as intercept\)/],
    [["convert", "policy.json", "--to", "claude-code"], /policy\.json: Claude Code's rules need the name of the server/],
    [["convert", "intercept.yaml", "--from", "yaml"], /`--from` does not take `yaml`/],
    [["convert", "policy.json", "--to", "intercept", "--from", "intercept"], /`--from` is for what becomes a policy/],
  ];
  for (const [words, message] of cases) {
    const { code, stdout, stderr } = await run(words, { cwd });
    assert.deepEqual([code, stdout], [2, ""], words.join(" "));
    assert.match(stderr, message, words.join(" "));
  }
});

test("the package answers with objects, and throws where there is nothing to answer", () => {
  const fragment = convert("rate_limit: {max: 10, window: 60}", { tool: "run" });
  assert.equal(JSON.parse(fragment.policy).tools.run.limits[0].max, 10);
  assert.equal(fragment.compared.differences[0].scenario.blocks.length, 2);
  const known = convert('{"permissions": {"allow": ["mcp__git__get_*"]}}', { tools: ["get_log", "push"] });
  assert.deepEqual(Object.keys(JSON.parse(known.policy).tools), ["get_log", "push"]);
  const broken = convert("run:\n  rate_limit: [\n", { from: "catalogue-words" });
  assert.deepEqual([broken.ok, broken.dialect], [false, "catalogue-words"]);
  assert.throws(() => convert("Hello, world."), TypeError);
  assert.throws(() => convert("", { from: "toml" }), /there is no language `toml`/);
  assert.throws(() => convert(1), TypeError);
  assert.throws(() => exportPolicy(JSON.stringify(POLICY), "claude-code"), /need the name of the server/);
  const { ok, errors } = exportPolicy("{}", "intercept");
  assert.deepEqual([ok, errors.length > 0], [false, true]);
});
