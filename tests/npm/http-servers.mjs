// Servers over HTTP for the tests: real ones made with the SDKs, and one that only records what reaches it. Each
// listens on a free loopback port, and ends with its test.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler } from "@modelcontextprotocol/server";
import { makeDemoServer } from "./demo-server.mjs";

const require = createRequire(import.meta.url);

/** Serves `handler` on a free port. Returns the URL of `/mcp` there. */
export async function serveHttp(t, handler) {
  const server = createServer(handler);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  return `http://127.0.0.1:${server.address().port}/mcp`;
}

/** An SDK server of revision 2026-07-28 alone. `seen` collects the headers of each request. */
export async function serveModern(t, { seen = [], events = {}, notify = false } = {}) {
  const handler = createMcpHandler(() => makeDemoServer(events), { legacy: "reject" });
  const serve = toNodeHandler(handler);
  const url = await serveHttp(t, (request, response) => {
    seen.push({ method: request.method, headers: request.headers });
    return serve(request, response);
  });
  t.after(() => handler.close());
  return notify ? { url, notify: handler.notify } : url;
}

/** The reference server `everything` in a process of its own, over streamable HTTP. */
export async function serveEverything(t) {
  const script = require.resolve("@modelcontextprotocol/server-everything/dist/index.js");
  const port = await freePort();
  const child = spawn(process.execPath, [script, "streamableHttp"], {
    env: { ...process.env, PORT: String(port) },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(child, "exit");
  t.after(async () => {
    child.kill("SIGKILL");
    await ended;
  });
  for await (const line of createInterface(child.stderr)) if (line.includes("listening on port")) break;
  return { url: `http://127.0.0.1:${port}/mcp`, child };
}

/** The answer to the first message of a legacy session. */
export const begun = (id) => ({ jsonrpc: "2.0", id, result: { protocolVersion: "2025-06-18", capabilities: {} } });

/** A port of the loopback that nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/**
 * A server that records every request with its body, and answers as `answer` says: a function of the recorded request
 * and the response.
 */
export async function serveRecorded(t, answer) {
  const requests = [];
  const url = await serveHttp(t, async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks).toString("utf8");
    const recorded = { method: request.method, headers: request.headers, body, url: request.url };
    requests.push(recorded);
    await answer(recorded, response);
  });
  return { url, requests };
}

/** Answers with JSON. */
export function answerJson(response, value, { status = 200, headers = {} } = {}) {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(value));
}
