// Who may speak to the proxy over HTTP at all, before a byte of a body is read.
//
// A page in a browser can send requests to this machine, and can give a name of its own this machine's address. So the
// `Host` that was asked for, and the `Origin` of a page that asks, have to be known ones. An address that other
// machines reach is served only to those who hold the token.

import { Buffer } from "node:buffer";
import { createHash, timingSafeEqual } from "node:crypto";
import { fault } from "./fault.js";
import { hostnameOf, isLoopback } from "./loopback.js";

const INVALID_REQUEST = -32600;
const METHODS = "POST, GET, DELETE";
/** What a page of an allowed origin may send and read. */
const PAGE_HEADERS = {
  "access-control-allow-methods": METHODS,
  "access-control-allow-headers":
    "authorization, content-type, last-event-id, mcp-method, mcp-name, mcp-protocol-version, mcp-session-id",
  "access-control-max-age": "600",
};

/**
 * @param {{
 *   host: string,
 *   path: string,
 *   token?: string,
 *   allowHosts?: readonly string[],
 *   allowOrigins?: readonly string[],
 * }} options `host`: the address that is bound. `allowHosts`: further names that the proxy is reached by.
 *   `allowOrigins`: origins of pages, as browsers send them.
 */
export function admission({ host, path, token, allowHosts = [], allowOrigins = [] }) {
  const hosts = new Set([host, ...allowHosts].map((name) => hostnameOf(bracketed(name)) ?? name));
  const origins = new Set(allowOrigins);
  const expected = token === undefined ? undefined : digest(token);

  /** Throws a fault where a request may not be heard. */
  function check(request) {
    const hostname = hostnameOf(request.headers.host);
    if (hostname === undefined || !(hosts.has(hostname) || (isLoopback(host) && isLoopback(hostname)))) {
      throw fault(403, INVALID_REQUEST, "the Host header names another host; allow a name with --allow-host");
    }
    if (!originAllowed(request.headers.origin)) {
      throw fault(
        403,
        INVALID_REQUEST,
        "pages of this Origin may not speak to the proxy; allow one with --allow-origin",
      );
    }
    if (request.url.split("?", 1)[0] !== path) {
      throw fault(404, INVALID_REQUEST, `there is nothing here; the server is at ${path}`);
    }
    // A browser asks beforehand without credentials.
    if (request.method === "OPTIONS" && origins.has(request.headers.origin)) return;
    if (expected && !timingSafeEqual(expected, digest(bearer(request.headers.authorization)))) {
      const headers = { "www-authenticate": "Bearer" };
      throw fault(401, INVALID_REQUEST, "the bearer token is missing or wrong", { headers });
    }
    if (request.method === "POST") return checkPost(request.headers);
    if (request.method === "GET" || request.method === "DELETE") return;
    throw fault(405, INVALID_REQUEST, `the method is none of ${METHODS}`, { headers: { allow: METHODS } });
  }

  function originAllowed(origin) {
    if (origin === undefined || origins.has(origin)) return true;
    return /^https?:/.test(origin) && URL.canParse(origin) && isLoopback(new URL(origin).hostname);
  }

  return {
    check,
    /** Lets a page of an allowed origin read the answer. Returns whether this was only its question beforehand. */
    welcomePage(request, response) {
      const { origin } = request.headers;
      if (!origins.has(origin)) return false;
      response.setHeader("access-control-allow-origin", origin);
      response.setHeader("access-control-expose-headers", "mcp-session-id");
      response.setHeader("vary", "origin");
      if (request.method !== "OPTIONS") return false;
      response.writeHead(204, PAGE_HEADERS).end();
      return true;
    },
  };
}

function checkPost(headers) {
  const type = (headers["content-type"] ?? "").split(";", 1)[0].trim().toLowerCase();
  if (type !== "application/json") throw fault(415, INVALID_REQUEST, "the Content-Type must be application/json");
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") throw fault(415, INVALID_REQUEST, "a body that is compressed is not read");
  if (!accepts(headers, "application/json") || !accepts(headers, "text/event-stream")) {
    throw fault(406, INVALID_REQUEST, "the Accept header must list application/json and text/event-stream");
  }
}

/** Whether a client reads a kind of answer. One that does not say reads any. */
export function accepts(headers, type) {
  const accepted = (headers.accept ?? "*/*").toLowerCase().split(",");
  const ranges = accepted.map((range) => range.split(";", 1)[0].trim());
  return ranges.includes(type) || ranges.includes("*/*") || ranges.includes(`${type.split("/", 1)[0]}/*`);
}

function bracketed(host) {
  return host.includes(":") && !host.startsWith("[") && host.split(":").length > 2 ? `[${host}]` : host;
}

function bearer(authorization = "") {
  return /^bearer +(.*)$/i.exec(authorization)?.[1] ?? "";
}

/** Of equal length whatever was sent, so that comparing tells nothing. */
function digest(text) {
  return createHash("sha256").update(Buffer.from(text, "utf8")).digest();
}
