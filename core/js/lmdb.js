// Counters in a folder of this machine, shared by every process that opens it. They outlive all of them.
//
// A call is judged and charged within one transaction, synchronously: what it was charged is written before it is let
// through. Where the disk is full or what it holds cannot be read, calls are denied.
//
// The time is that of the calls, and never runs back: not for another process, nor after a restart.
//
// This module judges nothing: the plan makes the verdict of what the counters hold. It is not for folders on a network.

import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { open } from "lmdb";

import { makeFitToOpen } from "./lmdb/data-file.js";
import { reservations } from "./reservations.js";

/** What the entries mean. Written into the store when it is made. */
const FORMAT = 1;
/** How many counters whose window is over a call removes, at most. */
const SWEPT_AT_ONCE = 16;

// The entries: "format"; "clock", the time of the last counted call; and for each counter and window, under the
// window's end and the digest of the counter's name, what was used. So those that are over come first.

/**
 * A store of counters in a folder, which is made where it is missing, for this user alone. Throws where the folder or
 * what is in it cannot be used, and a `TypeError` for an option that it cannot use.
 *
 * @param {string} path
 * @param {import("./lmdb.d.ts").LmdbCountersOptions} [options]
 * @returns {import("./types.d.ts").CounterStore}
 */
export function lmdbCounters(path, options = {}) {
  const held = reservations("lmdbCounters", options);
  const { on_error } = options;
  if (typeof path !== "string" || path === "") throw new TypeError("lmdbCounters: give the path of a folder");
  const entries = opened(path);
  let closed = false;

  /** Runs a transaction, of which nothing stays where it throws. */
  function transact(work) {
    if (closed) throw new Error("the counters are closed");
    return entries.transactionSync(work);
  }

  function failed(error) {
    if (on_error) queueMicrotask(() => on_error(error));
  }

  function judge(plan) {
    const at = Math.max(plan.at, lastCounted(entries) ?? plan.at);
    const found = plan.charges.map(({ key, window_ms, cost }) => {
      const entry = entryOf(key, window_ms, at);
      return { entry, cost: BigInt(cost), used: usedIn(entries, entry) };
    });
    const verdict = plan.apply(
      at,
      found.map(({ used }) => ({ used: String(used) })),
    );
    if (verdict.decision !== "allow") return verdict;
    sweep(entries, at);
    for (const { entry, cost, used } of found) entries.putSync(entry, String(used + cost));
    entries.putSync("clock", at);
    return { ...verdict, reservation: held.hold(found.map(({ entry, cost }) => ({ entry, cost }))) };
  }

  function giveBack(charged) {
    const now = lastCounted(entries);
    const open = charged.filter(({ entry }) => now < entry[0] && entries.doesExist(entry));
    for (const { entry, cost } of open) {
      const used = usedIn(entries, entry);
      entries.putSync(entry, String(used > cost ? used - cost : 0n));
    }
    return open.length > 0 ? "refunded" : "nothing_held";
  }

  return {
    evaluate(plan) {
      try {
        return transact(() => judge(plan));
      } catch (error) {
        failed(error);
        return plan.refuse("counters-away", plan.at);
      }
    },

    settle(reservation, outcome) {
      const { settled, charged } = held.end(reservation, outcome);
      if (settled) return settled;
      try {
        return transact(() => giveBack(charged));
      } catch (error) {
        failed(error);
        return "kept";
      }
    },

    async close() {
      if (closed) return;
      closed = true;
      await entries.close();
    },
  };
}

function opened(path) {
  let entries;
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    makeFitToOpen(join(path, "data.mdb"));
    // Each call is flushed to the disk once. A power cut can take back the last call, and leaves the rest whole.
    entries = open({ path, noSubdir: false, encoding: "json", overlappingSync: false, noMetaSync: true });
    entries.transactionSync(() => checkFormat(entries));
    return entries;
  } catch (error) {
    entries?.close();
    throw new Error(`counters in ${path}: ${error.message}`, { cause: error });
  }
}

function checkFormat(entries) {
  const format = entries.get("format");
  if (format === FORMAT) return;
  if (format !== undefined) {
    const repair = "update gatewright, or give another path";
    throw new Error(`they are of format ${format}, and this version knows ${FORMAT}; ${repair}`);
  }
  if (entries.getKeysCount({ limit: 1 }) > 0) throw new Error("there is another database; give another path");
  entries.putSync("format", FORMAT);
}

function lastCounted(entries) {
  const at = entries.get("clock");
  if (at !== undefined && !Number.isSafeInteger(at)) throw new Error("the clock holds what is no time");
  return at;
}

function entryOf(key, window_ms, at) {
  const end = at - (((at % window_ms) + window_ms) % window_ms) + window_ms;
  return [end, createHash("sha256").update(key).digest("base64url")];
}

function usedIn(entries, entry) {
  const digits = entries.get(entry) ?? "0";
  if (typeof digits !== "string" || !/^\d+$/.test(digits)) throw new Error("a counter holds what is no amount");
  return BigInt(digits);
}

function sweep(entries, at) {
  const over = [...entries.getKeys({ end: [at + 1], limit: SWEPT_AT_ONCE })];
  for (const entry of over) entries.removeSync(entry);
}
