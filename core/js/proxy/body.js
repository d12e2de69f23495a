// HTTP bodies as lines: one JSON-RPC message each, in one line of UTF-8.
//
// Over HTTP a message may be spread over many lines, over stdio it may not. White space between tokens is taken out of
// the bytes where a line break stands there; every other byte stays as it came. A message is never parsed and written
// anew: `1.0` stays `1.0`, and the second of two equal keys stays for the judge to see.

import { Buffer } from "node:buffer";
import { fault } from "./fault.js";
import { growing } from "./lines.js";

/** The most that one message may measure, in bytes. */
export const MAX_MESSAGE_BYTES = 16 * 1024 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

// `ignoreBOM` keeps a byte order mark in the text, where it is no JSON: a decoder that swallowed it would let a message
// pass that the next reader may read otherwise.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * One message of a body, as a line, and what it holds. Throws a fault where the bytes are not one JSON value in UTF-8.
 * @param {Uint8Array} bytes
 * @returns {{ line: Uint8Array, message: unknown }}
 */
export function readMessage(bytes) {
  let message;
  try {
    message = JSON.parse(decoder.decode(bytes));
  } catch {
    throw fault(400, -32700, "the body is not one JSON value in UTF-8");
  }
  return { line: oneLine(bytes), message };
}

/**
 * The bytes without the white space between tokens, where they hold a line break; else the very bytes. Only for valid
 * JSON: between two numbers, white space is not insignificant.
 * @param {Uint8Array} bytes
 * @returns {Uint8Array}
 */
export function oneLine(bytes) {
  if (!bytes.includes(LINE_FEED) && !bytes.includes(CARRIAGE_RETURN)) return bytes;
  const line = new Uint8Array(bytes.length);
  let length = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (!inString && isWhiteSpace(byte)) continue;
    line[length] = byte;
    length += 1;
    if (byte === QUOTE) inString = !inString;
    if (byte !== BACKSLASH || !inString) continue;
    at += 1;
    line[length] = bytes[at];
    length += 1;
  }
  return line.subarray(0, length);
}

/** @param {number} byte */
function isWhiteSpace(byte) {
  return byte === 0x20 || byte === 0x09 || byte === LINE_FEED || byte === CARRIAGE_RETURN;
}

/**
 * The whole of a body. Rejects with a fault: 413 where it is longer than `maxBytes`, 408 where it has not ended after
 * `timeoutMs`, 400 where it broke off.
 * @param {import("node:http").IncomingMessage} stream
 * @param {{ maxBytes: number, timeoutMs: number }} bounds
 * @returns {Promise<Uint8Array>}
 */
export function readBody(stream, { maxBytes, timeoutMs }) {
  return new Promise((resolve, reject) => {
    const body = growing(maxBytes);
    let length = 0;
    const give = (error, whole) => {
      clearTimeout(timer);
      stream.off("data", onData).off("end", onEnd).off("close", onClose);
      if (error) reject(error);
      else resolve(whole);
    };
    const onData = (chunk) => {
      length += chunk.length;
      if (length > maxBytes) return give(tooLong(maxBytes));
      body.add(chunk);
    };
    const onEnd = () => give(undefined, body.endWith(Buffer.alloc(0)));
    const onClose = () => give(fault(400, -32600, "the body broke off"));
    const timer = setTimeout(() => give(fault(408, -32600, `the body took longer than ${timeoutMs} ms`)), timeoutMs);
    stream.on("error", onClose);
    if (Number(stream.headers["content-length"] ?? 0) > maxBytes) return give(tooLong(maxBytes));
    stream.on("data", onData).on("end", onEnd).on("close", onClose);
  });
}

/** @param {number} maxBytes */
function tooLong(maxBytes) {
  return fault(413, -32600, `the body is longer than ${maxBytes} bytes`);
}
