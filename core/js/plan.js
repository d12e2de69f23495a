// A call planned for counters outside.
//
// It holds memory of the evaluator until it is freed; who forgets to leaves it to the garbage collector.

import { failed, failedVerdict, giveUpOn } from "./engine.js";
import { mustBe, mustBeTime } from "./given.js";

const WINDOW_MODELS = ["calendar", "sliding"];

export class Plan {
  #inner;
  #charges;
  #keptOut = true;
  #at;
  /** Of a call that could not be handed over: the whole answer. */
  #verdict;

  static of(inner) {
    const plan = new Plan();
    plan.#inner = inner;
    plan.#charges = Object.freeze(inner.charges());
    plan.#keptOut = inner.is_kept_out();
    plan.#at = inner.at();
    return plan;
  }

  static denied(verdict) {
    const plan = new Plan();
    plan.#verdict = verdict;
    plan.#charges = Object.freeze([]);
    plan.#at = verdict.at;
    return plan;
  }

  get charges() {
    return this.#charges;
  }

  get keptOut() {
    return this.#keptOut || failed();
  }

  get at() {
    return this.#at;
  }

  apply(at, readings, { window_model = "calendar" } = {}) {
    mustBe(Array.isArray(readings), "`readings` is no list");
    mustBe(WINDOW_MODELS.includes(window_model), `a window model is one of ${WINDOW_MODELS.join(", ")}`);
    return this.#answer(at, (inner) => inner.apply(at, readings, window_model === "sliding"));
  }

  refuse(reason, at) {
    mustBe(reason === "counters-away", "a plan is refused for `counters-away`");
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
    mustBeTime(at);
    if (this.#verdict !== undefined) return this.#verdict;
    if (failed()) return failedVerdict(at);
    if (this.#inner === undefined) throw new Error("the plan was freed");
    try {
      return question(this.#inner);
    } catch (error) {
      if (typeof error === "string") throw new TypeError(error);
      giveUpOn(error);
      return failedVerdict(at);
    }
  }
}
