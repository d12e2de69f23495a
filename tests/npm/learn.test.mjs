// The smallest policy that allows a log, from the package and from the command line.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Learner, learn, lint, simulate } from "gatewright";

import { folder, jsonLines, run } from "./command.mjs";

const MONDAY = Date.parse("2026-01-05T10:00:00Z");

const read = (second, path, rest = {}) => ({ at: MONDAY + second * 1000, tool: "read", grant: "ci", args: { path }, ...rest });

const READS = [read(0, "/work/a"), read(1, "/work/b"), read(90_000, "/work/c"), read(180_000, "/etc/passwd")];

/** The same calls in formats of others. */
function logs(calls) {
  const message = ({ tool: name, args }, id) => ({ jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: args } });
  const csvField = (text) => `"${text.replaceAll('"', '""')}"`;
  return {
    "a list of calls": jsonLines(calls),
    "JSON-RPC messages": jsonLines(calls.map((call, id) => ({ ts: call.at, grant: call.grant, msg: message(call, id) }))),
    "a table": `timestamp,tool,grant,arguments\n${calls
      .map(({ at, tool, grant, args }) => `${new Date(at).toISOString()},${tool},${grant},${csvField(JSON.stringify(args))}\n`)
      .join("")}`,
    "a decision log": jsonLines(calls.map((call, number) => ({ ...call, call: `c${number}`, decision: "allow", reason: "allowed" }))),
    "what hooks are given": jsonLines(
      calls.map(({ tool, args }) => ({ hook_event_name: "PreToolUse", tool_name: `mcp__fs__${tool}`, tool_input: args, session_id: "s" })),
    ),
  };
}

const rulesOf = ({ policy }, tool) => JSON.parse(policy).tools[tool];

test("the policy allows the log that it was learned from, in whichever format it comes", () => {
  for (const [format, log] of Object.entries(logs(READS))) {
    const learned = learn(log);
    assert.deepEqual([learned.from.calls, learned.from.allowed, learned.log.unreadable], [4, 4, 0], format);
    const [rule] = rulesOf(learned, "read").require;
    assert.deepEqual(rule.conditions, [{ path: "args.path", op: "regex", value: "^/" }], format);
    assert.deepEqual(lint(learned.policy), [], format);
    assert.equal(simulate(learned.policy, log).summary.allowed, 4, format);
  }
});

test("a line's witness is denied once the line is tightened", () => {
  const { policy, lines } = learn(READS);
  const limits = lines.filter(({ holds }) => holds === "limit");
  assert.deepEqual(limits.map(({ window, max }) => [window, max]), [["day", 2]]);
  const tightened = JSON.parse(policy);
  tightened.tools.read.limits[0].max -= 1;
  assert.equal(simulate(JSON.stringify(tightened), READS).summary.first_denial, limits[0].witnesses[0].call);
  assert.deepEqual(lines[0], {
    pointer: "/tools/read",
    tool: "read",
    holds: "tool",
    calls: 4,
    why: "Called 4 times.",
    witnesses: [{ call: 0, at: MONDAY, shows: "the first call of it" }],
  });
});

test("options say how closely, from which calls, and by which clock", () => {
  assert.equal(rulesOf(learn(READS, { slack: 50 }), "read").limits[0].max, 3);
  assert.deepEqual(Object.keys(rulesOf(learn(READS, { arguments: false }), "read")), ["limits"]);
  assert.equal(rulesOf(learn(READS, { seen: 1 }), "read").require[0].conditions[0].op, "in");
  assert.equal(rulesOf(learn(READS, { seen: 1, set_size: 3 }), "read").require[0].conditions[0].op, "regex");
  const failed = [...READS, read(200_000, "/etc/shadow", { tool: "gone", outcome: "tool_error" })];
  assert.deepEqual([learn(failed).from.calls, learn(failed, { calls: "not_failed" }).from], [5, { calls: 4, allowed: 4, refused: 0, failed: 1, unreadable: 0 }]);
  const atMidnight = [read(50_399, "/w/a"), read(50_400, "/w/b")];
  const most = (options) => Math.max(...rulesOf(learn(atMidnight, options), "read").limits.map(({ max }) => max));
  assert.deepEqual([most(), most({ window_model: "sliding" })], [1, 2]);
  for (const options of [{ calls: "some" }, { slack: -1 }, { slacks: 1 }, { window_model: "monthly" }, { seen: "2" }]) {
    assert.throws(() => learn(READS, options), TypeError, JSON.stringify(options));
  }
});

test("in pieces it is learned what is learned at once", () => {
  const learner = new Learner({ hold_out: 25 });
  for (const byte of new TextEncoder().encode(jsonLines(READS))) learner.feed(Uint8Array.of(byte));
  assert.equal(learner.ended().calls, 4);
  const shares = [];
  for (let share = 0; share < 1; shares.push(share)) share = learner.advance(1);
  assert.deepEqual(shares, [...shares].sort((a, b) => a - b));
  const learned = learner.result();
  assert.deepEqual(learned, learn(READS, { hold_out: 25 }));
  assert.deepEqual([learned.held_out.first, learned.held_out.denied, learned.held_out.denials[0].pointer], [3, 1, "/tools/read/require/0"]);
  learner.free();
  assert.throws(() => learner.result(), /was freed/);
});

test("the command prints the policy, and beside it what it rests on", async (t) => {
  const cwd = folder(t, { "calls.jsonl": jsonLines(READS) });
  const { code, stdout, stderr } = await run(["learn", "calls.jsonl", "--hold-out", "25%"], { cwd });
  assert.equal(code, 0);
  assert.equal(stdout, learn(READS, { hold_out: 25 }).policy);
  assert.match(stderr, /^Learned from 3 calls, all of which the policy allows: /);
  assert.match(stderr, /^\/tools\/read\/require\/0\n {2}All 3 calls send texts that begin with `\/work\/`/m);
  assert.match(stderr, /^Not held:$/m);
  assert.match(stderr, /^ +1 +4 +read +\/tools\/read\/require\/0 /m);
  const { stdout: json } = await run(["learn", "-", "--json"], { cwd, input: jsonLines(READS) });
  assert.deepEqual(JSON.parse(json), learn(READS));
});

test("exit codes tell whether all of the log is allowed", async (t) => {
  const cwd = folder(t, { "good.jsonl": jsonLines(READS), "junk.jsonl": `${jsonLines(READS)}junk\n`, "none.jsonl": "" });
  const cases = [
    [["good.jsonl"], 0, "all of it"],
    [["good.jsonl", "--slack", "20%", "--no-arguments", "--seen=3", "--set-size=4", "--window=sliding"], 0, "as asked"],
    [["junk.jsonl"], 1, "a line that could not be read"],
    [["none.jsonl"], 1, "no call"],
    [["missing.jsonl"], 2, "no file"],
    [[], 2, "no operand"],
    [["good.jsonl", "--hold-out", "95%"], 2, "too much"],
    [["good.jsonl", "--slack", "a fifth"], 2, "no share"],
  ];
  for (const [words, expected, why] of cases) {
    const { code, stderr } = await run(["learn", ...words], { cwd });
    assert.equal(code, expected, `${why}: ${stderr}`);
  }
});
