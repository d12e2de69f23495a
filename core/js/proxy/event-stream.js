// Server-sent events, read and written as bytes.
//
// Reading follows the HTML standard: lines end with CR, LF or both, an event ends with an empty line, and an event that
// the end of the stream cuts short is none. What `data` holds is never decoded, so a message comes out as it went in.
// This module opens no stream and reconnects nothing.

import { Buffer } from "node:buffer";
import { oneLine } from "./body.js";
import { growing } from "./lines.js";

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const COLON = 0x3a;
const SPACE = 0x20;
const END_OF_LINE = Buffer.of(LINE_FEED);
const NOTHING = Buffer.alloc(0);
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A comment, for a client that takes silence for the end. */
export const KEEP_ALIVE = Buffer.from(": keep-alive\n\n");

/**
 * One message as an event.
 * @param {Uint8Array} line valid JSON
 * @returns {Buffer}
 */
export function messageEvent(line) {
  return Buffer.concat([Buffer.from("event: message\ndata: "), oneLine(line), Buffer.from("\n\n")]);
}

/**
 * Reads a stream of events, fed in pieces that may be cut anywhere. `push` throws where one event is longer than
 * `maxBytes`.
 * @param {{
 *   maxBytes: number,
 *   onEvent: (event: { type: string, data: Buffer }) => void,
 *   onId?: (id: string) => void,
 *   onRetry?: (delayMs: number) => void,
 * }} options
 */
export function eventReader({ maxBytes, onEvent, onId, onRetry }) {
  const held = growing(maxBytes);
  let heldBytes = 0;
  let afterReturn = false;
  let firstLine = true;
  let type = "";
  const data = growing(maxBytes);
  let dataBytes = 0;

  function hold(bytes) {
    heldBytes += bytes.length;
    if (heldBytes + dataBytes > maxBytes) throw new Error(`an event is longer than ${maxBytes} bytes`);
    held.add(bytes);
  }

  function takeLine() {
    let line = held.endWith(NOTHING);
    heldBytes = 0;
    if (firstLine && line.subarray(0, 3).equals(BYTE_ORDER_MARK)) line = line.subarray(3);
    firstLine = false;
    if (line.length === 0) return dispatch();
    const colon = line.indexOf(COLON);
    const field = line.subarray(0, colon < 0 ? line.length : colon).toString("latin1");
    const from = colon < 0 ? line.length : colon + (line[colon + 1] === SPACE ? 2 : 1);
    takeField(field, line.subarray(from));
  }

  function takeField(field, value) {
    if (field === "event") type = value.toString("utf8");
    if (field === "id" && !value.includes(0)) onId?.(value.toString("utf8"));
    if (field === "retry" && /^\d{1,9}$/.test(value.toString("latin1"))) onRetry?.(Number(value.toString("latin1")));
    if (field !== "data") return;
    if (dataBytes > 0) data.add(END_OF_LINE);
    data.add(value);
    dataBytes += value.length + 1;
  }

  function dispatch() {
    const event = { type: type || "message", data: data.endWith(NOTHING) };
    type = "";
    dataBytes = 0;
    if (event.data.length > 0) onEvent(event);
  }

  return {
    /** @param {Uint8Array} piece */
    push(piece) {
      let start = 0;
      for (let at = 0; at < piece.length; at += 1) {
        const byte = piece[at];
        if (byte !== LINE_FEED && byte !== CARRIAGE_RETURN) {
          afterReturn = false;
          continue;
        }
        const secondOfPair = byte === LINE_FEED && afterReturn;
        if (!secondOfPair) {
          hold(piece.subarray(start, at));
          takeLine();
        }
        start = at + 1;
        afterReturn = byte === CARRIAGE_RETURN;
      }
      hold(piece.subarray(start));
    },
  };
}
