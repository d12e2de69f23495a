// Calls that a person must approve, in both eras, seen from the client and from the server.

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";

import { call, modernMeta, policy, startProxy } from "./proxy-session.mjs";

const POLICY = policy({
  tools: {
    echo: {
      require_approval: [
        { conditions: [{ path: "args.amount", op: "gt", value: 100 }], on_deny: "Large amounts need a person." },
      ],
      deny_if: [{ conditions: [{ path: "args.amount", op: "gt", value: 1000 }] }],
      limits: [{ counter: "echoes", window: "day", max: 2, scope: "grant" }],
    },
    ask: { limits: [{ counter: "asked", window: "day", max: 1, scope: "grant" }] },
  },
});

const YES = { action: "accept", content: { approve: true } };
const isQuestion = (message) => message.method === "elicitation/create";
const reply = (id, result) => JSON.stringify({ jsonrpc: "2.0", id, result });

test("a legacy client is asked, with the tool and the arguments, and the approved bytes go on", async (t) => {
  const proxy = startProxy(t, { text: POLICY });
  await proxy.begin({ elicitation: {} });
  const args = '{"amount":5e2,"to":"\\u202eevil"}';
  const line = `{"jsonrpc":"2.0", "id":1,"method":"tools/call","params":{"name":"echo","arguments":${args}}}`;
  proxy.send(line);
  const question = await proxy.message(isQuestion);
  assert.match(question.id, /^gatewright:/);
  assert.match(question.params.message, /"echo".*grant "ci"[^]*"amount":5e2,"to":"\\u202eevil"/);
  assert.equal(question.params.requestedSchema.properties.approve.type, "boolean");
  await proxy.ask(call(2, "echo", { amount: 1 }), 2);
  assert.ok(!proxy.received().includes("5e2"), "nothing goes on while the person thinks, but other calls do");
  await proxy.ask(reply(question.id, YES), 1);
  const [, , ...since] = proxy.received().split("\n");
  assert.deepEqual(since, [call(2, "echo", { amount: 1 }), line, ""], "the answer to the question stays here");
});

test("without a yes the call is denied and costs nothing: declined, cancelled, said no, or failed", async (t) => {
  const proxy = startProxy(t, { text: POLICY });
  await proxy.begin({ elicitation: { form: {} } });
  const noes = [
    { result: { action: "decline" } },
    { result: { action: "cancel" } },
    { result: { action: "accept", content: { approve: false } } },
    { result: { action: "accept", content: { approve: "true" } } },
    { result: { action: "accept" } },
    { error: { code: -32603, message: "no window" } },
  ];
  for (const [id, no] of noes.entries()) {
    proxy.heard.length = 0;
    proxy.send(call(id, "echo", { amount: 500 }));
    const question = await proxy.message(isQuestion);
    const denied = await proxy.ask(JSON.stringify({ jsonrpc: "2.0", id: question.id, ...no }), id);
    assert.equal(denied.result._meta["gatewright.dev/verdict"].reason, "require-approval", JSON.stringify(no));
  }
  assert.ok(!proxy.received().includes("tools/call"));
  await proxy.ask(call("a", "echo", { amount: 1 }));
  assert.ok(!(await proxy.ask(call("b", "echo", { amount: 1 }))).result.isError, "both of the day's calls were left");
});

test("a client that cannot ask anybody is denied", async (t) => {
  for (const capabilities of [{}, { elicitation: { url: {} } }]) {
    const proxy = startProxy(t, { text: POLICY });
    await proxy.begin(capabilities);
    const denied = await proxy.ask(call(1, "echo", { amount: 500 }));
    assert.equal(denied.result.isError, true);
    const modern = await proxy.ask(call(2, "echo", { amount: 500 }, { _meta: modernMeta(capabilities) }));
    assert.equal(modern.result.isError, true);
    assert.ok(!proxy.heard.some((line) => line.includes("elicitation/create")));
  }
});

test("who does not answer in time is denied, the question is taken back, and a late yes changes nothing", async (t) => {
  const proxy = startProxy(t, { text: POLICY, options: ["--approval-timeout", "1"] });
  await proxy.begin({ elicitation: {} });
  const denied = await proxy.ask(call(1, "echo", { amount: 500 }));
  assert.equal(denied.result.isError, true);
  const question = await proxy.message(isQuestion);
  const takenBack = await proxy.message((each) => each.method === "notifications/cancelled");
  assert.equal(takenBack.params.requestId, question.id);
  proxy.send(reply(question.id, YES));
  await proxy.ask(call(2, "echo", {}));
  assert.ok(!proxy.received().includes("500"));
  assert.ok(!proxy.received().includes("gatewright:"), "the late answer is not the server's either");
});

test("a call that is taken back while a person is asked is never forwarded, and never answered", async (t) => {
  const proxy = startProxy(t, { text: POLICY });
  await proxy.begin({ elicitation: {} });
  proxy.send(call(1, "echo", { amount: 500 }));
  const question = await proxy.message(isQuestion);
  proxy.send('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}');
  await proxy.message((each) => each.method === "notifications/cancelled" && each.params.requestId === question.id);
  proxy.send(reply(question.id, YES));
  await proxy.ask(call(2, "echo", {}));
  assert.ok(!proxy.received().includes("500"));
  assert.ok(!proxy.received().includes("notifications/cancelled"), "the server never got what is taken back");
  assert.ok(!proxy.heard.some((line) => JSON.parse(line).id === 1));
});

test("approval does not rescue what another rule denies", async (t) => {
  const proxy = startProxy(t, { text: POLICY });
  await proxy.begin({ elicitation: {} });
  const denied = await proxy.ask(call(1, "echo", { amount: 5000 }));
  assert.equal(denied.result._meta["gatewright.dev/verdict"].reason, "deny-if");
});

const META = { _meta: modernMeta({ elicitation: {} }) };

/** Sends a call that needs approval, and gives the state that came with the question. */
async function asked(proxy, id, args = { amount: 500 }) {
  const { result } = await proxy.ask(call(id, "echo", args, META));
  assert.equal(result.resultType, "input_required");
  const [[key, question]] = Object.entries(result.inputRequests);
  assert.equal(question.method, "elicitation/create");
  assert.match(question.params.message, /"amount":500/);
  return { inputResponses: { [key]: YES }, requestState: result.requestState };
}

test("a modern client comes back with the answer, and the server sees a call without our question", async (t) => {
  const proxy = startProxy(t, { text: POLICY });
  const retry = await asked(proxy, 1);
  const state = `"requestState":${JSON.stringify(retry.requestState)},`;
  const responses = `,"inputResponses":${JSON.stringify(retry.inputResponses)}`;
  const lineWith = (before, after) =>
    `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{${before}"name":"echo",` +
    ` "arguments":{"amount":500}${after},"_meta":${JSON.stringify(META._meta)}}}`;
  const answer = await proxy.ask(lineWith(state, responses));
  assert.equal(answer.result.content[0].text, '{"amount":500}');
  assert.equal(proxy.received(), `${lineWith("", "")}\n`);
});

test("an approval is good once, for the very arguments, and only with our seal", async (t) => {
  const proxy = startProxy(t, { text: POLICY });
  const retry = await asked(proxy, 1);
  const again = async (id, args, more) => (await proxy.ask(call(id, "echo", args, { ...META, ...more }))).result;
  const other = await again(2, { amount: 501 }, retry);
  assert.equal(other.resultType, "input_required", "other arguments are asked about anew");
  const forged = { ...retry, requestState: retry.requestState.replace(/.$/, (last) => (last === "A" ? "B" : "A")) };
  const unsealed = retry.requestState.replace(/\.[\w-]+$/, ".AAAA");
  assert.equal((await again(3, { amount: 500 }, forged)).resultType, "input_required");
  assert.equal((await again(4, { amount: 500 }, { ...retry, requestState: unsealed })).resultType, "input_required");
  assert.equal((await again(5, { amount: 500 }, retry)).content[0].text, '{"amount":500}');
  assert.equal((await again(6, { amount: 500 }, retry)).resultType, "input_required", "it was used");
  assert.equal(proxy.received().split("\n").length, 2);
  assert.ok(!proxy.received().includes("requestState"));
});

test("a modern client that comes back with a no is not let through", async (t) => {
  const proxy = startProxy(t, { text: POLICY });
  const declined = await asked(proxy, 1);
  for (const key of Object.keys(declined.inputResponses)) declined.inputResponses[key] = { action: "decline" };
  const denied = await proxy.ask(call(2, "echo", { amount: 500 }, { ...META, ...declined }));
  assert.equal(denied.result.isError, true);
  assert.equal(denied.result.resultType, "complete");
  assert.equal(proxy.received(), "");
});

test("a modern client that comes back too late is asked anew", async (t) => {
  const proxy = startProxy(t, { text: POLICY, options: ["--approval-timeout", "1"] });
  const late = await asked(proxy, 3);
  const [claims] = late.requestState.slice("gatewright:".length).split(".");
  const [expires] = JSON.parse(Buffer.from(claims, "base64url").toString());
  await new Promise((resolve) => setTimeout(resolve, expires - Date.now() + 1));
  const tooLate = await proxy.ask(call(4, "echo", { amount: 500 }, { ...META, ...late }));
  assert.equal(tooLate.result.resultType, "input_required");
  assert.equal(proxy.received(), "");
});

test("a call whose server wants to know more first is charged once, and its retry is judged again", async (t) => {
  const proxy = startProxy(t, { text: POLICY, options: ["--log", "log.jsonl"] });
  const first = await proxy.ask(call(1, "ask", { q: 1 }, META));
  assert.equal(first.result.requestState, "state-1");
  const more = { ...META, inputResponses: { q: { action: "accept", content: {} } }, requestState: "state-1" };
  const otherArguments = await proxy.ask(call(2, "ask", { q: 2 }, more));
  assert.equal(otherArguments.result.isError, true, "with other arguments it is a new call, and the day's one is used");
  const second = await proxy.ask(call(3, "ask", { q: 1 }, more));
  assert.match(second.result.content[0].text, /^answered/, "the retry is not charged");
  const third = await proxy.ask(call(4, "ask", { q: 1 }, more));
  assert.equal(third.result.isError, true, "and there is one retry only");
  assert.equal(proxy.received(), [call(1, "ask", { q: 1 }, META), call(3, "ask", { q: 1 }, more), ""].join("\n"));
});

test("a retry is held to the rules that are in force by then", async (t) => {
  const proxy = startProxy(t, { text: POLICY });
  await proxy.ask(call(1, "ask", {}, META));
  writeFileSync(proxy.policyPath, policy({ hide: ["ask"] }));
  await proxy.stderr("has changed, and holds from now on");
  const denied = await proxy.ask(call(2, "ask", {}, { ...META, requestState: "state-1" }));
  assert.equal(denied.result._meta["gatewright.dev/verdict"].reason, "hidden");
});

test("an approved call whose server wants to know more is not asked about again", async (t) => {
  const text = policy({ tools: { ask: { require_approval: [{ conditions: [] }] } } });
  const proxy = startProxy(t, { text });
  const first = await proxy.ask(call(1, "ask", {}, META));
  const approve = { inputResponses: { gatewright_approval: YES }, requestState: first.result.requestState };
  const second = await proxy.ask(call(2, "ask", {}, { ...META, ...approve }));
  assert.equal(second.result.requestState, "state-1", "the server's own question passes");
  const third = await proxy.ask(call(3, "ask", {}, { ...META, inputResponses: { q: {} }, requestState: "state-1" }));
  assert.match(third.result.content[0].text, /^answered/);
});

test("the log ties a question and its decision to one call, and says that a person approved", async (t) => {
  const proxy = startProxy(t, { text: POLICY, options: ["--log", "log.jsonl"] });
  await proxy.begin({ elicitation: {} });
  proxy.send(call(1, "echo", { amount: 500 }));
  const question = await proxy.message(isQuestion);
  await proxy.ask(reply(question.id, YES), 1);
  await proxy.end();
  const log = readFileSync(`${proxy.cwd}/log.jsonl`, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(
    log.map(({ decision, approved, outcome }) => ({ decision, approved, outcome })),
    [
      { decision: "approval", approved: undefined, outcome: undefined },
      { decision: "allow", approved: true, outcome: undefined },
      { decision: undefined, approved: undefined, outcome: "ok" },
    ],
  );
  assert.equal(new Set(log.map((entry) => entry.call)).size, 1);
});
