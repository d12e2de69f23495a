// The evaluator's one instance, and what happens when it fails.
//
// A trap (memory used up, the stack overrun) leaves the instance in a state that nobody vouches for, its counters
// included. It is then given up for good: every call of every policy is denied, until the process is started again.
// A new instance would start with empty counters, and let calls through that were counted before.

import module from "#module";
import * as glue from "./engine/gatewright_bg.js";

const instance = new WebAssembly.Instance(module, { "./gatewright_bg.js": glue });
glue.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

/** The evaluator's linear memory. */
export const { memory } = instance.exports;

/**
 * In place of an instance that was given up. Objects of it are still freed, by whoever holds them or by the garbage
 * collector, whose callback nobody could catch an error of: then nothing happens.
 */
const given_up_exports = Object.fromEntries(
  Object.keys(instance.exports)
    .filter((name) => name.endsWith("_free"))
    .map((name) => [name, () => {}]),
);

// Made now, for an instance that has failed says nothing any more.
const refusal = Object.freeze(glue.engine_failed());

let given_up = false;

/** Whether the instance was given up. */
export function failed() {
  return given_up;
}

/** The verdict on every call once the instance was given up. */
export function failedVerdict(at) {
  return { ...refusal, at };
}

/**
 * Gives the instance up if `error` is a trap or an overrun stack, not an answer of the evaluator: those are texts and
 * lists of diagnostics, never instances of `Error`.
 */
export function giveUpOn(error) {
  if (error instanceof Error && !given_up) {
    given_up = true;
    glue.__wbg_set_wasm(given_up_exports);
  }
}

/** Asks the evaluator for something that it may refuse. Throws what it answers, and once it was given up, always. */
export function ask(question) {
  if (given_up) throw new Error(refusal.message);
  try {
    return question();
  } catch (error) {
    giveUpOn(error);
    throw error;
  }
}
