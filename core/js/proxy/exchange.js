// The answer to one POST: plain JSON where it comes at once, a stream of events where there is more to say or to wait.
//
// Once a stream has begun, its status stays 200: an error is then told in the message alone. This module routes
// nothing: it is told what belongs into it.

import { readEnvelope } from "../index.js";
import { errorLine } from "../mcp/messages.js";
import { readMessage } from "./body.js";
import { KEEP_ALIVE, messageEvent } from "./event-stream.js";

/** After so long without an answer a stream is begun, for clients give up on an answer that does not begin. */
const PATIENCE_MS = 5_000;
const KEEP_ALIVE_MS = 15_000;
const LINGER_MS = 1_000;
/** A client that reads no faster than this much is behind, in bytes, is given up. */
const MOST_UNREAD = 64 * 1024 * 1024;
/** Errors that the protocol wants told by the status too. */
const STATUS_OF_ERROR = new Map([
  [-32020, 400],
  [-32021, 400],
  [-32022, 400],
]);

const STREAM_HEADERS = {
  "content-type": "text/event-stream",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
};

/** Answers without a message: the thing is taken note of. */
export function accept(response) {
  response.writeHead(202, { "content-length": "0" }).end();
}

/**
 * Turns a request away.
 * @param {import("node:http").ServerResponse} response
 * @param {ReturnType<typeof import("./fault.js").fault>} fault
 * @param {string} [id] the JSON text of the id of the message, where it is known
 */
export function refuse(response, fault, id = "null") {
  if (response.headersSent) return response.destroy();
  const line = errorLine(id, fault.code, fault.message, fault.data);
  if (response.req.complete) return sendJson(response, fault.status, line, fault.headers);
  // What is left of the body is thrown away for a moment, for a client that is still writing would not read the answer.
  sendJson(response, fault.status, line, { ...fault.headers, connection: "close" });
  response.req.resume();
  setTimeout(() => response.req.destroy(), LINGER_MS).unref();
}

function sendJson(response, status, line, headers = {}) {
  response.writeHead(status, { "content-type": "application/json", "content-length": line.length, ...headers });
  response.end(line);
}

/**
 * A stream of events to a client.
 * @param {import("node:http").ServerResponse} response
 */
export function eventStream(response) {
  response.writeHead(200, STREAM_HEADERS);
  response.flushHeaders();
  const alive = setInterval(() => write(KEEP_ALIVE), KEEP_ALIVE_MS).unref();
  response.on("close", () => clearInterval(alive));

  function write(bytes) {
    if (response.writableEnded || response.destroyed) return;
    response.write(bytes);
    if (response.writableLength > MOST_UNREAD) response.destroy();
  }

  return {
    /** @param {Uint8Array} line */
    send: (line) => write(messageEvent(line)),
    end: () => response.end(),
  };
}

/**
 * The answer to one request.
 * @param {import("node:http").ServerResponse} response
 * @param {{ modern: boolean, patienceMs?: number }} options
 */
export function exchange(response, { modern, patienceMs = PATIENCE_MS }) {
  let stream;
  let answered = false;
  const patience = setTimeout(begin, patienceMs).unref();
  response.on("close", () => clearTimeout(patience));

  function begin() {
    if (response.destroyed) return undefined;
    stream ??= eventStream(response);
    return stream;
  }

  return {
    /** Whether the answer was given, be it that the client was away by then. */
    get answered() {
      return answered;
    },
    /** Whether the client is away. */
    get left() {
      return response.destroyed;
    },
    /** Something said before the answer: a notification, or a question to the client. */
    tell(line) {
      if (!answered) begin()?.send(line);
    },
    /** The answer itself. */
    answer(line) {
      if (answered) return;
      answered = true;
      clearTimeout(patience);
      if (response.destroyed) return;
      if (stream === undefined) return sendJson(response, modern ? statusOf(line) : 200, line);
      stream.send(line);
      stream.end();
    },
    /** The end of a request that the client does not wait for any more. */
    end() {
      if (answered) return;
      answered = true;
      clearTimeout(patience);
      begin()?.end();
    },
    /** The end without an answer. */
    abandon() {
      clearTimeout(patience);
      response.destroy();
    },
  };
}

function statusOf(line) {
  if (readEnvelope(line)?.outcome !== "protocol_error") return 200;
  return STATUS_OF_ERROR.get(readMessage(line).message.error?.code) ?? 200;
}
