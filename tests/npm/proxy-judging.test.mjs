// Nothing unjudged passes: what the server has got is read from the server.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { call, modernMeta, policy, startProxy } from "./proxy-session.mjs";

const DENY_ALL = policy({ default: "deny", tools: { echo: {} } });

test("what is allowed is forwarded byte for byte, and so is its answer", async (t) => {
  const proxy = startProxy(t);
  const params = '{"arguments":{"n":12345678901234567890,"s":"\\u00e9 é"},"name":"echo"}';
  const line = `{ "jsonrpc":"2.0",\t"params":${params},"id":"\\u0061","method":"tools/call","later":1.0}`;
  const answer = await proxy.ask(line, "a");
  assert.match(answer.result.content[0].text, /12345678901234567000/, "the server is naive");
  const { code } = await proxy.end();
  assert.equal(proxy.received(), `${line}\n`);
  assert.equal(code, 0, "the exit code is the server's");
});

const MANY = `[${"[".repeat(70)}${"]".repeat(70)}]`;

const callWith = (params) => `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;

const REFUSED = [
  // what                                  line
  ["a batch", `[${call(1, "echo", {})}]`],
  ["an empty batch", "[]"],
  ["a notification of tools/call", '{"jsonrpc":"2.0","method":"tools/call","params":{"name":"echo"}}'],
  ["params that are a list", callWith('["echo"]')],
  ["no params", '{"jsonrpc":"2.0","id":1,"method":"tools/call"}'],
  ["a name that is no text", callWith('{"name":["echo"]}')],
  ["arguments that are a list", callWith('{"name":"echo","arguments":[]}')],
  ["arguments that are null", callWith('{"name":"echo","arguments":null}')],
  ["a second name", callWith('{"name":"echo","name":"fail"}')],
  ["a second name, spelled with escapes", callWith('{"name":"echo","n\\u0061me":"fail"}')],
  ["a second method", '{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call","params":{"name":"fail"}}'],
  ["a second id", '{"jsonrpc":"2.0","id":1,"id":2,"method":"tools/call","params":{"name":"echo"}}'],
  ["a case-folded method", '{"jsonrpc":"2.0","id":1,"method":"ping","Method":"tools/call","params":{"name":"fail"}}'],
  ["a case-folded name", callWith('{"name":"echo","Name":"fail"}')],
  ["a case-folded jsonrpc", '{"jsonrpc":"2.0","JSONRPC":"1.0","id":1,"method":"tools/call","params":{"name":"echo"}}'],
  ["a numeric jsonrpc", '{"jsonrpc":2.0,"id":1,"method":"tools/call","params":{"name":"echo"}}'],
  ["another jsonrpc", '{"jsonrpc":"1.0","id":1,"method":"tools/list"}'],
  ["no jsonrpc", '{"id":1,"method":"tools/call","params":{"name":"echo"}}'],
  ["an id that is null", '{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{"name":"echo"}}'],
  ["an id that is a list", '{"jsonrpc":"2.0","id":[1],"method":"resources/list"}'],
  ["an id with a fraction", '{"jsonrpc":"2.0","id":1.5,"method":"resources/list"}'],
  ["an id beyond 2^53", '{"jsonrpc":"2.0","id":9007199254740993,"method":"resources/list"}'],
  ["a byte order mark", `\ufeff${call(1, "echo", {})}`],
  ["junk", "hello"],
  ["half a message", '{"jsonrpc":"2.0","id":1,'],
  ["two messages on one line", `${call(1, "echo", {})}${call(2, "echo", {})}`],
  ["a message broken by a carriage return", call(1, "echo", {}).replace(",", ",\r")],
  ["bytes that are not UTF-8", Buffer.from('{"jsonrpc":"2.0","id":1,"method":"p\xff"}', "latin1")],
  ["what is nested too deep", callWith(`{"name":"echo","arguments":{"a":${MANY}}}`)],
  ["what is nested too deep, of another method", `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":${MANY}}}`],
  ["more bytes than allowed", call(1, "echo", { text: "x".repeat(5_000) })],
  ["a tool that is not listed", call(1, "fail", {})],
];

test("what cannot be judged, or is denied, never reaches the server", async (t) => {
  const proxy = startProxy(t, { text: DENY_ALL, options: ["--max-line-bytes", "4096"] });
  const expected = [];
  for (const [what, line] of REFUSED) {
    const after = call(`after ${what}`, "echo", {});
    expected.push(after);
    proxy.send(line);
    await proxy.ask(after);
    assert.deepEqual(proxy.received().split("\n").slice(0, -1), expected, what);
  }
});

test("a refused message is answered where it can be, and the answer fits the request's id", async (t) => {
  const proxy = startProxy(t, { text: DENY_ALL });
  const cases = [
    // line                                                      id      code    isError
    [call(1, "fail", {}), 1, undefined, true],
    [call("1", "fail", {}), "1", undefined, true],
    ['{"jsonrpc":"2.0","id":3,"method":"tools/call","params":[]}', 3, undefined, true],
    ['{"jsonrpc":1,"id":4,"method":"tools/call","params":{"name":"echo"}}', 4, -32600, undefined],
    ["[]", null, -32600, undefined],
    ["junk", null, -32700, undefined],
  ];
  for (const [line, id, code, isError] of cases) {
    const answer = await proxy.ask(line, id);
    assert.equal(answer.error?.code, code, line);
    assert.equal(answer.result?.isError, isError, line);
    proxy.heard.length = 0;
  }
  proxy.send('{"jsonrpc":"2.0","method":"tools/call","params":{"name":"fail"}}');
  await proxy.ask(call(5, "echo", {}));
  assert.equal(proxy.heard.length, 1, "a notification is never answered");
});

test('a request under an id that still waits is refused, whatever its method; 1 is not "1"', async (t) => {
  const proxy = startProxy(t);
  proxy.send(call(1, "silent", {}));
  const pings = ["1", "1.0"].map((id) => `{"jsonrpc":"2.0","id":${id},"method":"ping"}`);
  for (const line of [call(1, "echo", {}), ...pings]) {
    const refused = await proxy.ask(line, null);
    assert.match(refused.error.message, /still waits/);
    proxy.heard.length = 0;
  }
  await proxy.ask(call("1", "echo", {}));
  await proxy.ask(call("\u0061", "echo", {}), "a");
  assert.equal(proxy.received(), [call(1, "silent", {}), call("1", "echo", {}), call("a", "echo", {}), ""].join("\n"));
});

test("requests and answers have ids of two spaces: an answer to the server's question is no request", async (t) => {
  const proxy = startProxy(t);
  proxy.send('{"jsonrpc":"2.0","id":7,"result":{"roots":[]}}');
  await proxy.ask(call(7, "echo", {}));
  assert.equal(proxy.received(), `{"jsonrpc":"2.0","id":7,"result":{"roots":[]}}\n${call(7, "echo", {})}\n`);
});

test("a line above the cap is not collected: memory stays bounded while it is read", async (t) => {
  const proxy = startProxy(t, { options: ["--max-line-bytes", "65536"] });
  const chunk = Buffer.alloc(1 << 20, "x");
  for (let written = 0; written < 200; written += 1) {
    if (!proxy.child.stdin.write(chunk)) await new Promise((resolve) => proxy.child.stdin.once("drain", resolve));
  }
  proxy.send("");
  const answer = await proxy.message((each) => each.error !== undefined);
  assert.match(answer.error.message, /more than 65536 bytes/);
  const [, rss] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${proxy.child.pid}/status`, "utf8"));
  assert.ok(Number(rss) < 180_000, `the most it took were ${rss} KiB`);
  await proxy.ask(call(1, "echo", {}));
});

test("hidden tools are neither listed nor called, and every other byte of the list stays", async (t) => {
  const open = startProxy(t);
  const shut = startProxy(t, { text: policy({ hide: ["hidden"] }) });
  const list = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}';
  for (const proxy of [open, shut]) await proxy.ask(list);
  const [all, some] = [await open.line(1), await shut.line(1)];
  assert.match(all, /"name":"hidden"/);
  const without = all.replace(/\{"name":"hidden".*?\}\s*,"later":\d+\},/, "").replace('"public"', '"private"');
  assert.equal(some, without);
  const denied = await shut.ask(call(2, "hidden", {}));
  assert.equal(denied.result._meta["gatewright.dev/verdict"].reason, "hidden");
  assert.equal(shut.received(), `${list}\n`);
});

test("a denial has the shape that clients of each era take", async (t) => {
  const proxy = startProxy(t, { text: policy({ hide: ["hidden"] }) });
  const legacy = await proxy.ask(call(1, "hidden", {}));
  assert.deepEqual(Object.keys(legacy.result).sort(), ["_meta", "content", "isError"]);
  assert.match(legacy.result.content[0].text, /^\[POLICY DENIED\] /);
  const modern = await proxy.ask(call(2, "hidden", {}, { _meta: modernMeta() }));
  assert.equal(modern.result.resultType, "complete");
  const task = await proxy.ask(call(3, "hidden", {}, { task: { ttl: 1000 } }));
  assert.match(task.error.message, /^\[POLICY DENIED\] /, "who wants a task takes no result");
  assert.equal(task.error.data["gatewright.dev/verdict"].reason, "hidden");
});
