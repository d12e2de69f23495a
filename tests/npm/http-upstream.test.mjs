// The server side over HTTP, held against servers that behave in every way that the protocol allows, and in some that
// it does not.

import assert from "node:assert/strict";
import { EventEmitter, on, once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { headersFromEnvironment, upstreamUrl } from "./node_modules/gatewright/proxy/upstream-address.js";
import { httpUpstream } from "./node_modules/gatewright/proxy/upstream.js";
import { modernCall, modernHeaders, post } from "./http-clients.mjs";
import { listenBeforeUrl } from "./http-proxy.mjs";
import { answerJson, serveHttp, serveRecorded } from "./http-servers.mjs";

const EVENTS = { "content-type": "text/event-stream" };
const text = (line) => Buffer.from(line).toString("utf8");
const initialize = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {} },
};
const initialized = { jsonrpc: "2.0", method: "notifications/initialized" };

/** An upstream side whose lines, losses and end can be waited for. */
function sideOf(t, url, options) {
  const events = new EventEmitter();
  const problems = [];
  const report = (problem) => {
    problems.push(problem);
    events.emit("problem", problem);
  };
  const upstream = httpUpstream({ url: new URL(url), report, ...options });
  upstream.start({
    onLine: (line) => events.emit("line", JSON.parse(text(line)), text(line)),
    onLost: (id, message) => events.emit("lost", id, message),
    onGone: (message) => events.emit("gone", message),
  });
  t.after(() => upstream.close());
  const send = (message) => upstream.send(Buffer.from(typeof message === "string" ? message : JSON.stringify(message)));
  const next = (event) => once(events, event);
  const ask = async (message) => {
    const answered = next("line");
    send(message);
    return answered;
  };
  return { send, next, ask, problems, close: upstream.close, lines: () => on(events, "line") };
}

function answerInitialize(response, id) {
  answerJson(
    response,
    { jsonrpc: "2.0", id, result: { protocolVersion: "2025-06-18", capabilities: {} } },
    { headers: { "mcp-session-id": "s-1" } },
  );
}

test("the upstream gets the very bytes of a line, and a spread-out body without its line breaks", async (t) => {
  const { url, requests } = await serveRecorded(t, ({ body }, response) => {
    answerJson(response, { jsonrpc: "2.0", id: JSON.parse(body).id, result: { resultType: "complete", content: [] } });
  });
  const listener = await listenBeforeUrl(t, url);
  const meta = JSON.stringify(modernCall("echo").params._meta);
  const params = `{"name":"ec\\u0068o","arguments":{"n":1.0,"b":12345678901234567890,"s":"a  b"},"_meta":${meta}}`;
  const odd = ` {"id" : 1,"jsonrpc":"2.0", "method":"tools/call","params":${params}} `;
  await post(listener.url, odd, modernHeaders("echo"));
  const spread = odd.replaceAll(" : ", " :\r\n\t ").replace(',"params"', ',\n"params"');
  const tight = odd.replace(" : ", ":").replace(', "method"', ',"method"').trim();
  await post(listener.url, spread, modernHeaders("echo"));
  assert.deepEqual(
    requests.map(({ body }) => body),
    [odd, tight],
  );
  assert.deepEqual(
    requests.map(({ headers }) => headers["mcp-name"]),
    ["echo", "echo"],
  );
});

test("a session is begun, told, heard and ended as up to revision 2025-11-25", async (t) => {
  const arrived = new EventEmitter();
  const { url, requests } = await serveRecorded(t, ({ method, body }, response) => {
    arrived.emit(method);
    if (method === "GET")
      return void response.writeHead(200, EVENTS).write('data: {"jsonrpc":"2.0","method":"notifications/x"}\n\n');
    if (method === "DELETE") return void response.writeHead(200).end();
    const { id, method: asked } = JSON.parse(body);
    if (asked === "initialize") return answerInitialize(response, id);
    if (id === undefined) return void response.writeHead(202).end();
    answerJson(response, { jsonrpc: "2.0", id, result: {} });
  });
  const side = sideOf(t, url);
  await side.ask(initialize);
  const unasked = side.next("line");
  side.send(initialized);
  assert.equal((await unasked)[0].method, "notifications/x");
  await side.ask({ jsonrpc: "2.0", id: "a", method: "ping" });
  await side.close();
  assert.deepEqual(
    requests.map(({ method }) => method),
    ["POST", "POST", "GET", "POST", "DELETE"],
  );
  const [first, ...others] = requests.map(({ headers }) => [
    headers["mcp-session-id"],
    headers["mcp-protocol-version"],
  ]);
  assert.deepEqual(first, [undefined, undefined]);
  for (const headers of others) assert.deepEqual(headers, ["s-1", "2025-06-18"]);
});

test("messages of a session arrive in the order in which they were sent", async (t) => {
  const arrived = [];
  const { url } = await serveRecorded(t, async ({ body }, response) => {
    const { id, method } = JSON.parse(body || "{}");
    if (method === undefined) return void response.writeHead(405).end();
    arrived.push(method);
    // Who does not wait for the answer is here in the meantime.
    await pause(50);
    arrived.push(`answered ${method}`);
    if (method === "initialize") return answerInitialize(response, id);
    if (id !== undefined) return answerJson(response, { jsonrpc: "2.0", id, result: {} });
    response.writeHead(202).end();
  });
  const side = sideOf(t, url);
  side.send(initialize);
  side.send(initialized);
  const both = side.lines();
  side.send({ jsonrpc: "2.0", id: 1, method: "ping" });
  for await (const [message] of both) if (message.id === 1) break;
  const sent = ["initialize", "notifications/initialized", "ping"];
  assert.deepEqual(arrived, sent.flatMap((method) => [method, `answered ${method}`]));
});

test("a session that the upstream has ended is told once, and the waiting call is answered", async (t) => {
  const { url } = await serveRecorded(t, ({ body }, response) => {
    const { id, method } = JSON.parse(body);
    if (method === "initialize") return answerInitialize(response, id);
    answerJson(
      response,
      { jsonrpc: "2.0", id: null, error: { code: -32001, message: "Session not found" } },
      { status: 404 },
    );
  });
  const side = sideOf(t, url);
  await side.ask(initialize);
  const gone = side.next("gone");
  const [answer] = await side.ask({ jsonrpc: "2.0", id: 7, method: "ping" });
  assert.deepEqual([answer.id, answer.error.code], [7, -32001]);
  assert.match((await gone)[0], /has ended the session/);
});

test("over HTTP before an upstream that has ended the session, the client is told so by 404", async (t) => {
  const { url } = await serveRecorded(t, ({ method, body }, response) => {
    if (method !== "POST") return void response.writeHead(405).end();
    const message = JSON.parse(body);
    if (message.method === "initialize") return answerInitialize(response, message.id);
    response.writeHead(404).end();
  });
  const listener = await listenBeforeUrl(t, url);
  const begun = await post(listener.url, initialize);
  const session = { "mcp-session-id": begun.headers["mcp-session-id"] };
  const ping = { jsonrpc: "2.0", id: 1, method: "ping" };
  assert.ok((await post(listener.url, ping, session)).json().error);
  assert.equal((await post(listener.url, ping, session)).status, 404);
});

test("the stream beside is taken up again where it broke off", async (t) => {
  let streams = 0;
  const { url, requests } = await serveRecorded(t, ({ method, body }, response) => {
    if (method === "GET") {
      streams += 1;
      response.writeHead(200, EVENTS);
      response.write(`retry: 1\nid: e-${streams}\ndata: {"jsonrpc":"2.0","method":"notifications/n${streams}"}\n\n`);
      return void (streams < 3 && response.end());
    }
    if (method === "DELETE") return void response.writeHead(405).end();
    const message = JSON.parse(body);
    if (message.id === undefined) return void response.writeHead(202).end();
    answerInitialize(response, message.id);
  });
  const side = sideOf(t, url);
  await side.ask(initialize);
  const heard = [];
  const lines = side.lines();
  side.send(initialized);
  for await (const [message] of lines) if (heard.push(message.method) === 3) break;
  assert.deepEqual(heard, ["notifications/n1", "notifications/n2", "notifications/n3"]);
  const gets = requests.filter(({ method }) => method === "GET");
  assert.deepEqual(
    gets.map(({ headers }) => headers["last-event-id"]),
    [undefined, "e-1", "e-2"],
  );
});

test("a server whose events name no delay, or an id that no header holds, is not asked without a pause", async (t) => {
  const streams = new EventEmitter();
  const { url, requests } = await serveRecorded(t, ({ method, body }, response) => {
    if (method === "GET") {
      response.writeHead(200, EVENTS).end("retry: 0\nid: \u2713\ndata: {}\n\n");
      return void streams.emit("stream", performance.now());
    }
    if (method === "DELETE") return void response.writeHead(405).end();
    const message = JSON.parse(body);
    if (message.id === undefined) return void response.writeHead(202).end();
    answerInitialize(response, message.id);
  });
  const side = sideOf(t, url);
  await side.ask(initialize);
  const asked = on(streams, "stream");
  side.send(initialized);
  const times = [];
  for await (const [at] of asked) if (times.push(at) === 3) break;
  assert.ok(times[1] - times[0] > 90 && times[2] - times[1] > 90, times.join(" "));
  const gets = requests.filter(({ method }) => method === "GET");
  assert.deepEqual(gets.map(({ headers }) => headers["last-event-id"]), [undefined, undefined, undefined]);
});

test("an answer that broke off is asked for again where the server names its events; the call is not", async (t) => {
  const { url, requests } = await serveRecorded(t, ({ method, headers, body }, response) => {
    if (method === "GET") {
      assert.equal(headers["last-event-id"], "e-1");
      return void response.writeHead(200, EVENTS).end('data: {"jsonrpc":"2.0","id":3,"result":{"late":true}}\n\n');
    }
    const message = JSON.parse(body);
    if (message.method === "initialize") return answerInitialize(response, message.id);
    response.writeHead(200, EVENTS).end("id: e-1\nretry: 1\ndata: \n\n");
  });
  const side = sideOf(t, url);
  await side.ask(initialize);
  const [answer] = await side.ask({ jsonrpc: "2.0", id: 3, method: "tools/call", params: { name: "x" } });
  assert.deepEqual(answer.result, { late: true });
  assert.equal(requests.filter(({ body }) => body.includes("tools/call")).length, 1);
});

test("a call whose answer breaks off is lost, never sent twice", async (t) => {
  const endings = {
    "the connection is cut": (response) => response.destroy(),
    "the stream ends": (response) => response.writeHead(200, EVENTS).end(": nothing\n\n"),
    "the stream is cut": (response) => response.writeHead(200, EVENTS).write("data: {", () => response.destroy()),
    "the body is cut": (response) =>
      response
        .writeHead(200, { "content-type": "application/json", "content-length": "99" })
        .write("{", () => response.destroy()),
    "the body is no JSON": (response) => response.writeHead(200, { "content-type": "application/json" }).end("oops"),
    "the answer is another's": (response) => answerJson(response, { jsonrpc: "2.0", id: 99, result: {} }),
    "there is none": (response) => response.writeHead(202).end(),
    "a page comes": (response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>"),
    "a gateway gives up": (response) => response.writeHead(502).end("Bad Gateway"),
    "the answer is too long": (response) =>
      answerJson(response, { jsonrpc: "2.0", id: 1, result: { x: "x".repeat(5_000) } }),
    "the event is too long": (response) => response.writeHead(200, EVENTS).end(`data: ${"x".repeat(5_000)}\n\n`),
  };
  for (const [what, end] of Object.entries(endings)) {
    const { url, requests } = await serveRecorded(t, (_, response) => end(response));
    const side = sideOf(t, url, { bounds: { maxBytes: 1_000 } });
    const lost = side.next("lost");
    side.send(modernCall("echo"));
    const [id, message] = await lost;
    assert.equal(id, "1", what);
    assert.match(message, /gave no answer/, what);
    assert.equal(requests.length, 1, what);
  }
});

test("a call that never left, or that the upstream refused, is answered with an error that refunds it", async (t) => {
  const closed = createServer().listen(0, "127.0.0.1");
  await once(closed, "listening");
  const { port } = closed.address();
  closed.close();
  await once(closed, "close");
  const [unreachable] = await sideOf(t, `http://127.0.0.1:${port}/mcp`).ask(modernCall("echo"));
  assert.match(unreachable.error.message, /ECONNREFUSED/);

  const refusals = [
    // status  body                                                                                  told
    [401, "", /--upstream-header/],
    [404, "<p>not here</p>", /answered 404/],
    [302, "", /redirects/],
    [400, '{"jsonrpc":"2.0","id":null,"error":{"code":-32020,"message":"headers disagree"}}', /^headers disagree$/],
    [500, '{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"it failed"}}', /^it failed$/],
  ];
  for (const [status, body, told] of refusals) {
    const { url } = await serveRecorded(t, (_, response) => response.writeHead(status).end(body));
    const [answer] = await sideOf(t, url).ask(modernCall("echo"));
    assert.equal(answer.id, 1);
    assert.match(answer.error.message, told);
  }
});

test("a call is not taken along to another origin, and is within the same", async (t) => {
  const other = await serveRecorded(t, (_, response) => response.end());
  const away = await serveRecorded(t, (_, response) => response.writeHead(307, { location: other.url }).end());
  const [refused] = await sideOf(t, away.url, { headers: { authorization: "secret" } }).ask(modernCall("echo"));
  assert.match(refused.error.message, /answered 307: redirects to another origin are not followed/);
  assert.deepEqual(other.requests, []);

  const moved = await serveRecorded(t, ({ url, body }, response) => {
    if (url === "/mcp") return void response.writeHead(308, { location: "/new" }).end();
    answerJson(response, { jsonrpc: "2.0", id: JSON.parse(body).id, result: { at: url } });
  });
  const [answer] = await sideOf(t, moved.url).ask(modernCall("echo"));
  assert.equal(answer.result.at, "/new");
});

test("an answer spread over lines comes as one line, its other bytes as they were", async (t) => {
  const pretty = '{\n  "jsonrpc": "2.0",\r\n  "id": 1,\n  "result": { "n": 1.0, "s": "a \\n  b" }\n}\n';
  const tight = '{"jsonrpc":"2.0","id":1,"result":{"n":1.0,"s":"a \\n  b"}}';
  const json = await serveRecorded(t, (_, response) =>
    response.writeHead(200, { "content-type": "application/json; charset=utf-8" }).end(pretty),
  );
  assert.equal((await sideOf(t, json.url).ask(modernCall("x")))[1], tight);
  const lines = pretty
    .split(/\r?\n/)
    .map((line) => `data: ${line}\r\n`)
    .join("");
  const events = await serveRecorded(t, (_, response) =>
    response.writeHead(200, EVENTS).end(`: hi\r\nevent: message\r\n${lines}\r\n`),
  );
  assert.equal((await sideOf(t, events.url).ask(modernCall("x")))[1], tight);
});

test("junk on a stream is left out, and the answer after it still comes", async (t) => {
  const { url } = await serveRecorded(t, (_, response) => {
    response
      .writeHead(200, EVENTS)
      .end('data: junk\n\nevent: ping\ndata: {"id":1}\n\ndata: {"jsonrpc":"2.0","id":1,"result":{}}\n\n');
  });
  const side = sideOf(t, url);
  const [answer] = await side.ask(modernCall("x"));
  assert.deepEqual(answer.result, {});
  assert.equal(side.problems.length, 1);
});

test("a call that is taken back is closed, and nothing else is sent, as since 2026-07-28", async (t) => {
  const events = new EventEmitter();
  const { url, requests } = await serveRecorded(t, (_, response) => {
    response.on("close", () => events.emit("closed"));
    response.writeHead(200, EVENTS).flushHeaders();
    events.emit("begun");
  });
  const side = sideOf(t, url);
  const [begun, closed] = [once(events, "begun"), once(events, "closed")];
  side.send(modernCall("slow"));
  await begun;
  side.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } });
  await closed;
  assert.equal(requests.length, 1);
});

test("a call that is taken back in a session is told to the server, and its POST is closed", async (t) => {
  const events = new EventEmitter();
  const { url, requests } = await serveRecorded(t, ({ method, body }, response) => {
    const message = JSON.parse(body || "{}");
    if (message.method === "initialize") return answerInitialize(response, message.id);
    if (method !== "POST" || message.id === undefined) return void response.writeHead(202).end();
    response.on("close", () => events.emit("closed"));
    events.emit("begun");
  });
  const side = sideOf(t, url);
  await side.ask(initialize);
  const [begun, closed] = [once(events, "begun"), once(events, "closed")];
  side.send({ jsonrpc: "2.0", id: "slow", method: "tools/call", params: { name: "slow" } });
  await begun;
  side.send({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: "slow" } });
  await closed;
  assert.ok(requests.some(({ body }) => body.includes("notifications/cancelled")));
});

test("arguments that a listed tool wants in headers are repeated there", async (t) => {
  const inputSchema = {
    type: "object",
    properties: {
      region: { type: "string", "x-mcp-header": "Region" },
      deep: { type: "object", properties: { n: { type: "integer", "x-mcp-header": "N" } } },
      list: { type: "array", items: { type: "string", "x-mcp-header": "Never" } },
    },
  };
  const { url, requests } = await serveRecorded(t, ({ body }, response) => {
    const { id, method } = JSON.parse(body);
    const result = method === "tools/list" ? { tools: [{ name: "route", inputSchema }] } : { content: [] };
    answerJson(response, { jsonrpc: "2.0", id, result });
  });
  const side = sideOf(t, url);
  await side.ask({ ...modernCall(), method: "tools/list" });
  await side.ask(modernCall("route", { region: "Zürich", deep: { n: 5 }, list: ["x"], other: 1 }));
  const { headers } = requests[1];
  const params = Object.entries(headers).filter(([name]) => name.startsWith("mcp-param-"));
  assert.deepEqual(Object.fromEntries(params), { "mcp-param-region": "=?base64?WsO8cmljaA==?=", "mcp-param-n": "5" });
  assert.equal(headers["mcp-name"], "route");
});

test("a header of yours comes from the environment, reaches the upstream, and is told nobody", async (t) => {
  const headers = headersFromEnvironment(["Authorization=UPSTREAM_TOKEN"], { UPSTREAM_TOKEN: "Bearer s3cret" });
  const { url, requests } = await serveRecorded(t, (_, response) => response.writeHead(401).end());
  const side = sideOf(t, url, { headers });
  const [answer] = await side.ask(modernCall("echo"));
  assert.equal(requests[0].headers.authorization, "Bearer s3cret");
  assert.doesNotMatch(JSON.stringify(answer) + side.problems.join(), /s3cret/);

  const cases = [
    ["Authorization", {}, /NAME=ENV_VAR/],
    ["=X", {}, /NAME=ENV_VAR/],
    ["a b=X", { X: "1" }, /NAME=ENV_VAR/],
    ["X-Key=MISSING", {}, /`MISSING` is not set/],
    ["Mcp-Name=X", { X: "1" }, /set by the proxy itself/],
    ["X-Key=X", { X: "s3cret\r\nx: y" }, /`X` holds what no header can/],
  ];
  for (const [setting, environment, told] of cases) {
    assert.throws(
      () => headersFromEnvironment([setting], environment),
      (error) => told.test(error.message) && !/s3cret/.test(error.message),
    );
  }
});

test("an upstream elsewhere needs https, and an address holds no credentials", () => {
  assert.equal(upstreamUrl("http://127.0.0.1:1/mcp").href, "http://127.0.0.1:1/mcp");
  assert.equal(upstreamUrl("http://[::1]:1/mcp").href, "http://[::1]:1/mcp");
  assert.equal(upstreamUrl("https://mcp.example/mcp?x=1#y").href, "https://mcp.example/mcp?x=1");
  assert.equal(upstreamUrl("http://mcp.example/mcp", { allowInsecure: true }).host, "mcp.example");
  const refused = [
    ["http://mcp.example/mcp", /use https/],
    ["http://127.0.0.1.example/mcp", /use https/],
    ["https://user:pass@mcp.example/mcp", /credentials/],
    ["ftp://mcp.example/mcp", /not spoken/],
    ["mcp.example", /no URL/],
  ];
  for (const [address, told] of refused) assert.throws(() => upstreamUrl(address), told);
});

test("a server that never begins to answer is given up", async (t) => {
  const url = await serveHttp(t, () => {});
  const side = sideOf(t, url, { bounds: { answerMs: 50 } });
  const lost = side.next("lost");
  side.send(modernCall("echo"));
  assert.match((await lost)[1], /no answer began within 50 ms/);
});
