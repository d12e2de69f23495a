import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { recommend } from "gatewright";

import { folder, run } from "./command.mjs";

const TOOLS = {
  tools: [
    { name: "list_files", description: "Lists files." },
    { name: "run_tests" },
    { name: "record_test_outcome", description: "Record the outcome of a test." },
    { name: "delete_file", description: "Deletes a file." },
    { name: "create_charge", description: "Charges a card." },
    { name: "customer" },
  ],
};
const FILES = { "tools.json": TOOLS };

test("the policy is on standard output, the reason of each line on standard error", async (t) => {
  const cwd = folder(t, FILES);
  const { code, stdout, stderr } = await run(["recommend", "tools.json"], { cwd });
  assert.equal(code, 0);
  const { default: otherwise, hide, tools } = JSON.parse(stdout);
  assert.deepEqual([otherwise, hide], ["deny", ["delete_file"]]);
  assert.deepEqual(tools.list_files, {});
  const limits = (name) => tools[name].limits.map(({ window, max }) => [window, max]);
  assert.deepEqual(limits("run_tests"), [["minute", 10], ["day", 500]], "the catalogue's 10 a minute");
  assert.deepEqual(limits("record_test_outcome"), [["minute", 30], ["day", 1000]], "the catalogue's 30 a minute");
  assert.deepEqual(tools.create_charge.require_approval, [{ conditions: [] }]);
  assert.equal("customer" in tools, false);
  assert.match(stderr, /^\/tools\/run_tests\/limits\/1: 10 a minute alone would be 14,400 a day\.$/m);
  assert.match(stderr, /^\/default \(customer\): Undecided, medium risk, /m);
  assert.match(stderr, /^\* balanced +1 allowed, 2 limited \(at most 1,500 calls a day\), 1 for approval, 1 hidden, 1 denied; /m);
});

test("a recommended policy has no findings with its tools but what is not portable", async (t) => {
  const cwd = folder(t, FILES);
  for (const choice of ["strict", "balanced", "permissive"]) {
    const { stdout } = await run(["recommend", "tools.json", "--choice", choice], { cwd });
    const checked = await run(["check", "-", "--tools", "tools.json", "--json"], { cwd, input: stdout });
    const codes = new Set(JSON.parse(checked.stdout).diagnostics.map(({ code }) => code));
    assert.deepEqual([...codes], choice === "strict" ? [] : ["not-portable"], choice);
  }
});

test("what a policy says of other tools stays, and what somebody says of a tool counts", async (t) => {
  const policy = '{\n  "version": "1", // ours\n  "default": "allow",\n  "tools": {"mine": {}}\n}\n';
  const cwd = folder(t, { ...FILES, "policy.json": policy });
  const words = ["recommend", "tools.json", "--onto", "policy.json", "--say", "customer=read", "--json"];
  const { code, stdout } = await run(words, { cwd });
  assert.equal(code, 0);
  const told = JSON.parse(stdout);
  assert.match(told.policy, /"version": "1", \/\/ ours/);
  assert.match(told.policy, /"mine": \{\}/);
  assert.match(told.policy, /"customer": \{\}/);
  assert.deepEqual(told.tools.find(({ tool }) => tool === "customer").treatment, "allow");
  assert.deepEqual(Object.keys(told.figures).sort(), ["balanced", "permissive", "strict"]);
  assert.equal(readFileSync(join(cwd, "policy.json"), "utf8"), policy, "no file is written");
});

test("bad use is one line and exit 2", async (t) => {
  const cwd = folder(t, { ...FILES, "none.json": {}, "all-hidden.json": { version: "1", default: "deny", hide: ["*"] } });
  const cases = [
    [["recommend"], /TOOLS is missing/],
    [["recommend", "none.json"], /none\.json: found no list of tools/],
    [["recommend", "tools.json", "--say", "customer"], /`--say` takes TOOL=CATEGORY/],
    [["recommend", "tools.json", "--say", "customer=harmless"], /`harmless` is no category/],
    [["recommend", "tools.json", "--choice", "lax"], /does not take `lax`/],
    [["recommend", "tools.json", "--onto", "all-hidden.json"], /`hide` has `\*`/],
  ];
  for (const [words, expected] of cases) {
    const { code, stdout, stderr } = await run(words, { cwd });
    assert.deepEqual([code, stdout], [2, ""], words.join(" "));
    assert.match(stderr, expected);
  }
});

test("in JavaScript, what is no text is a TypeError", () => {
  assert.throws(() => recommend(TOOLS), TypeError);
  assert.throws(() => recommend("[]", { choice: "lax" }), /`choice` is/);
  assert.equal(recommend(JSON.stringify(TOOLS), { choice: "strict" }).choice, "strict");
});
