// What the proxy turns away over HTTP, each with an upstream that records what reaches it: nothing does.

import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { test } from "node:test";
import { readBody } from "./node_modules/gatewright/proxy/body.js";
import { listen } from "./node_modules/gatewright/proxy/listen.js";
import { JSON_HEADERS, initialize, modernCall, modernHeaders, post, send } from "./http-clients.mjs";
import { listenBeforeUrl, makeInterpose } from "./http-proxy.mjs";
import { answerJson, begun, serveRecorded } from "./http-servers.mjs";

const echo = modernCall("echo", { message: "hi" });
const echoHeaders = modernHeaders("echo");
const complete = (id) => ({ jsonrpc: "2.0", id, result: { resultType: "complete", content: [] } });
const bytes = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));

async function before(t, options) {
  const upstream = await serveRecorded(t, ({ body }, response) => {
    answerJson(response, complete(JSON.parse(body).id));
  });
  const listener = await listenBeforeUrl(t, upstream.url, options);
  return { ...listener, requests: upstream.requests };
}

test("what agrees in all passes", async (t) => {
  const { url, requests } = await before(t);
  const answer = await post(url, echo, echoHeaders);
  assert.equal(answer.status, 200);
  assert.deepEqual(answer.json().result.content, []);
  assert.equal(requests.length, 1);
});

test("a request is turned away by its headers before its body is looked at", async (t) => {
  const { url, requests } = await before(t, { allowOrigins: ["https://app.example"] });
  const cases = [
    // what                            method   headers                                              status
    ["a foreign Host",                 "POST",  { host: "rebound.example" },                         403],
    ["a foreign Host on this port",    "POST",  { host: `rebound.example:${new URL(url).port}` },    403],
    ["a Host that is none",            "POST",  { host: "a b" },                                     403],
    ["a foreign Origin",               "POST",  { origin: "https://evil.example" },                  403],
    ["an Origin that hides itself",    "POST",  { origin: "null" },                                  403],
    ["an Origin like an allowed one",  "POST",  { origin: "https://app.example.evil.example" },      403],
    ["a foreign Origin's question",    "OPTIONS", { origin: "https://evil.example" },                403],
    ["another method",                 "PUT",   {},                                                  405],
    ["a question beforehand",          "OPTIONS", { origin: "http://localhost:8080" },               405],
    ["no JSON",                        "POST",  { "content-type": "text/plain" },                    415],
    ["no content type",                "POST",  { "content-type": "" },                              415],
    ["a compressed body",              "POST",  { "content-encoding": "gzip" },                      415],
    ["a client that reads no stream",  "POST",  { accept: "application/json" },                      406],
    ["a client that reads no JSON",    "POST",  { accept: "text/event-stream" },                     406],
    ["a stream without a session",     "GET",   {},                                                  405],
    ["an end without a session",       "DELETE", {},                                                 405],
    ["a stream of no session",         "GET",   { "mcp-session-id": "x" },                           404],
    ["an end of no session",           "DELETE", { "mcp-session-id": "x" },                          404],
  ];
  for (const [what, method, headers, status] of cases) {
    const pieces = method === "POST" ? [JSON.stringify(echo)] : [];
    const answer = await send(url, { method, headers: { ...JSON_HEADERS, ...echoHeaders, ...headers }, pieces });
    assert.equal(answer.status, status, what);
    assert.equal(typeof answer.json().error.message, "string", what);
  }
  const elsewhere = await post(new URL("/other", url), echo, echoHeaders);
  assert.equal(elsewhere.status, 404);
  assert.deepEqual(requests, []);
});

test("names and origins of this machine pass, and pages of an allowed origin may read the answer", async (t) => {
  const { url, requests } = await before(t, { allowOrigins: ["https://app.example"], allowHosts: ["proxy.example"] });
  const passing = [
    { host: "localhost:1" },
    { host: "[::1]" },
    { host: "proxy.example" },
    { origin: "http://localhost:8080" },
    { origin: "https://app.example" },
  ];
  for (const headers of passing) {
    const answer = await post(url, echo, { ...echoHeaders, ...headers });
    assert.equal(answer.status, 200, JSON.stringify(headers));
    const readable = headers.origin === "https://app.example" ? headers.origin : undefined;
    assert.equal(answer.headers["access-control-allow-origin"], readable);
  }
  assert.equal(requests.length, passing.length);
  const asked = await send(url, { method: "OPTIONS", headers: { origin: "https://app.example" } });
  assert.equal(asked.status, 204);
  assert.match(asked.headers["access-control-allow-headers"], /mcp-method/);
});

test("a body that is not one message of one reading is turned away", async (t) => {
  const { url, requests } = await before(t, { bounds: { maxBytes: 2_000 } });
  const call = JSON.stringify(echo);
  const cases = [
    // what                              body                                                       status
    ["nothing",                          "",                                                        400],
    ["no JSON",                          "hello",                                                   400],
    ["two messages",                     `${call}\n${call}`,                                        400],
    ["numbers that white space parts",   '{"jsonrpc":"2.0","id":1\n2,"method":"ping"}',             400],
    ["a batch",                          `[${call}]`,                                               400],
    ["an empty batch",                   "[]",                                                      400],
    ["no object",                        "null",                                                    400],
    ["a byte order mark",                bytes([0xef, 0xbb, 0xbf], call),                           400],
    ["no UTF-8",                         bytes(call.slice(0, -1), ',"x":"', [0xff], '"}'),          400],
    ["a key twice",                      call.replace('"id":1', '"id":1,"id":2'),                   400],
    ["the method twice",                 call.replace('"id":1', '"method":"ping","id":1'),          400],
    ["an id that is no id",              call.replace('"id":1', '"id":1.5'),                        400],
    ["an id that is null",               call.replace('"id":1', '"id":null'),                       400],
    ["another JSON-RPC",                 call.replace('"2.0"', '"1.0"'),                            undefined],
    ["the name twice",                   call.replace('"name":"echo"', '"name":"x","name":"echo"'), undefined],
    ["arguments that are a list",        call.replace('{"message":"hi"}', "[]"),                    undefined],
  ];
  for (const [what, body, status] of cases) {
    const answer = await post(url, body, echoHeaders);
    const { error, result } = answer.json();
    if (what.endsWith("batch")) assert.match(error.message, /batches are not taken/);
    if (status) assert.equal(answer.status, status, `${what}: ${answer.text}`);
    assert.ok(error !== undefined || result.isError === true, what);
  }
  const long = await post(url, JSON.stringify(modernCall("echo", { message: "x".repeat(3_000) })), echoHeaders);
  assert.equal(long.status, 413);
  const pieces = Array.from({ length: 30 }, () => "x".repeat(100));
  const longer = await send(url, { headers: { ...JSON_HEADERS, ...echoHeaders }, pieces, open: true });
  assert.equal(longer.status, 413, "a long body without a length");
  const large = await post(url, `"${"x".repeat(8_000_000)}"`, echoHeaders);
  assert.equal(large.status, 413, "a body that is far too long is answered all the same");
  assert.deepEqual(requests, []);
});

test("a body that does not end is given up", async (t) => {
  const { url, requests } = await before(t, { bounds: { bodyMs: 50 } });
  const headers = { ...JSON_HEADERS, ...echoHeaders, "content-length": "100" };
  const answer = await send(url, { headers, pieces: ['{"jsonrpc"'], open: true });
  assert.equal(answer.status, 408);
  assert.equal(answer.headers.connection, "close");
  assert.deepEqual(requests, []);
});

test("headers that say something else than the body are refused with -32020, by the id of the request", async (t) => {
  const { url, requests } = await before(t);
  const without = (name) => Object.fromEntries(Object.entries(echoHeaders).filter(([header]) => header !== name));
  const base64 = (text) => `=?base64?${Buffer.from(text).toString("base64")}?=`;
  const cases = [
    ["another name",                    { ...echoHeaders, "mcp-name": "erase" }],
    ["a name in other letters",         { ...echoHeaders, "mcp-name": "Echo" }],
    ["another name, in Base64",         { ...echoHeaders, "mcp-name": base64("erase") }],
    ["Base64 that is none",             { ...echoHeaders, "mcp-name": "=?base64?ZW NobyA?=" }],
    ["two names",                       { ...echoHeaders, "mcp-name": ["echo", "erase"] }],
    ["another method",                  { ...echoHeaders, "mcp-method": "tools/list" }],
    ["another version",                 { ...echoHeaders, "mcp-protocol-version": "2025-11-25" }],
    ["no name",                         without("mcp-name")],
    ["no method",                       without("mcp-method")],
    ["no version",                      without("mcp-protocol-version")],
  ];
  for (const [what, headers] of cases) {
    const answer = await post(url, echo, headers);
    assert.equal(answer.status, 400, what);
    assert.equal(answer.json().error.code, -32020, what);
    assert.equal(answer.json().id, 1, what);
  }
  const claimless = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "echo" } };
  assert.equal((await post(url, claimless, echoHeaders)).json().error.code, -32602, "a version in the header alone");
  assert.equal((await post(url, claimless, { "mcp-name": "erase" })).json().error.code, -32020, "in the older era too");
  assert.deepEqual(requests, []);
  const encoded = { ...echoHeaders, "mcp-name": base64("echo") };
  assert.equal((await post(url, echo, encoded)).status, 200, "the same, in Base64");
});

test("a call without an id reaches nobody, in either era", async (t) => {
  const { url, requests } = await before(t);
  const { id, ...notification } = echo;
  assert.equal((await post(url, notification, echoHeaders)).status, 202);
  const opened = await post(url, initialize);
  const session = { "mcp-session-id": opened.headers["mcp-session-id"] };
  const legacy = { jsonrpc: "2.0", method: "tools/call", params: { name: "echo" } };
  assert.ok((await post(url, legacy, session)).status >= 200);
  assert.deepEqual(requests.map(({ body }) => JSON.parse(body).method), ["initialize"]);
});

test("a session is needed, known, and has one stream", async (t) => {
  const { url, requests } = await before(t);
  const list = { jsonrpc: "2.0", id: 5, method: "tools/list" };
  assert.equal((await post(url, list)).status, 400);
  const unknown = await post(url, list, { "mcp-session-id": "x" });
  assert.equal(unknown.status, 404);
  assert.equal(unknown.json().id, 5);
  assert.deepEqual(requests, []);
  const opened = await post(url, initialize);
  const headers = { accept: "text/event-stream", "mcp-session-id": opened.headers["mcp-session-id"] };
  const stream = await fetch(url, { headers });
  assert.equal(stream.status, 200);
  assert.equal((await send(url, { method: "GET", headers })).status, 409);
  assert.equal((await send(url, { method: "DELETE", headers })).status, 204);
  assert.equal(await stream.text(), "", "its stream ends with the session");
  assert.equal((await post(url, list, headers)).status, 406, "a POST must take JSON");
  assert.equal((await post(url, list, { "mcp-session-id": headers["mcp-session-id"] })).status, 404);
});

test("an id that still waits for its answer is not taken again, in the session whose it is", async (t) => {
  const arrived = new EventEmitter();
  const upstream = await serveRecorded(t, ({ method, body }, response) => {
    if (method !== "POST") return void response.writeHead(405).end();
    const { id, method: asked } = JSON.parse(body);
    if (asked === "initialize") return answerJson(response, begun(id));
    arrived.emit("call", () => answerJson(response, complete(id)));
  });
  const { url } = await listenBeforeUrl(t, upstream.url);
  const session = async () => ({ "mcp-session-id": (await post(url, initialize)).headers["mcp-session-id"] });
  const [own, other] = [await session(), await session()];
  const call = { jsonrpc: "2.0", id: 7, method: "tools/call", params: { name: "echo" } };
  const atWork = once(arrived, "call");
  const first = post(url, call, own);
  const [finish] = await atWork;
  for (const id of [7, 7.0]) {
    const again = await post(url, { ...call, id }, own);
    assert.equal(again.status, 400);
    assert.match(again.json().error.message, /still waits/);
  }
  const others = once(arrived, "call");
  const second = post(url, call, other);
  (await others)[0]();
  finish();
  assert.deepEqual([(await first).status, (await second).status], [200, 200]);
  assert.equal(upstream.requests.filter(({ body }) => body.includes("tools/call")).length, 2);
});

test("a session speaks the version that was agreed on", async (t) => {
  const upstream = await serveRecorded(t, ({ method, body }, response) => {
    if (method === "DELETE") return void response.writeHead(204).end();
    answerJson(response, begun(JSON.parse(body).id));
  });
  const { url } = await listenBeforeUrl(t, upstream.url);
  const session = { "mcp-session-id": (await post(url, initialize)).headers["mcp-session-id"] };
  const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
  const status = async (version) => (await post(url, ping, { ...session, "mcp-protocol-version": version })).status;
  assert.deepEqual([await status("2025-06-18"), await status("2025-11-25"), await status("junk")], [200, 400, 400]);
  assert.equal(upstream.requests.length, 2);
});

test("a session in which nothing happens is ended after a while", async (t) => {
  const ended = new EventEmitter();
  const upstream = await serveRecorded(t, ({ method, body }, response) => {
    if (method === "DELETE") return void ended.emit("ended", response.end());
    const headers = { "mcp-session-id": "upstream" };
    answerJson(response, begun(JSON.parse(body).id), { headers });
  });
  const { url } = await listenBeforeUrl(t, upstream.url, { bounds: { idleMs: 20 } });
  const deleted = once(ended, "ended");
  const session = { "mcp-session-id": (await post(url, initialize)).headers["mcp-session-id"] };
  await deleted;
  assert.equal((await post(url, { jsonrpc: "2.0", id: 1, method: "ping" }, session)).status, 404);
});

test("an answer that takes its time comes as a stream, and only then", async (t) => {
  const upstream = new EventEmitter();
  const slow = await serveRecorded(t, ({ body }, response) => {
    const { id } = JSON.parse(body);
    if (id === "quick") return answerJson(response, complete(id));
    upstream.once("finish", () => answerJson(response, complete(id)));
    upstream.emit("begun");
  });
  const patient = await listenBeforeUrl(t, slow.url, { bounds: { patienceMs: 60_000 } });
  const quick = await post(patient.url, modernCall("echo", {}, "quick"), echoHeaders);
  assert.equal(quick.headers["content-type"], "application/json");
  const { url } = await listenBeforeUrl(t, slow.url, { bounds: { patienceMs: 20 } });
  const headers = { ...JSON_HEADERS, ...echoHeaders };
  const begun = once(upstream, "begun");
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(echo) });
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  await begun;
  upstream.emit("finish");
  assert.match(await response.text(), /^event: message\ndata: \{"jsonrpc":"2.0","id":1,"result".*\n\n$/);
});

test("the session that was idle longest makes room for a new one, and a busy one does not", async (t) => {
  const { url } = await before(t, { bounds: { sessions: 2 } });
  const begin = async () => (await post(url, initialize)).headers["mcp-session-id"];
  const [first, second] = [await begin(), await begin()];
  const stream = new AbortController();
  const headers = (id) => ({ accept: "text/event-stream", "mcp-session-id": id });
  await fetch(url, { headers: headers(first), signal: stream.signal });
  const third = await begin();
  const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
  const status = async (id) => (await post(url, ping, { "mcp-session-id": id })).status;
  assert.deepEqual([await status(first), await status(second), await status(third)], [200, 404, 200]);
  await fetch(url, { headers: headers(third), signal: stream.signal });
  assert.equal((await post(url, initialize)).status, 503);
  stream.abort();
});

test("with a token, nobody is heard without it", async (t) => {
  const { url, requests } = await before(t, { token: "correct horse" });
  const wrong = [undefined, "Bearer wrong", "Bearer", "Basic correct horse", "Bearer correct", "correct horse"];
  for (const authorization of wrong) {
    const answer = await post(url, echo, { ...echoHeaders, ...(authorization && { authorization }) });
    assert.equal(answer.status, 401, authorization);
    assert.equal(answer.headers["www-authenticate"], "Bearer");
  }
  assert.deepEqual(requests, []);
  assert.equal((await post(url, echo, { ...echoHeaders, authorization: "Bearer correct horse" })).status, 200);
  assert.equal(requests[0].headers.authorization, undefined, "the proxy's token is not the upstream's");
});

test("an address that other machines reach is bound only if told, and with a token", async () => {
  const { interpose } = makeInterpose();
  const bind = (options) => listen({ host: "0.0.0.0", port: 0, interpose, connect: () => assert.fail(), ...options });
  await assert.rejects(bind({}), /--allow-remote/);
  await assert.rejects(bind({ allowRemote: true }), /--listen-token/);
  await assert.rejects(bind({ token: "t" }), /--allow-remote/);
});

test("a body in very many small pieces takes no more memory than it has bytes, or little more", async () => {
  const stream = Object.assign(new EventEmitter(), { headers: {} });
  const body = readBody(stream, { maxBytes: 16 * 1024 * 1024, timeoutMs: 60_000 });
  const before = process.memoryUsage();
  for (let piece = 0; piece < 1_000_000; piece += 1) stream.emit("data", Buffer.from("x"));
  const after = process.memoryUsage();
  const grown = after.heapUsed + after.external - before.heapUsed - before.external;
  stream.emit("end");
  assert.equal((await body).length, 1_000_000);
  assert.ok(grown < 48 * 1024 * 1024, `a million pieces took ${grown} bytes`);
});
