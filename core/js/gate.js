// A policy and its counters, behind one door: lines of JSON-RPC go in, judged lines come out.
//
// The counters may be outside, shared with other processes; then judging waits for them, and a call that is withdrawn
// in the meantime has been charged all the same. Give its reservation back.
//
// A gate forwards nothing and answers nobody: see `mcp/interposer.js`.

import { Unfinished } from "./mcp/unfinished.js";

/**
 * @typedef {import("./types.d.ts").Policy} Policy
 * @typedef {import("./types.d.ts").CounterStore} CounterStore
 * @typedef {import("./types.d.ts").Caller} Caller
 * @typedef {import("./types.d.ts").ToolCall} ToolCall
 * @typedef {import("./types.d.ts").JudgedLine} JudgedLine
 * @typedef {import("./types.d.ts").Verdict} Verdict
 */

/** Judges calls by a policy that may be replaced while calls are under way. */
export class Gate {
  #policy;
  #counters;
  #listeners = new Set();
  #run;
  #named = 0;

  /** Calls that were allowed and charged, and whose server asked for more first. What is forgotten stays counted. */
  unfinished = new Unfinished(({ verdict }) => {
    this.settle(verdict.reservation, "ok").catch(() => {});
  });

  /** @param {{ policy: Policy, counters?: CounterStore }} options Without `counters`, the policy's own count. */
  constructor({ policy, counters }) {
    this.#policy = policy;
    this.#counters = counters;
  }

  /** The policy, for what needs no counters. */
  get policy() {
    return this.#policy;
  }

  /**
   * Judges one line, and charges the call in it where it is allowed.
   *
   * @param {Uint8Array} line
   * @param {Caller} caller
   * @returns {Promise<JudgedLine>}
   */
  async judgeLine(line, caller) {
    if (!this.#counters) return this.#policy.evaluateLine(line, caller);
    const { plan, ...planned } = this.#policy.planLine(line, caller);
    return plan ? { ...planned, verdict: await this.#charge(plan) } : planned;
  }

  /**
   * Judges the retry of a call that was allowed and charged before: by name and rules, but nothing is charged again.
   * The verdict of a call that still passes is `before`.
   *
   * @param {Uint8Array} line
   * @param {Caller} caller
   * @param {Verdict} before
   * @returns {Promise<JudgedLine>}
   */
  async judgeRetry(line, caller, before) {
    const { plan, ...planned } = this.#policy.planLine(line, caller);
    if (!plan) return planned;
    const { keptOut } = plan;
    plan.free();
    return keptOut ? this.judgeLine(line, caller) : { ...planned, verdict: before };
  }

  /**
   * Reads the tool and the place of the arguments of a line. Judges nothing.
   *
   * @param {Uint8Array} line
   * @param {Caller} caller
   * @returns {{ tool: string, arguments: [number, number] } | undefined} Nothing where it is no call, or is refused.
   */
  readCall(line, caller) {
    const planned = this.#policy.planLine(line, caller);
    if (planned.kind !== "call") return undefined;
    planned.plan.free();
    return { tool: planned.tool, arguments: planned.arguments };
  }

  /**
   * Judges a call that is at hand as an object.
   *
   * @param {ToolCall} call
   * @returns {Promise<Verdict>}
   */
  async judge(call) {
    return this.#counters ? this.#charge(this.#policy.plan(call)) : this.#policy.evaluate(call);
  }

  /** Tells how an allowed call ended. Nothing to do where there is no reservation. */
  async settle(reservation, outcome) {
    if (reservation === undefined) return "nothing_held";
    return (this.#counters ?? this.#policy).settle(reservation, outcome);
  }

  /** Goes over to another document, from the next call on. Where it has errors, nothing changes. */
  replace(text) {
    const replaced = this.#policy.replace(text);
    if (replaced.ok) for (const listener of this.#listeners) listener();
    return replaced;
  }

  /**
   * Calls `listener` each time the document has been replaced.
   *
   * @param {() => void} listener
   * @returns {() => void} Ends that.
   */
  onReplaced(listener) {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A name for a call in decision logs, unlike any other of this or another process. */
  nameCall() {
    this.#run ??= crypto.randomUUID().slice(0, 13);
    this.#named += 1;
    return `${this.#run}-${this.#named}`;
  }

  async #charge(plan) {
    try {
      return await this.#counters.evaluate(plan);
    } finally {
      plan.free();
    }
  }
}
