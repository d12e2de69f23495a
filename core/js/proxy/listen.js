// The client side over streamable HTTP: many clients, of either era, at one address.
//
// Each session, and each request of a client without one, is a conversation of its own with a server side of its own
// and an interposer between them. What the headers say of a message is held against the message before the interposer
// sees it, for the policy judges the message alone.
//
// This module neither judges a call nor knows what a server side is made of.

import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { setTimeout as pause } from "node:timers/promises";
import { readEnvelope } from "../index.js";
import { accepts, admission } from "./admission.js";
import { MAX_MESSAGE_BYTES, readBody, readMessage } from "./body.js";
import { conversation } from "./conversation.js";
import { accept, refuse } from "./exchange.js";
import { fault } from "./fault.js";
import { isLoopback } from "./loopback.js";
import { eraOf } from "./mirrored-headers.js";

/** The bounds of one listener: milliseconds, bytes and numbers. */
export const LISTEN_BOUNDS = Object.freeze({
  maxBytes: MAX_MESSAGE_BYTES,
  headersMs: 10_000,
  bodyMs: 30_000,
  /** How long a session may have nothing open before it is ended. */
  idleMs: 30 * 60_000,
  /** How long calls may take to end when the listener closes. */
  drainMs: 5_000,
  /** Until an answer that does not come is begun as a stream. */
  patienceMs: 5_000,
  sessions: 100,
  /** Requests without a session that are answered at once. */
  requests: 256,
  connections: 1_000,
});

const INVALID_REQUEST = -32600;
const INTERNAL_ERROR = -32603;
const NO_SESSION = -32001;

/**
 * Serves HTTP. Rejects where the address cannot be bound, or may be reached by others and asks for no token.
 * @param {{
 *   host?: string,
 *   port: number,
 *   path?: string,
 *   connect: (client: { modern: boolean, headers: object }) => object,
 *   interpose: (wires: { session?: string, toServer: Function, toClient: Function }) => object,
 *   token?: string,
 *   allowRemote?: boolean,
 *   allowHosts?: readonly string[],
 *   allowOrigins?: readonly string[],
 *   report?: (problem: string) => void,
 *   bounds?: Partial<typeof LISTEN_BOUNDS>,
 * }} options `connect` makes a server side, `interpose` an interposer. `path`: `/mcp` unless told.
 * @returns {Promise<{ url: string, port: number, close(): Promise<void> }>}
 */
export async function listen({
  host = "127.0.0.1",
  port,
  path = "/mcp",
  connect,
  interpose,
  report = () => {},
  ...rest
}) {
  const { token, allowRemote = false, allowHosts, allowOrigins } = rest;
  if (!isLoopback(host)) checkRemote(host, { token, allowRemote });
  const bounds = { ...LISTEN_BOUNDS, ...rest.bounds };
  const doorkeeper = admission({ host, path, token, allowHosts, allowOrigins });
  /** @type {Map<string, ReturnType<typeof conversation>>} */
  const sessions = new Map();
  /** Conversations of a single request. */
  const requests = new Set();
  /** Requests without a session share one, which they cannot choose: to begin another would empty its counters. */
  const sharedSession = randomUUID();
  let closing = false;

  async function serve(request, response) {
    const told = {};
    try {
      doorkeeper.check(request);
      if (doorkeeper.welcomePage(request, response)) return;
      if (closing) throw fault(503, INTERNAL_ERROR, "the proxy is about to end");
      if (request.method === "GET") return openStream(request, response);
      if (request.method === "DELETE") return endSession(request, response);
      await takePost(request, response, told);
    } catch (error) {
      if (error.status === undefined) report(`a request failed: ${error.message}`);
      refuse(response, error.status === undefined ? fault(500, INTERNAL_ERROR, "the request failed") : error, told.id);
    }
  }

  async function takePost(request, response, told) {
    const body = await readBody(request, { maxBytes: bounds.maxBytes, timeoutMs: bounds.bodyMs });
    const { line, message } = readMessage(body);
    if (Array.isArray(message)) throw fault(400, INVALID_REQUEST, "batches are not taken; post each message by itself");
    if (typeof message !== "object" || message === null) throw fault(400, INVALID_REQUEST, "a message is an object");
    const envelope = readEnvelope(line);
    told.id = envelope?.kind === "request" ? envelope.id : undefined;
    const era = eraOf(request.headers, message);
    const posted = { line, message, envelope };
    if (era === "legacy") return serveSession(request, posted, response);
    if (envelope === undefined || envelope.kind === "request") return serveAlone(request, posted, response);
    // Without a session nothing but a request means anything to a server that serves others too.
    return accept(response);
  }

  function serveAlone(request, posted, response) {
    if (requests.size >= bounds.requests)
      throw fault(503, INTERNAL_ERROR, `${requests.size} requests are served already`);
    const alone = conversation({
      server: connect({ modern: true, headers: request.headers }),
      interpose,
      session: sharedSession,
      modern: true,
      patienceMs: bounds.patienceMs,
      onEnd: () => requests.delete(alone),
    });
    requests.add(alone);
    return endWithoutRequest(alone, posted, response);
  }

  function serveSession(request, posted, response) {
    const { message, envelope } = posted;
    if (message.method !== "initialize" || envelope?.kind !== "request")
      return knownSession(request).post(posted, response);
    return endWithoutRequest(beginSession(request, response), posted, response);
  }

  /** Posts the first message of a conversation, and ends it where there is no request in it that would. */
  async function endWithoutRequest(begun, posted, response) {
    try {
      await begun.post(posted, response);
    } catch (error) {
      void begun.end();
      throw error;
    }
    if (posted.envelope === undefined) void begun.end();
  }

  function beginSession(request, response) {
    if (sessions.size >= bounds.sessions) endIdlest();
    if (sessions.size >= bounds.sessions)
      throw fault(503, INTERNAL_ERROR, `${sessions.size} sessions are open already`);
    const id = randomUUID();
    const session = conversation({
      server: connect({ modern: false, headers: request.headers }),
      interpose,
      // Who has the id can speak in the session, so the log and the counters get another name for it.
      session: randomUUID(),
      patienceMs: bounds.patienceMs,
      onEnd: () => sessions.delete(id),
    });
    sessions.set(id, session);
    response.setHeader("mcp-session-id", id);
    return session;
  }

  function knownSession(request) {
    const id = request.headers["mcp-session-id"];
    if (id === undefined)
      throw fault(400, INVALID_REQUEST, "the header Mcp-Session-Id is missing; begin with initialize");
    const session = sessions.get(id);
    if (session === undefined) throw fault(404, NO_SESSION, "there is no such session any more; begin with initialize");
    const told = request.headers["mcp-protocol-version"];
    if (told !== undefined && session.version !== undefined && told !== session.version) {
      throw fault(400, INVALID_REQUEST, `this session speaks protocol version ${session.version}`);
    }
    return session;
  }

  function openStream(request, response) {
    if (request.headers["mcp-session-id"] === undefined) {
      throw fault(405, INVALID_REQUEST, "without a session there is no stream", { headers: { allow: "POST" } });
    }
    if (!accepts(request.headers, "text/event-stream")) {
      throw fault(406, INVALID_REQUEST, "the Accept header must list text/event-stream");
    }
    knownSession(request).hear(response);
  }

  function endSession(request, response) {
    if (request.headers["mcp-session-id"] === undefined) {
      throw fault(405, INVALID_REQUEST, "without a session there is nothing to end", { headers: { allow: "POST" } });
    }
    void knownSession(request).end();
    response.writeHead(204).end();
  }

  function endIdlest() {
    const idle = [...sessions.values()].filter((session) => session.idleSince !== undefined);
    idle.sort((one, other) => one.idleSince - other.idleSince)[0]?.end();
  }

  function endIdle() {
    const since = Date.now() - bounds.idleMs;
    for (const session of [...sessions.values()]) if (session.idleSince <= since) void session.end();
  }

  const server = createServer({ headersTimeout: bounds.headersMs, connectionsCheckingInterval: 1_000 }, serve);
  server.maxConnections = bounds.connections;
  await new Promise((resolve, reject) => {
    server.once("error", ({ code }) => reject(new Error(`--listen: ${host}:${port} cannot be bound: ${code}`)));
    server.listen(port, host.replace(/^\[|\]$/g, ""), resolve);
  });
  server.on("error", (error) => report(`the listener failed: ${error.message}`));
  const idleCheck = setInterval(endIdle, Math.min(bounds.idleMs, 60_000)).unref();
  const bound = server.address();

  return {
    url: `http://${bound.family === "IPv6" ? `[${bound.address}]` : bound.address}:${bound.port}${path}`,
    port: bound.port,
    /** Takes no more, lets what is on its way be answered for a while, and ends. */
    async close() {
      closing = true;
      clearInterval(idleCheck);
      const closed = new Promise((resolve) => server.close(resolve));
      const conversations = [...sessions.values(), ...requests];
      const given = new AbortController();
      const late = pause(bounds.drainMs, undefined, { signal: given.signal }).catch(() => {});
      await Promise.race([Promise.all(conversations.map((each) => each.drained())), late]);
      given.abort();
      await Promise.all(conversations.map((each) => each.end()));
      server.closeIdleConnections();
      await Promise.race([closed, pause(100)]);
      server.closeAllConnections();
      await closed;
    },
  };
}

function checkRemote(host, { token, allowRemote }) {
  if (!allowRemote)
    throw new Error(`--listen: other machines reach \`${host}\`; listen on 127.0.0.1, or say --allow-remote`);
  if (!token)
    throw new Error(`--listen: other machines reach \`${host}\`; give a token with --listen-token-env ENV_VAR`);
}
