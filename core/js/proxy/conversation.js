// One client over HTTP talking to one server: which of the client's open answers a line belongs into.
//
// Up to revision 2025-11-25 that is a session of many POSTs and one stream beside them; since 2026-07-28 it is a single
// POST. The messages of a server say of themselves where they belong only if they are answers or progress; what says
// nothing goes to the stream beside, questions to a call that is open, and what finds nobody waits a little.

import { readEnvelope } from "../index.js";
import { errorLine, idKey } from "../mcp/messages.js";
import { readMessage } from "./body.js";
import { accept, eventStream, exchange, refuse } from "./exchange.js";
import { fault } from "./fault.js";

/** How many lines wait for a stream to be opened. */
const MOST_UNSENT = 100;
const INVALID_REQUEST = -32600;
const INTERNAL_ERROR = -32603;

/**
 * @param {{
 *   server: { start(to: object): void, send(line: Uint8Array): unknown, close(): unknown },
 *   interpose: (wires: { session?: string, toServer: Function, toClient: Function }) => object,
 *   session?: string,
 *   modern?: boolean,
 *   patienceMs?: number,
 *   onEnd?: () => void,
 * }} options `interpose` makes the interposer between the two wires. `onEnd` is called once, when the conversation is
 *   over.
 */
export function conversation({ server, interpose, session, modern = false, patienceMs, onEnd = () => {} }) {
  /** Requests that wait for their answer, by their id. */
  const open = new Map();
  /** Posted messages without an id that may be refused: they are refused without an id too. */
  const unnamed = [];
  const unsent = [];
  let beside;
  let version;
  let ended = false;
  let lastUsed = Date.now();

  const interposer = interpose({ session, toServer: (line) => server.send(line), toClient: route });
  server.start({
    onLine: (line) => interposer.fromServer(line).catch(() => end()),
    onGone: (message) => interposer.serverGone(message).then(() => void end()),
    onLost: (id, message) => interposer.answerLost(id, message),
    onTooLong: () => interposer.answersLost("a message of the server is too long to be read"),
  });

  /** Takes a line for the client. `about`: the JSON text of the id of the request that it is about, where known. */
  function route(line, about) {
    const envelope = readEnvelope(line);
    if (envelope?.kind === "response") return answer(line, envelope);
    const call = open.get(idKey(about)) ?? callInProgress(line, envelope);
    if (call) return call.exchange.tell(line);
    const newest = [...open.values()].at(-1)?.exchange;
    const place = envelope?.kind === "request" ? (newest ?? beside) : (beside ?? newest);
    if (place) return (place.tell ?? place.send)(line);
    unsent.push(line);
    if (unsent.length > MOST_UNSENT) unsent.shift();
  }

  function callInProgress(line, envelope) {
    if (envelope?.method !== "notifications/progress") return undefined;
    const token = readMessage(line).message.params?.progressToken;
    return [...open.values()].find((call) => call.token !== undefined && call.token === token);
  }

  function answer(line, envelope) {
    const key = idKey(envelope.id);
    const call = open.get(key);
    if (call === undefined) return answerUnnamed(line);
    open.delete(key);
    lastUsed = Date.now();
    if (call.begins) version = readMessage(line).message.result?.protocolVersion;
    call.exchange.answer(line);
    if (call.begins && envelope.outcome === "protocol_error") void end();
  }

  function answerUnnamed(line) {
    const response = unnamed.shift();
    if (response === undefined || response.headersSent) return;
    const { error } = readMessage(line).message;
    refuse(response, fault(400, error.code, error.message, { data: error.data }));
  }

  /** Takes a posted message, and sees to it that the POST is answered. Throws a fault where it is turned away. */
  async function post({ line, message, envelope }, response) {
    lastUsed = Date.now();
    if (envelope?.kind === "request") return postRequest(line, message, envelope.id, response);
    unnamed.push(response);
    await interposer.fromClient(line);
    const at = unnamed.indexOf(response);
    if (at >= 0) unnamed.splice(at, 1);
    if (!response.headersSent) accept(response);
    if (envelope?.cancels !== undefined) giveUp(idKey(envelope.cancels));
  }

  /** A request that was taken back is not answered: nothing is left to wait for. */
  function giveUp(key) {
    open.get(key)?.exchange.end();
    open.delete(key);
  }

  async function postRequest(line, message, id, response) {
    const key = idKey(id);
    if (key === undefined) throw fault(400, INVALID_REQUEST, "the id must be text or a whole number of at most 2^53");
    if (open.has(key)) throw fault(400, INVALID_REQUEST, `a request with the id ${id} still waits for its answer`);
    const call = {
      exchange: exchange(response, { modern, patienceMs }),
      token: message.params?._meta?.progressToken,
      begins: message.method === "initialize",
    };
    open.set(key, call);
    response.on("close", () => (lastUsed = Date.now()));
    if (modern) response.on("close", () => (call.exchange.answered ? end() : takeBack(id)));
    try {
      await interposer.fromClient(line);
    } catch {
      open.delete(key);
      call.exchange.answer(errorLine(id, INTERNAL_ERROR, "the request could not be forwarded"));
    }
  }

  /** Without a session, a client takes its request back by closing the connection. */
  async function takeBack(id) {
    const notification = `{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":${id}}}`;
    await interposer.fromClient(new TextEncoder().encode(notification));
    end();
  }

  /** Opens the stream beside the calls. Throws a fault where there is one. */
  function hear(response) {
    if (beside) throw fault(409, INVALID_REQUEST, "this session has a stream already");
    const stream = eventStream(response);
    beside = stream;
    response.on("close", () => {
      if (beside === stream) beside = undefined;
      lastUsed = Date.now();
    });
    for (const line of unsent.splice(0)) stream.send(line);
  }

  /** Ends the conversation. Resolves once the server side is closed. */
  async function end() {
    if (ended) return;
    ended = true;
    interposer.clientGone();
    beside?.end();
    for (const [, { exchange: left }] of open) left.abandon();
    onEnd();
    await server.close();
  }

  return {
    post,
    hear,
    end,
    drained: () => interposer.drained(),
    /** The protocol version that server and client have agreed on, once they have. */
    get version() {
      return version;
    },
    /** Since when nobody waits for anything, in milliseconds since the epoch. Undefined while somebody does. */
    get idleSince() {
      const isAwaited = [...open.values()].some((call) => !call.exchange.left);
      return isAwaited || beside ? undefined : lastUsed;
    },
  };
}
