// The policy's file while the proxy runs, the dry run, and the decision log.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { folder, run } from "./command.mjs";
import { listeningCommand } from "./listening-proxy.mjs";
import { call, policy, RECORDING_SERVER, startProxy } from "./proxy-session.mjs";

const OPEN = policy();
const SHUT = policy({ hide: ["echo"] });
const TAKEN_OVER = "has changed, and holds from now on";

const isHidden = (answer) => answer.result._meta?.["gatewright.dev/verdict"].reason === "hidden";
const times = (text, words) => text.split(words).length - 1;

const entries = (path) => readFileSync(path, "utf8").trim().split("\n").map((line) => JSON.parse(line));

test("a changed policy holds from the next call on, however the file is replaced", async (t) => {
  const proxy = startProxy(t, { text: OPEN });
  const path = proxy.policyPath;
  const target = (name, text) => {
    mkdirSync(join(proxy.at, name));
    writeFileSync(join(proxy.at, name, "policy.json"), text);
  };
  const ways = [
    ["written in place", () => writeFileSync(path, SHUT), true],
    ["another renamed over it", () => (writeFileSync(`${path}.new`, OPEN), renameSync(`${path}.new`, path)), false],
    ["deleted and created", () => (rmSync(path), writeFileSync(path, SHUT)), true],
    [
      "made a symbolic link",
      () => {
        target("one", OPEN);
        symlinkSync("one", join(proxy.at, "current"));
        symlinkSync("current/policy.json", `${path}.new`);
        renameSync(`${path}.new`, path);
      },
      false,
    ],
    [
      "a link on the way turned round",
      () => {
        target("two", SHUT);
        symlinkSync("two", join(proxy.at, "next"));
        renameSync(join(proxy.at, "next"), join(proxy.at, "current"));
      },
      true,
    ],
  ];
  await proxy.begin();
  let id = 0;
  for (const [way, change, hidden] of ways) {
    const before = times(proxy.errors.text, TAKEN_OVER);
    change();
    const isTakenOver = () => (times(proxy.errors.text, TAKEN_OVER) > before ? true : undefined);
    await proxy.until(isTakenOver, `the policy was ${way}`);
    id += 1;
    assert.equal(isHidden(await proxy.ask(call(id, "echo", {}))), hidden, way);
  }
});

test("a broken policy is refused with its diagnostics, and the old one stays; a deleted one too", async (t) => {
  const proxy = startProxy(t, { text: SHUT });
  await proxy.begin();
  writeFileSync(proxy.policyPath, '{\n  "version": "1",\n  "default": "alow"\n}');
  await proxy.stderr("the policy before it still holds");
  assert.match(proxy.errors.text, /policy\.json:3:14: error\[/);
  assert.ok(isHidden(await proxy.ask(call(1, "echo", {}))));
  rmSync(proxy.policyPath);
  await proxy.stderr("cannot be read, and the policy still holds");
  assert.ok(isHidden(await proxy.ask(call(2, "echo", {}))));
  writeFileSync(proxy.policyPath, OPEN);
  await proxy.stderr(TAKEN_OVER);
  assert.ok(!isHidden(await proxy.ask(call(3, "echo", {}))));
});

test("a replaced policy keeps what its counters hold, and tells a client that was promised to be told", async (t) => {
  const limits = (description) => policy({
    description,
    tools: { echo: { limits: [{ counter: "echoes", window: "day", max: 1, scope: "grant" }] } },
  });
  const proxy = startProxy(t, { text: limits("one") });
  await proxy.begin();
  await proxy.ask(call(1, "echo", {}));
  writeFileSync(proxy.policyPath, limits("two"));
  await proxy.message((each) => each.method === "notifications/tools/list_changed");
  assert.equal((await proxy.ask(call(2, "echo", {}))).result.isError, true);
});

test("a dry run forwards everything, and logs what would be denied", async (t) => {
  const text = policy({
    hide: ["hidden"],
    tools: {
      echo: { limits: [{ counter: "echoes", window: "day", max: 1, scope: "grant" }] },
      fail: { require_approval: [{ conditions: [] }] },
    },
  });
  const proxy = startProxy(t, { text, options: ["--dry-run", "--log", "log.jsonl"] });
  const list = await proxy.ask('{"jsonrpc":"2.0","id":0,"method":"tools/list"}');
  assert.ok(list.result.tools.some(({ name }) => name === "hidden"));
  const lines = [call(1, "echo", {}), call(2, "echo", {}), call(3, "hidden", {}), call(4, "fail", {})];
  const twice = call(5, "echo", {}).replace('"name":', '"name":"fail","name":');
  for (const line of [...lines, twice]) await proxy.ask(line);
  await proxy.end();
  assert.deepEqual(proxy.received().split("\n").slice(1, -1), [...lines, twice]);
  const decisions = entries(join(proxy.cwd, "log.jsonl")).filter(({ decision }) => decision);
  assert.deepEqual(
    decisions.map(({ decision, reason, dry_run }) => [decision, reason, dry_run]),
    [
      ["allow", "allowed", true],
      ["deny", "limit", true],
      ["deny", "hidden", true],
      ["approval", "require-approval", true],
      ["deny", "malformed", true],
    ],
  );
});

test("the log has argument names, and values only when asked, to the last digit; it is one user's", async (t) => {
  const secret = { GATEWRIGHT_TEST_SECRET: "do-not-write-me" };
  const args = '{"n":12345678901234567890,"key":"value-of-key"}';
  const line = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":${args}}}`;
  const logOf = async (options) => {
    const proxy = startProxy(t, { options: ["--log", "log.jsonl", ...options], env: secret });
    await proxy.ask(line);
    await proxy.end();
    const path = join(proxy.cwd, "log.jsonl");
    assert.equal(statSync(path).mode & 0o777, 0o600);
    return readFileSync(path, "utf8");
  };
  const names = await logOf([]);
  assert.match(names, /"unknown_args":\["n","key"\]/);
  assert.ok(!names.includes("value-of-key"));
  const values = await logOf(["--log-args"]);
  assert.ok(values.includes(`"args":${args}`));
  assert.ok(!(names + values).includes("do-not-write-me"));
});

test("the id of an HTTP session, by which anybody could speak in it, is not in the log", async (t) => {
  const cwd = folder(t, { "policy.json": policy() });
  const server = [process.execPath, RECORDING_SERVER, join(cwd, "received")];
  const words = ["proxy", "--policy", "policy.json", "--counters", "memory", "--log", "log.jsonl", "--listen", "0"];
  const { url } = await listeningCommand(t, [...words, "--", ...server], { cwd });
  const post = (body, headers = {}) => {
    const accept = "application/json, text/event-stream";
    return fetch(url, { method: "POST", body, headers: { accept, "content-type": "application/json", ...headers } });
  };
  const params = { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "test", version: "1" } };
  const begun = await post(JSON.stringify({ jsonrpc: "2.0", id: 0, method: "initialize", params }));
  const id = begun.headers.get("mcp-session-id");
  await begun.text();
  const session = { "mcp-session-id": id, "mcp-protocol-version": "2025-06-18" };
  assert.match(await (await post(call(1, "echo", {}), session)).text(), /"content"/);
  const log = readFileSync(join(cwd, "log.jsonl"), "utf8");
  assert.match(log, /"session":"[0-9a-f-]{36}"/);
  assert.ok(!log.includes(id));
});

test("a full log is moved aside, by whoever finds it full, and no line is lost", async (t) => {
  const at = folder(t);
  const options = ["--log", join(at, "log.jsonl"), "--log-max-bytes", "65536"];
  const proxies = [1, 2].map(() => startProxy(t, { options }));
  const calls = 300;
  await Promise.all(
    proxies.map(async (proxy) => {
      for (let id = 1; id <= calls; id += 1) await proxy.ask(call(id, "echo", {}));
    }),
  );
  const files = readdirSync(at).map((name) => join(at, name));
  assert.ok(files.length > 1);
  for (const path of files) assert.ok(statSync(path).size < 65_536 + 1_000);
  const all = files.flatMap(entries);
  assert.equal(all.filter(({ decision }) => decision === "allow").length, 2 * calls);
  assert.equal(all.filter(({ outcome }) => outcome === "ok").length, 2 * calls);
});

test("a decision that cannot be logged lets no call through", async (t) => {
  const proxy = startProxy(t, { options: ["--log", "/dev/full"] });
  const answer = await proxy.ask(call(1, "echo", {}));
  assert.match(answer.error.message, /was not forwarded/);
  assert.equal(proxy.received(), "");
});

test("the log, replayed by simulate, gives the decisions that were made", async (t) => {
  const text = policy({
    default: "deny",
    hide: ["hidden"],
    tools: {
      echo: {
        deny_if: [{ conditions: [{ path: "args.amount", op: "gt", value: 100 }] }],
        limits: [{ counter: "spent", window: "day", max: 100, scope: "grant", increment_from: "args.amount" }],
      },
      refuse: { limits: [{ counter: "refused", window: "day", max: 1, scope: "grant" }] },
      fail: { require_approval: [{ conditions: [] }] },
    },
  });
  const proxy = startProxy(t, { text, options: ["--log", "log.jsonl", "--log-args"] });
  let id = 0;
  const ask = (name, args = {}) => proxy.ask(call((id += 1), name, args));
  for (const amount of [40, 60, 1, 500]) await ask("echo", { amount });
  for (const name of ["refuse", "refuse", "hidden", "silent", "fail"]) await ask(name);
  proxy.send("junk");
  await ask("refuse");
  await proxy.end();
  const log = join(proxy.cwd, "log.jsonl");
  const made = entries(log).filter(({ decision, tool }) => decision && tool);
  const { code, stdout, stderr } = await run(["simulate", proxy.policyPath, log, "--json", "--verdicts"]);
  assert.ok(code < 2, stderr);
  const replayed = stdout.trim().split("\n").map((line) => JSON.parse(line)).filter(({ decision }) => decision);
  assert.deepEqual(
    replayed.map(({ tool, decision, rule }) => ({ tool, decision, rule })),
    made.map(({ tool, decision, rule }) => ({ tool, decision, rule })),
  );
});
