// Dry runs: a log through a policy, on the log's own clock.

import * as glue from "./engine/gatewright_bg.js";
import { ask } from "./engine.js";
import { mustBe, mustBeBytes } from "./given.js";
import { PolicyError } from "./policy-error.js";

const encoder = new TextEncoder();

/** Calls that are at hand as records, as text: a line of JSON for each. */
function textOf(calls) {
  if (typeof calls === "string") return calls;
  return calls.map((call) => JSON.stringify(call)).join("\n");
}

export class Simulation {
  #engine;

  constructor(policy, { window_model = "calendar", refund = "protocol_error" } = {}) {
    mustBe(typeof policy === "string", "the policy is not text");
    this.#engine = PolicyError.orThrown(() => ask(() => new glue.Simulation(policy, `${window_model}`, `${refund}`)));
  }

  feed(piece) {
    const bytes = typeof piece === "string" ? encoder.encode(piece) : piece;
    mustBeBytes(bytes, "the piece of the log");
    if (!this.#ask((engine) => engine.feed(bytes))) throw new Error("the log has ended: it takes no more pieces");
  }

  ended() {
    return this.#ask((engine) => engine.ended());
  }

  run(calls) {
    mustBe(Number.isInteger(calls) && calls >= 0 && calls < 2 ** 32, "the number of calls is no whole number, or too large");
    return this.#ask((engine) => engine.run(calls));
  }

  result() {
    return this.#ask((engine) => engine.result());
  }

  call(index) {
    return this.#ask((engine) => engine.call(index));
  }

  explain(index) {
    return this.#ask((engine) => engine.explain(index));
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
    if (engine === undefined) throw new Error("the simulation was freed");
    return ask(() => question(engine));
  }
}

export function simulate(policy, calls, options) {
  const simulation = new Simulation(policy, options);
  try {
    simulation.feed(textOf(calls));
    return simulation.result();
  } finally {
    simulation.free();
  }
}

export function diff(before, after, calls, { window_model = "calendar", refund = "protocol_error" } = {}) {
  const log = encoder.encode(textOf(calls));
  return PolicyError.orThrown(() => ask(() => glue.diff(before, after, log, window_model, refund)));
}
