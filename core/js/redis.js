// Counters in Redis or Valkey, shared by every process that uses the same server and prefix.
//
// All counters of a call are checked and charged by one script, in one round trip, by the server's own clock. While the
// server is away every call that a limit counts is denied, unless `on_unavailable` says otherwise.
//
// This module judges nothing: the script finds and charges, and the plan makes the verdict of what it found. It opens
// and closes no connection: the client is yours.

import { randomUUID } from "node:crypto";

import { runner, within } from "./redis/run.js";
import { charge, refund } from "./redis/scripts.js";
import { reservations } from "./reservations.js";

/** The most answers that are waited for at once. Calls beyond it are treated as if the server were away. */
const MAX_UNANSWERED = 10_000;
const LONGEST_WAIT_MS = 60_000;
/** What a call was charged that no counter counted. */
const NOTHING = { charges: [] };

/**
 * A store of counters in Redis or Valkey. Throws a `TypeError` for a client or an option that it cannot use.
 *
 * @param {import("./redis.d.ts").RedisClient} client of `ioredis` or `redis`, single or cluster
 * @param {import("./redis.d.ts").RedisCountersOptions} [options]
 * @returns {import("./types.d.ts").CounterStore}
 */
export function redisCounters(client, options = {}) {
  const { prefix, timeout_ms, on_error, clock, open } = checked(options);
  const run = runner(client);
  const held = reservations("redisCounters", options);
  let unanswered = 0;

  async function ask(script, keys, args) {
    if (unanswered >= MAX_UNANSWERED) throw new Error(`${MAX_UNANSWERED} calls wait for the counters already`);
    unanswered += 1;
    try {
      return await run(script, keys, args);
    } finally {
      unanswered -= 1;
    }
  }

  function keysOf(charges) {
    // One hash tag: a cluster keeps all of them in one slot, where one script reaches them.
    return [`{${prefix}}:clock`, ...charges.map(({ key }) => `{${prefix}}:counter:${key}`)];
  }

  async function askToCharge(plan, charges) {
    const args = [clock === "call" ? String(plan.at) : "", randomUUID(), plan.keptOut ? "0" : "1"];
    for (const { window_ms, max, cost } of charges) args.push(String(window_ms), max, cost);
    const [charged, at, epoch, ...used] = await ask(charge, keysOf(charges), args);
    const readings = used.map((digits) => ({ used: String(digits) }));
    return { charged: Number(charged) === 1, at: Number(at), epoch: String(epoch), readings, charges };
  }

  async function giveBack({ at, epoch, charges }) {
    const args = [String(at), epoch];
    for (const { window_ms, cost } of charges) args.push(String(window_ms), cost);
    return Number(await ask(refund, keysOf(charges), args)) === 1;
  }

  /** Takes a charge back that no call was let through for. Where that fails, it stays counted. */
  function release(found) {
    if (found.charged) giveBack(found).catch(failed);
  }

  function failed(error) {
    if (on_error) queueMicrotask(() => on_error(error));
  }

  function judged(plan, found) {
    const verdict = plan.apply(found.at, found.readings);
    if (found.charged === (verdict.decision === "allow")) return reserved(verdict, found);
    // Such as where the policy was replaced while the server was asked.
    release(found);
    return found.charged ? verdict : plan.refuse("counters-away", found.at);
  }

  function reserved(verdict, charged) {
    return verdict.decision === "allow" ? { ...verdict, reservation: held.hold(charged) } : verdict;
  }

  function away(plan) {
    const verdict = open ? plan.uncounted(plan.at) : plan.refuse("counters-away", plan.at);
    return reserved(verdict, NOTHING);
  }

  return {
    async evaluate(plan) {
      const charges = [...plan.charges];
      if (charges.length === 0 && clock === "server") {
        return reserved(plan.apply(plan.at, []), NOTHING);
      }
      const asked = askToCharge(plan, charges);
      let found;
      try {
        found = await within(asked, timeout_ms);
      } catch (error) {
        failed(error);
        const verdict = away(plan);
        // What was charged too late is taken back, unless the call was let through meanwhile.
        if (verdict.decision !== "allow") asked.then(release, () => {});
        return verdict;
      }
      return judged(plan, found);
    },

    async settle(reservation, outcome) {
      const { settled, charged } = held.end(reservation, outcome);
      if (settled) return settled;
      if (charged.charges.length === 0) return "nothing_held";
      try {
        return (await within(giveBack(charged), timeout_ms)) ? "refunded" : "nothing_held";
      } catch (error) {
        failed(error);
        // Not asked again: the server may have done it, and a second time would be a free call.
        return "kept";
      }
    },

    close() {},
  };
}

function checked({ prefix = "gatewright", timeout_ms = 250, on_unavailable = "closed", clock = "server", on_error }) {
  if (typeof prefix !== "string" || !/^[^{}]+$/.test(prefix)) {
    throw new TypeError("redisCounters: prefix must be text without braces, and not empty");
  }
  if (!Number.isInteger(timeout_ms) || timeout_ms < 1 || timeout_ms > LONGEST_WAIT_MS) {
    throw new TypeError(`redisCounters: timeout_ms must be a whole number from 1 to ${LONGEST_WAIT_MS}`);
  }
  if (on_unavailable !== "closed" && on_unavailable !== "open") {
    throw new TypeError(`redisCounters: on_unavailable is \`${on_unavailable}\`; give closed or open`);
  }
  if (clock !== "server" && clock !== "call") {
    throw new TypeError(`redisCounters: clock is \`${clock}\`; give server or call`);
  }
  if (on_error !== undefined && typeof on_error !== "function") {
    throw new TypeError("redisCounters: on_error must be a function");
  }
  return { prefix, timeout_ms, on_error, clock, open: on_unavailable === "open" };
}
