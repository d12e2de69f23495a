// Clients and servers of the official SDK, both versions, in one process: what a guard is put between.
//
// Every server offers the same tools, and notes each call that reaches a handler in `seen`.

import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { McpServer as ServerV1 } from "@modelcontextprotocol/sdk/server/mcp.js";
import { Client as ClientV2 } from "@modelcontextprotocol/client";
import { McpServer as ServerV2 } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";
import * as z from "zod";

import { guard } from "gatewright/mcp";

export const MODERN = "2026-07-28";

/** The policy of the pairs: one tool hidden, one with rules, one with a limit of two calls a day, one not listed. */
export const POLICY = JSON.stringify({
  version: "1",
  default: "deny",
  hide: ["delete_account"],
  tools: {
    read: {},
    wait: {},
    charge: {
      deny_if: [
        { conditions: [{ path: "args.amount", op: "gt", value: 500 }], on_deny: "A charge cannot exceed 500." },
      ],
      require_approval: [{ conditions: [{ path: "args.amount", op: "gt", value: 100 }] }],
    },
    limited: { limits: [{ counter: "calls", window: "day", max: 2, scope: "grant" }] },
  },
});

const IMPLEMENTATION = { name: "in-process", version: "1.0.0" };

/** @returns {{ server: object, seen: object[], started: Promise<void> }} `started`: once `wait` is called. */
export function makeServer(version) {
  const server = new (version === 1 ? ServerV1 : ServerV2)(IMPLEMENTATION, { capabilities: { tools: {} } });
  const seen = [];
  const schema = (shape) => (version === 1 ? shape : z.object(shape));
  const text = (words) => ({ content: [{ type: "text", text: words }] });
  let begun;
  const started = new Promise((resolve) => (begun = resolve));
  const tool = (name, shape, handler, more) =>
    server.registerTool(name, { inputSchema: schema(shape), ...more }, (args, context) => {
      seen.push({ name, args });
      return handler(args, context);
    });
  tool("read", { path: z.string() }, ({ path }) => text(`contents of ${path}`));
  tool("delete_account", {}, () => text("deleted"));
  tool("unlisted", {}, () => text("done"));
  tool("limited", { fails: z.boolean().optional() }, ({ fails }) => ({ ...text("counted"), isError: fails }));
  tool(
    "charge",
    { amount: z.number() },
    ({ amount }) => ({ ...text(`charged ${amount}`), structuredContent: { charged: amount } }),
    { outputSchema: schema({ charged: z.number() }) },
  );
  tool("wait", {}, (_, context) => {
    begun();
    const signal = context.signal ?? context.mcpReq.signal;
    return new Promise((resolve) => signal.addEventListener("abort", () => resolve(text("aborted"))));
  });
  return { server, seen, started };
}

export function makeClient(version, options = {}) {
  return new (version === 1 ? ClientV1 : ClientV2)(IMPLEMENTATION, options);
}

/** A client that speaks the newest protocol, or gives up. */
export function makeModernClient(options = {}) {
  return makeClient(2, { ...options, versionNegotiation: { mode: { pin: MODERN } } });
}

/** Each pair: its name, the versions of both, and the protocol's era. */
export const PAIRS = [
  { name: "SDK 1 with SDK 1", clientVersion: 1, serverVersion: 1, era: "legacy" },
  { name: "SDK 2 with SDK 2", clientVersion: 2, serverVersion: 2, era: "legacy" },
  { name: "SDK 2 with SDK 2 by the newest protocol", clientVersion: 2, serverVersion: 2, era: "modern" },
  { name: "an SDK 1 client with an SDK 2 server", clientVersion: 1, serverVersion: 2, era: "legacy" },
  { name: "an SDK 2 client with an SDK 1 server", clientVersion: 2, serverVersion: 1, era: "legacy" },
];

/** Connects a pair in this process, with the guard on one side. `t` closes it when the test ends. */
export async function connectPair(t, pair, gate, options) {
  const { server, seen, started } = makeServer(pair.serverVersion);
  const client = pair.era === "modern" ? makeModernClient() : makeClient(pair.clientVersion);
  const [near, far] = InMemoryTransport.createLinkedPair();
  const clientSide = options.side === "client" ? guard(near, gate, options) : near;
  const serverSide = options.side === "server" ? guard(far, gate, options) : far;
  if (pair.era === "modern") serveStdio(() => server, { transport: serverSide });
  else await server.connect(serverSide);
  await client.connect(clientSide);
  t.after(() => client.close());
  return { client, server, seen, started };
}
