import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { StdioClientTransport as StdioV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { CallToolResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { StdioClientTransport as StdioV2 } from "@modelcontextprotocol/client/stdio";

import { guard } from "gatewright/mcp";

import { makeGate } from "./sdk-bare-transport.mjs";
import { makeClient, makeModernClient } from "./sdk-pairs.mjs";

const VERDICT = "gatewright.dev/verdict";

const CLIENTS = [
  { name: "SDK 1", Transport: StdioV1, make: () => makeClient(1) },
  { name: "SDK 2", Transport: StdioV2, make: () => makeClient(2) },
  {
    name: "SDK 2, finding out the protocol",
    Transport: StdioV2,
    make: () => makeClient(2, { versionNegotiation: { mode: "auto" } }),
  },
];

function serverProgram(name) {
  return fileURLToPath(import.meta.resolve(`@modelcontextprotocol/${name}/dist/index.js`));
}

/** Starts a server program and connects a guarded client to it. Both end with the test. */
async function connectTo(t, { Transport, make }, gate, program, args = [], env = {}) {
  const client = make();
  t.after(() => client.close());
  const parameters = { command: process.execPath, args: [program, ...args], env: { ...process.env, ...env } };
  const transport = new Transport({ ...parameters, stderr: "ignore" });
  await client.connect(guard(transport, gate, { side: "client", grant: "ci" }));
  return client;
}

async function folder(t) {
  const path = await mkdtemp(join(tmpdir(), "gatewright-"));
  t.after(() => rm(path, { recursive: true }));
  return path;
}

function names(list) {
  return list.tools.map((tool) => tool.name);
}

for (const kind of CLIENTS) {
  test(`${kind.name} before the real file server: what is denied is not done`, async (t) => {
    const root = await folder(t);
    await writeFile(join(root, "a.txt"), "hello");
    const gate = makeGate({
      hide: ["move_file"],
      tools: {
        read_text_file: { deny_if: [{ conditions: [{ path: "args.path", op: "regex", value: "\\.env$" }] }] },
        list_directory: {},
      },
    });
    const client = await connectTo(t, kind, gate, serverProgram("server-filesystem"), [root]);
    const listed = names(await client.listTools());
    assert.ok(listed.includes("write_file") && !listed.includes("move_file"));
    const read = await client.callTool({ name: "read_text_file", arguments: { path: join(root, "a.txt") } });
    assert.equal(read.content[0].text, "hello");
    const secret = await client.callTool({ name: "read_text_file", arguments: { path: join(root, ".env") } });
    assert.equal(secret._meta[VERDICT].reason, "deny-if");
    const path = join(root, "b.txt");
    const written = await client.callTool({ name: "write_file", arguments: { path, content: "x" } });
    assert.equal(written._meta[VERDICT].reason, "default-deny");
    await client.callTool({ name: "move_file", arguments: { source: join(root, "a.txt"), destination: path } });
    assert.deepEqual(await readdir(root), ["a.txt"]);
  });

  test(`${kind.name} before the real memory server: a limit holds`, async (t) => {
    const file = join(await folder(t), "memory.json");
    const limits = [{ counter: "writes", window: "day", max: 2, scope: "grant" }];
    const gate = makeGate({ tools: { create_entities: { limits }, read_graph: {} } });
    const client = await connectTo(t, kind, gate, serverProgram("server-memory"), [], { MEMORY_FILE_PATH: file });
    const create = (name) => {
      const entities = [{ name, entityType: "t", observations: [] }];
      return client.callTool({ name: "create_entities", arguments: { entities } });
    };
    const results = [await create("one"), await create("two"), await create("three")];
    assert.deepEqual(results.map((result) => result.isError === true), [false, false, true]);
    assert.match(results[2].content[0].text, /^\[POLICY DENIED\] /);
    const graph = await client.callTool({ name: "read_graph", arguments: {} });
    assert.deepEqual(graph.structuredContent.entities.map(({ name }) => name), ["one", "two"]);
    assert.doesNotMatch(await readFile(file, "utf8"), /three/);
  });

  test(`${kind.name} before the real server of everything: what is allowed comes as it is`, async (t) => {
    const program = serverProgram("server-everything");
    const gate = makeGate({ default: "allow", hide: ["get-env"], tools: { echo: { deny_if: [{ conditions: [] }] } } });
    const client = await connectTo(t, kind, gate, program);
    const listed = names(await client.listTools());
    assert.ok(listed.includes("echo") && !listed.includes("get-env"));
    const weather = await client.callTool({ name: "get-structured-content", arguments: { location: "Chicago" } });
    assert.equal(typeof weather.structuredContent.temperature, "number");
    const progress = [];
    const call = { name: "trigger-long-running-operation", arguments: { duration: 0.1, steps: 2 } };
    const options = { onprogress: (step) => progress.push(step.progress) };
    // The first SDK takes a result schema before the options.
    await client.callTool(call, ...(kind.name === "SDK 1" ? [undefined, options] : [options]));
    assert.deepEqual(progress, [1, 2]);
    const denied = await client.callTool({ name: "echo", arguments: { message: "hi" } });
    assert.equal(denied._meta[VERDICT].reason, "deny-if");
  });
}

test("SDK 1 before the real server of everything: a denied call for a task fails with the verdict", async (t) => {
  const gate = makeGate({ default: "allow", hide: ["simulate-research-query"] });
  const client = await connectTo(t, CLIENTS[0], gate, serverProgram("server-everything"));
  const call = { name: "simulate-research-query", arguments: { topic: "bees" } };
  const stream = client.experimental.tasks.callToolStream(call, CallToolResultSchema, { task: { ttl: 1000 } });
  const { value } = await stream.next();
  assert.equal(value.type, "error");
  assert.match(value.error.message, /\[POLICY DENIED\]/);
  assert.equal(value.error.data[VERDICT].reason, "hidden");
});

const modern = { name: "SDK 2 by the newest protocol", Transport: StdioV2, make: () => makeModernClient() };

for (const kind of [...CLIENTS, modern]) {
  for (const version of kind === modern ? ["2"] : ["1", "2"]) {
    test(`a server of SDK ${version} in a process of its own guards itself from ${kind.name}`, async (t) => {
      const program = fileURLToPath(new URL("sdk-guarded-server.mjs", import.meta.url));
      const client = kind.make();
      t.after(() => client.close());
      const parameters = { command: process.execPath, args: [program, version], stderr: "inherit" };
      await client.connect(new kind.Transport(parameters));
      assert.ok(!names(await client.listTools()).includes("delete_account"));
      const read = await client.callTool({ name: "read", arguments: { path: "a" } });
      assert.equal(read.content[0].text, "contents of a");
      const denied = await client.callTool({ name: "delete_account", arguments: {} });
      assert.equal(denied._meta[VERDICT].reason, "hidden");
    });
  }
}
