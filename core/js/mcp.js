// The package's doors for MCP: a guard for the official SDK, and an interposer for lines of bytes.

export { Gate } from "./gate.js";
export { guard } from "./mcp/guard.js";
export { Approvals } from "./mcp/approvals.js";
export { Interposer } from "./mcp/interposer.js";
