// Junk, servers that die, clients that vanish, calls that are taken back, signals: nothing hangs, and nothing that was
// forwarded is forgotten.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { folder, start } from "./command.mjs";
import { call, policy, RECORDING_SERVER, session, startProxy } from "./proxy-session.mjs";

const TWO_A_DAY = policy({
  all_tools: { limits: [{ counter: "calls", window: "day", max: 2, scope: "grant" }] },
});

const isDenied = ({ result }) => result?.isError === true && result._meta?.["gatewright.dev/verdict"] !== undefined;

test("junk on the server's standard output reaches the errors, never the client", async (t) => {
  const proxy = startProxy(t);
  const answer = await proxy.ask(call(1, "junk", {}));
  assert.equal(answer.result.content[0].text, "after the junk");
  assert.equal(proxy.heard.length, 1);
  await proxy.stderr("a banner, not a message");
  await proxy.stderr("{ half a message");
});

test("an answer that two clients might read in two ways becomes an error, and the call stays counted", async (t) => {
  const proxy = startProxy(t, { text: TWO_A_DAY });
  for (const id of [1, 2]) assert.match((await proxy.ask(call(id, "twice", {}))).error.message, /cannot be read/);
  assert.ok(isDenied(await proxy.ask(call(3, "echo", {}))));
});

test("an answer above the cap becomes an error for whoever waits", async (t) => {
  const proxy = startProxy(t, { options: ["--max-line-bytes", "65536"] });
  const answer = await proxy.ask(call(1, "huge", {}));
  assert.match(answer.error.message, /more than 65536 bytes/);
  await proxy.ask(call(2, "echo", {}));
});

test("a server that dies: who waits gets an error, and the exit code is the server's", async (t) => {
  const proxy = startProxy(t);
  proxy.send(call(1, "silent", {}));
  proxy.send('{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"die"}}');
  const answers = [await proxy.message((each) => each.id === 1), await proxy.message((each) => each.id === 2)];
  for (const answer of answers) assert.match(answer.error.message, /exit code 3/);
  const { code, stderr } = await proxy.ended;
  assert.equal(code, 3);
  assert.match(stderr, /exit code 3/);
});

test("a server that cannot be started: the client is told, exit 127", async (t) => {
  const proxy = startProxy(t, { server: ["gatewright-no-such-server"] });
  proxy.send(call(1, "echo", {}));
  const { code, stderr } = await proxy.ended;
  assert.equal(code, 127);
  assert.match(stderr, /gatewright-no-such-server/);
});

test("a client whose input has ended still gets the answers to come", async (t) => {
  const proxy = startProxy(t);
  for (const id of [1, 2, 3]) proxy.send(call(id, "echo", {}));
  const { code, lines } = await proxy.end();
  assert.deepEqual(lines.map((line) => JSON.parse(line).id), [1, 2, 3]);
  assert.equal(code, 0);
});

test("a client that vanishes takes the server with it", async (t) => {
  const proxy = startProxy(t, { text: TWO_A_DAY, options: ["--log", "log.jsonl"] });
  await proxy.ask(call(1, "echo", {}));
  proxy.child.stdout.destroy();
  proxy.send(call(2, "echo", {}));
  proxy.child.stdin.destroy();
  const { code } = await proxy.ended;
  assert.equal(code, 0);
  const log = readFileSync(join(proxy.cwd, "log.jsonl"), "utf8").trim().split("\n").map((line) => JSON.parse(line));
  assert.equal(log.filter((entry) => entry.decision === "allow").length, 2);
});

test("a server that ignores the end of its input and signals is killed", async (t) => {
  const stubborn = `
    process.on("SIGTERM", () => {});
    setInterval(() => {}, 1e9);
    process.stdout.write(process.pid + "\\n");`;
  const proxy = startProxy(t, { server: [process.execPath, "-e", stubborn] });
  const said = await proxy.stderr("no message that can be passed on, from the server: ");
  const pid = Number(/server: (\d+)/.exec(said)[1]);
  const { code } = await proxy.end();
  assert.equal(code, 128 + 9);
  assert.throws(() => process.kill(pid, 0), { code: "ESRCH" });
});

for (const signal of ["SIGTERM", "SIGINT"]) {
  test(`on ${signal} answers to come are passed on, then the server gets it too`, async (t) => {
    const slow = `
      setInterval(() => {}, 1e9);
      process.on("${signal}", () => { process.stderr.write("got ${signal}\\n"); process.exit(5); });
      process.stdin.on("data", (line) => {
        process.stderr.write("working\\n");
        const { id } = JSON.parse(line);
        const answer = JSON.stringify({ jsonrpc: "2.0", id, result: { content: [] } });
        setTimeout(() => process.stdout.write(answer + "\\n"), 300);
      });`;
    const proxy = startProxy(t, { server: [process.execPath, "-e", slow] });
    proxy.send(call(1, "echo", {}));
    await proxy.stderr("working");
    proxy.child.kill(signal);
    await proxy.message((each) => each.id === 1);
    const { code, stderr } = await proxy.ended;
    assert.match(stderr, new RegExp(`got ${signal}`));
    assert.equal(code, 5);
  });
}

test("a call that is taken back at the server: it is told, the call stays counted, no answer passes", async (t) => {
  const late = `
    const say = (message) => process.stdout.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\\n");
    process.stdin.on("data", (bytes) => {
      for (const line of bytes.toString().trim().split("\\n")) {
        const { id, method } = JSON.parse(line);
        process.stderr.write("got " + method + "\\n");
        if (method === "notifications/cancelled") say({ id: 1, error: { code: 1, message: "stopped" } });
        else if (id !== 1) say({ id, result: { content: [] } });
      }
    });`;
  const proxy = startProxy(t, { text: TWO_A_DAY, server: [process.execPath, "-e", late] });
  proxy.send(call(1, "echo", {}));
  await proxy.stderr("got tools/call");
  proxy.send('{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}');
  await proxy.stderr("got notifications/cancelled");
  await proxy.ask(call(2, "echo", {}));
  assert.ok(isDenied(await proxy.ask(call(3, "echo", {}))), "an error would have given it back");
  assert.ok(!proxy.heard.some((line) => JSON.parse(line).id === 1));
});

test("a JSON-RPC error gives the call back, and a failed tool does not", async (t) => {
  const proxy = startProxy(t, { text: TWO_A_DAY });
  for (const id of [1, 2, 3]) assert.equal((await proxy.ask(call(id, "refuse", {}))).error.code, -32602);
  for (const id of [4, 5]) assert.equal((await proxy.ask(call(id, "fail", {}))).result.content[0].text, "it failed");
  assert.ok(isDenied(await proxy.ask(call(6, "echo", {}))));
});

test("counters outlive kill -9 of the proxy, and are shared by proxies that run at once", async (t) => {
  const at = folder(t);
  const options = ["--counters", `lmdb:${join(at, "counters")}`];
  const first = startProxy(t, { text: TWO_A_DAY, options });
  await first.ask(call(1, "echo", {}));
  first.child.kill("SIGKILL");
  await first.ended;
  const [second, third] = [1, 2].map(() => startProxy(t, { text: TWO_A_DAY, options }));
  assert.ok(!isDenied(await second.ask(call(1, "echo", {}))));
  for (const proxy of [second, third]) assert.ok(isDenied(await proxy.ask(call(2, "echo", {}))));
});

test("unless told, the counters of a policy file are in a folder of this user, one for each file", async (t) => {
  const at = folder(t, { "a.json": TWO_A_DAY, "b.json": TWO_A_DAY });
  const server = ["--", process.execPath, RECORDING_SERVER, join(at, "received")];
  const denied = [];
  for (const file of ["a.json", "a.json", "a.json", "b.json"]) {
    const env = { XDG_STATE_HOME: join(at, "state") };
    const child = start(["proxy", "--policy", file, ...server], { cwd: at, env });
    t.after(() => child.kill("SIGKILL"));
    denied.push(isDenied(await session(child).ask(call(1, "echo", {}))));
  }
  assert.deepEqual(denied, [false, false, true, false], "two a day");
});

test("what is used wrongly is told in one line, exit 2", async (t) => {
  const at = folder(t, { "policy.json": policy(), "broken.json": '{"version": "2"}' });
  const cases = [
    // words                                                                     says
    [["--policy", "policy.json"], /no server: give its command after `--`/],
    [["--", "true"], /`--policy` is missing/],
    [["--policy", "none.json", "--", "true"], /none\.json/],
    [["--policy", "broken.json", "--", "true"], /decides nothing before it is repaired/],
    [["--policy", "-", "--", "true"], /must be a file/],
    [["--policy", "policy.json", "--upstream", "http://127.0.0.1:1", "--", "true"], /not both/],
    [["--policy", "policy.json", "--counters", "nowhere", "--", "true"], /`--counters` does not take `nowhere`/],
    [["--policy", "policy.json", "--counters", "env:GATEWRIGHT_NONE", "--", "true"], /`GATEWRIGHT_NONE` is not set/],
    [["--policy", "policy.json", "--window", "sliding", "--", "true"], /add `--counters memory`/],
    [["--policy", "policy.json", "--log", "none/log", "--", "true"], /the decision log cannot be written/],
    [["--policy", "policy.json", "--log-args", "--", "true"], /means nothing without `--log`/],
    [["--policy", "policy.json", "--session", "s", "--listen", "0", "--", "true"], /each HTTP session is one/],
    [["--policy", "policy.json", "--approval-timeout", "soon", "--", "true"], /takes a whole number/],
    [["--policy", "policy.json", "--grants", "ci", "--", "true"], /did you mean `--grant`/],
    [["--policy", "policy.json", "--upstream", "ftp://example.com"], /write an https URL/],
  ];
  for (const [words, says] of cases) {
    const env = { XDG_STATE_HOME: join(at, "state") };
    const { code, stderr, lines } = await session(start(["proxy", ...words], { cwd: at, env })).ended;
    assert.equal(code, 2, words.join(" "));
    assert.match(stderr, says);
    assert.deepEqual(lines, []);
  }
});
