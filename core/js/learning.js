// Least privilege: the smallest policy that allows the calls of a log.

import * as glue from "./engine/gatewright_bg.js";
import { ask } from "./engine.js";
import { mustBe } from "./given.js";
import { PolicyError } from "./policy-error.js";
import { handOver, textOf, timesOf } from "./simulation.js";

/** More than any log has. */
const MOST_STEPS = 2 ** 31;

const KNOWN = ["window_model", "refund", "start", "step_ms", "slack", "hold_out", "arguments", "seen", "set_size", "calls"];

/** What the evaluator takes of the options, in its order. */
function ordered(options = {}) {
  for (const name of Object.keys(options)) mustBe(KNOWN.includes(name), `there is no option \`${name}\``);
  const { window_model = "calendar", refund = "protocol_error", start, step_ms, ...others } = options;
  const text = JSON.stringify({ counting: { window_model: `${window_model}`, refund: `${refund}` }, ...others });
  return [text, ...timesOf({ start, step_ms })];
}

export class Learner {
  #engine;

  constructor(options) {
    const given = ordered(options);
    this.#engine = PolicyError.orThrown(() => ask(() => new glue.Learner(...given)));
  }

  feed(piece) {
    handOver(piece, (bytes) => this.#ask((engine) => engine.feed(bytes)));
  }

  ended() {
    return this.#ask((engine) => engine.ended());
  }

  advance(steps) {
    mustBe(Number.isInteger(steps) && steps >= 0, "the number of steps is not a whole number");
    return this.#ask((engine) => engine.advance(Math.min(steps, MOST_STEPS)));
  }

  result() {
    return this.#ask((engine) => engine.result());
  }

  free() {
    this.#engine?.free();
    this.#engine = undefined;
  }

  [Symbol.dispose]() {
    this.free();
  }

  #ask(question) {
    const engine = this.#engine;
    if (engine === undefined) throw new Error("the learner was freed");
    return ask(() => question(engine));
  }
}

export function learn(calls, options) {
  const learner = new Learner(options);
  try {
    learner.feed(textOf(calls));
    return learner.result();
  } finally {
    learner.free();
  }
}
