// The headers that repeat what a message says: `MCP-Protocol-Version`, `Mcp-Method`, `Mcp-Name`, `Mcp-Param-*`.
//
// Since protocol revision 2026-07-28 every request carries them, so that whoever stands in between may route without
// reading the body. The policy judges the body alone; a request whose headers say something else is refused, for a
// server that goes by its headers would do what nobody judged.

import { Buffer } from "node:buffer";
import { fault } from "./fault.js";

/** The first revision without sessions. Revisions are dates, and compare as text. */
const FIRST_MODERN = "2026-07-28";
const VERSION_KEY = "io.modelcontextprotocol/protocolVersion";
const HEADER_MISMATCH = -32020;

/** Which member of `params` the header `Mcp-Name` repeats. */
const NAME_MEMBERS = new Map([
  ["tools/call", "name"],
  ["prompts/get", "name"],
  ["resources/read", "uri"],
  ["tasks/get", "taskId"],
  ["tasks/update", "taskId"],
  ["tasks/cancel", "taskId"],
]);

/** The protocol version that a message says itself, if it does. */
export function ownVersion(message) {
  const version = message?.params?._meta?.[VERSION_KEY];
  return typeof version === "string" ? version : undefined;
}

/** Whether a version is one of those without sessions. */
export function isModern(version) {
  return version !== undefined && /^\d{4}-\d{2}-\d{2}$/.test(version) && version >= FIRST_MODERN;
}

/**
 * The headers for a message that says its version itself; none for another.
 * @returns {Record<string, string>}
 */
export function mirroredHeaders(message) {
  const version = ownVersion(message);
  if (version === undefined || typeof message.method !== "string") return {};
  const headers = { "mcp-protocol-version": encodeValue(version), "mcp-method": encodeValue(message.method) };
  const name = nameOf(message);
  if (name !== undefined) headers["mcp-name"] = encodeValue(name);
  return headers;
}

/**
 * Which era a posted message belongs to, by its body; the headers only have to agree. Throws a fault where they do not.
 * @param {Record<string, string | string[] | undefined>} headers as of `node:http`, names in lower case
 * @returns {"modern" | "legacy"}
 */
export function eraOf(headers, message) {
  const told = read(headers, "mcp-protocol-version");
  const own = ownVersion(message);
  if (told !== undefined && own !== undefined && told !== own) {
    throw mismatch("MCP-Protocol-Version", told, `the body says protocol version ${quote(own)}`);
  }
  agree(headers, "Mcp-Method", message.method);
  agree(headers, "Mcp-Name", nameOf(message));
  if (!isModern(own ?? told)) return "legacy";
  const isRequest = message.method !== undefined && message.id !== undefined;
  if (!isRequest) return "modern";
  if (own === undefined) {
    throw fault(
      400,
      -32602,
      `params._meta lacks ${quote(VERSION_KEY)}, though the header MCP-Protocol-Version is there`,
    );
  }
  if (told === undefined) throw mismatch("MCP-Protocol-Version", undefined, `the body says ${quote(own)}`);
  need(headers, "Mcp-Method", message.method);
  need(headers, "Mcp-Name", nameOf(message));
  return "modern";
}

/** The headers `Mcp-Param-*` that a client sent, to pass on. */
export function paramHeadersOf(headers) {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith("mcp-param-")));
}

function agree(headers, header, said) {
  const told = read(headers, header.toLowerCase());
  if (told === undefined) return;
  const decoded = decodeValue(told);
  if (decoded === undefined) throw mismatch(header, told, "it is no valid Base64");
  if (decoded !== said) {
    throw mismatch(header, told, said === undefined ? "the body has no such value" : `the body says ${quote(said)}`);
  }
}

function need(headers, header, said) {
  if (said === undefined || headers[header.toLowerCase()] !== undefined) return;
  throw mismatch(header, undefined, `the body says ${quote(said)}`);
}

function mismatch(header, told, body) {
  const what = told === undefined ? "is missing" : `says ${quote(told)}`;
  return fault(400, HEADER_MISMATCH, `headers and body disagree: the header ${header} ${what}, but ${body}`, {
    data: { mismatch: { header: told ?? "(missing)", body } },
  });
}

function nameOf(message) {
  const member = NAME_MEMBERS.get(message.method);
  const name = member && message.params?.[member];
  return typeof name === "string" ? name : undefined;
}

/** Node joins a repeated header with a comma, so two that differ equal neither. */
function read(headers, name) {
  const value = headers[name];
  return typeof value === "string" ? value.replace(/^[ \t]+|[ \t]+$/g, "") : undefined;
}

function quote(text) {
  return `\`${text}\``;
}

/** A value as a header holds it: plain where it can be, else Base64 with its mark. */
export function encodeValue(text) {
  const plain = /^[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?$/.test(text) && !isMarked(text);
  return plain ? text : `=?base64?${Buffer.from(text, "utf8").toString("base64")}?=`;
}

/** The text of a header's value. Undefined where its Base64 is not canonical, or not UTF-8. */
export function decodeValue(value) {
  if (!isMarked(value)) return value;
  const written = value.slice("=?base64?".length, -"?=".length);
  const bytes = Buffer.from(written, "base64");
  if (bytes.toString("base64") !== written) return undefined;
  const text = bytes.toString("utf8");
  return Buffer.from(text, "utf8").equals(bytes) ? text : undefined;
}

function isMarked(value) {
  return value.startsWith("=?base64?") && value.endsWith("?=");
}
