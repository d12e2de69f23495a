import assert from "node:assert/strict";
import { createServer } from "node:http";
import { once } from "node:events";
import { test } from "node:test";

import { StreamableHTTPClientTransport as HttpClientV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { StreamableHTTPServerTransport as HttpServerV1 } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { StreamableHTTPClientTransport as HttpClientV2 } from "@modelcontextprotocol/client";
import { createMcpHandler, inputRequired, McpServer } from "@modelcontextprotocol/server";
import * as z from "zod";

import { guard } from "gatewright/mcp";

import { makeGate } from "./sdk-bare-transport.mjs";
import { makeClient, makeModernClient, makeServer } from "./sdk-pairs.mjs";

const VERDICT = "gatewright.dev/verdict";
const ENDPOINT = new URL("http://in-process.invalid/mcp");

const POLICY = {
  hide: ["delete_account"],
  tools: { read: {}, limited: { limits: [{ counter: "calls", window: "day", max: 1, scope: "grant" }] } },
};

/** The grant is who the token belongs to. */
const byToken = { side: "server", grant: (extra) => extra.authInfo.clientId };

const CLIENTS = [
  { name: "SDK 1", Transport: HttpClientV1, make: () => makeClient(1) },
  { name: "SDK 2", Transport: HttpClientV2, make: () => makeClient(2) },
  { name: "SDK 2 by the newest protocol", Transport: HttpClientV2, make: () => makeModernClient() },
];

/** A client whose requests a handler serves in this process, as those of `who`. */
async function connectInProcess(t, { Transport, make }, handler, who) {
  const authInfo = { token: `token-of-${who}`, clientId: who, scopes: [] };
  const client = make();
  t.after(() => client.close());
  const serve = (url, init) => handler.fetch(new Request(url, init), { authInfo });
  await client.connect(new Transport(ENDPOINT, { fetch: serve }));
  return client;
}

for (const kind of CLIENTS) {
  test(`a handler that makes a server for each request counts for each token, asked by ${kind.name}`, async (t) => {
    const gate = makeGate(POLICY);
    const seen = [];
    const handler = createMcpHandler(() => {
      const made = makeServer(2);
      seen.push(made.seen);
      return guard(made.server, gate, byToken);
    });
    t.after(() => handler.close());
    const ann = await connectInProcess(t, kind, handler, "ann");
    const ben = await connectInProcess(t, kind, handler, "ben");
    assert.ok(!(await ann.listTools()).tools.some(({ name }) => name === "delete_account"));
    assert.equal((await ann.callTool({ name: "limited", arguments: {} })).content[0].text, "counted");
    assert.equal((await ann.callTool({ name: "limited", arguments: {} }))._meta[VERDICT].reason, "limit");
    assert.equal((await ben.callTool({ name: "limited", arguments: {} })).content[0].text, "counted");
    assert.equal((await ben.callTool({ name: "delete_account", arguments: {} }))._meta[VERDICT].reason, "hidden");
    assert.equal(seen.flat().length, 2, "two calls reached a handler");
  });

  test(`${kind.name} guards its own calls over HTTP`, async (t) => {
    const made = [];
    const handler = createMcpHandler(() => {
      made.push(makeServer(2));
      return made.at(-1).server;
    });
    t.after(() => handler.close());
    const client = kind.make();
    t.after(() => client.close());
    const transport = new kind.Transport(ENDPOINT, { fetch: (url, init) => handler.fetch(new Request(url, init)) });
    await client.connect(guard(transport, makeGate(POLICY), { side: "client", grant: "ci" }));
    assert.ok(!(await client.listTools()).tools.some(({ name }) => name === "delete_account"));
    assert.equal((await client.callTool({ name: "limited", arguments: {} })).content[0].text, "counted");
    assert.equal((await client.callTool({ name: "limited", arguments: {} }))._meta[VERDICT].reason, "limit");
    assert.equal(made.flatMap(({ seen }) => seen).length, 1);
  });
}

test("a call that asks its client for input, and comes back in a request of its own, is counted once", async (t) => {
  const gate = makeGate(POLICY);
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: "asking", version: "1.0.0" });
    server.registerTool("limited", { inputSchema: z.object({ city: z.string() }) }, ({ city }, context) => {
      const answered = context.mcpReq.inputResponses?.sure;
      if (answered) return { content: [{ type: "text", text: `${city}: ${answered.action}` }] };
      const requestedSchema = { type: "object", properties: { yes: { type: "boolean" } } };
      const sure = inputRequired.elicit({ message: "Sure?", requestedSchema });
      return inputRequired({ inputRequests: { sure }, requestState: "asked" });
    });
    return guard(server, gate, byToken);
  });
  t.after(() => handler.close());
  const make = () => {
    const client = makeModernClient({ capabilities: { elicitation: { form: {} } } });
    client.setRequestHandler("elicitation/create", () => ({ action: "accept", content: { yes: true } }));
    return client;
  };
  const client = await connectInProcess(t, { Transport: HttpClientV2, make }, handler, "ann");
  const call = { name: "limited", arguments: { city: "Rome" } };
  assert.equal((await client.callTool(call)).content[0].text, "Rome: accept");
  assert.equal((await client.callTool(call))._meta[VERDICT].reason, "limit");
});

test("an HTTP server of SDK 1 with sessions is guarded for its whole session", async (t) => {
  const { server, seen } = makeServer(1);
  const transport = new HttpServerV1({ sessionIdGenerator: () => "session-1" });
  await server.connect(guard(transport, makeGate(POLICY), byToken));
  const listener = createServer((request, response) => {
    request.auth = { token: "t", clientId: "ann", scopes: [] };
    transport.handleRequest(request, response);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  t.after(() => {
    listener.closeAllConnections();
    listener.close();
  });
  const client = makeClient(1);
  t.after(() => client.close());
  await client.connect(new HttpClientV1(new URL(`http://127.0.0.1:${listener.address().port}/mcp`)));
  assert.ok(!(await client.listTools()).tools.some(({ name }) => name === "delete_account"));
  const calls = [1, 2].map(() => client.callTool({ name: "limited", arguments: {} }));
  const reasons = (await Promise.all(calls)).map((result) => result._meta?.[VERDICT].reason);
  assert.deepEqual(reasons.sort(), ["limit", undefined]);
  assert.equal(seen.length, 1);
});
