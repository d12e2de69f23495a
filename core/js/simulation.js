// Dry runs: a log through a policy, on the log's own clock.

import * as glue from "./engine/gatewright_bg.js";
import { ask } from "./engine.js";
import { mustBe, mustBeBytes, mustBeWhole } from "./given.js";
import { PolicyError } from "./policy-error.js";

/** More than any run has. */
const MOST_CALLS = 2 ** 31;

const encoder = new TextEncoder();

/** Calls that are at hand as records, as text: a line of JSON for each. */
export function textOf(calls) {
  if (typeof calls === "string") return calls;
  mustBe(Array.isArray(calls), "the calls are neither text nor a list");
  return calls.map((call) => JSON.stringify(call)).join("\n");
}

/** A scenario as the evaluator reads it: JSON, or what was said in words. */
function textOfScenario(scenario) {
  if (typeof scenario === "string") return scenario;
  mustBe(typeof scenario === "object" && scenario !== null, "the scenario is neither an object nor text");
  return JSON.stringify(scenario);
}

export function builtInScenarios() {
  return ask(() => glue.built_in_scenarios());
}

export function parseScenario(lines) {
  mustBe(typeof lines === "string", "the lines are not text");
  return JSON.parse(PolicyError.orThrown(() => ask(() => glue.parse_scenario(lines))));
}

export function printScenario(policy, scenario) {
  mustBe(typeof policy === "string", "the policy is not text");
  const text = textOfScenario(scenario);
  return PolicyError.orThrown(() => ask(() => glue.scenario_in_lines(policy, text)));
}

/** Hands a piece of a log to what takes its bytes, unless the log has ended. */
export function handOver(piece, take) {
  const bytes = typeof piece === "string" ? encoder.encode(piece) : piece;
  mustBeBytes(bytes, "the piece of the log");
  if (!take(bytes)) throw new Error("the log has ended: it takes no more pieces");
}

/** The times of calls that have none, in the evaluator's order. Without one of them, it has its own. */
export function timesOf({ start, step_ms: step }) {
  if (start !== undefined) mustBeWhole(start, "`start`");
  if (step !== undefined) mustBeWhole(step, "`step_ms`");
  mustBe(!(step < 0), "`step_ms` is negative");
  return [start ?? NaN, step ?? NaN];
}

/** What the evaluator takes of the options, in its order. */
function ordered({ window_model = "calendar", refund = "protocol_error", ...times } = {}) {
  return [`${window_model}`, `${refund}`, ...timesOf(times)];
}

export class Simulation {
  #engine;

  constructor(policy, options) {
    mustBe(typeof policy === "string", "the policy is not text");
    const given = ordered(options);
    this.#engine = PolicyError.orThrown(() => ask(() => new glue.Simulation(policy, ...given)));
  }

  feed(piece) {
    handOver(piece, (bytes) => this.#ask((engine) => engine.feed(bytes)));
  }

  play(scenario) {
    const text = textOfScenario(scenario);
    PolicyError.orThrown(() => this.#ask((engine) => engine.play(text)));
  }

  ended() {
    return this.#ask((engine) => engine.ended());
  }

  run(calls) {
    mustBe(Number.isInteger(calls) && calls >= 0, "the number of calls is not a whole number");
    return this.#ask((engine) => engine.run(Math.min(calls, MOST_CALLS)));
  }

  result() {
    return this.#ask((engine) => engine.result());
  }

  nearMisses() {
    return this.#ask((engine) => engine.near_misses()) ?? [];
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

function isScenario(calls) {
  return typeof calls === "object" && calls !== null && !Array.isArray(calls);
}

export function simulate(policy, calls, options) {
  const simulation = new Simulation(policy, options);
  try {
    if (isScenario(calls)) simulation.play(calls);
    else simulation.feed(textOf(calls));
    return simulation.result();
  } finally {
    simulation.free();
  }
}

export function allStarts(policy, scenario, options) {
  return askOfScenario(policy, scenario, options, (...given) => glue.all_starts(policy, ...given));
}

export function smallestMax(policy, rule, scenario, options) {
  mustBe(typeof rule === "string", "the rule is not text");
  return askOfScenario(policy, scenario, options, (...given) => glue.smallest_max(policy, rule, ...given));
}

export function largestMax(policy, rule, mostADay, scenario, options) {
  mustBe(typeof rule === "string", "the rule is not text");
  mustBe(Number.isInteger(mostADay) && mostADay >= 0, "the number of calls a day is not a whole number");
  const most = Math.min(mostADay, MOST_CALLS);
  return askOfScenario(policy, scenario, options, (...given) => glue.largest_max(policy, rule, most, ...given));
}

function askOfScenario(policy, scenario, { window_model = "calendar", refund = "protocol_error" } = {}, question) {
  mustBe(typeof policy === "string", "the policy is not text");
  const text = textOfScenario(scenario);
  return PolicyError.orThrown(() => ask(() => question(text, `${window_model}`, `${refund}`)));
}

export function diff(before, after, calls, options) {
  for (const text of [before, after]) mustBe(typeof text === "string", "a policy is not text");
  const log = encoder.encode(textOf(calls));
  const given = ordered(options);
  return PolicyError.orThrown(() => ask(() => glue.diff(before, after, log, ...given)));
}
