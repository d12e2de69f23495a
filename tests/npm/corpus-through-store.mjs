// The corpus through counters outside: every call is judged by a store and by the policy's own counters, and both
// verdicts must be the same in every field but the reservation.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";

import { compile } from "gatewright";

const VECTORS = new URL("../vectors/", import.meta.url);

/** Turns that only counters of one's own can take. */
const OWN_COUNTERS_ONLY = ["export", "restore"];
/** A store keeps what a policy has let go of: another process may have the policy still. */
const KEPT_BY_STORES = "a counter that was gone and is back starts afresh";

/** The cases that judge calls under a policy, by calendar windows, but for what only built-in counters do. */
export function casesForStores() {
  const files = readdirSync(VECTORS).filter((name) => name.endsWith(".json"));
  const cases = files.flatMap((name) => JSON.parse(readFileSync(new URL(name, VECTORS), "utf8")).cases ?? []);
  return cases.filter((each) => {
    const judged = each.calls && (each.policy || each.policy_text) && each.window_model !== "sliding";
    return (
      judged &&
      each.name !== KEPT_BY_STORES &&
      !each.calls.some((turn) => turn.unknown_args || OWN_COUNTERS_ONLY.some((key) => key in turn))
    );
  });
}

/**
 * Takes a case through a fresh store, turn by turn.
 *
 * @param {object} each
 * @param {(options: { refund?: string }) => import("gatewright").CounterStore} makeStore
 */
export async function takeThrough(each, makeStore) {
  const { refund } = each;
  const text = each.policy_text ?? JSON.stringify(each.policy);
  const [own, outside] = [compiled(text, { refund }), compiled(text, { refund })];
  const store = makeStore(refund ? { refund } : {});
  const named = new Map();
  for (const [index, turn] of each.calls.entries()) {
    const where = `${each.name}, turn ${index + 1}`;
    if (turn.settle !== undefined) {
      const reservations = named.get(turn.settle);
      // A number that was never given out: each store has its own names for reservations.
      if (!reservations) continue;
      assert.equal(own.settle(reservations.own, turn.outcome), turn.expect, where);
      assert.equal(await store.settle(reservations.outside, turn.outcome), turn.expect, where);
    } else if (turn.replace_policy) {
      for (const policy of [own, outside]) assert.ok(policy.replace(JSON.stringify(turn.replace_policy)).ok, where);
    } else {
      for (let time = 0; time < (turn.times ?? 1); time += 1) {
        const found = await judgedTwice(own, outside, store, turn, where);
        if (turn.as && found) named.set(turn.as, found);
      }
    }
  }
  await store.close();
}

async function judgedTwice(own, outside, store, turn, where) {
  const line = lineOf(turn);
  const caller = {
    grant: turn.grant ?? "ci",
    session: turn.session ?? "",
    at: millis(turn.at),
    approved: turn.approved ?? false,
  };
  const judged = own.evaluateLine(line, caller);
  const planned = outside.planLine(line, caller);
  assert.equal(planned.kind, judged.kind, where);
  if (judged.kind === "other") return undefined;
  // What cannot be read meets no store, and so not the store's clock.
  if (planned.kind === "refused") {
    assert.equal(planned.verdict.message, judged.verdict.message, where);
    return undefined;
  }
  const { reservation: ownReservation, ...expected } = judged.verdict;
  const { reservation, ...found } = await store.evaluate(planned.plan);
  assert.deepEqual(found, expected, where);
  assert.equal(reservation === undefined, ownReservation === undefined, `${where}: a reservation where there is one`);
  return reservation && { own: ownReservation, outside: reservation };
}

/** The call as a line: the one form in which numbers stay as they are written. */
function lineOf({ line, line_bytes, tool, args, args_text }) {
  if (line !== undefined) return line;
  if (line_bytes !== undefined) return Uint8Array.from(line_bytes, (character) => character.charCodeAt(0));
  const given = args_text ?? (args && JSON.stringify(args));
  const rest = given === undefined ? "" : `,"arguments":${given}`;
  return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":${JSON.stringify(tool)}${rest}}}`;
}

function compiled(text, options) {
  const { ok, policy, errors } = compile(text, options.refund ? options : {});
  assert.ok(ok, JSON.stringify(errors));
  return policy;
}

function millis(at) {
  return typeof at === "number" ? at : Date.parse(at);
}
