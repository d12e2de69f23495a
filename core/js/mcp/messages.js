// The few JSON-RPC messages that the interposer writes itself, and how ids are told apart.
//
// What is forwarded is never made here: it stays the bytes that were judged.

import { errorLine as textOfError } from "../index.js";

/** The message is JSON, and no message that can be passed on. */
export const INVALID_REQUEST = -32600;
/** The message is no JSON. */
export const PARSE_ERROR = -32700;
/** The answer did not come, or is none. */
export const INTERNAL_ERROR = -32603;
/** The call is denied, and its caller takes no result. In the range that JSON-RPC leaves to applications. */
export const DENIED = 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** A message as a line. */
export function lineOf(message) {
  return encoder.encode(typeof message === "string" ? message : JSON.stringify(message));
}

/** The text of a line, or of a part of it. */
export function textOf(line) {
  return decoder.decode(line);
}

/** A line as a value; undefined where it is no JSON. Of equal keys the last counts: nothing is to be judged by it. */
export function parsed(line) {
  try {
    return JSON.parse(textOf(line)) ?? undefined;
  } catch {
    return undefined;
  }
}

/** A JSON-RPC error. `id` is the JSON text of the request's id, or undefined where nobody knows it: then it is null. */
export function errorLine(id = "null", code, message, data) {
  return lineOf(textOfError(id, code, message, data));
}

/** A result, given as a value. `id` is the JSON text of the request's id. */
export function resultLine(id, result) {
  return lineOf(`{"jsonrpc":"2.0","id":${id},"result":${JSON.stringify(result)}}`);
}

/**
 * What a request's id is matched by: `"\u0061"` and `"a"` are one id, 1 and "1" are two. Nothing for what two readers
 * may read as two ids: a number that is not whole, or beyond what every reader holds exactly; null; a list.
 *
 * @param {string | undefined} id The JSON text of the id.
 * @returns {string | number | undefined}
 */
export function idKey(id) {
  if (id === undefined) return undefined;
  const value = JSON.parse(id);
  return typeof value === "string" || Number.isSafeInteger(value) ? value : undefined;
}

/**
 * A line without some stretches of its bytes.
 *
 * @param {Uint8Array} line
 * @param {readonly (readonly [number, number])[]} stretches From and up to; they do not overlap.
 */
export function without(line, stretches) {
  const sorted = stretches.toSorted(([a], [b]) => a - b);
  const length = sorted.reduce((left, [start, end]) => left - (end - start), line.length);
  const rest = new Uint8Array(length);
  let read = 0;
  let written = 0;
  for (const [start, end] of [...sorted, [line.length, line.length]]) {
    rest.set(line.subarray(read, start), written);
    written += start - read;
    read = end;
  }
  return rest;
}
