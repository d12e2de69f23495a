// A server program on standard input and output that guards itself: `node sdk-guarded-server.mjs 1|2`, by SDK version.

import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { serveStdio } from "@modelcontextprotocol/server/stdio";

import { compile } from "gatewright";
import { Gate, guard } from "gatewright/mcp";

import { makeServer, POLICY } from "./sdk-pairs.mjs";

const { policy } = compile(POLICY);
const gate = new Gate({ policy });
const options = { side: "server", grant: "ci" };

if (process.argv[2] === "1") await makeServer(1).server.connect(guard(new StdioServerTransport(), gate, options));
else serveStdio(() => guard(makeServer(2).server, gate, options));
