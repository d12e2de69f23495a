// Real clients and real servers with the proxy's HTTP sides in between.

import assert from "node:assert/strict";
import { once, EventEmitter } from "node:events";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { CLIENTS, connectClient, JSON_HEADERS, modernCall, modernHeaders, post } from "./http-clients.mjs";
import { listenBeforeCommand, listenBeforeUrl } from "./http-proxy.mjs";
import { serveEverything, serveModern } from "./http-servers.mjs";

const everythingScript = createRequire(import.meta.url).resolve(
  "@modelcontextprotocol/server-everything/dist/index.js",
);
const demoScript = fileURLToPath(new URL("demo-server.mjs", import.meta.url));
const MODERN = ["SDK v2, 2026-07-28", "SDK v2, negotiating"];
const LEGACY = ["SDK v1", "SDK v2, legacy"];

const textOf = (result) => result.content[0].text;

async function callsAndDenials(client, denied) {
  const { tools } = await client.listTools();
  assert.ok(tools.some((tool) => tool.name === "echo"));
  assert.match(textOf(await client.callTool({ name: "echo", arguments: { message: "é \n ✓" } })), /é \n ✓/);
  const result = await client.callTool({ name: denied, arguments: {} });
  assert.equal(result.isError, true);
  assert.match(textOf(result), /^\[POLICY DENIED\]/);
  assert.equal(result._meta["gatewright.dev/verdict"].reason, "deny-if");
}

for (const name of Object.keys(CLIENTS)) {
  test(`${name}: over HTTP before a command, calls go through and a denial is seen`, async (t) => {
    const listener = await listenBeforeCommand(t, process.execPath, [demoScript]);
    await callsAndDenials(await connectClient(t, name, listener.url), "erase");
  });
}

for (const name of MODERN) {
  test(`${name}: over HTTP before a server of 2026-07-28 over HTTP`, async (t) => {
    const seen = [];
    const ran = [];
    const url = await serveModern(t, { seen, events: { ran: (tool) => ran.push(tool) } });
    const listener = await listenBeforeUrl(t, url);
    const client = await connectClient(t, name, listener.url);
    await callsAndDenials(client, "erase");
    assert.deepEqual(ran, ["echo"]);
    assert.ok(seen.every(({ method, headers }) => method === "POST" && headers["mcp-session-id"] === undefined));
    assert.match(textOf(await client.callTool({ name: "route", arguments: { region: "Zürich" } })), /routed to Zürich/);
  });

  test(`${name}: progress arrives before the answer`, async (t) => {
    for (const listener of [
      await listenBeforeUrl(t, await serveModern(t)),
      await listenBeforeCommand(t, process.execPath, [demoScript]),
    ]) {
      const client = await connectClient(t, name, listener.url);
      const progress = [];
      const onprogress = (notification) => progress.push(notification.progress);
      assert.equal(textOf(await client.callTool({ name: "count", arguments: {} }, { onprogress })), "counted");
      assert.deepEqual(progress, [1, 2, 3]);
    }
  });

  test(`${name}: a call that the client takes back is taken back at the server`, async (t) => {
    const events = new EventEmitter();
    const told = { started: () => events.emit("started"), aborted: () => events.emit("aborted") };
    const listener = await listenBeforeUrl(t, await serveModern(t, { events: told }));
    const client = await connectClient(t, name, listener.url);
    const controller = new AbortController();
    const started = once(events, "started");
    const aborted = once(events, "aborted");
    const call = client.callTool({ name: "hang", arguments: {} }, { signal: controller.signal });
    await started;
    controller.abort("enough");
    await assert.rejects(call);
    await aborted;
    assert.match(textOf(await client.callTool({ name: "echo", arguments: { message: "after" } })), /after/);
  });
}

test("a subscription gets its changes over HTTP, and the end of one ends none of another", async (t) => {
  const { url, notify } = await serveModern(t, { notify: true });
  const beforeUrl = await listenBeforeUrl(t, url);
  const beforeCommand = await listenBeforeCommand(t, process.execPath, [demoScript]);
  const grow = () => post(beforeCommand.url, modernCall("grow", {}, 9), modernHeaders("grow"));
  for (const [listener, change] of [
    [beforeUrl, () => notify.toolsChanged()],
    [beforeCommand, grow],
  ]) {
    const one = await subscribe(listener.url, 5);
    const other = await subscribe(listener.url, 6);
    await other.cancel();
    await change();
    assert.equal((await one.next()).method, "notifications/tools/list_changed");
    await one.cancel();
  }
});

/** Subscribes to changes of the tools, and reads the acknowledgement. `next` is the next message. */
async function subscribe(url, id) {
  const { params } = modernCall();
  const message = { jsonrpc: "2.0", id, method: "subscriptions/listen", params: { _meta: params._meta } };
  message.params.notifications = { toolsListChanged: true };
  const { "mcp-name": name, ...headers } = { ...JSON_HEADERS, ...modernHeaders(), "mcp-method": message.method };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(message) });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const next = async () => JSON.parse(/^data: (.*)$/m.exec((await reader.read()).value)[1]);
  assert.equal((await next()).method, "notifications/subscriptions/acknowledged");
  return { next, cancel: () => reader.cancel() };
}

for (const name of LEGACY) {
  test(`${name}: over HTTP before the server everything over HTTP, with progress`, async (t) => {
    const { url } = await serveEverything(t);
    const listener = await listenBeforeUrl(t, url);
    const client = await connectClient(t, name, listener.url);
    await callsAndDenials(client, "get-env");
    const progress = [];
    const onprogress = (notification) => progress.push(notification.progress);
    const long = { name: "trigger-long-running-operation", arguments: { duration: 0.2, steps: 2 } };
    await client.callTool(long, ...(name === "SDK v1" ? [undefined, { onprogress }] : [{ onprogress }]));
    assert.deepEqual(progress, [1, 2]);
  });

  test(`${name}: over HTTP before the server everything as a command`, async (t) => {
    const listener = await listenBeforeCommand(t, process.execPath, [everythingScript, "stdio"]);
    await callsAndDenials(await connectClient(t, name, listener.url), "get-env");
  });

  test(`${name}: two clients have a session each, and ending one leaves the other`, async (t) => {
    const { url } = await serveEverything(t);
    const listener = await listenBeforeUrl(t, url);
    const [one, other] = [await connectClient(t, name, listener.url), await connectClient(t, name, listener.url)];
    assert.notEqual(one.usedTransport.sessionId, other.usedTransport.sessionId);
    const ended = one.usedTransport.sessionId;
    await one.usedTransport.terminateSession();
    await assert.doesNotReject(other.callTool({ name: "echo", arguments: { message: "still here" } }));
    const gone = await fetch(listener.url, { method: "DELETE", headers: { "mcp-session-id": ended } });
    assert.equal(gone.status, 404);
    const names = new Set(listener.records.filter((record) => record.session).map((record) => record.session));
    assert.equal(names.size, 1);
    assert.ok(!names.has(other.usedTransport.sessionId), "who reads the log cannot speak in the session");
  });
}

for (const name of Object.keys(CLIENTS)) {
  test(`${name}: a person is asked over HTTP, and only what they approve goes through`, async (t) => {
    const policy = JSON.stringify({
      version: "1",
      default: "allow",
      tools: { echo: { require_approval: [{ conditions: [] }] } },
    });
    const listener = await listenBeforeCommand(t, process.execPath, [demoScript], { policy });
    const answers = [{ action: "accept", content: { approve: true } }, { action: "decline" }];
    const asked = [];
    const handlers = {
      "elicitation/create": ({ params }) => {
        asked.push(params.message);
        return answers.shift();
      },
    };
    const client = await connectClient(t, name, listener.url, { handlers });
    const call = () => client.callTool({ name: "echo", arguments: { message: "hello" } });
    assert.equal(textOf(await call()), "hello");
    assert.equal((await call()).isError, true);
    assert.match(asked[0], /May the tool "echo" be called/);
    assert.equal(asked.length, 2);
  });
}

for (const name of LEGACY) {
  test(`${name}: what a server asks in the middle of a call gets through, and the reply gets back`, async (t) => {
    const { url } = await serveEverything(t);
    for (const listener of [
      await listenBeforeUrl(t, url),
      await listenBeforeCommand(t, process.execPath, [everythingScript, "stdio"]),
    ]) {
      const reply = { model: "test", role: "assistant", content: { type: "text", text: "sampled here" } };
      const client = await connectClient(t, name, listener.url, {
        handlers: { "sampling/createMessage": () => reply },
      });
      await untilListed(client, "trigger-sampling-request");
      const result = await client.callTool({
        name: "trigger-sampling-request",
        arguments: { prompt: "x", maxTokens: 5 },
      });
      assert.match(JSON.stringify(result.content), /sampled here/);
    }
  });
}

/** Some tools of the server everything appear only once it has heard that the client is there. */
async function untilListed(client, tool) {
  for (let asked = 0; asked < 1_000; asked += 1) {
    const { tools } = await client.listTools();
    if (tools.some(({ name }) => name === tool)) return;
  }
  assert.fail(`${tool} is never listed`);
}
