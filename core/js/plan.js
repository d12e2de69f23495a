// A call planned for counters outside.
//
// It holds memory of the evaluator until it is freed; who forgets to leaves it to the garbage collector.

import { ask, failed, failedVerdict, giveUpOn } from "./engine.js";

export class Plan {
  #inner;
  #charges;
  /** Of a call that could not be handed over: the whole answer. */
  #verdict;

  static of(inner) {
    const plan = new Plan();
    plan.#inner = inner;
    plan.#charges = Object.freeze(inner.charges());
    return plan;
  }

  static denied(verdict) {
    const plan = new Plan();
    plan.#verdict = verdict;
    plan.#charges = Object.freeze([]);
    return plan;
  }

  get charges() {
    return this.#charges;
  }

  get keptOut() {
    return this.#verdict !== undefined || ask(() => this.#inner.is_kept_out());
  }

  get at() {
    return this.#verdict?.at ?? ask(() => this.#inner.at());
  }

  apply(at, readings, { window_model = "calendar" } = {}) {
    return this.#answer(at, (inner) => inner.apply(at, readings, window_model === "sliding"));
  }

  refuse(reason, at) {
    return this.#answer(at, (inner) => inner.refuse(reason, at));
  }

  uncounted(at) {
    return this.#answer(at, (inner) => inner.uncounted(at));
  }

  free() {
    this.#inner?.free();
    this.#inner = undefined;
  }

  [Symbol.dispose]() {
    this.free();
  }

  #answer(at, question) {
    if (this.#verdict !== undefined) return this.#verdict;
    if (failed()) return failedVerdict(at);
    try {
      return question(this.#inner);
    } catch (error) {
      if (typeof error === "string") throw new TypeError(error);
      giveUpOn(error);
      return failedVerdict(at);
    }
  }
}
