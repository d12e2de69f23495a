// Puts a policy between the official SDK and its transport, on the client's side or on the server's.
//
// What comes back is the transport itself behind a `Proxy`: whatever the SDK looks for in it beyond the interface (a
// process id, a session id, `instanceof`) is still there, and only the messages are looked at. The surprising
// consequence: a call is forwarded as JSON would carry it, for the judged text is parsed again and that copy goes on,
// so nobody who still holds the original can change it after the verdict.
//
// This file knows how transports hand over messages. What is done with one is in `conversation.js`, and whether a call
// may pass is the policy's.

import { createConversation } from "./conversation.js";

/** The SDKs give a request up after 60 seconds; a question to a person ends a little earlier. */
const APPROVAL_TIMEOUT_MS = 55_000;

/**
 * Guards a transport, or an SDK client or server with every transport that it will connect to.
 *
 * @template {object} T
 * @param {T} target A transport of `@modelcontextprotocol/sdk` 1 or of its packages 2, or what connects to one.
 * @param {import("../gate.js").Gate} gate Judges and counts. One gate may serve many transports.
 * @param {import("../mcp.js").GuardOptions} options
 * @returns {T} What to use in place of `target`. Of a client or server, the very same object.
 * @throws {TypeError} Where an option is not what it must be.
 */
export function guard(target, gate, options) {
  const settings = readOptions(options);
  if (typeof target?.connect === "function") return guardConnections(target, gate, settings);
  if (typeof target?.start === "function" && typeof target.send === "function") {
    return guardTransport(target, gate, settings);
  }
  throw new TypeError("guard needs a transport, or a client or server of the MCP SDK");
}

/** A server that makes its own transports, one for each HTTP request say, is reached where it connects to them. */
function guardConnections(peer, gate, settings) {
  const connect = peer.connect;
  peer.connect = (transport, ...rest) => connect.call(peer, guardTransport(transport, gate, settings), ...rest);
  return peer;
}

function guardTransport(transport, gate, settings) {
  // What the SDK reads and sets on the guarded transport. Its own handlers never reach the transport itself.
  const face = {
    onmessage: transport.onmessage,
    onclose: transport.onclose,
    onerror: transport.onerror,
    start,
    send: undefined,
    close: () => transport.close(),
  };
  const ofClient = settings.side === "client";
  const outward = (message, options) => transport.send(message, options);
  const inward = (message, extra) => face.onmessage?.(message, extra);
  const conversation = createConversation({
    gate,
    toServer: ofClient ? outward : inward,
    toClient: ofClient ? inward : outward,
    callerOf: (extra) => callerOf(settings, transport, ofClient ? undefined : extra),
    report: (error) => face.onerror?.(error),
    onApproval: settings.onApproval,
    approvalTimeoutMs: settings.approvalTimeoutMs,
  });
  const { fromClient, fromServer } = conversation;
  const received = ofClient ? fromServer : fromClient;
  face.send = ofClient ? fromClient : fromServer;

  function start() {
    transport.onmessage = (message, extra) => received(message, extra).catch((error) => face.onerror?.(error));
    transport.onclose = () => {
      conversation.ended();
      face.onclose?.();
    };
    transport.onerror = (error) => face.onerror?.(error);
    return transport.start();
  }

  return new Proxy(transport, {
    get: (_, key) => (Object.hasOwn(face, key) ? face[key] : ownMember(transport, key)),
    set: (_, key, value) => Reflect.set(Object.hasOwn(face, key) ? face : transport, key, value),
  });
}

/** A member of the transport, whose methods keep to the transport itself: those with private fields demand it. */
function ownMember(transport, key) {
  const member = Reflect.get(transport, key, transport);
  return typeof member === "function" && key !== "constructor" ? member.bind(transport) : member;
}

function callerOf({ grant, session }, transport, extra) {
  return {
    grant: nameFrom("grant", grant, extra),
    session: session === undefined ? transport.sessionId : nameFrom("session", session, extra),
  };
}

function nameFrom(option, given, extra) {
  if (typeof given !== "function") return given;
  const name = given(extra);
  if (typeof name === "string") return name;
  throw new TypeError(`the option \`${option}\` gave no name for a call: expected text, found ${typeof name}`);
}

function readOptions(options = {}) {
  const { side, grant, session, onApproval, approval_timeout_ms: approvalTimeoutMs = APPROVAL_TIMEOUT_MS } = options;
  const wrong =
    (side !== "client" && side !== "server" && "`side` must be \"client\" or \"server\"") ||
    (!isNaming(grant) && "`grant` must be text, or a function that returns text") ||
    (!isNaming(session) && "`session` must be text, or a function that returns text") ||
    (onApproval !== undefined && typeof onApproval !== "function" && "`onApproval` must be a function") ||
    (!isDelay(approvalTimeoutMs) && "`approval_timeout_ms` must be a whole number from 1 to 2147483647");
  if (wrong) throw new TypeError(`guard: ${wrong}`);
  return { side, grant, session, onApproval, approvalTimeoutMs };
}

function isNaming(option) {
  return option === undefined || typeof option === "string" || typeof option === "function";
}

/** What a timer can wait, in milliseconds. */
function isDelay(option) {
  return Number.isInteger(option) && option >= 1 && option <= 2_147_483_647;
}
