// The server side over streamable HTTP: an MCP server at a URL, in either era.
//
// Each line becomes one POST with the very bytes. Up to revision 2025-11-25 there is a session: it begins with the
// answer to `initialize`, has a stream of its own for what the server says unasked, and ends with a DELETE. Since
// 2026-07-28 there is none, and to take a call back is to close its POST.
//
// No request is sent twice. Where an answer breaks off, the call may have run all the same: it is answered as lost, and
// stays counted. This module judges nothing and keeps no message.

import { Buffer } from "node:buffer";
import { setTimeout as pause } from "node:timers/promises";
import { readEnvelope } from "../index.js";
import { errorLine, idKey } from "../mcp/messages.js";
import { MAX_MESSAGE_BYTES, readBody, readMessage } from "./body.js";
import { eventReader } from "./event-stream.js";
import { requester } from "./http-request.js";
import { isModern, mirroredHeaders, ownVersion, paramHeadersOf } from "./mirrored-headers.js";
import { paramHeaderMaker } from "./param-headers.js";

/** The bounds of one upstream: milliseconds and bytes. An open stream may live as long as it likes. */
export const UPSTREAM_BOUNDS = Object.freeze({
  /** Until the answer to a request begins. A server that answers in plain JSON begins when the tool is done. */
  answerMs: 600_000,
  /** Until a message that needs no answer is acknowledged; the messages after it wait for that. */
  acknowledgeMs: 30_000,
  /** Until the body of an answer in plain JSON has ended, once it has begun. */
  bodyMs: 60_000,
  /** For the DELETE at the end. */
  farewellMs: 2_000,
  firstRetryMs: 1_000,
  lastRetryMs: 30_000,
  /** How often an answer that broke off is asked for again, where the server has named its events. */
  resumptions: 2,
  maxBytes: MAX_MESSAGE_BYTES,
});

/** The least that a server may ask for between two attempts, in milliseconds. */
const LEAST_RETRY_MS = 100;
/** JSON-RPC's code for: no fault of the request's. */
const INTERNAL_ERROR = -32603;

/**
 * A server side.
 *
 * @param {{
 *   url: URL,
 *   http?: ReturnType<typeof requester>,
 *   headers?: Record<string, string>,
 *   clientHeaders?: Record<string, string | string[] | undefined>,
 *   report?: (problem: string) => void,
 *   bounds?: Partial<typeof UPSTREAM_BOUNDS>,
 * }} options
 *   `http`: shares its connections with other server sides. `headers`: yours, such as `authorization`; never reported.
 *   `clientHeaders`: those of the client's own POST, of which `Mcp-Param-*` is passed on. `report` is told what is about
 *   no waiting call.
 */
export function httpUpstream({ url, http = requester(url), headers: ownHeaders = {}, clientHeaders, ...options }) {
  const { report = () => {} } = options;
  const bounds = { ...UPSTREAM_BOUNDS, ...options.bounds };
  const paramHeaders = paramHeaderMaker();
  const passedOn = clientHeaders && paramHeadersOf(clientHeaders);
  const place = `${url.origin}${url.pathname}`;
  /** What ends with the server side. */
  const underWay = new Set();
  /** Requests that wait for their answer, by their id. */
  const waiting = new Map();
  let side;
  let session;
  let version;
  let gone = false;
  let closed = false;
  let hearing = false;
  /** What must be through before the next message of the session is sent. */
  let turn = Promise.resolve();

  function sessionHeaders() {
    return { ...(session && { "mcp-session-id": session }), ...(version && { "mcp-protocol-version": version }) };
  }

  function postHeaders(message) {
    const modern = isModern(ownVersion(message));
    const isCall = modern && message.method === "tools/call";
    return {
      ...ownHeaders,
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      ...(modern ? mirroredHeaders(message) : sessionHeaders()),
      ...(isCall && (passedOn ?? paramHeaders.headersFor(message.params))),
    };
  }

  /** Sends one message, and waits for nothing: the client may have more to say before the answer is there. */
  function send(line) {
    const envelope = readEnvelope(line);
    if (envelope === undefined) return report("a line that cannot be read was not sent");
    const { message } = readMessage(line);
    const call = envelope.cancels === undefined ? undefined : waiting.get(idKey(envelope.cancels));
    if (call?.modern) return call.abort.abort();
    if (isModern(ownVersion(message))) return void dispatch(line, message, envelope);
    const sent = turn.then(() => dispatch(line, message, envelope));
    if (envelope.kind !== "request" || message.method === "initialize") turn = sent;
  }

  /** Resolves once the message is answered or acknowledged, or cannot be; never rejects. */
  function dispatch(line, message, envelope) {
    const body = Buffer.from(line.buffer, line.byteOffset, line.byteLength);
    return envelope.kind === "request" ? ask(body, message, envelope.id) : tell(body, message, envelope);
  }

  /** A message that is not answered: a notification, or the answer to a question of the server's. */
  async function tell(body, message, envelope) {
    const { signal, done } = begin();
    try {
      const headers = { ...postHeaders(message), "content-length": String(body.length) };
      const response = await http.open({ method: "POST", headers, body, signal, answerMs: bounds.acknowledgeMs });
      // Not waited for: a server may leave the stream open, and other messages wait for this one.
      if (isEventStream(response)) readEvents(response, {}).catch(() => {});
      else response.resume();
      if (response.statusCode === 404 && session) return sessionGone();
      if (response.statusCode >= 300)
        report(`${place} answered ${response.statusCode} to ${envelope.method ?? "a response"}`);
      else if (message.method === "notifications/initialized") void hearServer();
      if (envelope.cancels !== undefined) waiting.get(idKey(envelope.cancels))?.abort.abort();
    } catch (error) {
      if (!closed) report(`${place} did not take ${envelope.method ?? "a response"}: ${error.message}`);
    } finally {
      done();
    }
  }

  /** Something that is given up when the server side closes. */
  function begin() {
    const controller = new AbortController();
    underWay.add(controller);
    if (closed) controller.abort();
    return { controller, signal: controller.signal, done: () => underWay.delete(controller) };
  }

  async function ask(body, message, id) {
    const { controller: abort, signal, done } = begin();
    const call = { id, message, abort, modern: isModern(ownVersion(message)), answered: false, lastEvent: undefined };
    waiting.set(idKey(id), call);
    try {
      const headers = { ...postHeaders(message), "content-length": String(body.length) };
      const response = await http.open({ method: "POST", headers, body, signal, answerMs: bounds.answerMs });
      await takeAnswer(response, call);
      await resume(call, signal);
      if (!call.answered) throw new Error("the answer broke off");
    } catch (error) {
      if (!signal.aborted && !call.answered) unanswered(call, error);
    } finally {
      done();
      if (waiting.get(idKey(id)) === call) waiting.delete(idKey(id));
    }
  }

  async function takeAnswer(response, call) {
    const { statusCode } = response;
    if (statusCode >= 200 && statusCode < 300 && isEventStream(response)) {
      keepSession(response, call);
      // A stream that breaks off may be taken up again, so this is not the end yet.
      return readEvents(response, call).catch((error) => {
        if (call.modern || call.lastEvent === undefined) throw error;
      });
    }
    const body = await readBody(response, { maxBytes: bounds.maxBytes, timeoutMs: bounds.bodyMs }).catch((error) => {
      response.destroy();
      throw error;
    });
    if (statusCode >= 200 && statusCode < 300) {
      if (mediaType(response) !== "application/json") throw new Error(`it answered ${statusCode} with no message`);
      keepSession(response, call);
      return deliver(readMessage(body).line, call);
    }
    if (statusCode === 404 && session && !call.modern) sessionGone();
    refused(statusCode, body, call);
  }

  function keepSession(response, call) {
    if (call.message.method === "initialize" && !call.modern) session = response.headers["mcp-session-id"];
  }

  /** An answer by HTTP status: the server has refused the message, and often says why in a JSON-RPC error. */
  function refused(statusCode, body, call) {
    const error = errorIn(body);
    // A gateway in between answers so while the server is at work.
    if (statusCode >= 500 && error === undefined) throw new Error(`it answered ${statusCode}`);
    if (call.answered) return;
    call.answered = true;
    const { code, message, data } = error ?? {
      code: INTERNAL_ERROR,
      message: `${place} answered ${statusCode}${hint(statusCode)}`,
    };
    side.onLine(errorLine(call.id, code, message, data));
  }

  /** Asks on for an answer whose stream ended too early, where the server has named its events. */
  async function resume(call, signal) {
    for (let tries = 0; tries < bounds.resumptions; tries += 1) {
      if (call.answered || call.modern || call.lastEvent === undefined) return;
      await pause(call.retryMs ?? bounds.firstRetryMs, undefined, { signal });
      const headers = { ...streamHeaders(), "last-event-id": call.lastEvent };
      const response = await http
        .open({ method: "GET", headers, signal, answerMs: bounds.acknowledgeMs })
        .catch(() => {});
      if (response === undefined) continue;
      if (!isEventStream(response) || response.statusCode !== 200) return response.destroy();
      await readEvents(response, call).catch(() => {});
    }
  }

  function streamHeaders() {
    return { ...ownHeaders, accept: "text/event-stream", ...sessionHeaders() };
  }

  /** The stream for what the server says unasked; taken up again until the session ends. */
  async function hearServer() {
    if (hearing) return;
    hearing = true;
    const stream = {};
    const { signal } = begin();
    for (let delay = bounds.firstRetryMs; !gone && !signal.aborted; delay = Math.min(delay * 2, bounds.lastRetryMs)) {
      try {
        const headers = { ...streamHeaders(), ...(stream.lastEvent && { "last-event-id": stream.lastEvent }) };
        const response = await http.open({ method: "GET", headers, signal, answerMs: bounds.acknowledgeMs });
        if (response.statusCode === 404 && session) return sessionGone();
        if (response.statusCode !== 200 || !isEventStream(response)) return response.destroy();
        delay = bounds.firstRetryMs;
        await readEvents(response, stream);
      } catch (error) {
        if (!signal.aborted) report(`the stream from ${place} broke off: ${error.message}`);
      }
      await pause(stream.retryMs ?? delay, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  async function readEvents(response, stream) {
    const reader = eventReader({
      maxBytes: bounds.maxBytes,
      onId: (id) => (stream.lastEvent = /^[\x20-\x7e]+$/.test(id) ? id : undefined),
      onRetry: (delayMs) => (stream.retryMs = Math.min(Math.max(delayMs, LEAST_RETRY_MS), bounds.lastRetryMs)),
      onEvent: ({ type, data }) => {
        if (type === "message") takeEvent(data, stream);
      },
    });
    for await (const piece of response) reader.push(piece);
  }

  function takeEvent(data, stream) {
    let read;
    try {
      read = readMessage(data);
    } catch {
      return report(`${place} sent an event that is no message; it was left out`);
    }
    deliver(read.line, stream);
  }

  function deliver(line, call) {
    const envelope = readEnvelope(line);
    const isAnswer = envelope?.kind === "response" && call.id !== undefined && idKey(envelope.id) === idKey(call.id);
    if (isAnswer) learn(line, call);
    side.onLine(line);
  }

  function learn(line, call) {
    call.answered = true;
    if (waiting.get(idKey(call.id)) === call) waiting.delete(idKey(call.id));
    const { method } = call.message;
    if (method === "initialize") version = readMessage(line).message.result?.protocolVersion ?? version;
    if (method === "tools/list" && call.modern) paramHeaders.learn(readMessage(line).message.result);
  }

  function unanswered(call, error) {
    call.answered = true;
    const message = `${place} gave no answer: ${error.message}`;
    // What never left this machine has not run, and may be given back.
    if (error.sent === false) side.onLine(errorLine(call.id, INTERNAL_ERROR, message));
    else side.onLost(call.id, message);
  }

  function sessionGone() {
    if (gone) return;
    gone = true;
    session = undefined;
    side.onGone(`${place} has ended the session`);
  }

  async function close() {
    if (closed) return;
    closed = true;
    gone = true;
    for (const controller of underWay) controller.abort();
    if (session !== undefined) {
      const headers = { ...ownHeaders, ...sessionHeaders() };
      const signal = AbortSignal.timeout(bounds.farewellMs);
      const farewell = http.open({ method: "DELETE", headers, signal, answerMs: bounds.farewellMs });
      await farewell.then(
        (response) => response.resume(),
        () => {},
      );
    }
  }

  return {
    /**
     * @param {{
     *   onLine(line: Uint8Array): void,
     *   onLost(id: string, message: string): void,
     *   onGone(message: string): void,
     * }} to `onLost`: a request whose answer will not come, though the server may have acted on it
     */
    start(to) {
      side = to;
    },
    send,
    close,
  };
}

function isEventStream(response) {
  return mediaType(response) === "text/event-stream";
}

function mediaType(response) {
  return (response.headers["content-type"] ?? "").split(";", 1)[0].trim().toLowerCase();
}

/** The JSON-RPC error in a body, whatever id it names: servers answer with the id `null` what they did not read. */
function errorIn(body) {
  try {
    const { error } = readMessage(body).message;
    return Number.isSafeInteger(error?.code) && typeof error.message === "string" ? error : undefined;
  } catch {
    return undefined;
  }
}

function hint(statusCode) {
  if (statusCode === 401 || statusCode === 403) return ": give it credentials with --upstream-header NAME=ENV_VAR";
  if (statusCode >= 300 && statusCode < 400) return ": redirects to another origin are not followed";
  return "";
}
