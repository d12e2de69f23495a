// How programs in TypeScript guard both versions of the SDK. Compiled by a test, never run.

import { Client as ClientV2, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport as StdioV2 } from "@modelcontextprotocol/client/stdio";
import { createMcpHandler, McpServer as ServerV2 } from "@modelcontextprotocol/server";
import { serveStdio, StdioServerTransport } from "@modelcontextprotocol/server/stdio";
import { Client as ClientV1 } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport as StdioV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { McpServer as ServerV1 } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";

import { compile } from "gatewright";
import { Gate, guard, type GuardOptions } from "gatewright/mcp";

const itself = { name: "consumer", version: "1.0.0" };
const compiled = compile("{}");
if (!compiled.ok) throw new Error(compiled.errors[0]?.message);
const gate = new Gate({ policy: compiled.policy });

await new ClientV1(itself).connect(guard(new StdioV1({ command: "x" }), gate, { side: "client", grant: "ci" }));

const client = guard(new ClientV2(itself), gate, {
  side: "client",
  approval_timeout_ms: 5000,
  onApproval: async ({ call, verdict, signal }) => call.tool === "x" && verdict.rule !== "y" && !signal.aborted,
});
await client.connect(new StdioV2({ command: "x" }));
await client.connect(new StreamableHTTPClientTransport(new URL("http://127.0.0.1/")));

const byToken: GuardOptions = { side: "server", grant: ({ authInfo }) => authInfo!.clientId };
await new ServerV1(itself).connect(guard(new StreamableHTTPServerTransport({}), gate, byToken));
createMcpHandler(() => guard(new ServerV2(itself), gate, byToken));
serveStdio(() => new ServerV2(itself), { transport: guard(new StdioServerTransport(), gate, { side: "server" }) });

// @ts-expect-error: the side must be told
guard(new StdioServerTransport(), gate, {});
// @ts-expect-error: no transport
guard({}, gate, { side: "client" });
