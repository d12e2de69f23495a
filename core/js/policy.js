// A compiled policy with its counters.
//
// What an agent says (the tool's name, the arguments, a line) never makes a method throw: what cannot be judged is
// denied. What the embedding program says (who calls, when, how a call ended) must be right, and throws a `TypeError`
// where it is not.

import { Engine, lints } from "./engine/gatewright_bg.js";
import { ask, failed, failedVerdict, giveUpOn } from "./engine.js";
import { mustBe, mustBeBytes, mustBeText, mustBeTime } from "./given.js";
import { Plan } from "./plan.js";
import { Area, Unreadable } from "./slots.js";
import { isTooLong, mustBeArguments, mustBeWellFormed, mustNotBeLong, treeOf, written } from "./slots.js";

const DECISIONS = ["allow", "deny", "approval", "unknown"];

/** A packed ruling: two bits of the decision, five of the reason, from bit 8 on the place in the table of rules. */
const DECISION_MASK = 3;
const REASON_BIT = 2;
const REASON_MASK = 31;
const RULE_BIT = 8;
const NO_CALL = 0xffffffff;

const NO_ARGUMENTS = Object.freeze({});

export class Policy {
  #engine;
  #area;
  #outcomes;
  #settled;
  #reasons;
  #rules;
  /** By name, the tools that are listed: their place, and the paths that their rules name. */
  #tools;
  /** The tree of paths for tools that are not. */
  #otherPaths;
  #grant = "";
  #session = "";
  /** Goes up with whatever changes what a call is judged by: a getter among its arguments may do so. */
  #turn = 0;

  /** Not for use from outside: see `compile`. Throws the diagnostics of a document with errors. */
  constructor(text, { window_model = "calendar", refund = "protocol_error" } = {}) {
    mustBe(typeof text === "string", "the policy is not text");
    this.#engine = ask(() => new Engine(text, `${window_model}`, `${refund}`));
    this.#area = new Area(this.#engine);
    this.#prepare();
  }

  #prepare() {
    this.#turn++;
    const { outcomes, settled, reasons, rules, unlisted, tools } = this.#engine.tables();
    this.#outcomes = outcomes;
    this.#settled = settled;
    this.#reasons = reasons;
    this.#rules = rules;
    this.#otherPaths = treeOf(unlisted);
    this.#tools = new Map(
      tools.map(({ name, arguments: paths }, index) => [name, { index, paths, tree: treeOf(paths) }]),
    );
    this.#area.moved();
  }

  get failed() {
    return failed();
  }

  evaluate(call) {
    const { tool: name, args } = call;
    const at = this.#caller(call);
    const approved = isApproved(call);
    try {
      const tool = this.#handOver(name, args);
      if (tool !== undefined) return this.#engine.evaluate(tool.index, tool.paths.length, at, approved);
      return this.#engine.evaluate_text(name, this.#argumentsText(name, args), at, approved);
    } catch (error) {
      return this.#denied(error, name, at);
    }
  }

  decide(call) {
    const { tool: name, args } = call;
    const at = this.#caller(call);
    const approved = isApproved(call);
    try {
      const tool = this.#handOver(name, args);
      if (tool !== undefined) return this.#ruling(this.#engine.decide(tool.index, tool.paths.length, at, approved));
      return this.#ruling(this.#engine.decide_text(name, this.#argumentsText(name, args), at, approved));
    } catch (error) {
      return rulingOf(this.#denied(error, name, at));
    }
  }

  evaluateLine(line, caller = {}) {
    mustBeLine(line);
    const at = this.#caller(caller);
    try {
      return this.#engine.evaluate_line(this.#line(line), at, isApproved(caller));
    } catch (error) {
      return { kind: "refused", verdict: this.#denied(error, "", at) };
    }
  }

  decideLine(line, caller = {}) {
    mustBeLine(line);
    const at = this.#caller(caller);
    try {
      const packed = this.#engine.decide_line(this.#line(line), at, isApproved(caller));
      return packed === NO_CALL ? undefined : this.#ruling(packed);
    } catch (error) {
      return rulingOf(this.#denied(error, "", at));
    }
  }

  trace(call) {
    const { tool: name, args } = call;
    const at = this.#caller(call);
    try {
      return this.#engine.trace(name, this.#argumentsText(name, args), at, isApproved(call));
    } catch (error) {
      return { verdict: this.#denied(error, name, at), steps: [] };
    }
  }

  traceLine(line, caller = {}) {
    mustBeLine(line);
    const at = this.#caller(caller);
    try {
      return this.#engine.trace_line(this.#line(line), at, isApproved(caller));
    } catch (error) {
      return { kind: "refused", verdict: this.#denied(error, "", at), steps: [] };
    }
  }

  settle(reservation, outcome) {
    const number = this.#outcomes.indexOf(outcome);
    if (number < 0) throw new TypeError(`an outcome is one of ${this.#outcomes.join(", ")}`);
    const engine = this.#live();
    if (failed() || !Number.isSafeInteger(reservation) || reservation < 0) return "unknown";
    return this.#settled[ask(() => engine.settle(reservation, number))];
  }

  plan(call) {
    const { tool: name, args } = call;
    const at = this.#caller(call);
    try {
      return Plan.of(this.#engine.plan(name, this.#argumentsText(name, args), at, isApproved(call)));
    } catch (error) {
      return Plan.denied(this.#denied(error, name, at));
    }
  }

  planLine(line, caller = {}) {
    mustBeLine(line);
    const at = this.#caller(caller);
    try {
      const planned = this.#engine.plan_line(this.#line(line), at, isApproved(caller));
      const said = planned.said();
      const plan = planned.take_plan();
      planned.free();
      return plan === undefined ? said : { ...said, plan: Plan.of(plan) };
    } catch (error) {
      return { kind: "refused", verdict: this.#denied(error, "", at) };
    }
  }

  hides(tool) {
    const engine = this.#live();
    // What cannot be called need not be seen.
    return typeof tool !== "string" || ask(() => engine.hides(tool));
  }

  tools(list) {
    return list.filter((tool) => !this.hides(tool?.name));
  }

  toolsLine(line) {
    mustBeBytes(line, "the line");
    const engine = this.#live();
    if (isTooLong(line)) return undefined;
    try {
      return ask(() => engine.tools_line(line)) ?? line;
    } catch (problem) {
      if (typeof problem === "string") return undefined;
      throw problem;
    }
  }

  replace(text) {
    mustBe(typeof text === "string", "the policy is not text");
    const engine = this.#live();
    try {
      ask(() => engine.replace(text));
    } catch (found) {
      if (!Array.isArray(found)) throw found;
      return { ok: false, errors: found, warnings: [] };
    }
    this.#prepare();
    return warningsOf(text, { ok: true });
  }

  exportState() {
    const engine = this.#live();
    return ask(() => engine.export_state());
  }

  restoreState(state) {
    mustBeText(state, "the state");
    const engine = this.#live();
    try {
      ask(() => engine.restore_state(state));
    } catch (error) {
      throw typeof error === "string" ? new Error(error) : error;
    }
  }

  free() {
    this.#turn++;
    this.#engine?.free();
    this.#engine = undefined;
  }

  [Symbol.dispose]() {
    this.free();
  }

  #live() {
    if (this.#engine === undefined) throw new Error("the policy was freed");
    return this.#engine;
  }

  /** Tells the evaluator who calls, and returns when. */
  #caller({ grant = "", session = "", at = Date.now(), approved }) {
    const engine = this.#live();
    this.#turn++;
    mustBeTime(at);
    mustBe(approved === undefined || typeof approved === "boolean", "`approved` is neither true nor false");
    if (grant !== this.#grant || session !== this.#session) {
      mustBeText(grant, "`grant`");
      mustBeText(session, "`session`");
      this.#setCaller(engine, grant, session);
    }
    return at;
  }

  #setCaller(engine, grant, session) {
    if (failed()) return;
    try {
      engine.set_caller(grant, session);
      this.#grant = grant;
      this.#session = session;
    } catch (error) {
      giveUpOn(error);
    }
  }

  /** The tool whose slots the arguments of a call now fill. Undefined where only their text can be handed over. */
  #handOver(name, args) {
    mustNotHaveFailed();
    const turn = this.#turn;
    mustBeArguments(args);
    const tool = this.#tools.get(name);
    const isWritten = tool !== undefined && this.#area.write(args ?? NO_ARGUMENTS, tool.paths);
    this.#mustStillBe(turn);
    return isWritten ? tool : undefined;
  }

  /** What the tool's rules name of the arguments of a call, as JSON text; empty where it has none. */
  #argumentsText(name, args) {
    mustNotHaveFailed();
    mustBeName(name);
    const turn = this.#turn;
    mustBeArguments(args);
    const text = args === undefined ? "" : written(args, this.#tools.get(name)?.tree ?? this.#otherPaths);
    this.#mustStillBe(turn);
    return text;
  }

  /** Nothing may have happened to the policy while the arguments of the call were read. */
  #mustStillBe(turn) {
    if (turn !== this.#turn) throw new Unreadable("not-json");
  }

  /** Copies a line into the evaluator's memory, and returns its length. */
  #line(line) {
    mustNotHaveFailed();
    return this.#area.line(line);
  }

  /** The verdict where a call could not be handed over, or the evaluator has failed. */
  #denied(error, tool, at) {
    if (!(error instanceof Unreadable)) giveUpOn(error);
    if (failed()) return failedVerdict(at);
    const engine = this.#live();
    try {
      return engine.refuse(typeof tool === "string" ? tool : "", error.code, at);
    } catch (trap) {
      giveUpOn(trap);
      return failedVerdict(at);
    }
  }

  #ruling(packed) {
    const { numbers } = this.#area;
    const rule = packed >>> RULE_BIT;
    return {
      decision: DECISIONS[packed & DECISION_MASK],
      reason: this.#reasons[(packed >>> REASON_BIT) & REASON_MASK],
      rule: rule === 0 ? undefined : this.#rules[rule],
      at: numbers[0],
      retry_at: Number.isNaN(numbers[1]) ? undefined : numbers[1],
      reservation: numbers[2] === 0 ? undefined : numbers[2],
    };
  }
}

/**
 * An answer with the lints of a document as its `warnings`, found when they are first looked at: finding them takes
 * longer than all the rest, and who has checked a policy before does not look.
 */
export function warningsOf(text, answer) {
  let found;
  return Object.defineProperty(answer, "warnings", {
    enumerable: true,
    get: () => (found ??= ask(() => lints(text))),
  });
}

function rulingOf({ decision, reason, rule, at, retry_at, reservation }) {
  return { decision, reason, rule, at, retry_at, reservation };
}

/** Own properties only: nobody approves a call by what they add to `Object.prototype`. */
function isApproved(caller) {
  return Object.hasOwn(caller, "approved") && caller.approved === true;
}

function mustBeLine(line) {
  if (typeof line !== "string") mustBeBytes(line, "the line");
}

function mustNotHaveFailed() {
  if (failed()) throw new Unreadable("engine-failed");
}

function mustBeName(name) {
  if (typeof name !== "string") throw new Unreadable("name-not-text");
  mustNotBeLong(name);
  mustBeWellFormed(name);
}
