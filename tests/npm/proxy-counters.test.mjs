// Counters outside of the proxy: a real Redis, shared by proxies, that goes away and comes back.

import assert from "node:assert/strict";
import { test } from "node:test";

import { call, policy, startProxy } from "./proxy-session.mjs";
import { startRedis } from "./redis-server.mjs";

const MAX = 20;
const TEXT = policy({ tools: { echo: { limits: [{ counter: "echoes", window: "day", max: MAX, scope: "grant" }] } } });

const reasonOf = ({ result }) => result._meta?.["gatewright.dev/verdict"].reason;

test("proxies that race on one limit in Redis let exactly as many calls through as it says", async (t) => {
  const redis = await startRedis(t);
  const env = { GATEWRIGHT_TEST_REDIS: redis.url };
  const options = ["--counters", "env:GATEWRIGHT_TEST_REDIS"];
  const proxies = [1, 2, 3].map(() => startProxy(t, { text: TEXT, options, env }));
  const ids = Array.from({ length: 15 }, (_, index) => index);
  const answers = await Promise.all(proxies.flatMap((proxy) => ids.map((id) => proxy.ask(call(id, "echo", {})))));
  assert.equal(answers.filter((answer) => reasonOf(answer) === undefined).length, MAX);
  assert.equal(answers.filter((answer) => reasonOf(answer) === "limit").length, 3 * ids.length - MAX);
});

test("while Redis is away calls are denied, and counted again once it is back", async (t) => {
  const redis = await startRedis(t);
  const proxy = startProxy(t, { text: TEXT, options: ["--counters", redis.url] });
  assert.equal(reasonOf(await proxy.ask(call(1, "echo", {}))), undefined);
  await redis.stop();
  assert.equal(reasonOf(await proxy.ask(call(2, "echo", {}))), "counters-away");
  await proxy.stderr("the counters could not be used");
  assert.ok(!proxy.received().includes('"id":2'));
  await startRedis(t, { again: redis });
  let id = 3;
  while (reasonOf(await proxy.ask(call(id, "echo", {}))) === "counters-away") id += 1;
  const { code } = await proxy.end();
  assert.equal(code, 0);
});

test("a Redis that was never there denies, and the proxy still starts and ends", async (t) => {
  const proxy = startProxy(t, { text: TEXT, options: ["--counters", "redis://127.0.0.1:1"] });
  await proxy.begin();
  assert.equal(reasonOf(await proxy.ask(call(1, "echo", {}))), "counters-away");
  const { code, lines } = await proxy.end();
  assert.equal(code, 0);
  assert.equal(lines.length, 2);
});

test("a setting that comes from the environment is not told, for there may be a password in it", async (t) => {
  for (const setting of ["valkey://user:do-not-tell@127.0.0.1:1", "env:GATEWRIGHT_TEST_COUNTERS"]) {
    const env = { GATEWRIGHT_TEST_COUNTERS: setting };
    const { ended } = startProxy(t, { options: ["--counters", "env:GATEWRIGHT_TEST_COUNTERS"], env });
    const { code, stderr } = await ended;
    assert.equal(code, 2, stderr);
    assert.match(stderr, /`GATEWRIGHT_TEST_COUNTERS`/);
    assert.doesNotMatch(stderr, /do-not-tell/);
  }
});
