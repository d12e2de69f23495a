/**
 * Calls that a server answered with `input_required`: the client asks its user and sends the same call again, under
 * another id. Both are one logical call, which is counted once.
 *
 * A retry is known by the tool, the exact text of its arguments, and the state that the server gave, and each answer
 * is good for one retry. What is not recognised is a new call: judged and counted like any other.
 *
 * Kept for each gate, not for each transport, since over HTTP every message of the newest protocol has one of its own.
 */

/** The most retries that a gate waits for. Past that, the oldest is forgotten, and counts as a new call when it comes. */
const MOST = 10_000;

/** @type {WeakMap<object, Map<string, Held>>} */
const byGate = new WeakMap();

/**
 * What an unanswered question holds on to.
 * @typedef {{ reservation: unknown, approved: boolean }} Held
 */

/**
 * Remembers a call whose server wants more input.
 *
 * @param {object} gate
 * @param {object} caller
 * @param {object} params The call's own.
 * @param {unknown} state The server's `requestState`.
 * @param {Held} held
 */
export function awaitRetry(gate, caller, params, state, held) {
  const waiting = byGate.get(gate) ?? new Map();
  byGate.set(gate, waiting);
  waiting.set(keyOf(caller, params, state), held);
  if (waiting.size > MOST) waiting.delete(waiting.keys().next().value);
}

/** Whether a call says of itself that it is one more try. */
export function isRetry(params) {
  return params?.inputResponses !== undefined || params?.requestState !== undefined;
}

/**
 * What the call that is tried again holds, once. Undefined where no such call is waited for.
 *
 * @returns {Held | undefined}
 */
export function takeRetry(gate, caller, params) {
  const waiting = byGate.get(gate);
  const key = keyOf(caller, params, params.requestState);
  const held = waiting?.get(key);
  waiting?.delete(key);
  return held;
}

function keyOf({ grant, session }, params, state) {
  return JSON.stringify([grant, session, params.name, params.arguments, state]);
}
