// Real clients over HTTP: of version 1 and 2 of the SDK, in both eras.

import { once } from "node:events";
import http from "node:http";
import { Client as ClientV2, StreamableHTTPClientTransport as TransportV2 } from "@modelcontextprotocol/client";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport as TransportV1 } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { CreateMessageRequestSchema, ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";

const INFO = { name: "test", version: "1.0.0" };

/** The first message of a legacy session. */
export const initialize = {
  jsonrpc: "2.0",
  id: 0,
  method: "initialize",
  params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: INFO },
};

/** Each makes a client; `handlers`: what it answers, by method. */
export const CLIENTS = {
  "SDK v1": (handlers) => withHandlers(new ClientV1(INFO, capable(handlers)), handlers, (method) => SCHEMAS_V1[method]),
  "SDK v2, legacy": (handlers) => withHandlers(new ClientV2(INFO, capable(handlers)), handlers),
  "SDK v2, 2026-07-28": (handlers) => withHandlers(new ClientV2(INFO, { ...capable(handlers), ...MODERN }), handlers),
  "SDK v2, negotiating": (handlers) => withHandlers(new ClientV2(INFO, { ...capable(handlers), ...AUTO }), handlers),
};

const MODERN = { versionNegotiation: { mode: { pin: "2026-07-28" } } };
const AUTO = { versionNegotiation: { mode: "auto" } };
const SCHEMAS_V1 = { "elicitation/create": ElicitRequestSchema, "sampling/createMessage": CreateMessageRequestSchema };

function capable(handlers = {}) {
  return { capabilities: Object.fromEntries(Object.keys(handlers).map((method) => [method.split("/")[0], {}])) };
}

function withHandlers(client, handlers = {}, nameOf = (method) => method) {
  for (const [method, handler] of Object.entries(handlers)) client.setRequestHandler(nameOf(method), handler);
  return client;
}

/** A client that is connected to `url`; closed with its test. */
export async function connectClient(t, name, url, { handlers, ...options } = {}) {
  const client = CLIENTS[name](handlers);
  const Transport = name === "SDK v1" ? TransportV1 : TransportV2;
  const transport = new Transport(new URL(url), options);
  await client.connect(transport);
  t.after(() => client.close());
  return Object.assign(client, { usedTransport: transport });
}

/**
 * Sends one request as it is, any header included. `pieces` are written one after the other; `open` leaves the body
 * without an end.
 */
export async function send(url, { method = "POST", headers = {}, pieces = [], open = false } = {}) {
  const request = http.request(url, { method, headers, agent: false });
  for (const piece of pieces) request.write(piece);
  if (open) request.flushHeaders();
  else request.end();
  const [response] = await once(request, "response");
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString("utf8");
  request.destroy();
  return { status: response.statusCode, headers: response.headers, text, json: () => JSON.parse(text) };
}

/** Posts a message: a text as it is, a value as JSON. */
export function post(url, message, headers = {}) {
  const body = typeof message === "string" || message instanceof Uint8Array ? message : JSON.stringify(message);
  return send(url, { headers: { ...JSON_HEADERS, ...headers }, pieces: [body] });
}

export const JSON_HEADERS = { "content-type": "application/json", accept: "application/json, text/event-stream" };

const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": {},
};

/** A call as clients of revision 2026-07-28 make it. */
export function modernCall(name, args = {}, id = 1) {
  return { jsonrpc: "2.0", id, method: "tools/call", params: { name, arguments: args, _meta: META } };
}

/** The headers that belong to {@link modernCall}. */
export function modernHeaders(name) {
  return { "mcp-protocol-version": "2026-07-28", "mcp-method": "tools/call", "mcp-name": name };
}
