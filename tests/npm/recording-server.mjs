// A tiny MCP server that writes every byte it gets to a file, the first argument, and reads lines as naively as can be:
// what it is seen to have got is what the proxy let through.
//
// Its tools are ways to behave: see `TOOLS`. It never checks what it is asked.

import { appendFileSync, writeFileSync } from "node:fs";
import process from "node:process";

const [, , record] = process.argv;
writeFileSync(record, "");

const say = (message) => process.stdout.write(`${typeof message === "string" ? message : JSON.stringify(message)}\n`);
const text = (words) => ({ content: [{ type: "text", text: words }] });

/** Each gets the request, and gives the result, or says something itself. */
const TOOLS = {
  echo: ({ params }) => text(JSON.stringify(params.arguments ?? {})),
  hidden: () => text("hidden"),
  fail: () => ({ ...text("it failed"), isError: true }),
  refuse: ({ id }) => say({ jsonrpc: "2.0", id, error: { code: -32602, message: "no" } }),
  silent: () => undefined,
  pid: () => text(String(process.pid)),
  junk({ id }) {
    say("a banner, not a message");
    say("{ half a message");
    say({ jsonrpc: "2.0", id, result: text("after the junk") });
  },
  twice: ({ id }) => say(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{},"result":{}}`),
  huge: () => text("x".repeat(200_000)),
  die: () => process.exit(3),
  /** Wants to know something first, as since revision 2026-07-28. */
  ask({ id, params }) {
    if (params.requestState === "state-1") return text(`answered ${JSON.stringify(params.inputResponses)}`);
    const form = { mode: "form", message: "Which?", requestedSchema: { type: "object", properties: {} } };
    const inputRequests = { q: { method: "elicitation/create", params: form } };
    say({ jsonrpc: "2.0", id, result: { resultType: "input_required", inputRequests, requestState: "state-1" } });
    return undefined;
  },
};

/** With a member that nobody knows, and a number that JavaScript cannot hold. */
const TOOL_LIST = Object.keys(TOOLS)
  .map((name) => `{"name":"${name}","inputSchema":{"type":"object"},"later":12345678901234567890}`)
  .join();

function answer(request) {
  const { id, method, params } = request;
  if (method === "initialize") {
    const capabilities = { tools: { listChanged: true } };
    return { protocolVersion: params.protocolVersion, capabilities, serverInfo: { name: "recording", version: "1" } };
  }
  if (method === "tools/list") {
    const rest = '"nextCursor":"","cacheScope":"public","ttlMs":1e3';
    say(`{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":{"tools":[${TOOL_LIST}],${rest}}}`);
    return undefined;
  }
  return method === "tools/call" ? TOOLS[params.name]?.(request) : {};
}

let begun = "";
process.stdin.on("data", (bytes) => {
  appendFileSync(record, bytes);
  const lines = (begun + bytes.toString("utf8")).split("\n");
  begun = lines.pop();
  for (const line of lines) {
    const request = JSON.parse(line);
    if (request.id === undefined || request.method === undefined) continue;
    const result = answer(request);
    if (result !== undefined) say({ jsonrpc: "2.0", id: request.id, result });
  }
});
