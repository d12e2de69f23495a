// The evaluator's memory does not grow with what it is asked. Its module shares it with this file, by its path.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Simulation, compile, readEnvelope } from "gatewright";

import { memory } from "./node_modules/gatewright/engine.js";

const START = Date.UTC(2026, 0, 5, 10);
const CALLS = 1_000_000;
const WARM_UP = 20_000;

const DOCUMENT = JSON.stringify({
  version: "1",
  default: "deny",
  all_tools: { limits: [{ counter: "all", window: "hour", max: 1e9, scope: "session" }] },
  tools: {
    create_charge: {
      require: [{ conditions: [{ path: "args.currency", op: "in", value: ["usd", "eur"] }] }],
      deny_if: [
        { conditions: [{ path: "args.note", op: "regex", value: "(?i)forbidden|secret" }] },
        { conditions: [{ path: "args.lines", op: "contains", value: "evil" }] },
      ],
      limits: [{ counter: "spend", window: "day", max: 1e12, scope: "grant", increment_from: "args.amount" }],
    },
    list_customers: { limits: [{ counter: "calls", window: "minute", max: 50, scope: "grant" }] },
  },
});

const CALLS_MADE = [
  { tool: "create_charge", args: { amount: 12.5, currency: "usd", note: "für Müller", lines: ["a", "b"] } },
  { tool: "create_charge", args: { amount: 40, currency: "usd" } },
  { tool: "create_charge", args: { amount: 40, currency: "gbp" } },
  { tool: "create_charge", args: { amount: "40", currency: "eur", note: "secret".repeat(100) } },
  { tool: "list_customers" },
  { tool: "list_customers", args: { page: 1 } },
  { tool: "drop_tables", args: {} },
  { tool: "create_charge", args: { amount: 5, currency: "eur", note: "\ud800" } },
];
const encoder = new TextEncoder();
const LINES = CALLS_MADE.map(({ tool, args }, id) =>
  JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params: { name: tool, arguments: args } }),
);
const BYTES = LINES.map((line) => encoder.encode(line));

/** Each makes the call of a number, and returns its verdict. Most calls go the shortest way. */
const WAYS = [
  ...Array(8).fill((policy, call) => policy.decide(call)),
  (policy, call) => policy.evaluate(call),
  (policy, call, index) => policy.evaluateLine(LINES[index], call).verdict,
  (policy, call, index) => policy.evaluateLine(BYTES[index], call).verdict,
  (policy, call, index) => policy.decideLine(BYTES[index], call),
  (policy, call) => answered(policy.plan(call), call.at),
  (policy, call, index) => answeredLine(policy.planLine(LINES[index], call), call.at),
];

function answered(plan, at) {
  const verdict = plan.apply(
    at,
    plan.charges.map(() => ({ used: "0" })),
  );
  plan.free();
  return verdict;
}

function answeredLine({ plan, verdict }, at) {
  return plan === undefined ? verdict : answered(plan, at);
}

function makeCalls(policy, count, from, { settles = true } = {}) {
  const decisions = { allow: 0, deny: 0 };
  for (let number = 0; number < count; number++) {
    const index = number % CALLS_MADE.length;
    const way = WAYS[Math.floor(number / CALLS_MADE.length) % WAYS.length];
    const caller = { grant: `grant-${number % 10}`, session: `session-${number % 30}`, at: from + number };
    const { decision, reservation } = way(policy, { ...CALLS_MADE[index], ...caller }, index);
    decisions[decision]++;
    if (reservation !== undefined && settles) policy.settle(reservation, number % 2 === 0 ? "ok" : "protocol_error");
  }
  return decisions;
}

test("a million calls leave the memory where it was after a warm-up", () => {
  const { policy } = compile(DOCUMENT);
  makeCalls(policy, WARM_UP, START);
  const before = memory.buffer.byteLength;
  const decisions = makeCalls(policy, CALLS, START + WARM_UP);
  assert.equal(memory.buffer.byteLength, before);
  assert.equal(policy.failed, false);
  assert.equal(decisions.allow + decisions.deny, CALLS);
  assert.ok(Math.min(decisions.allow, decisions.deny) > CALLS / 4, JSON.stringify(decisions));
  policy.free();
});

test("calls that nobody settles take a bounded part of the memory", () => {
  const { policy } = compile(DOCUMENT);
  const call = { tool: "create_charge", args: { amount: 1, currency: "usd" }, at: START };
  const before = memory.buffer.byteLength;
  for (let number = 0; number < 300_000; number++) policy.decide(call);
  // 65,536 of them wait for their outcome. All would take three times as much.
  const grown = memory.buffer.byteLength - before;
  assert.ok(grown < 24 << 20, `${grown} bytes`);
  policy.free();
});

test("two thousand policies, made and freed, leave the memory where it was after a warm-up", () => {
  const { all_tools, ...document } = JSON.parse(DOCUMENT);
  const text = JSON.stringify(document);
  const makeAndFree = (count) => {
    for (let made = 0; made < count; made++) {
      const { policy } = compile(text);
      makeCalls(policy, 8, START);
      if (made % 10 === 0) policy.replace(DOCUMENT);
      policy.restoreState(policy.exportState());
      policy.free();
      assert.equal(compile('{"version": 1}').ok, false);
    }
  };
  makeAndFree(50);
  const before = memory.buffer.byteLength;
  makeAndFree(2_000);
  assert.equal(memory.buffer.byteLength, before);
});

test("a policy that was freed says so, and takes no other with it", () => {
  const { policy } = compile(DOCUMENT);
  const { policy: other } = compile(DOCUMENT);
  const plan = policy.plan({ tool: "list_customers", at: START });
  policy.free();
  policy.free();
  const call = { tool: "list_customers", at: START };
  const line = encoder.encode(LINES[4]);
  const uses = {
    evaluate: () => policy.evaluate(call),
    decide: () => policy.decide(call),
    evaluateLine: () => policy.evaluateLine(line, call),
    decideLine: () => policy.decideLine(line, call),
    trace: () => policy.trace(call),
    traceLine: () => policy.traceLine(line, call),
    plan: () => policy.plan(call),
    planLine: () => policy.planLine(line, call),
    settle: () => policy.settle(1, "ok"),
    hides: () => policy.hides("list_customers"),
    tools: () => policy.tools([{ name: "list_customers" }]),
    toolsLine: () => policy.toolsLine(line),
    replace: () => policy.replace(DOCUMENT),
    exportState: () => policy.exportState(),
    restoreState: () => policy.restoreState(other.exportState()),
  };
  for (const [method, use] of Object.entries(uses))
    assert.throws(use, { name: "Error", message: "the policy was freed" }, method);
  assert.equal(policy.failed, false);
  assert.equal(other.evaluate(call).decision, "allow");
  // A plan holds on to what it was made under.
  assert.equal(answered(plan, START).decision, "allow");
  assert.throws(() => plan.apply(START, []), { name: "Error", message: "the plan was freed" });
  assert.throws(() => plan.uncounted(START), { name: "Error", message: "the plan was freed" });
  plan.free();
  assert.equal(other.evaluate(call).decision, "allow");
  other.free();
});

test("policies, plans and simulations are freed where their scope ends", () => {
  const { policy } = compile(DOCUMENT);
  const plan = policy.plan({ tool: "list_customers", at: START });
  const simulation = new Simulation(DOCUMENT);
  assert.equal(typeof Symbol.dispose, "symbol", "this Node knows `Symbol.dispose`");
  for (const each of [plan, simulation, policy]) each[Symbol.dispose]();
  assert.throws(() => policy.evaluate({ tool: "list_customers", at: START }), /was freed/);
  assert.throws(() => plan.apply(START, []), /was freed/);
  assert.throws(() => simulation.result(), /was freed/);
  simulation.free();
});

test("a line above the bound is not copied into the evaluator's memory, which would keep its size", () => {
  const { policy } = compile('{"version": "1", "default": "allow"}');
  const line = new Uint8Array(64 * 1024 * 1024);
  const before = memory.buffer.byteLength;
  assert.equal(readEnvelope(line), undefined);
  assert.equal(policy.toolsLine(line), undefined);
  assert.equal(policy.evaluateLine(line).verdict.malformed, "too-long");
  assert.equal(memory.buffer.byteLength, before);
});
