// The headers `Mcp-Param-*`: arguments that a tool's schema wants repeated in headers, by `x-mcp-header`.
//
// A client over stdio sends no headers, so the proxy learns from the answers to `tools/list` which arguments a server
// wants, and adds them. Of a tool that was never listed it knows nothing: the server then refuses the call itself.

import { encodeValue } from "./mirrored-headers.js";

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const TYPES = new Set(["string", "integer", "boolean"]);
const MAX_DEPTH = 32;

/** Remembers what listed tools want, and makes the headers of a call. */
export function paramHeaderMaker() {
  /** @type {Map<string, { header: string, path: string[] }[]>} */
  const wanted = new Map();
  return {
    /** @param {any} result of `tools/list` */
    learn(result) {
      if (!Array.isArray(result?.tools)) return;
      for (const tool of result.tools) {
        if (typeof tool?.name === "string") wanted.set(tool.name, declarations(tool.inputSchema, [], 0));
      }
    },
    /**
     * @param {any} params of `tools/call`
     * @returns {Record<string, string>}
     */
    headersFor(params) {
      const headers = {};
      for (const { header, path } of wanted.get(params?.name) ?? []) {
        const text = asText(path.reduce(ownMember, params.arguments));
        if (text !== undefined) headers[`mcp-param-${header.toLowerCase()}`] = encodeValue(text);
      }
      return headers;
    },
  };
}

/** What is wanted of the arguments: only a chain of `properties` leads to one, as the protocol says. */
function declarations(schema, path, depth) {
  if (!isObject(schema) || depth > MAX_DEPTH) return [];
  const header = schema["x-mcp-header"];
  const own = typeof header === "string" && TOKEN.test(header) && TYPES.has(schema.type) ? [{ header, path }] : [];
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  return own.concat(properties.flatMap(([name, property]) => declarations(property, [...path, name], depth + 1)));
}

function ownMember(value, name) {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function asText(value) {
  if (typeof value === "string") return value;
  if (typeof value === "boolean" || Number.isSafeInteger(value)) return String(value);
  return undefined;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
