import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";

import { Interposer } from "gatewright/mcp";

import { callOf, failureOf, makeGate, openBare, resultOf } from "./sdk-bare-transport.mjs";

const VERDICT = "gatewright.dev/verdict";
const MODERN = { _meta: { "io.modelcontextprotocol/protocolVersion": "2026-07-28" } };
const DONE = { content: [] };

const twoADay = { tools: { t: { limits: [{ counter: "calls", window: "day", max: 2, scope: "grant" }] } } };
const onAsking = { tools: { t: { require_approval: [{ conditions: [] }] } } };

/** How many calls of `t` still pass, of three more. */
async function roomFor(bare) {
  const before = bare.atServer.length;
  for (const id of ["room-1", "room-2", "room-3"]) await bare.fromClient(callOf(id, "t", {}));
  return bare.atServer.length - before;
}

function lastOf(list) {
  return list.at(-1).message;
}

/** What the same message is answered with on a wire. */
async function answerOfInterposer(message) {
  const answers = [];
  const toClient = (line) => answers.push(JSON.parse(new TextDecoder().decode(line)));
  const gate = makeGate({ default: "allow" });
  const interposer = new Interposer({ gate, caller: { grant: "ci" }, toServer: assert.fail, toClient });
  await interposer.fromClient(new TextEncoder().encode(JSON.stringify(message)));
  return answers[0];
}

function withoutTime(answer) {
  const { at, ...verdict } = answer.result._meta[VERDICT];
  return { ...answer, result: { ...answer.result, _meta: { [VERDICT]: verdict } } };
}

for (const side of ["client", "server"]) {
  const where = `guarded on the ${side}'s side`;

  test(`${where}: a call that cannot be read is refused as on a wire, and never forwarded`, async () => {
    const bare = await openBare(makeGate({ default: "allow" }), { side });
    const call = (more) => ({ jsonrpc: "2.0", id: 1, method: "tools/call", ...more });
    const cases = [
      [call({}), "no-params"],
      [call({ params: ["t"] }), "params-not-an-object"],
      [call({ params: {} }), "no-name"],
      [call({ params: { name: 7 } }), "name-not-text"],
      [call({ params: { name: ["t"] } }), "name-not-text"],
      [call({ params: { name: "t", arguments: [] } }), "arguments-not-an-object"],
      [call({ params: { name: "t", arguments: "{}" } }), "arguments-not-an-object"],
      [call({ params: { name: "t", arguments: null } }), "arguments-not-an-object"],
      [call({ params: { name: "t", Name: "u" } }), "twin-key"],
      [call({ params: { name: "\ud800" } }), "lone-surrogate"],
    ];
    for (const [message, malformed] of cases) {
      await bare.fromClient(message);
      const { result } = lastOf(bare.atClient);
      assert.equal(result.isError, true, malformed);
      assert.equal(result._meta[VERDICT].malformed, malformed);
      assert.deepEqual(withoutTime(lastOf(bare.atClient)), withoutTime(await answerOfInterposer(message)));
    }
    assert.deepEqual(bare.atServer, []);
  });

  test(`${where}: a call that nobody could be answered is dropped, and told to the one who can know`, async () => {
    const bare = await openBare(makeGate({ default: "allow" }), { side });
    const lost = [
      { jsonrpc: "2.0", method: "tools/call", params: { name: "t" } },
      { jsonrpc: "2.0", id: null, method: "tools/call", params: { name: "t" } },
      { jsonrpc: "2.0", id: 1.5, method: "tools/call", params: { name: "t" } },
      { jsonrpc: "2.0", id: {}, method: "tools/call", params: { name: "t" } },
      { jsonrpc: "2.0", id: 2 ** 60, method: "tools/call", params: { name: "t" } },
      { jsonrpc: "1.0", id: 1, method: "tools/call", params: { name: "t" } },
      { id: 1, method: "tools/call", params: { name: "t" } },
      [callOf(1, "t", {})],
      { jsonrpc: "2.0", id: 1, method: ["tools/call"], params: { name: "t" } },
      { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "t" }, result: {} },
      { jsonrpc: "2.0", id: 1 },
      "tools/call",
      null,
    ];
    for (const message of lost) {
      if (side === "client") await assert.rejects(bare.fromClient(message), Error);
      else await bare.fromClient(message);
    }
    assert.deepEqual(bare.atServer, []);
    assert.deepEqual(bare.atClient, []);
    assert.equal(bare.errors.length, side === "client" ? 0 : lost.length);
  });

  test(`${where}: an id that is still waiting cannot be used again, and 1 is not "1"`, async () => {
    const bare = await openBare(makeGate({ default: "allow" }), { side });
    await bare.fromClient(callOf(1, "t", {}));
    await bare.fromClient(callOf(1, "u", {}));
    assert.equal(lastOf(bare.atClient).error.code, -32600);
    await bare.fromClient({ jsonrpc: "2.0", id: 1, method: "tools/list" });
    assert.equal(lastOf(bare.atClient).error.code, -32600);
    await bare.fromClient(callOf("1", "v", {}));
    assert.deepEqual(bare.atServer.map(({ message }) => message.params?.name), ["t", "v"]);
    await bare.fromServer(resultOf(1, DONE));
    await bare.fromClient(callOf(1, "w", {}));
    assert.equal(lastOf(bare.atServer).params.name, "w");
  });

  test(`${where}: a result that nobody waits for does not pass`, async () => {
    const bare = await openBare(makeGate({ default: "allow", hide: ["secret"] }), { side });
    await bare.fromClient({ jsonrpc: "2.0", id: 5, method: "tools/list" });
    const list = { tools: [{ name: "secret", inputSchema: {} }] };
    await bare.fromServer(resultOf("5", list));
    await bare.fromServer(resultOf(6, list));
    await bare.fromServer({ ...resultOf(5, list), method: "notifications/message" });
    await bare.fromServer([resultOf(5, list)]);
    assert.deepEqual(bare.atClient, []);
    assert.equal(bare.errors.length, 4);
    await bare.fromServer(resultOf(5, list));
    assert.deepEqual(lastOf(bare.atClient).result, { tools: [] });
  });

  test(`${where}: a call cannot be answered before it is forwarded`, async () => {
    let approve;
    const onApproval = () => new Promise((resolve) => (approve = resolve));
    const bare = await openBare(makeGate(onAsking), { side, onApproval });
    const asked = bare.fromClient(callOf(1, "t", {}));
    while (approve === undefined) await turn();
    await bare.fromServer(resultOf(1, DONE));
    assert.deepEqual(bare.atClient, []);
    approve(true);
    await asked;
    assert.equal(bare.atServer.length, 1);
  });

  test(`${where}: of a list, only the hidden tools are gone, and no cache may share it`, async () => {
    const bare = await openBare(makeGate({ default: "allow", hide: ["secret"] }), { side });
    const tool = { name: "open", inputSchema: { type: "object", "x-vendor": [1] }, "x-more": { deep: true } };
    const page = { tools: [tool, { name: "secret", inputSchema: {} }], nextCursor: "", ttlMs: 5, _meta: { a: 1 } };
    await bare.fromClient({ jsonrpc: "2.0", id: 1, method: "tools/list" });
    await bare.fromServer(resultOf(1, { ...page, cacheScope: "public", resultType: "complete", "x-other": null }));
    const { result } = lastOf(bare.atClient);
    assert.deepEqual(result.tools, [tool]);
    assert.equal(result.nextCursor, "");
    assert.equal(result.cacheScope, "private");
    assert.equal(result.resultType, "complete");
    assert.deepEqual([result._meta, result["x-other"]], [{ a: 1 }, null]);
  });

  test(`${where}: a list that hides nothing goes on as the object that came`, async () => {
    const bare = await openBare(makeGate({ default: "allow" }), { side });
    const answer = resultOf(1, { tools: [{ name: "open", inputSchema: {} }] });
    await bare.fromClient({ jsonrpc: "2.0", id: 1, method: "tools/list" });
    await bare.fromServer(answer);
    assert.equal(lastOf(bare.atClient), answer);
  });

  test(`${where}: a list that cannot be read is an error, not a list`, async () => {
    const bare = await openBare(makeGate({ default: "allow", hide: ["secret"] }), { side });
    await bare.fromClient({ jsonrpc: "2.0", id: 1, method: "tools/list" });
    const tooDeep = Array.from({ length: 1000 }).reduce((inside) => [inside], []);
    await bare.fromServer(resultOf(1, { tools: [{ name: "secret", inputSchema: { enum: tooDeep } }] }));
    assert.equal(lastOf(bare.atClient).error.code, -32603);
  });

  test(`${where}: a list that was cancelled is filtered all the same`, async () => {
    const bare = await openBare(makeGate({ default: "allow", hide: ["secret"] }), { side });
    await bare.fromClient({ jsonrpc: "2.0", id: 1, method: "tools/list" });
    await bare.fromClient({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
    await bare.fromServer(resultOf(1, { tools: [{ name: "secret", inputSchema: {} }] }));
    assert.deepEqual(lastOf(bare.atClient).result, { tools: [] });
  });

  test(`${where}: what was judged is what is forwarded, whoever changes the call meanwhile`, async () => {
    const deny = [{ conditions: [{ path: "args.amount", op: "gt", value: 10 }] }];
    const bare = await openBare(makeGate({ tools: { t: { deny_if: deny } } }), { side });
    const args = { amount: 1 };
    const message = callOf(1, "t", args);
    const passing = bare.fromClient(message);
    args.amount = 1_000_000;
    message.params.name = "u";
    await passing;
    assert.deepEqual(lastOf(bare.atServer).params, { name: "t", arguments: { amount: 1 } });
  });

  test(`${where}: arguments that answer differently each time are read once`, async () => {
    const deny = [{ conditions: [{ path: "args.amount", op: "gt", value: 10 }] }];
    const bare = await openBare(makeGate({ tools: { t: { deny_if: deny } } }), { side });
    let reads = 0;
    await bare.fromClient(callOf(1, "t", { get amount() { return reads++ === 0 ? 1 : 1_000_000; } }));
    assert.equal(lastOf(bare.atServer).params.arguments.amount, 1);
    await bare.fromClient(callOf(2, "t", { amount: { toJSON: () => 1_000_000 } }));
    assert.equal(lastOf(bare.atClient).result.isError, true);
  });

  test(`${where}: a JSON-RPC error gives a call back, a result with an error does not`, async () => {
    const bare = await openBare(makeGate(twoADay), { side });
    await bare.fromClient(callOf(1, "t", {}));
    await bare.fromServer(resultOf(1, { ...DONE, isError: true }));
    await bare.fromClient(callOf(2, "t", {}));
    await bare.fromServer(failureOf(2));
    await bare.fromServer(failureOf(2));
    assert.equal(await roomFor(bare), 1);
  });

  test(`${where}: a call cancelled while a person is asked never goes on, and is not counted`, async () => {
    const tools = { t: { ...onAsking.tools.t, ...twoADay.tools.t } };
    const asked = [];
    const onApproval = ({ signal }) => new Promise(() => asked.push(signal));
    const bare = await openBare(makeGate({ tools }), { side, onApproval });
    const passing = bare.fromClient(callOf(1, "t", {}));
    while (asked.length === 0) await turn();
    await bare.fromClient({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
    await passing;
    assert.equal(asked[0].aborted, true);
    assert.deepEqual([bare.atServer, bare.atClient], [[], []]);
  });

  test(`${where}: a call cancelled while it is judged gives back what it held`, async () => {
    const bare = await openBare(makeGate(twoADay), { side });
    const passing = bare.fromClient(callOf(1, "t", {}));
    await bare.fromClient({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
    await passing;
    assert.deepEqual(bare.atServer, []);
    assert.equal(await roomFor(bare), 2);
  });

  test(`${where}: a call cancelled once it is forwarded stays counted, whatever is answered`, async () => {
    const bare = await openBare(makeGate(twoADay), { side });
    await bare.fromClient(callOf(1, "t", {}));
    await bare.fromClient({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
    assert.equal(lastOf(bare.atServer).method, "notifications/cancelled");
    await bare.fromServer(failureOf(1));
    assert.equal(await roomFor(bare), 1);
  });

  test(`${where}: what is judged when the connection closes never goes on`, async () => {
    const bare = await openBare(makeGate(twoADay), { side });
    let closed = 0;
    bare.guarded.onclose = () => closed++;
    await bare.fromClient(callOf(1, "t", {}));
    const passing = bare.fromClient(callOf(2, "t", {}));
    await bare.guarded.close();
    await passing;
    assert.equal(closed, 1);
    assert.equal(bare.atServer.length, 1);
  });

  test(`${where}: a person who is asked when the connection closes is told, and too late to approve`, async () => {
    const asked = [];
    const onApproval = ({ signal }) => new Promise((resolve) => asked.push({ signal, resolve }));
    const bare = await openBare(makeGate(onAsking), { side, onApproval });
    const passing = bare.fromClient(callOf(1, "t", {}));
    while (asked.length === 0) await turn();
    await bare.guarded.close();
    assert.equal(asked[0].signal.aborted, true);
    asked[0].resolve(true);
    await passing;
    assert.deepEqual(bare.atServer, []);
  });

  test(`${where}: who is asked for approval cannot change the call`, async () => {
    const onApproval = ({ call }) => {
      call.args.amount = 1_000_000;
      return true;
    };
    const bare = await openBare(makeGate(onAsking), { side, onApproval });
    await bare.fromClient(callOf(1, "t", { amount: 1 }));
    assert.deepEqual(lastOf(bare.atServer).params.arguments, { amount: 1 });
  });

  test(`${where}: no call that was let through is left unsettled`, async () => {
    const gate = makeGate({ tools: { t: {}, u: {} }, default: "allow" });
    const settled = [];
    const settle = gate.settle.bind(gate);
    gate.settle = (reservation, outcome) => {
      settled.push(outcome);
      return settle(reservation, outcome);
    };
    const bare = await openBare(gate, { side });
    for (const id of [1, 2, 3, 4, 5]) await bare.fromClient(callOf(id, "t", {}));
    await bare.fromServer(resultOf(1, DONE));
    await bare.fromServer(resultOf(2, { ...DONE, isError: true }));
    await bare.fromServer(failureOf(3));
    await bare.fromClient({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 4 } });
    await bare.guarded.close();
    assert.deepEqual(settled, ["ok", "tool_error", "protocol_error", "ok", "ok"]);
  });

  test(`${where}: a denied call that asked for a task is answered by an error`, async () => {
    const bare = await openBare(makeGate({ hide: ["t"] }), { side });
    await bare.fromClient(callOf(1, "t", {}, { task: { ttl: 1000 } }));
    const { error, result } = lastOf(bare.atClient);
    assert.equal(result, undefined);
    assert.ok(error.code > -32000, "outside the range that JSON-RPC and MCP keep for themselves");
    assert.match(error.message, /^\[POLICY DENIED\] /);
    assert.equal(error.data[VERDICT].reason, "hidden");
  });

  test(`${where}: a denied result is called complete for those who speak the newest protocol only`, async () => {
    const bare = await openBare(makeGate({}), { side });
    await bare.fromClient(callOf(1, "t", {}, MODERN));
    assert.equal(lastOf(bare.atClient).result.resultType, "complete");
    await bare.fromClient(callOf(2, "t", {}));
    assert.equal("resultType" in lastOf(bare.atClient).result, false);
  });

  test(`${where}: a call that is tried again with the server's state is counted once`, async () => {
    const bare = await openBare(makeGate(twoADay), { side });
    const ask = (id, requestState) => resultOf(id, { resultType: "input_required", requestState, inputRequests: {} });
    await bare.fromClient(callOf(1, "t", { a: 1 }));
    await bare.fromServer(ask(1, "s1"));
    await bare.fromClient(callOf(2, "t", { a: 1 }, { requestState: "s1", inputResponses: {} }));
    await bare.fromServer(ask(2, "s2"));
    await bare.fromClient(callOf(3, "t", { a: 1 }, { requestState: "s2", inputResponses: {} }));
    await bare.fromServer(resultOf(3, DONE));
    assert.equal(bare.atServer.length, 3);
    assert.equal(await roomFor(bare), 1);
  });

  test(`${where}: a retry with other arguments, another state, or a state used before is a new call`, async () => {
    const limits = [{ ...twoADay.tools.t.limits[0], max: 5 }];
    const bare = await openBare(makeGate({ tools: { t: { limits } } }), { side });
    await bare.fromClient(callOf(1, "t", { a: 1 }));
    await bare.fromServer(resultOf(1, { resultType: "input_required", requestState: "s1" }));
    await bare.fromClient(callOf(2, "t", { a: 2 }, { requestState: "s1" }));
    await bare.fromClient(callOf(3, "t", { a: 1 }, { requestState: "s0" }));
    await bare.fromClient(callOf(4, "t", { a: 1 }, { requestState: "s1" }));
    await bare.fromClient(callOf(5, "t", { a: 1 }, { requestState: "s1" }));
    assert.equal(bare.atServer.length, 5);
    assert.equal(await roomFor(bare), 1, "of five, four were new calls");
  });

  test(`${where}: a retry that is cancelled before it goes on stays counted, for its server has begun`, async () => {
    const bare = await openBare(makeGate(twoADay), { side });
    await bare.fromClient(callOf(1, "t", {}));
    await bare.fromServer(resultOf(1, { resultType: "input_required", requestState: "s1" }));
    const passing = bare.fromClient(callOf(2, "t", {}, { requestState: "s1" }));
    await bare.fromClient({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 2 } });
    await passing;
    assert.equal(bare.atServer.length, 1);
    assert.equal(await roomFor(bare), 1);
  });

  test(`${where}: a retry of what a new policy denies is denied`, async () => {
    const gate = makeGate({ tools: { t: {} } });
    const bare = await openBare(gate, { side });
    await bare.fromClient(callOf(1, "t", {}));
    await bare.fromServer(resultOf(1, { resultType: "input_required", requestState: "s1" }));
    gate.replace(JSON.stringify({ version: "1", default: "deny", tools: {} }));
    await bare.fromClient(callOf(2, "t", {}, { requestState: "s1" }));
    assert.equal(bare.atServer.length, 1);
    assert.equal(lastOf(bare.atClient).result._meta[VERDICT].reason, "default-deny");
  });

  test(`${where}: where judging itself fails, the call is answered by an error and goes nowhere`, async () => {
    const broken = { policy: undefined, judgeLine: () => Promise.reject(new Error("away")) };
    const bare = await openBare(broken, { side });
    await bare.fromClient(callOf(1, "t", {}));
    assert.equal(lastOf(bare.atClient).error.code, -32603);
    assert.deepEqual(bare.atServer, []);
    assert.equal(bare.errors[0].message, "away");
  });

  test(`${where}: what comes with a message goes on with it`, async () => {
    const bare = await openBare(makeGate({ default: "allow" }), { side });
    const along = { relatedRequestId: 9, resumptionToken: "r", authInfo: { clientId: "c" } };
    await bare.fromClient(callOf(1, "t", {}), along);
    await bare.fromClient({ jsonrpc: "2.0", method: "notifications/progress", params: {} }, along);
    assert.deepEqual(bare.atServer.map((one) => one.along), [along, along]);
    await bare.fromServer(resultOf(1, DONE), along);
    await bare.fromServer({ jsonrpc: "2.0", id: 1, method: "ping" }, along);
    assert.deepEqual(bare.atClient.map((one) => one.along), [along, along]);
  });
}

test("a guard that was told the wrong side lets no call pass", async () => {
  const ofServer = await openBare(makeGate({ default: "allow" }), { side: "client" });
  await ofServer.transport.onmessage(callOf(1, "t", {}));
  assert.deepEqual(ofServer.atClient, []);
  assert.match(ofServer.errors[0].message, /right `side`/);
  const ofClient = await openBare(makeGate({ default: "allow" }), { side: "server" });
  await assert.rejects(ofClient.guarded.send(callOf(1, "t", {})), /right `side`/);
  assert.deepEqual(ofClient.transport.sent, []);
});

test("a closed stream cancels a call that has not gone on yet", async () => {
  const asked = [];
  const onApproval = ({ signal }) => new Promise(() => asked.push(signal));
  const bare = await openBare(makeGate(onAsking), { side: "client", onApproval });
  const stream = new AbortController();
  const passing = bare.fromClient(callOf(1, "t", {}), { requestSignal: stream.signal });
  while (asked.length === 0) await turn();
  stream.abort();
  await passing;
  assert.equal(asked[0].aborted, true);
  assert.deepEqual(bare.atServer, []);
});

test("the grant can be read from the authentication of each message", async () => {
  const one = { tools: { t: { limits: [{ ...twoADay.tools.t.limits[0], max: 1 }] } } };
  const bare = await openBare(makeGate(one), { side: "server", grant: (extra) => extra.authInfo.clientId });
  const as = (clientId) => ({ authInfo: { clientId } });
  await bare.fromClient(callOf(1, "t", {}), as("ann"));
  await bare.fromClient(callOf(2, "t", {}), as("ann"));
  await bare.fromClient(callOf(3, "t", {}), as("ben"));
  assert.deepEqual(bare.atServer.map(({ message }) => message.id), [1, 3]);
  await bare.fromClient(callOf(4, "t", {}), as(undefined));
  await bare.fromClient(callOf(5, "t", {}));
  assert.equal(bare.atServer.length, 2, "without a name, nothing is judged, and nothing passes");
  assert.equal(bare.errors.length, 2);
});

test("the session is the transport's, unless told", async () => {
  const perSession = { tools: { t: { limits: [{ counter: "calls", window: "day", max: 1, scope: "session" }] } } };
  const gate = makeGate(perSession);
  const bare = await openBare(gate, { side: "server" });
  bare.transport.sessionId = "a";
  await bare.fromClient(callOf(1, "t", {}));
  await bare.fromClient(callOf(2, "t", {}));
  bare.transport.sessionId = "b";
  await bare.fromClient(callOf(3, "t", {}));
  assert.deepEqual(bare.atServer.map(({ message }) => message.id), [1, 3]);
  const named = await openBare(gate, { side: "server", session: "a" });
  await named.fromClient(callOf(1, "t", {}));
  assert.deepEqual(named.atServer, []);
});

test("a guarded transport is still the transport for whoever looks past the messages", async () => {
  const { transport, guarded } = await openBare(makeGate({}), { side: "client" });
  guarded.setProtocolVersion("2025-11-25");
  assert.equal(transport.protocolVersion, "2025-11-25");
  assert.equal(guarded.protocolVersion, "2025-11-25");
  guarded.sessionId = "s";
  assert.equal(transport.sessionId, "s");
  assert.ok(guarded instanceof transport.constructor);
  assert.equal(guarded.constructor, transport.constructor);
  assert.ok("setProtocolVersion" in guarded);
});
