// What objects can do that JSON cannot: never an allow that the JSON text of the same call would not get.

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { createContext, runInContext } from "node:vm";

import { applyEdits, compile, denialLine, diff, errorLine, explain, lint, readEnvelope, simulate } from "gatewright";

const AT = Date.UTC(2026, 0, 5, 10);

const POLICY = {
  version: "1",
  default: "deny",
  tools: {
    // Lets a call through only where the argument is there.
    needs: { require: [{ conditions: [{ path: "args.amount", op: "lte", value: 100 }] }] },
    // Lets a call through unless the argument is there.
    avoids: { deny_if: [{ conditions: [{ path: "args.amount", op: "exists", value: true }] }] },
    deep: { require: [{ conditions: [{ path: "args.order.amount", op: "lte", value: 100 }] }] },
    inside: { deny_if: [{ conditions: [{ path: "args.list", op: "contains", value: "evil" }] }] },
    equals: { deny_if: [{ conditions: [{ path: "args.whole", op: "eq", value: { a: [1, { b: null }] } }] }] },
    says: { require: [{ conditions: [{ path: "args.note", op: "regex", value: "^x*$" }] }] },
    asks: { require_approval: [{ conditions: [] }] },
  },
};

const { policy } = compile(JSON.stringify(POLICY));

afterEach(() => assert.equal(policy.failed, false, "the evaluator was given up"));

/** The reasons that each way of judging gives for a call by an object; all must agree. */
function judge(tool, args, caller = {}) {
  const call = { tool, args, at: AT, ...caller };
  const verdict = policy.evaluate(call);
  const { reservation, ...unreserved } = verdict;
  const ruling = policy.decide(call);
  assert.deepEqual(policy.trace(call).verdict, unreserved, "trace");
  assert.deepEqual(
    [ruling.decision, ruling.reason, ruling.rule],
    [verdict.decision, verdict.reason, verdict.rule],
    "decide",
  );
  const plan = policy.plan(call);
  assert.deepEqual(plan.apply(AT, []), unreserved, "plan");
  plan.free();
  return verdict;
}

/** The same call as a line, as `JSON.stringify` would send it. */
function judgeSent(tool, args) {
  const line = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: tool, arguments: args } });
  return policy.evaluateLine(line, { at: AT }).verdict;
}

function assertMalformed(verdict, code, why) {
  assert.deepEqual([verdict.decision, verdict.reason, verdict.malformed], ["deny", "malformed", code], why);
}

class Order {
  constructor(amount) {
    this.amount = amount;
  }
}

test("inherited properties are no arguments", () => {
  const inherits = Object.create({ amount: 5 });
  assertMalformed(judge("needs", inherits), "not-json", "an object with a prototype of its own");
  assertMalformed(judge("avoids", inherits), "not-json", "nor may it hide one");
  assert.equal(judge("deep", { order: Object.create(null) }).reason, "require");
});

test("a polluted Object.prototype adds no argument and approves nothing", (t) => {
  t.after(() => ["amount", "order", "approved"].forEach((key) => delete Object.prototype[key]));
  Object.prototype.amount = 5;
  Object.prototype.order = { amount: 5 };
  Object.prototype.approved = true;
  assert.equal(judge("needs", {}).reason, "require");
  assert.equal(judge("deep", {}).reason, "require");
  assert.equal(judge("deep", { order: {} }).reason, "require");
  assert.equal(judge("avoids", {}).reason, "allowed");
  assert.equal(judge("asks", {}).decision, "approval");
  const line = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "asks" } });
  assert.equal(policy.evaluateLine(line, { at: AT }).verdict.decision, "approval");
  assert.equal(policy.decideLine(line, { at: AT }).decision, "approval");
});

test("an Object.prototype that says how everything is sent denies everything that is sent", (t) => {
  t.after(() => delete Object.prototype.toJSON);
  Object.prototype.toJSON = () => ({ amount: 5000 });
  assertMalformed(judge("needs", { amount: 5 }), "not-json");
});

test("properties that are not sent are not read", () => {
  const hidden = Object.defineProperty({}, "amount", { value: 5, enumerable: false });
  for (const tool of ["needs", "avoids"])
    assert.equal(judge(tool, hidden).reason, judgeSent(tool, hidden).reason, tool);
  assert.equal(judge("needs", hidden).reason, "require");
  const symbol = { [Symbol("amount")]: 5 };
  for (const tool of ["needs", "avoids"])
    assert.equal(judge(tool, symbol).reason, judgeSent(tool, symbol).reason, tool);
  assert.equal(judge("avoids", { amount: undefined }).reason, judgeSent("avoids", { amount: undefined }).reason);
});

test("a getter is read as it is sent, and one that throws is refused", () => {
  const getter = {
    get amount() {
      return 5;
    },
  };
  assert.equal(judge("needs", getter).reason, "allowed");
  assert.equal(judge("avoids", getter).reason, "deny-if");
  const throws = {
    get amount() {
      throw new Error("nothing to see");
    },
  };
  for (const tool of ["needs", "avoids"]) assertMalformed(judge(tool, throws), "not-json", tool);
  const throwsInside = {
    whole: {
      get a() {
        throw new RangeError("nothing to see");
      },
    },
  };
  assertMalformed(judge("equals", throwsInside), "not-json");
});

test("a getter is read once for each judgement", () => {
  let reads = 0;
  const twoFaced = {
    get amount() {
      return reads++ === 0 ? 5 : 5000;
    },
  };
  assert.equal(policy.decide({ tool: "needs", args: twoFaced, at: AT }).decision, "allow");
  assert.equal(reads, 1);
  reads = 0;
  policy.trace({ tool: "needs", args: twoFaced, at: AT });
  assert.equal(reads, 1);
});

test("a getter that uses the policy gets its own answer, and the call around it is refused", () => {
  const limited = JSON.stringify({
    version: "1",
    default: "deny",
    tools: {
      t: {
        require: [{ conditions: [{ path: "args.first", op: "lte", value: 100 }] }],
        deny_if: [{ conditions: [{ path: "args.second", op: "contains", value: "evil" }] }],
        limits: [{ counter: "c", window: "day", max: 1, scope: "grant" }],
      },
    },
  });
  const inner = (own) => own.evaluate({ tool: "t", args: { first: 1 }, grant: "other", at: AT });
  const uses = {
    "judges a call": (own) => inner(own),
    "judges a line": (own) => own.evaluateLine("{}", { grant: "other", at: AT }),
    "replaces the document": (own) => own.replace(limited),
  };
  for (const [what, use] of Object.entries(uses)) {
    for (const method of ["evaluate", "decide", "trace"]) {
      const { policy: own } = compile(limited);
      const args = {
        first: 5000,
        get second() {
          use(own);
          return [];
        },
      };
      const answer = own[method]({ tool: "t", args, grant: "ci", at: AT });
      const { decision, reason } = answer.verdict ?? answer;
      assert.deepEqual([decision, reason], ["deny", "malformed"], `${method}, with a getter that ${what}`);
      assert.equal(inner(own).decision, what === "judges a call" ? "deny" : "allow", what);
      own.free();
    }
  }
  const { policy: own } = compile(limited);
  const frees = {
    get first() {
      own.free();
      return 1;
    },
  };
  assert.throws(() => own.evaluate({ tool: "t", args: frees, at: AT }), /was freed/);
});

test("objects without a prototype and objects of other realms are plain", () => {
  const other = runInContext("({ amount: 5, order: { amount: 5 }, list: ['evil'] })", createContext());
  const none = Object.assign(Object.create(null), {
    amount: 5,
    order: Object.assign(Object.create(null), { amount: 5 }),
  });
  for (const args of [other, none, Object.freeze({ amount: 5, order: Object.freeze({ amount: 5 }) })]) {
    assert.equal(judge("needs", args).reason, "allowed");
    assert.equal(judge("deep", args).reason, "allowed");
    assert.equal(judge("avoids", args).reason, "deny-if");
  }
  assert.equal(judge("inside", other).reason, "deny-if");
  const instance = runInContext("new (class Order { amount = 5 })", createContext());
  assertMalformed(judge("needs", instance), "not-json", "an instance of another realm's class");
});

test("keys with a meaning in JavaScript are keys like others", () => {
  const { policy: keys } = compile(
    JSON.stringify({
      version: "1",
      default: "allow",
      tools: {
        proto: { deny_if: [{ conditions: [{ path: "args.__proto__.amount", op: "exists", value: true }] }] },
        constructor: { deny_if: [{ conditions: [{ path: "args.constructor.name", op: "exists", value: true }] }] },
        __proto__x: {},
      },
    }),
  );
  const reasonOf = (tool, text) => keys.evaluate({ tool, args: JSON.parse(text), at: AT }).reason;
  assert.equal(reasonOf("proto", '{"__proto__":{"amount":5}}'), "deny-if");
  assert.equal(reasonOf("proto", "{}"), "allowed");
  assert.equal(reasonOf("constructor", "{}"), "allowed");
  assert.equal(reasonOf("constructor", '{"constructor":{"name":"x"}}'), "deny-if");
  for (const tool of ["__proto__", "hasOwnProperty", "toString"]) assert.equal(reasonOf(tool, "{}"), "allowed", tool);
  keys.free();
});

test("minus zero is zero, and a hole of a list is null, as they are sent", () => {
  assert.equal(judge("needs", { amount: -0 }).reason, "allowed");
  const { policy: holes } = compile(
    JSON.stringify({
      version: "1",
      default: "allow",
      tools: {
        has: { deny_if: [{ conditions: [{ path: "args.list", op: "eq", value: [null, 1, null] }] }] },
        zero: { deny_if: [{ conditions: [{ path: "args.list", op: "contains", value: 0 }] }] },
      },
    }),
  );
  assert.equal(holes.evaluate({ tool: "has", args: { list: [, 1, undefined] }, at: AT }).reason, "deny-if");
  assert.equal(holes.evaluate({ tool: "zero", args: { list: [-0] }, at: AT }).reason, "deny-if");
  holes.free();
});

test("a list is read by its indices, whatever its iterator says", () => {
  const list = ["evil"];
  list[Symbol.iterator] = function* () {
    yield "good";
  };
  assert.equal(judge("inside", { list }).reason, "deny-if");
  class Quiet extends Array {
    [Symbol.iterator]() {
      return [][Symbol.iterator]();
    }
  }
  assert.equal(judge("inside", { list: Quiet.of("evil") }).reason, "deny-if");
});

test("half of a surrogate pair is refused in names, keys and texts", () => {
  for (const text of ["\ud800", "a\udc00", "\udc00\ud800", `${"x".repeat(100)}\ud800`]) {
    assertMalformed(judge("says", { note: text }), "lone-surrogate", "a text");
    assertMalformed(judge("inside", { list: [text] }), "lone-surrogate", "a text inside");
    assertMalformed(judge("equals", { whole: { [text]: 1 } }), "lone-surrogate", "a key");
    assertMalformed(judge(text, {}), "lone-surrogate", "a name");
    assertMalformed(policy.evaluateLine(`{"x":"${text}"}`, { at: AT }).verdict, "lone-surrogate", "a line");
  }
  assert.equal(judge("says", { note: "\u{1f600}" }).reason, "require");
});

test("very deep values and values in a circle are refused where a rule looks into them", () => {
  const circle = {};
  circle.a = [circle];
  assertMalformed(judge("equals", { whole: circle }), "too-deep");
  const list = [];
  list.push(list);
  assertMalformed(judge("inside", { list }), "too-deep");
  const deep = JSON.parse(`${"[".repeat(5000)}${"]".repeat(5000)}`);
  assertMalformed(judge("inside", { list: deep }), "too-deep");
  // No rule looks into it: it is an object, and that it is there is all that is asked.
  assert.equal(judge("avoids", { amount: circle }).reason, "deny-if");
  assert.equal(judge("needs", { amount: circle }).reason, "wrong-type");
});

test("long texts are judged up to the length of a message, and refused beyond", () => {
  const five = "x".repeat(5 << 20);
  const reasonOf = (note) => policy.evaluate({ tool: "says", args: { note }, at: AT }).reason;
  assert.equal(reasonOf(five), "allowed");
  assert.equal(reasonOf(`é${five}`), "require");
  assert.equal(judge("says", { note: `${"x".repeat(100_000)}y` }).reason, "require");
  assert.equal(judge("inside", { list: [five, "evil"] }).reason, "deny-if");
  const long = "x".repeat((16 << 20) + 1);
  assertMalformed(judge("says", { note: long }), "too-long");
  assertMalformed(judge("inside", { list: [long] }), "too-long");
  assertMalformed(judge(long, {}), "too-long");
  assertMalformed(policy.evaluateLine(long, { at: AT }).verdict, "too-long");
  assertMalformed(policy.evaluateLine(new Uint8Array((16 << 20) + 1), { at: AT }).verdict, "too-long");
});

test("arguments that are no object are refused, as on the line", () => {
  for (const args of [null, [], ["amount"], "text", 5, true, 5n, Symbol("x"), () => {}]) {
    assertMalformed(judge("needs", args), "arguments-not-an-object", typeof args);
  }
  for (const args of [null, [], "text", 5, true]) {
    assertMalformed(judgeSent("needs", args), "arguments-not-an-object", typeof args);
  }
  for (const args of [new Order(5), new Map(), new Date(AT), Object(5), revoked()]) {
    assertMalformed(judge("needs", args), "not-json", "an instance of a class");
  }
});

test("a tool's name that is no text is refused", () => {
  for (const name of [undefined, null, 5, Symbol("needs"), {}, ["needs"], Object("needs")]) {
    assertMalformed(judge(name, {}), "name-not-text", typeof name);
  }
});

test("what JSON does not have is refused wherever a rule looks", () => {
  const values = {
    "an instance of a class": new Order(5),
    "a Map": new Map([["amount", 5]]),
    "a Set": new Set(["evil"]),
    "a Date": new Date(AT),
    "a boxed number": Object(5),
    "boxed text": Object("evil"),
    "a boxed boolean": Object(true),
    "a regular expression": /evil/,
    "an error": new Error("evil"),
    "a promise": Promise.resolve(5),
    "a function": () => 5,
    "a symbol": Symbol("evil"),
    "a bigint": 5n,
    NaN: NaN,
    Infinity: Infinity,
    "-Infinity": -Infinity,
    bytes: new Uint8Array([5]),
    "an object that says how it is sent": { amount: 5, toJSON: () => ({ amount: 5000 }) },
    "a list that says how it is sent": Object.assign(["good"], { toJSON: () => ["evil"] }),
    "a proxy that throws": new Proxy(
      {},
      {
        getPrototypeOf() {
          throw new Error("nothing to see");
        },
      },
    ),
    "a revoked proxy": revoked(),
  };
  for (const [what, value] of Object.entries(values)) {
    assertMalformed(judge("needs", { amount: value }), "not-json", `${what}, which a rule requires`);
    assertMalformed(judge("avoids", { amount: value }), "not-json", `${what}, which a rule denies`);
    assertMalformed(judge("inside", { list: value }), "not-json", `${what}, which a rule looks into`);
    assertMalformed(judge("equals", { whole: { a: [value] } }), "not-json", `${what}, deep in what a rule looks into`);
    assertMalformed(judge("deep", { order: value }), "not-json", `${what}, which a path goes through`);
  }
});

function revoked() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

test("whatever object makes a call pass, its JSON text passes too", () => {
  const amounts = [
    ...[
      5,
      100,
      101,
      5000,
      -0,
      "5",
      "",
      "evil",
      null,
      undefined,
      true,
      false,
      [],
      [5],
      {},
      { amount: 5 },
      1e21,
      5e-324,
      NaN,
    ],
    ...[5n, Symbol("x"), () => 5, new Date(AT), new Map(), Object(5), new Order(5), Object.create({ amount: 5 })],
    ...[Object.create(null), Object.freeze([5]), new Array(3), new Proxy({ amount: 5 }, {}), new Proxy([5], {})],
  ];
  const shapes = [
    (value) => ({ amount: value, list: value, order: value, whole: value, note: value }),
    (value) => ({ list: [value], order: { amount: value }, whole: { a: [1, { b: value }] } }),
    (value) => Object.defineProperty({}, "amount", { get: () => value, enumerable: true }),
    (value) => Object.defineProperty({}, "amount", { value }),
    (value) => Object.create({ amount: value }),
    (value) => JSON.parse('{"__proto__":{"amount":5}}', (key, each) => (key === "amount" ? value : each)),
    (value) => new Proxy({ amount: value }, {}),
  ];
  let passed = 0;
  for (const [index, value] of amounts.entries()) {
    for (const shape of shapes) {
      for (const tool of Object.keys(POLICY.tools)) {
        const args = shape(value);
        // What no rule reads may be something that cannot be sent at all.
        if (judge(tool, args).decision !== "allow" || !canBeSent(args)) continue;
        passed++;
        assert.equal(
          judgeSent(tool, args).decision,
          "allow",
          `${tool}, value ${index}, shape ${shapes.indexOf(shape)}`,
        );
      }
    }
  }
  assert.ok(passed > 100, `only ${passed} calls passed`);
});

function canBeSent(args) {
  try {
    JSON.stringify(args);
    return true;
  } catch {
    return false;
  }
}

test("what the embedding program says wrong throws a TypeError and gives nothing up", () => {
  const call = { tool: "needs", args: { amount: 5 }, at: AT };
  const callers = [
    { grant: 5 },
    { grant: null },
    { grant: "\ud800" },
    { session: {} },
    { session: Symbol("x") },
    { session: "\udfff" },
    { at: NaN },
    { at: 1.5 },
    { at: Infinity },
    { at: "0" },
    { at: null },
    { at: 2 ** 53 },
    { at: 5n },
    { approved: 1 },
    { approved: "yes" },
    { approved: null },
  ];
  const line = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "needs" } });
  for (const wrong of callers) {
    for (const method of ["evaluate", "decide", "trace", "plan"]) {
      assert.throws(() => policy[method]({ ...call, ...wrong }), TypeError, method);
    }
    for (const method of ["evaluateLine", "decideLine", "traceLine", "planLine"]) {
      assert.throws(() => policy[method](line, { at: AT, ...wrong }), TypeError, method);
    }
  }
  for (const method of ["evaluateLine", "decideLine", "traceLine", "planLine"]) {
    for (const wrong of [undefined, null, 5, {}, { length: 3 }, [123, 125], new Float64Array(2), new ArrayBuffer(2)]) {
      assert.throws(() => policy[method](wrong, { at: AT }), TypeError, method);
    }
  }
  for (const outcome of ["OK", "error", "", undefined, null, 1])
    assert.throws(() => policy.settle(1, outcome), TypeError);
  for (const reservation of [undefined, null, "1", -1, 1.5, NaN, {}, 5n]) {
    assert.equal(policy.settle(reservation, "ok"), "unknown");
  }
  for (const text of [undefined, null, 5, {}, new Uint8Array(2)]) {
    assert.throws(() => compile(text), TypeError);
    assert.throws(() => policy.replace(text), TypeError);
    assert.throws(() => policy.restoreState(text), TypeError);
  }
  assert.throws(() => compile("{}", { window_model: "rolling" }), TypeError);
  assert.throws(() => compile("{}", { refund: "sometimes" }), TypeError);
});

test("what the embedding program says wrong of documents and lines throws a TypeError and gives nothing up", () => {
  const text = JSON.stringify(POLICY);
  for (const wrong of [undefined, null, 5, {}]) {
    assert.throws(() => lint(wrong), TypeError);
    assert.throws(() => explain(wrong), TypeError);
    assert.throws(() => applyEdits(wrong, []), TypeError);
    assert.throws(() => applyEdits(text, wrong), TypeError);
    assert.throws(() => readEnvelope(wrong), TypeError);
    assert.throws(() => policy.toolsLine(wrong), TypeError);
    assert.throws(() => denialLine(wrong, { message: "", at: AT }), TypeError);
    assert.throws(() => denialLine("1", wrong), TypeError);
    assert.throws(() => errorLine(wrong, -32000, ""), TypeError);
    assert.throws(() => errorLine("1", -32000, wrong), TypeError);
  }
  for (const code of [undefined, "1", 1.5, NaN, 2 ** 53]) assert.throws(() => errorLine("1", code, ""), TypeError);
  assert.throws(() => lint(text, { tools: "no list" }), TypeError);
  assert.throws(() => lint(text, { tools: 5 }), TypeError);
  assert.throws(() => explain(text, { window_model: "rolling" }), TypeError);
  for (const wrong of ["2026-01-05", 1.5, NaN, null]) {
    assert.throws(() => simulate(text, "", { start: wrong }), TypeError);
    assert.throws(() => diff(text, text, "", { step_ms: wrong }), TypeError);
  }
  assert.throws(() => simulate(text, "", { step_ms: -1 }), TypeError);
  for (const edit of [null, 5, {}, { start: "0", end: 1, text: "" }, { start: -1, end: 1, text: "" }]) {
    assert.throws(() => applyEdits(text, [edit]), TypeError);
  }
  assert.equal(applyEdits(text, [{ start: 0, end: text.length + 1, text: "" }]), undefined);
});

test("a plan that is answered wrong throws a TypeError and gives nothing up", () => {
  const { policy: limited } = compile(
    JSON.stringify({
      version: "1",
      default: "deny",
      tools: { t: { limits: [{ counter: "c", window: "minute", max: 1, scope: "grant" }] } },
    }),
  );
  const plan = limited.plan({ tool: "t", at: AT });
  for (const at of [undefined, null, NaN, 1.5, "0"]) {
    assert.throws(() => plan.apply(at, [{ used: "0" }]), TypeError);
    assert.throws(() => plan.refuse("counters-away", at), TypeError);
    assert.throws(() => plan.uncounted(at), TypeError);
  }
  for (const readings of [
    undefined,
    null,
    {},
    "0",
    [5],
    [null],
    [{}],
    [{ used: 0 }],
    [{ used: "x" }],
    [{ used: "0", fits_at: "0" }],
  ]) {
    assert.throws(() => plan.apply(AT, readings), TypeError, JSON.stringify(readings));
  }
  assert.throws(() => plan.apply(AT, [{ used: "0" }], { window_model: "rolling" }), TypeError);
  assert.throws(() => plan.refuse("no-policy", AT), TypeError);
  assert.equal(plan.apply(AT, []).decision, "deny", "a reading that is missing is a counter without room");
  assert.equal(plan.apply(AT, [{ used: "0" }]).decision, "allow");
  limited.free();
});

test("a tool on a server's list whose name is no text is left out", () => {
  const listed = [{ name: "needs" }, { name: 5 }, {}, null, undefined, { name: null }];
  assert.deepEqual(policy.tools(listed), [{ name: "needs" }]);
  for (const name of [undefined, null, 5, {}]) assert.equal(policy.hides(name), true);
});
