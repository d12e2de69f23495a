// The real clients of both SDKs, through the real command, to real servers.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { StdioClientTransport as StdioV2 } from "@modelcontextprotocol/client/stdio";
import { StdioClientTransport as StdioV1 } from "@modelcontextprotocol/sdk/client/stdio.js";
import { CallToolResultSchema, ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";

import { BIN, folder, start } from "./command.mjs";
import { serveEverything } from "./http-servers.mjs";
import { call, RECORDING_SERVER, session } from "./proxy-session.mjs";
import { makeClient, MODERN } from "./sdk-pairs.mjs";

const VERDICT = "gatewright.dev/verdict";
const ELICITS = { capabilities: { elicitation: {} } };

const CLIENTS = [
  { name: "SDK 1", Transport: StdioV1, make: (options) => makeClient(1, options), elicitation: ElicitRequestSchema },
  { name: "SDK 2", Transport: StdioV2, make: (options) => makeClient(2, options), elicitation: "elicitation/create" },
];
const MODERN_CLIENT = {
  name: "SDK 2 by the newest protocol",
  Transport: StdioV2,
  make: (options) => makeClient(2, { ...options, versionNegotiation: { mode: { pin: MODERN } } }),
  elicitation: "elicitation/create",
};

const program = (name) => fileURLToPath(import.meta.resolve(`@modelcontextprotocol/${name}/dist/index.js`));
const DEMO = fileURLToPath(new URL("demo-server.mjs", import.meta.url));

/** Connects a client through the proxy to a server: a script for Node, or a command. Both end with the test. */
async function connect(t, { Transport, make }, { policy, server, args = [], env = {} }, clientOptions) {
  const at = folder(t, { "policy.json": { version: "1", ...policy } });
  const client = make(clientOptions);
  t.after(() => client.close());
  const words = ["proxy", "--policy", "policy.json", "--grant", "ci", "--counters", "lmdb:counters"];
  const transport = new Transport({
    command: process.execPath,
    args: [BIN, ...words, "--", ...(Array.isArray(server) ? server : [process.execPath, server]), ...args],
    env: { ...process.env, ...env },
    cwd: at,
    stderr: "ignore",
  });
  return { client, at, ready: client.connect(transport) };
}

const SECRET = { path: "args.path", op: "regex", value: "secret" };

const namesOf = ({ tools }) => tools.map(({ name }) => name);

for (const kind of CLIENTS) {
  test(`${kind.name} works with files through the proxy, and is denied what the policy denies`, async (t) => {
    const files = folder(t, { "a.txt": "hello" });
    const policy = {
      default: "allow",
      hide: ["write_file"],
      tools: {
        read_text_file: { deny_if: [{ conditions: [SECRET], on_deny: "Secrets stay." }] },
        list_directory: { limits: [{ counter: "lists", window: "day", max: 1, scope: "grant" }] },
      },
    };
    const { client, ready } = await connect(t, kind, { policy, server: program("server-filesystem"), args: [files] });
    await ready;
    const names = namesOf(await client.listTools());
    assert.ok(names.includes("read_text_file") && !names.includes("write_file"));
    const read = await client.callTool({ name: "read_text_file", arguments: { path: join(files, "a.txt") } });
    assert.equal(read.content[0].text, "hello");
    const denied = await client.callTool({ name: "read_text_file", arguments: { path: join(files, "secret") } });
    assert.equal(denied.isError, true);
    assert.equal(denied.content[0].text, "[POLICY DENIED] Secrets stay.");
    assert.equal(denied._meta[VERDICT].rule, "/tools/read_text_file/deny_if/args.path-regex");
    const write = { name: "write_file", arguments: { path: join(files, "b.txt"), content: "x" } };
    const hidden = await client.callTool(write);
    assert.equal(hidden._meta[VERDICT].reason, "hidden");
    assert.ok(!(await client.callTool({ name: "list_directory", arguments: { path: files } })).isError);
    const limited = await client.callTool({ name: "list_directory", arguments: { path: files } });
    assert.equal(typeof limited._meta[VERDICT].retry_at, "number");
  });

  test(`${kind.name} keeps a memory through the proxy`, async (t) => {
    const at = folder(t);
    const env = { MEMORY_FILE_PATH: join(at, "memory.jsonl") };
    const policy = { default: "deny", tools: { create_entities: {}, read_graph: {} } };
    const { client, ready } = await connect(t, kind, { policy, server: program("server-memory"), env });
    await ready;
    const entities = [{ name: "Ada", entityType: "person", observations: ["likes engines"] }];
    await client.callTool({ name: "create_entities", arguments: { entities } });
    assert.match((await client.callTool({ name: "read_graph", arguments: {} })).content[0].text, /likes engines/);
    const denied = await client.callTool({ name: "delete_entities", arguments: { entityNames: ["Ada"] } });
    assert.equal(denied._meta[VERDICT].reason, "default-deny");
    assert.match(readFileSync(env.MEMORY_FILE_PATH, "utf8"), /Ada/);
  });

  test(`${kind.name} hears of progress and answers the server's own questions through the proxy`, async (t) => {
    const asked = [];
    const policy = { default: "allow" };
    const { client, ready } = await connect(t, kind, { policy, server: program("server-everything") }, ELICITS);
    client.setRequestHandler(kind.elicitation, (request) => {
      asked.push(request.params.message);
      return { action: "accept", content: { name: "Ada", check: true } };
    });
    await ready;
    const heard = [];
    const slow = { name: "trigger-long-running-operation", arguments: { duration: 0.3, steps: 3 } };
    const onprogress = (progress) => heard.push(progress.progress);
    await client.callTool(slow, ...(kind.name === "SDK 1" ? [CallToolResultSchema] : []), { onprogress });
    // The SDKs drop progress that arrives together with the answer, as the last step may.
    assert.deepEqual(heard.slice(0, 2), [1, 2]);
    const answered = await client.callTool({ name: "trigger-elicitation-request", arguments: {} });
    assert.ok(!answered.isError);
    assert.equal(asked.length, 1);
  });
}

for (const kind of [...CLIENTS, MODERN_CLIENT]) {
  test(`${kind.name} works with the git server, in Python, through the proxy`, async (t) => {
    const repository = folder(t, { "a.txt": "hello" });
    execFileSync("git", ["init", "--quiet"], { cwd: repository });
    const policy = { default: "deny", tools: { git_status: {}, git_add: {} } };
    const server = [join(process.env.GATEWRIGHT_PYTHON, "mcp-server-git")];
    const { client, ready } = await connect(t, kind, { policy, server });
    await ready;
    const names = namesOf(await client.listTools());
    assert.ok(names.includes("git_commit"), "what is not hidden is listed");
    const git = (name, args = {}) => client.callTool({ name, arguments: { repo_path: repository, ...args } });
    assert.match((await git("git_status")).content[0].text, /a\.txt/);
    assert.ok(!(await git("git_add", { files: ["a.txt"] })).isError);
    const denied = await git("git_commit", { message: "no" });
    assert.equal(denied._meta[VERDICT].reason, "default-deny");
    assert.equal(execFileSync("git", ["status", "--short"], { cwd: repository, encoding: "utf8" }), "A  a.txt\n");
  });

  for (const [action, passes] of [["accept", true], ["decline", false]]) {
    test(`${kind.name}: a person who is asked says ${action}`, async (t) => {
      const asked = [];
      const rule = { conditions: [], on_deny: "Erasing needs a person." };
      const policy = { default: "allow", tools: { erase: { require_approval: [rule] } } };
      const { client, ready } = await connect(t, kind, { policy, server: DEMO }, ELICITS);
      client.setRequestHandler(kind.elicitation, (request) => {
        asked.push(request.params.message);
        return action === "accept" ? { action, content: { approve: true } } : { action };
      });
      await ready;
      const answer = await client.callTool({ name: "erase", arguments: {} });
      assert.equal(asked.length, 1);
      assert.match(asked[0], /"erase"[^]*Erasing needs a person/);
      assert.equal(answer.content[0].text.startsWith("[POLICY DENIED]"), !passes);
      assert.ok(!(await client.callTool({ name: "echo", arguments: { message: "hi" } })).isError);
    });
  }
}

test("a client that closes its connection leaves no process behind", async (t) => {
  const args = [join(folder(t), "received")];
  const policy = { default: "allow" };
  const { client, ready } = await connect(t, CLIENTS[1], { policy, server: RECORDING_SERVER, args });
  await ready;
  const pid = Number((await client.callTool({ name: "pid", arguments: {} })).content[0].text);
  await client.close();
  assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
});

test("a call that waits for a server over HTTP holds up nothing: its question is answered meanwhile", async (t) => {
  const { url } = await serveEverything(t);
  const at = folder(t, { "policy.json": { version: "1", default: "allow" } });
  const child = start(["proxy", "--policy", "policy.json", "--counters", "memory", "--upstream", url], { cwd: at });
  t.after(() => child.kill("SIGKILL"));
  const proxy = session(child);
  await proxy.begin({ elicitation: {} });
  proxy.send(call(1, "trigger-elicitation-request", {}));
  const question = await proxy.message((each) => each.method === "elicitation/create");
  const reply = { action: "accept", content: { name: "Ada", check: true } };
  await proxy.ask(JSON.stringify({ jsonrpc: "2.0", id: question.id, result: reply }), 1);
});
