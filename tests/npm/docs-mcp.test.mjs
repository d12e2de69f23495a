// Runs the examples of the page on MCP: each ```js block under the name in its first line, with real clients and
// servers.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";

import { StdioClientTransport as StdioV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { StdioClientTransport as StdioV2 } from "@modelcontextprotocol/client/stdio";

import { makeClient } from "./sdk-pairs.mjs";

const VERDICT = "gatewright.dev/verdict";
const MODULES = fileURLToPath(new URL("node_modules", import.meta.url));
const PAGE = readFileSync(join(MODULES, "gatewright/docs/mcp.md"), "utf8");

/** Writes an example of the page into a folder of its own. */
function example(t, name) {
  const [, code] = PAGE.match(new RegExp(`^\`\`\`js\\n(// ${name}[^]*?)^\`\`\`$`, "m"));
  const cwd = mkdtempSync(join(tmpdir(), "gatewright-example-"));
  t.after(() => rmSync(cwd, { recursive: true, force: true }));
  symlinkSync(MODULES, join(cwd, "node_modules"), "junction");
  writeFileSync(join(cwd, name), code);
  return cwd;
}

async function connect(t, client, Transport, cwd, name) {
  t.after(() => client.close());
  // `MEMORY_FILE_PATH`: where the memory server of an example may write.
  const env = { ...process.env, MEMORY_FILE_PATH: join(cwd, "memory.json") };
  await client.connect(new Transport({ command: process.execPath, args: [name], cwd, env, stderr: "inherit" }));
  return client;
}

test("the example of a client prints what the page says", (t) => {
  const ran = spawnSync(process.execPath, ["client.mjs"], { cwd: example(t, "client.mjs"), encoding: "utf8" });
  const [, output] = PAGE.match(/^```text\n([^]*?)^```$/m);
  assert.equal(ran.stderr, "");
  assert.equal(ran.stdout, output);
});

for (const [version, Transport, options] of [
  [1, StdioV1, {}],
  [2, StdioV2, {}],
  [2, StdioV2, { versionNegotiation: { mode: "auto" } }],
]) {
  test(`the example of a server greets SDK ${version} once a day (${JSON.stringify(options)})`, async (t) => {
    const client = makeClient(version, options);
    await connect(t, client, Transport, example(t, "server.mjs"), "server.mjs");
    const greet = () => client.callTool({ name: "greet", arguments: { name: "Ann" } });
    assert.equal((await greet()).content[0].text, "Hello, Ann.");
    assert.equal((await greet())._meta[VERDICT].reason, "limit");
  });

  test(`the example of an interposer hides a tool from SDK ${version} (${JSON.stringify(options)})`, async (t) => {
    const client = makeClient(version, options);
    await connect(t, client, Transport, example(t, "interpose.mjs"), "interpose.mjs");
    const names = (await client.listTools()).tools.map(({ name }) => name);
    assert.ok(names.includes("read_graph") && !names.includes("delete_entities"));
    const denied = await client.callTool({ name: "delete_entities", arguments: { entityNames: [] } });
    assert.equal(denied._meta[VERDICT].reason, "hidden");
    assert.equal((await client.callTool({ name: "read_graph", arguments: {} })).isError, undefined);
  });
}

test("the example of a handler tells each token the time once a day", async (t) => {
  const { handler } = await import(pathToFileURL(join(example(t, "handler.mjs"), "handler.mjs")));
  t.after(() => handler.close());
  for (const clientId of ["ann", "ben"]) {
    const client = makeClient(2);
    t.after(() => client.close());
    const authInfo = { token: "t", clientId, scopes: [] };
    const serve = (url, init) => handler.fetch(new Request(url, init), { authInfo });
    await client.connect(new StreamableHTTPClientTransport(new URL("http://in-process.invalid/"), { fetch: serve }));
    const time = () => client.callTool({ name: "time", arguments: {} });
    assert.match((await time()).content[0].text, /^\d{4}-/);
    assert.equal((await time())._meta[VERDICT].reason, "limit");
  }
});

test("the page shows no example that is not run here", () => {
  const first = Array.from(PAGE.matchAll(/^```js\n\/\/ ([\w.]+)/gm), ([, name]) => name);
  assert.deepEqual(first, ["client.mjs", "server.mjs", "handler.mjs", "interpose.mjs"]);
  assert.equal(PAGE.match(/^```js$/gm).length, first.length);
});
