// The smallest policy that counts, for tests of stores.

import assert from "node:assert/strict";

import { compile } from "gatewright";

/** A policy of one tool, `spend`, and one limit: `max` a `window`. With `amounts`, a call costs `args.amount`. */
export function oneLimit({ max, window = "day", scope = "grant", amounts = false } = {}) {
  const limit = { counter: "c", window, max: 0, scope, ...(amounts ? { increment_from: "args.amount" } : {}) };
  const text = JSON.stringify({ version: "1", default: "deny", tools: { spend: { limits: [limit] }, free: {} } });
  // The number as it is given: 9007199254740993 is one that a double is not.
  const { policy, errors } = compile(text.replace('"max":0', `"max":${max}`));
  assert.ok(policy, JSON.stringify(errors));
  return policy;
}

/** Has a store judge a call of `spend`. */
export function spend(store, policy, caller = {}) {
  const { amount, ...rest } = { grant: "ci", ...caller };
  const written = amount === undefined ? "{}" : `{"amount":${amount}}`;
  const line = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"spend","arguments":${written}}}`;
  const { plan } = policy.planLine(line, rest);
  return store.evaluate(plan);
}
