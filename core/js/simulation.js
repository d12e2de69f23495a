// Dry runs: a log through a policy, on the log's own clock.

import { Simulation as Engine } from "./engine/gatewright_bg.js";
import { ask } from "./engine.js";
import { PolicyError } from "./policy-error.js";

const encoder = new TextEncoder();

/** The text of calls that are at hand as records: a line of JSON for each. */
export function textOf(calls) {
  if (typeof calls === "string") return calls;
  return calls.map((call) => JSON.stringify(call)).join("\n");
}

export class Simulation {
  #engine;

  constructor(policy, { window_model = "calendar", refund = "protocol_error" } = {}) {
    this.#engine = PolicyError.orThrown(() => ask(() => new Engine(policy, window_model, refund)));
  }

  feed(piece) {
    const bytes = typeof piece === "string" ? encoder.encode(piece) : piece;
    if (!ask(() => this.#engine.feed(bytes))) throw new Error("the log has ended: it takes no more pieces");
  }

  ended() {
    return ask(() => this.#engine.ended());
  }

  run(calls) {
    return ask(() => this.#engine.run(calls));
  }

  result() {
    return ask(() => this.#engine.result());
  }

  call(index) {
    return ask(() => this.#engine.call(index));
  }

  explain(index) {
    return ask(() => this.#engine.explain(index));
  }

  free() {
    this.#engine.free();
  }

  [Symbol.dispose]() {
    this.free();
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
