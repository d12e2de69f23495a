import assert from "node:assert/strict";
import { test } from "node:test";

import { folder, run } from "./command.mjs";

const POLICY = {
  version: "1",
  default: "deny",
  hide: ["delete_account"],
  tools: {
    create_charge: {
      deny_if: [
        { conditions: [{ path: "args.amount", op: "gt", value: 50000 }], on_deny: "A single charge cannot exceed 500.00." },
      ],
      require_approval: [{ conditions: [{ path: "args.amount", op: "gt", value: 10000 }] }],
      limits: [{ counter: "spend", window: "day", max: 100000, scope: "grant", increment_from: "args.amount" }],
    },
    exact: { deny_if: [{ conditions: [{ path: "args.n", op: "gt", value: 9007199254740992 }] }] },
    lines: { limits: [{ counter: "burst", window: "minute", max: 0, scope: "grant" }] },
  },
};

const AT = ["--at", "2026-01-05T10:00:00.833Z"];

async function evaluate(t, words, options = {}) {
  const cwd = folder(t, { "policy.json": POLICY, ...options.files });
  return run(["eval", "policy.json", ...words], { cwd, input: options.input });
}

async function judged(t, words, options) {
  const { code, stdout, stderr } = await evaluate(t, [...words, "--json"], options);
  assert.equal(stderr, "");
  return { code, ...JSON.parse(stdout) };
}

test("an allowed call is exit 0, one that is denied or needs approval exit 1", async (t) => {
  const cases = [
    [["--tool", "create_charge", "--args", '{"amount": 5}'], 0, "allow"],
    [["--tool", "create_charge", "--args", '{"amount": 50001}'], 1, "deny"],
    [["--tool", "create_charge", "--args", '{"amount": 10001}'], 1, "approval"],
    [["--tool", "create_charge", "--args", '{"amount": 10001}', "--approved"], 0, "allow"],
    [["--tool", "delete_account"], 1, "deny"],
    [["--tool", "nobody_knows"], 1, "deny"],
  ];
  for (const [words, code, decision] of cases) {
    const answer = await judged(t, words);
    assert.deepEqual([answer.code, answer.verdict.decision], [code, decision], words.join(" "));
  }
});

test("people see the decision, the message, the rule and every check", async (t) => {
  const words = ["--tool", "create_charge", "--args", '{"amount": 60000}', ...AT];
  const { code, stdout } = await evaluate(t, words);
  assert.equal(code, 1);
  assert.match(stdout, /^deny create_charge: A single charge cannot exceed 500\.00\.\n\n/);
  assert.match(stdout, /^  rule +\/tools\/create_charge\/deny_if\/args\.amount-gt$/m);
  assert.match(stdout, /^  place +\/tools\/create_charge\/deny_if\/0\/conditions\/0$/m);
  assert.match(stdout, /^  decided /m);
  assert.match(stdout, /^  not reached /m);
});

test("--json prints one object with the verdict and its steps, and names no reservation", async (t) => {
  const answer = await judged(t, ["--tool", "create_charge", "--args", '{"amount": 5}', "--grant", "ci", ...AT]);
  assert.deepEqual(Object.keys(answer).sort(), ["code", "kind", "steps", "tool", "verdict"]);
  assert.equal(answer.verdict.at, Date.parse("2026-01-05T10:00:00.833Z"));
  assert.deepEqual([answer.verdict.quota.used, answer.verdict.quota.cost], [5, 5]);
  assert.equal("reservation" in answer.verdict, false);
  assert.ok(answer.steps.some(({ mark }) => mark === "passed"));
});

test("numbers are judged as they are written, to the last digit", async (t) => {
  const equal = await judged(t, ["--tool", "exact", "--args", '{"n": 9007199254740992}']);
  const above = await judged(t, ["--tool", "exact", "--args", '{"n": 9007199254740993}']);
  assert.deepEqual([equal.verdict.decision, above.verdict.decision], ["allow", "deny"]);
  assert.ok(above.steps.some(({ mark, rule }) => mark === "decided" && rule === "/tools/exact/deny_if/args.n-gt"));
});

test("arguments come from a file, from standard input, or over several lines", async (t) => {
  const text = '{\r\n  "amount":\n  50001\n}\n';
  const cases = [
    [["--args", "@charge.json"], { files: { "charge.json": text } }],
    [["--args", "-"], { input: text }],
    [["--args", text], {}],
  ];
  for (const [words, options] of cases) {
    const answer = await judged(t, ["--tool", "create_charge", ...words], options);
    assert.equal(answer.verdict.rule, "/tools/create_charge/deny_if/args.amount-gt", words.join(" "));
  }
});

test("a raw line is judged as the proxy judges it", async (t) => {
  const call = (params) => JSON.stringify({ jsonrpc: "2.0", id: 7, method: "tools/call", params });
  const cases = [
    [call({ name: "create_charge", arguments: { amount: 5 } }), 0, "call", "allowed"],
    [call({ name: "create_charge", arguments: { amount: 50001 } }), 1, "call", "deny-if"],
    ['{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"exact","name":"create_charge"}}', 1, "refused", "malformed"],
    ["[]", 1, "refused", "malformed"],
    ['{"jsonrpc":"2.0","id":7,"method":"tools/list"}', 0, "other", undefined],
  ];
  for (const [line, code, kind, reason] of cases) {
    const answer = await judged(t, ["--line", "-"], { input: `${line}\n` });
    assert.deepEqual([answer.code, answer.kind, answer.verdict?.reason], [code, kind, reason], line);
  }
});

test("a message that calls no tool is no business of a policy", async (t) => {
  const { code, stdout } = await evaluate(t, ["--line", "-"], { input: '{"jsonrpc":"2.0","id":7,"method":"ping"}' });
  assert.deepEqual([code, stdout], [0, "no tool call: no business of a policy\n"]);
});

test("a denial by a limit tells when the call would pass, and none where it never would", async (t) => {
  const { stdout } = await evaluate(t, ["--tool", "lines", ...AT]);
  assert.match(stdout, /^deny lines: /);
  assert.doesNotMatch(stdout, /retry at/);
});

test("arguments that are no JSON object, and times that are none, are told of", async (t) => {
  const cases = [
    [["--tool", "a", "--args", "{amount: 5}"], /^gatewright eval: `--args` is not JSON: .*\n$/],
    [["--tool", "a", "--args", "@a.json"], /^gatewright eval: cannot read a\.json: there is no such file\n$/],
    [["--tool", "a", "--at", "yesterday"], /^gatewright eval: `--at` does not take `yesterday`; it takes milliseconds/],
    [["--tool", "a", "--at", "2026-02-30T00:00:00Z"], /does not take/],
    [["--tool", "a", "--at", "2026-01-05T10:00:00"], /does not take/],
    [["--args", "{}"], /^gatewright eval: `--tool` is missing; see --help\n$/],
    [["--tool", "a", "--line", "-"], /^gatewright eval: `--tool` and `--line` exclude each other\n$/],
  ];
  for (const [words, message] of cases) {
    const { code, stdout, stderr } = await evaluate(t, words);
    assert.deepEqual([code, stdout], [2, ""], words.join(" "));
    assert.match(stderr, message);
  }
  const list = await judged(t, ["--tool", "create_charge", "--args", "[1]"]);
  assert.deepEqual([list.code, list.verdict.reason], [1, "malformed"]);
});

test("the time is milliseconds or RFC 3339 with any offset", async (t) => {
  for (const at of ["1767607200833", "2026-01-05T10:00:00.833Z", "2026-01-05T12:30:00.833+02:30", "2026-01-05t10:00:00.8339z"]) {
    const { verdict } = await judged(t, ["--tool", "create_charge", "--at", at]);
    assert.equal(verdict.at, 1767607200833, at);
  }
  const { verdict } = await judged(t, ["--tool", "create_charge", "--at=-1"]);
  assert.equal(verdict.at, -1);
});
