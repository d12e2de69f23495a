// `gatewright proxy` as a process of its own: real clients on its standard input and output and over HTTP, real servers
// behind it as commands and over HTTP, in both eras.

import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { StdioClientTransport as StdioV2 } from "@modelcontextprotocol/client/stdio";
import { StdioClientTransport as StdioV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { BIN, folder } from "./command.mjs";
import { CLIENTS, connectClient, JSON_HEADERS, modernCall, modernHeaders, post } from "./http-clients.mjs";
import { POLICY } from "./http-proxy.mjs";
import { answerJson, serveEverything, serveModern, serveRecorded } from "./http-servers.mjs";
import { listeningCommand } from "./listening-proxy.mjs";

const demoScript = fileURLToPath(new URL("demo-server.mjs", import.meta.url));
const textOf = (result) => result.content[0].text;

/** Runs the proxy as a listener. Its URL, its process, and what its log holds. */
async function listening(t, words, { policy = POLICY, env } = {}) {
  const cwd = folder(t, { "policy.json": policy });
  const own = ["proxy", "--policy", "policy.json", "--counters", "memory", "--log", "log.jsonl", "--listen", "0"];
  const proxy = await listeningCommand(t, [...own, ...words], { cwd, env });
  return { ...proxy, log: () => logOf(cwd) };
}

/** Runs the proxy as the server of a client on its standard input and output. */
async function overStdio(t, name, words, env = {}) {
  const cwd = folder(t, { "policy.json": POLICY });
  const args = [BIN, "proxy", "--policy", "policy.json", "--counters", "memory", "--log", "log.jsonl", ...words];
  const Transport = name === "SDK v1" ? StdioV1 : StdioV2;
  const client = CLIENTS[name]();
  await client.connect(
    new Transport({ command: process.execPath, args, cwd, env: { ...process.env, ...env }, stderr: "pipe" }),
  );
  t.after(() => client.close());
  return Object.assign(client, { log: () => logOf(cwd) });
}

function logOf(cwd) {
  const path = join(cwd, "log.jsonl");
  return existsSync(path)
    ? readFileSync(path, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
    : [];
}

async function callsAndDenials(client, denied) {
  assert.ok((await client.listTools()).tools.some((tool) => tool.name === "echo"));
  assert.match(textOf(await client.callTool({ name: "echo", arguments: { message: "hello" } })), /hello/);
  const result = await client.callTool({ name: denied, arguments: {} });
  assert.equal(result.isError, true);
  assert.match(textOf(result), /^\[POLICY DENIED\] Not here\./);
}

const MODERN = ["SDK v2, 2026-07-28", "SDK v2, negotiating"];
const LEGACY = ["SDK v1", "SDK v2, legacy", "SDK v2, negotiating"];

for (const name of MODERN) {
  test(`${name}: from standard input to a server of 2026-07-28 over HTTP`, async (t) => {
    const seen = [];
    const url = await serveModern(t, { seen });
    const client = await overStdio(t, name, ["--upstream", url, "--upstream-header", "X-Key=KEY"], { KEY: "s3cret" });
    await callsAndDenials(client, "erase");
    assert.match(textOf(await client.callTool({ name: "route", arguments: { region: "north" } })), /routed to north/);
    const calls = seen.filter(({ headers }) => headers["mcp-method"] === "tools/call");
    assert.deepEqual(
      calls.map(({ headers }) => headers["mcp-name"]),
      ["echo", "route"],
    );
    assert.ok(seen.every(({ headers }) => headers["x-key"] === "s3cret"));
    assert.doesNotMatch(JSON.stringify(client.log()), /s3cret/);
  });
}

for (const name of LEGACY) {
  test(`${name}: from standard input to the server everything over HTTP`, async (t) => {
    const { url } = await serveEverything(t);
    await callsAndDenials(await overStdio(t, name, ["--upstream", url]), "get-env");
  });

  test(`${name}: over HTTP to the server everything over HTTP`, async (t) => {
    const { url } = await serveEverything(t);
    const proxy = await listening(t, ["--upstream", url]);
    await callsAndDenials(await connectClient(t, name, proxy.url), "get-env");
  });
}

for (const name of Object.keys(CLIENTS)) {
  test(`${name}: over HTTP to a command`, async (t) => {
    const proxy = await listening(t, ["--", process.execPath, demoScript]);
    await callsAndDenials(await connectClient(t, name, proxy.url), "erase");
    const decided = proxy.log().filter((entry) => entry.decision);
    assert.deepEqual(
      decided.map((entry) => [entry.tool, entry.decision]),
      [
        ["echo", "allow"],
        ["erase", "deny"],
      ],
    );
    assert.equal(typeof decided[0].session, "string");
  });
}

test("a server that is killed in the middle of a call leaves nobody waiting, and the call stays counted", async (t) => {
  const everything = await serveEverything(t);
  const proxy = await listening(t, ["--upstream", everything.url]);
  const client = await connectClient(t, "SDK v1", proxy.url);
  const onprogress = () => everything.child.kill("SIGKILL");
  const call = { name: "trigger-long-running-operation", arguments: { duration: 60, steps: 600 } };
  await assert.rejects(client.callTool(call, undefined, { onprogress }), /gave no answer/);
  assert.deepEqual(
    proxy.log().map((entry) => entry.decision ?? entry.outcome),
    ["allow"],
  );
  await assert.rejects(client.callTool({ name: "echo", arguments: { message: "x" } }), /gave no answer/);
  assert.equal(proxy.log().at(-1).outcome, "protocol_error", "what never left is given back");
});

/** A server of any era that says which process it is, and dies if told. */
const TELLS_PID = [
  "--",
  process.execPath,
  "--input-type=module",
  "--eval",
  `
  import { createInterface } from "node:readline";
  for await (const line of createInterface(process.stdin)) {
    const { id, method, params } = JSON.parse(line);
    if (params?.name === "die") process.kill(process.pid, "SIGKILL");
    if (method === "notifications/cancelled") console.error("taken back: " + params.requestId);
    if (params?.name === "hang") console.error("hanging: " + id);
    if (params?.name === "hang") continue;
    const result = { resultType: "complete", content: [], pid: process.pid };
    if (method === "initialize") Object.assign(result, { protocolVersion: "2025-06-18", capabilities: {} });
    if (id !== undefined) console.log(JSON.stringify({ jsonrpc: "2.0", id, result }));
  }
`,
];

test("a child that is killed in the middle of a call leaves nobody waiting, and the next has a new one", async (t) => {
  const proxy = await listening(t, TELLS_PID);
  const call = async (name) => (await post(proxy.url, modernCall(name), modernHeaders(name))).json();
  const first = await call("echo");
  assert.equal((await call("echo")).result.pid, first.result.pid, "one process serves all");
  assert.match((await call("die")).error.message, /SIGKILL/);
  assert.notEqual((await call("echo")).result.pid, first.result.pid);
});

test("a client that goes away in the middle of a call takes it back, and it stays counted", async (t) => {
  const events = new EventEmitter();
  const { url } = await serveRecorded(t, ({ body }, response) => {
    const { id, params } = JSON.parse(body);
    if (params.name === "echo")
      return answerJson(response, { jsonrpc: "2.0", id, result: { resultType: "complete", content: [] } });
    response.on("close", () => events.emit("closed"));
    events.emit("begun");
  });
  const limits = [{ counter: "calls", window: "day", max: 1, scope: "grant" }];
  const policy = JSON.stringify({ version: "1", default: "allow", tools: { slow: { limits } } });
  const proxy = await listening(t, ["--upstream", url], { policy });
  const gone = new AbortController();
  const [begun, closed] = [once(events, "begun"), once(events, "closed")];
  const headers = {
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
    ...modernHeaders("slow"),
  };
  const call = fetch(proxy.url, {
    method: "POST",
    headers,
    body: JSON.stringify(modernCall("slow")),
    signal: gone.signal,
  });
  await begun;
  gone.abort();
  await assert.rejects(call);
  await closed;
  assert.equal((await post(proxy.url, modernCall("echo"), modernHeaders("echo"))).status, 200);
  const again = await post(proxy.url, modernCall("slow"), modernHeaders("slow"));
  assert.match(again.json().result.content[0].text, /POLICY DENIED/, "it may have run, and stays counted");
});

test("a client without a session that goes away is told to the command as a call that is taken back", async (t) => {
  const proxy = await listening(t, TELLS_PID);
  const gone = new AbortController();
  const headers = { ...JSON_HEADERS, ...modernHeaders("hang") };
  const body = JSON.stringify(modernCall("hang", {}, "x"));
  const call = fetch(proxy.url, { method: "POST", headers, body, signal: gone.signal });
  await proxy.says(/hanging: x/);
  gone.abort();
  await assert.rejects(call);
  await proxy.says(/taken back: x/);
  assert.equal((await post(proxy.url, modernCall("echo"), modernHeaders("echo"))).status, 200);
});

test("asked to end, the proxy answers what is on its way, takes no more, and ends its servers", async (t) => {
  const events = new EventEmitter();
  const { url, requests } = await serveRecorded(t, ({ body }, response) => {
    const { id } = JSON.parse(body);
    events.once("finish", () =>
      answerJson(response, { jsonrpc: "2.0", id, result: { resultType: "complete", content: [] } }),
    );
    events.emit("begun");
  });
  const proxy = await listening(t, ["--upstream", url]);
  const begun = once(events, "begun");
  const call = post(proxy.url, modernCall("echo"), modernHeaders("echo"));
  await begun;
  proxy.child.kill("SIGTERM");
  events.emit("finish");
  assert.equal((await call).status, 200);
  const [code] = await proxy.ended;
  assert.equal(code, 0);
  await assert.rejects(fetch(proxy.url));
  assert.equal(requests.length, 1);
});

test("asked to end, the proxy leaves no process behind, of a session or of none", async (t) => {
  const proxy = await listening(t, TELLS_PID);
  const begun = await post(proxy.url, { jsonrpc: "2.0", id: 0, method: "initialize", params: {} });
  const alone = await post(proxy.url, modernCall("echo"), modernHeaders("echo"));
  const pids = [begun, alone].map((answer) => answer.json().result.pid);
  assert.notEqual(pids[0], pids[1]);
  proxy.child.kill("SIGTERM");
  assert.deepEqual(await proxy.ended, [0, null]);
  for (const pid of pids) assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
});

test("limits of a session count each session apart, and requests without one together", async (t) => {
  const limits = [{ counter: "calls", window: "day", max: 1, scope: "session" }];
  const policy = JSON.stringify({ version: "1", default: "allow", tools: { echo: { limits } } });
  const proxy = await listening(t, ["--", process.execPath, demoScript], { policy });
  const denied = async (client) =>
    (await client.callTool({ name: "echo", arguments: { message: "x" } })).isError === true;
  const connect = (name) => connectClient(t, name, proxy.url);
  const [one, other] = [await connect("SDK v1"), await connect("SDK v2, legacy")];
  assert.deepEqual([await denied(one), await denied(other), await denied(one)], [false, false, true]);
  const [alone, another] = [await connect("SDK v2, 2026-07-28"), await connect("SDK v2, 2026-07-28")];
  assert.deepEqual([await denied(alone), await denied(another)], [false, true]);
});

test("a token is asked for where one is named, and it stands in no log", async (t) => {
  const proxy = await listening(t, ["--listen-token-env", "TOKEN", "--", process.execPath, demoScript], {
    env: { TOKEN: "s3cret" },
  });
  const body = modernCall("echo", { message: "x" });
  assert.equal((await post(proxy.url, body, modernHeaders("echo"))).status, 401);
  const allowed = await post(proxy.url, body, { ...modernHeaders("echo"), authorization: "Bearer s3cret" });
  assert.equal(allowed.status, 200);
  assert.doesNotMatch(JSON.stringify(proxy.log()), /s3cret/);
});
