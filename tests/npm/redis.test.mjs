import assert from "node:assert/strict";
import { test } from "node:test";

import { redisCounters } from "gatewright/redis";

import { casesForStores, takeThrough } from "./corpus-through-store.mjs";
import { oneLimit, spend } from "./one-limit.mjs";
import { CLIENTS } from "./redis-clients.mjs";
import { command, startCluster, startRedis } from "./redis-server.mjs";

const ANY = CLIENTS["ioredis 6"];
/** For tests in which the server is there: a slow machine is not a server that is away. */
const PATIENT = { timeout_ms: 10_000 };

/** The counter of `oneLimit` for the grant `ci`, under the prefix that is there unless told. */
const COUNTER = "{gatewright}:counter:grant\n/tools/spend/limits/c\nday\nci";

/** Resolves once what was charged is taken back: the counter is there, and holds nothing. */
async function takenBack(client) {
  for (let used; used !== "0"; used = await client.hget(COUNTER, "used"));
}

async function decisions(store, policy, times, caller) {
  const found = [];
  for (let time = 0; time < times; time += 1) found.push((await spend(store, policy, caller)).decision);
  return found;
}

for (const [name, { single, cluster }] of Object.entries(CLIENTS)) {
  test(`${name}: every call of the corpus gets the verdict of the built-in counters`, async (t) => {
    const client = await single(t, await startRedis(t));
    const cases = casesForStores();
    assert.ok(cases.length > 300, `${cases.length} cases`);
    for (const [index, each] of cases.entries()) {
      const options = { ...PATIENT, prefix: `case-${index}`, clock: "call" };
      await takeThrough(each, (counting) => redisCounters(client, { ...options, ...counting }));
    }
  });

  test(`${name}: eight connections that race on one limit pass exactly its max`, async (t) => {
    const server = await startRedis(t);
    const policy = oneLimit({ max: 100 });
    const racing = Array.from({ length: 8 }, async () => {
      const store = redisCounters(await single(t, server), PATIENT);
      const calls = Array.from({ length: 50 }, () => spend(store, policy));
      return (await Promise.all(calls)).filter(({ decision }) => decision === "allow").length;
    });
    const passed = (await Promise.all(racing)).reduce((sum, each) => sum + each);
    assert.equal(passed, 100);
  });

  test(`${name}: a server that has forgotten the scripts is sent them again`, async (t) => {
    const server = await startRedis(t);
    const store = redisCounters(await single(t, server), PATIENT);
    const policy = oneLimit({ max: 2 });
    assert.equal((await spend(store, policy)).decision, "allow");
    await command(server.port, "SCRIPT FLUSH");
    const { reservation } = await spend(store, policy);
    await command(server.port, "SCRIPT FLUSH");
    assert.equal(await store.settle(reservation, "protocol_error"), "refunded");
    assert.deepEqual(await decisions(store, policy, 2), ["allow", "deny"]);
  });

  test(`${name}: a cluster counts the limits of a call in one step, on any of its nodes`, async (t) => {
    const client = await cluster(t, await startCluster(t));
    const policy = oneLimit({ max: 2 });
    for (const prefix of ["a", "b", "c", "d", "e", "f"]) {
      const store = redisCounters(client, { ...PATIENT, prefix });
      assert.deepEqual(await decisions(store, policy, 3), ["allow", "allow", "deny"], prefix);
    }
  });

  test(`${name}: nothing passes beyond max, and nothing hangs, while the server is killed and started`, async (t) => {
    const persistent = { options: ["--appendonly", "yes", "--appendfsync", "always"] };
    let server = await startRedis(t, persistent);
    const store = redisCounters(await single(t, server), { timeout_ms: 50 });
    const policy = oneLimit({ max: 600 });
    const passed = { count: 0 };
    const seen = new Set();
    let longest = 0;
    async function callUntil(over) {
      while (!over()) {
        const begun = performance.now();
        const { decision, reason } = await spend(store, policy);
        longest = Math.max(longest, performance.now() - begun);
        if (decision === "allow") passed.count += 1;
        seen.add(reason);
      }
    }
    for (const stretch of [150, 300]) {
      await Promise.all(Array.from({ length: 8 }, () => callUntil(() => passed.count >= stretch)));
      const away = callUntil(() => seen.has("counters-away"));
      await server.stop();
      await away;
      seen.clear();
      server = await startRedis(t, { ...persistent, again: server });
    }
    await Promise.all(Array.from({ length: 8 }, () => callUntil(() => seen.has("limit"))));
    assert.ok(passed.count > 300 && passed.count <= 600, `${passed.count} passed`);
    assert.ok(longest < 5_000, `the longest call took ${longest} ms`);
  });
}

test("an answer that comes too late is taken back, for its call was denied", async (t) => {
  const server = await startRedis(t);
  const client = await ANY.single(t, server);
  const policy = oneLimit({ max: 1 });
  const store = redisCounters(client, { timeout_ms: 50 });
  assert.equal(await client.ping(), "PONG");
  server.pause();
  const { decision, reason, message } = await spend(store, policy);
  assert.deepEqual([decision, reason], ["deny", "counters-away"]);
  assert.ok(message.length > 20, message);
  server.resume();
  await takenBack(client);
  assert.equal((await spend(redisCounters(client, PATIENT), policy)).decision, "allow");
});

test("with on_unavailable open the rules decide alone, and the verdict says that nobody counted", async (t) => {
  const server = await startRedis(t);
  const client = await ANY.single(t, server);
  const store = redisCounters(client, { timeout_ms: 50, on_unavailable: "open" });
  assert.equal(await client.ping(), "PONG");
  server.pause();
  t.after(server.resume);
  const policy = oneLimit({ max: 1 });
  const { decision, message, quota, reservation } = await spend(store, policy);
  assert.deepEqual([decision, quota], ["allow", undefined]);
  assert.match(message, /not counted/);
  assert.equal(await store.settle(reservation, "protocol_error"), "nothing_held");
  const unlisted = await store.evaluate(policy.plan({ tool: "other", grant: "ci" }));
  assert.deepEqual([unlisted.decision, unlisted.reason], ["deny", "default-deny"]);
});

test("calls that no limit counts are decided without the server", async (t) => {
  const errors = [];
  const client = await ANY.single(t, { url: "redis://127.0.0.1:1" });
  const store = redisCounters(client, { timeout_ms: 50, on_error: (error) => errors.push(error) });
  const policy = oneLimit({ max: 1 });
  const { decision, reservation } = await store.evaluate(policy.plan({ tool: "free", grant: "ci" }));
  assert.equal(decision, "allow");
  assert.equal(await store.settle(reservation, "ok"), "kept");
  assert.equal((await store.evaluate(policy.plan({ tool: "other", grant: "ci" }))).reason, "default-deny");
  assert.deepEqual(errors, []);
});

test("what the server refuses denies, charges nothing, and is told", async (t) => {
  const client = await ANY.single(t, await startRedis(t));
  const policy = oneLimit({ max: 9 });
  const start = String(Math.floor(Date.now() / 86_400_000) * 86_400_000);
  const damages = [
    ["SET", "{gatewright}:clock", "text"],
    ["HSET", "{gatewright}:clock", "at", "noon", "epoch", "e"],
    ["SET", COUNTER, "text"],
    ["HSET", COUNTER, "start", start],
    ["HSET", COUNTER, "start", start, "used", "-1"],
    ["HSET", COUNTER, "start", start, "used", "1e3"],
    ["CONFIG", "SET", "maxmemory", "1"],
  ];
  for (const damage of damages) {
    await client.flushall();
    await client.call(...damage);
    const before = await client.keys("*");
    const told = new Promise((resolve) => {
      const store = redisCounters(client, { ...PATIENT, on_error: resolve });
      spend(store, policy).then(({ reason }) => assert.equal(reason, "counters-away", damage.join(" ")));
    });
    assert.match((await told).message, /gatewright|WRONGTYPE|OOM/, damage.join(" "));
    assert.deepEqual(await client.keys("*"), before, damage.join(" "));
  }
});

test("amounts are exact, however large or small", async (t) => {
  const client = await ANY.single(t, await startRedis(t));
  const cases = [
    // max                      amounts, of which the last does not fit
    ["0.3", ["0.1", "0.1", "0.1", "0.000000001"]],
    ["9007199.254740993", ["9007199.254740992", "0.000000001", "0.000000001"]],
    ["1e15", ["999999999999999.999999999", "0.000000001", "0.000000001"]],
    ["1e15", ["1e15", "0.000000001"]],
    ["1000000.000000001", ["999999.999999999", "0.000000003"]],
  ];
  for (const [index, [max, amounts]] of cases.entries()) {
    const store = redisCounters(client, { ...PATIENT, prefix: `amounts-${index}` });
    const policy = oneLimit({ max, amounts: true });
    const found = [];
    for (const amount of amounts) found.push((await spend(store, policy, { amount })).decision);
    const expected = amounts.map((_, at) => (at < amounts.length - 1 ? "allow" : "deny"));
    assert.deepEqual(found, expected, `${max}: ${amounts}`);
  }
});

test("what is given back is exact, and once", async (t) => {
  const client = await ANY.single(t, await startRedis(t));
  const store = redisCounters(client, PATIENT);
  const policy = oneLimit({ max: "1e15", amounts: true });
  await spend(store, policy, { amount: "1e9" });
  const { reservation } = await spend(store, policy, { amount: "999998999999999.999999999" });
  assert.equal(await store.settle(reservation, "protocol_error"), "refunded");
  assert.equal(await store.settle(reservation, "protocol_error"), "unknown");
  assert.equal(await store.settle(structuredClone(reservation), "protocol_error"), "unknown");
  assert.equal(await store.settle(7, "protocol_error"), "unknown");
  assert.equal((await spend(store, policy, { amount: "0" })).quota.used, 1e9);
});

test("a charge of before the server lost its data is not given back after", async (t) => {
  const client = await ANY.single(t, await startRedis(t));
  const store = redisCounters(client, PATIENT);
  const policy = oneLimit({ max: 1 });
  const { reservation } = await spend(store, policy);
  await client.flushall();
  assert.equal((await spend(store, policy)).decision, "allow");
  assert.equal(await store.settle(reservation, "protocol_error"), "nothing_held");
  assert.equal((await spend(store, policy)).decision, "deny");
});

test("the server's clock counts, and never runs back", async (t) => {
  const client = await ANY.single(t, await startRedis(t));
  const store = redisCounters(client, PATIENT);
  const policy = oneLimit({ max: 1, window: "minute" });
  const { at } = await spend(store, policy, { at: 0 });
  assert.ok(Math.abs(at - Date.now()) < 60_000, "not the call's time");
  const later = at + 600_000;
  await client.hset("{gatewright}:clock", "at", later);
  const ahead = await spend(store, policy, { grant: "dev" });
  assert.equal(ahead.at, later, "the server's clock has stepped back since the last call counted");
  assert.equal((await spend(store, policy, { grant: "dev" })).decision, "deny");
});

test("every key ends by itself, and no earlier than what it counts", async (t) => {
  const client = await ANY.single(t, await startRedis(t));
  const windows = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };
  for (const clock of ["server", "call"]) {
    for (const [window, length] of Object.entries(windows)) {
      await client.flushall();
      const store = redisCounters(client, { ...PATIENT, clock });
      await spend(store, oneLimit({ max: 1, window }), clock === "call" ? { at: 0 } : {});
      const keys = await client.keys("*");
      assert.equal(keys.length, 2);
      for (const key of keys) {
        const left = await client.pttl(key);
        assert.ok(left > length && left <= 2 * windows.day, `${clock}, ${window}: ${key} ends in ${left} ms`);
      }
    }
  }
});

test("grants are told apart by every byte", async (t) => {
  const client = await ANY.single(t, await startRedis(t));
  const store = redisCounters(client, PATIENT);
  const policy = oneLimit({ max: 1 });
  const long = "x".repeat(100_000);
  const grants = ["", "a", "A", "a ", "a\n", "a\nb", "a\\nb", "\0", "{x}", "}", "é", "e\u0301", "😀", long];
  for (const expected of ["allow", "deny"]) {
    for (const grant of grants) {
      assert.equal((await spend(store, policy, { grant })).decision, expected, JSON.stringify(grant.slice(0, 9)));
    }
  }
});

test("where the plan denies what the server has charged, the charge is taken back", async (t) => {
  const client = await ANY.single(t, await startRedis(t));
  const store = redisCounters(client, PATIENT);
  const policy = oneLimit({ max: 1 });
  const { charges, at } = policy.plan({ tool: "spend", grant: "ci" });
  const denied = { decision: "deny", reason: "foreign-counters", message: "Denied.", at };
  assert.equal(await store.evaluate({ charges, at, keptOut: false, apply: () => denied }), denied);
  await takenBack(client);
  assert.deepEqual(await decisions(store, policy, 2), ["allow", "deny"]);
});

test("options and clients that cannot be used are refused, with what can", () => {
  const client = { evalsha() {}, eval() {} };
  const cases = [
    [undefined, {}, /one of ioredis or of redis/],
    [{ get() {} }, {}, /neither `evalsha` nor `evalSha`/],
    [client, { window_model: "sliding" }, /calendar windows only/],
    [client, { refund: "always" }, /one of protocol_error, any_error, never/],
    [client, { prefix: "" }, /not empty/],
    [client, { prefix: "a}b" }, /without braces/],
    [client, { timeout_ms: 0 }, /from 1 to 60000/],
    [client, { timeout_ms: "250" }, /whole number/],
    [client, { on_unavailable: "Open" }, /closed or open/],
    [client, { clock: "mine" }, /server or call/],
    [client, { on_error: "log" }, /must be a function/],
  ];
  for (const [given, options, told] of cases) {
    assert.throws(() => redisCounters(given, options), { name: "TypeError", message: told });
  }
});
