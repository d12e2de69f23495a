// A small server made with version 2 of the SDK: `node demo-server.mjs` serves it over stdio, in both eras.

import { once } from "node:events";
import { pathToFileURL } from "node:url";
import { McpServer, fromJsonSchema } from "@modelcontextprotocol/server";
import { serveStdio } from "@modelcontextprotocol/server/stdio";

const text = (words) => ({ content: [{ type: "text", text: words }] });

/** `events`: told what the tools do; `started`, `aborted`, `ran(name)`. */
export function makeDemoServer({ started = () => {}, aborted = () => {}, ran = () => {} } = {}) {
  const server = new McpServer({ name: "demo", version: "1.0.0" });
  const message = { type: "object", properties: { message: { type: "string" } }, required: ["message"] };

  server.registerTool("echo", { description: "Says it again", inputSchema: fromJsonSchema(message) }, (args) => {
    ran("echo");
    return text(args.message);
  });

  server.registerTool("erase", { description: "Erases all", inputSchema: fromJsonSchema({ type: "object" }) }, () => {
    ran("erase");
    return text("erased");
  });

  const routed = { type: "object", properties: { region: { type: "string", "x-mcp-header": "Region" } } };
  server.registerTool("route", { description: "Is routed by a header", inputSchema: fromJsonSchema(routed) }, (args) =>
    text(`routed to ${args.region}`),
  );

  server.registerTool(
    "count",
    { description: "Tells its progress", inputSchema: fromJsonSchema({ type: "object" }) },
    async (_, context) => {
      const progressToken = context.mcpReq._meta?.progressToken;
      for (const progress of [1, 2, 3]) {
        if (progressToken === undefined) continue;
        await context.mcpReq.notify({
          method: "notifications/progress",
          params: { progressToken, progress, total: 3 },
        });
      }
      return text("counted");
    },
  );

  server.registerTool(
    "hang",
    { description: "Ends when it is taken back", inputSchema: fromJsonSchema({ type: "object" }) },
    async (_, context) => {
      const { signal } = context.mcpReq;
      started();
      if (!signal.aborted) await once(signal, "abort");
      aborted();
      return text("taken back");
    },
  );

  const none = fromJsonSchema({ type: "object" });
  server.registerTool("grow", { description: "Adds a tool", inputSchema: none }, () => {
    server.registerTool("grown", { description: "Was added", inputSchema: none }, () => text("grown"));
    return text("grew");
  });
  return server;
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) serveStdio(() => makeDemoServer());
