// Random calls under random policies: as an object, as a line, in numbers and traced, the verdict is the same.

import assert from "node:assert/strict";
import { test } from "node:test";

import { compile } from "gatewright";

import { randomSource } from "./random-source.mjs";

const POLICIES = 400;
const CALLS_OF_EACH = 50;

const NAMES = ["a", "b", "c.d", "é", "__proto__", "x y"];
const PATHS = ["args.a", "args.b", "args.b.c", "args.b.c.d", "args.é", "args.__proto__", "args.constructor"];
const KEYS = ["a", "b", "c", "d", "é", "__proto__", "constructor", "unread"];
const TEXTS = ["", "a", "usd", "eur", "5", "é", "\u{1f600}", "line\nend", "\u0000", "x".repeat(100), "𝒳".repeat(40)];
const NUMBERS = [
  ...[
    0,
    -0,
    1,
    -1,
    2,
    5,
    100,
    0.1,
    0.3,
    1.5,
    -2.25,
    1e-9,
    1e-10,
    1e15,
    1e15 + 1,
    1e21,
    1e22,
    123456789012345680000,
    5e-324,
  ],
  ...[Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER + 1, Number.MIN_SAFE_INTEGER, Number.MAX_VALUE, 1 / 3],
];
const OPERATORS = {
  eq: (any) => any.value(),
  neq: (any) => any.value(),
  lt: (any) => any.of(NUMBERS),
  lte: (any) => any.of(NUMBERS),
  gt: (any) => any.of(NUMBERS),
  gte: (any) => any.of(NUMBERS),
  in: (any) => any.list(() => any.value()),
  not_in: (any) => any.list(() => any.value()),
  regex: (any) => any.of(["^a", "usd|eur", "\\d+", "é$", "^$", "."]),
  contains: (any) => any.of(["a", "s", "é", 5]),
  exists: (any) => any.below(2) === 0,
};

class Any {
  constructor(seed) {
    this.next = randomSource(seed);
  }

  below(count) {
    return Math.floor(this.next() * count);
  }

  of(list) {
    return list[this.below(list.length)];
  }

  list(make, most = 3) {
    return Array.from({ length: this.below(most + 1) }, make);
  }

  /** A value as `JSON.parse` makes them. */
  value(depth = 0) {
    const kind = this.below(depth < 3 ? 10 : 7);
    if (kind < 3) return this.of(NUMBERS);
    if (kind < 5) return this.of(TEXTS);
    if (kind < 7) return this.of([null, true, false]);
    if (kind < 8) return this.list(() => this.value(depth + 1));
    return this.object(depth);
  }

  object(depth = 0) {
    const members = this.list(() => [this.of(KEYS), this.value(depth + 1)], 4);
    // As JSON.parse does, for `__proto__` is a key like others there.
    return Object.defineProperties({}, Object.fromEntries(members.map(([key, value]) => [`${key}`, own(value)])));
  }

  rule() {
    return { conditions: this.list(() => this.condition(), 2) };
  }

  condition() {
    const op = this.of(Object.keys(OPERATORS));
    return { path: this.of(PATHS), op, value: OPERATORS[op](this) };
  }

  limits(canCost) {
    return this.list(() => this.limit(canCost), 2).map((limit, index) => ({ ...limit, counter: `c${index}` }));
  }

  limit(canCost) {
    const limit = {
      window: this.of(["minute", "hour", "day"]),
      max: this.of([0, 1, 2, 5, 100, 0.5]),
      scope: this.of(["grant", "session", "global"]),
    };
    return canCost && this.below(3) === 0 ? { ...limit, increment_from: this.of(PATHS) } : limit;
  }

  tool() {
    return {
      require: this.list(() => this.rule(), 1),
      deny_if: this.list(() => this.rule(), 2),
      require_approval: this.below(4) === 0 ? [this.rule()] : [],
      limits: this.limits(true),
    };
  }

  policy() {
    const tools = Object.defineProperties(
      {},
      Object.fromEntries(NAMES.filter(() => this.below(3) > 0).map((name) => [name, own(this.tool())])),
    );
    const all_tools =
      this.below(2) === 0 ? { deny_if: this.list(() => this.rule(), 1), limits: this.limits(false) } : {};
    return {
      version: "1",
      default: this.of(["allow", "deny"]),
      hide: this.list(() => this.of(NAMES), 1),
      all_tools,
      tools,
    };
  }
}

function own(value) {
  return { value, enumerable: true, configurable: true, writable: true };
}

function rulingOf({ decision, reason, rule, at, retry_at, reservation }) {
  return { decision, reason, rule, at, retry_at, reservation };
}

test("20,000 random calls get one verdict to the byte, whichever way they are judged", () => {
  const reasons = new Map();
  let judged = 0;
  for (let seed = 0; seed < POLICIES; seed++) {
    const any = new Any(seed);
    const options = {
      window_model: any.of(["calendar", "sliding"]),
      refund: any.of(["protocol_error", "any_error", "never"]),
    };
    const text = JSON.stringify(any.policy());
    const [byObject, byNumbers, byLine, byBytes] = [0, 1, 2, 3].map(() => {
      const { policy, errors } = compile(text, options);
      assert.ok(policy, `seed ${seed}: ${JSON.stringify(errors)}`);
      return policy;
    });
    for (let count = 0; count < CALLS_OF_EACH; count++) {
      const where = `seed ${seed}, call ${count}`;
      const caller = {
        grant: any.of(["", "ci", "é"]),
        session: any.of(["", "s"]),
        at: 1_767_607_200_000 + any.below(200_000),
      };
      if (any.below(4) === 0) caller.approved = any.below(2) === 0;
      const tool = any.of(NAMES);
      const args = any.below(10) === 0 ? undefined : any.object();
      const line = JSON.stringify({
        jsonrpc: "2.0",
        id: count,
        method: "tools/call",
        params: { name: tool, arguments: args },
      });
      const parsed = JSON.parse(line).params.arguments;
      const call = { ...caller, tool, args: parsed };
      const traced = byObject.trace(call).verdict;
      const verdict = byObject.evaluate(call);
      const expected = JSON.stringify(verdict);
      const asLine = byLine.evaluateLine(line, caller);
      assert.deepEqual([asLine.kind, asLine.id, asLine.tool], ["call", String(count), tool], where);
      assert.equal(JSON.stringify(asLine.verdict), expected, `${where}, as a line: ${text} ${line}`);
      const unreserved = JSON.stringify({ ...verdict, reservation: undefined });
      assert.equal(JSON.stringify(traced), unreserved, `${where}, traced: ${text} ${line}`);
      assert.deepEqual(byNumbers.decide(call), rulingOf(verdict), `${where}, in numbers: ${text} ${line}`);
      assert.deepEqual(byBytes.decideLine(new TextEncoder().encode(line), caller), rulingOf(verdict), where);
      reasons.set(verdict.reason, (reasons.get(verdict.reason) ?? 0) + 1);
      judged++;
      const { reservation } = verdict;
      if (reservation === undefined || any.below(3) > 0) continue;
      const outcome = any.of(["ok", "tool_error", "protocol_error"]);
      const settled = [byObject, byNumbers, byLine, byBytes].map((policy) => policy.settle(reservation, outcome));
      assert.equal(new Set(settled).size, 1, `${where}, settled: ${settled}`);
    }
    const states = [byObject, byNumbers, byLine, byBytes].map((policy) => policy.exportState());
    assert.equal(new Set(states).size, 1, `seed ${seed}: what is counted`);
    for (const policy of [byObject, byNumbers, byLine, byBytes]) policy.free();
  }
  assert.equal(judged, 20_000);
  const often = [
    "allowed",
    "hidden",
    "default-deny",
    "require",
    "deny-if",
    "require-approval",
    "limit",
    "wrong-type",
    "invalid-cost",
  ];
  for (const reason of often) assert.ok(reasons.get(reason) >= 100, `${reason}: ${reasons.get(reason)} of ${judged}`);
});

test("arguments of a tool that is not listed are judged whatever the policy says of a tool without a name", () => {
  const all_tools = { deny_if: [{ conditions: [{ path: "args.amount", op: "gt", value: 5 }] }] };
  const nameless = [{ hide: [""] }, { tools: { "": {} } }, { tools: { "": { require: [] } }, hide: [""] }, {}];
  for (const more of nameless) {
    const { policy } = compile(JSON.stringify({ version: "1", default: "allow", all_tools, ...more }));
    const call = { tool: "pay", args: { amount: 9 }, at: 0 };
    assert.equal(policy.evaluate(call).reason, "deny-if", JSON.stringify(more));
    assert.equal(policy.decide(call).reason, "deny-if", JSON.stringify(more));
    assert.equal(policy.trace(call).verdict.reason, "deny-if", JSON.stringify(more));
    assert.equal(policy.plan(call).apply(0, []).reason, "deny-if", JSON.stringify(more));
  }
});
