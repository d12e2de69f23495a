// A compiled policy with its counters.
//
// What an agent says (the tool's name, the arguments, a line) never makes a method throw: what cannot be judged is
// denied. What the embedding program says (who calls, when, how a call ended) must be right, and throws a `TypeError`
// where it is not.

import { Engine, lints } from "./engine/gatewright_bg.js";
import { ask, failed, failedVerdict, giveUpOn } from "./engine.js";
import { Plan } from "./plan.js";
import { Area, Unreadable, mustBePlain, treeOf, written } from "./slots.js";

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

  /** Not for use from outside: see `compile`. Throws the diagnostics of a document with errors. */
  constructor(text, { window_model = "calendar", refund = "protocol_error" } = {}) {
    this.#engine = ask(() => new Engine(text, window_model, refund));
    this.#area = new Area(this.#engine);
    this.#prepare();
  }

  #prepare() {
    const { outcomes, settled, reasons, rules, tools } = this.#engine.tables();
    const [others, ...listed] = tools;
    this.#outcomes = outcomes;
    this.#settled = settled;
    this.#reasons = reasons;
    this.#rules = rules;
    this.#otherPaths = treeOf(others.arguments);
    this.#tools = new Map(
      listed.map(({ name, arguments: paths }, index) => [name, { index, paths, tree: treeOf(paths) }]),
    );
    this.#area.moved();
  }

  get failed() {
    return failed();
  }

  evaluate(call) {
    const at = this.#caller(call);
    const approved = call.approved === true;
    try {
      const tool = this.#handOver(call);
      if (tool !== undefined) return this.#engine.evaluate(tool.index, tool.paths.length, at, approved);
      return this.#engine.evaluate_text(call.tool, this.#argumentsText(call), at, approved);
    } catch (error) {
      return this.#denied(error, call.tool, at);
    }
  }

  decide(call) {
    const at = this.#caller(call);
    const approved = call.approved === true;
    try {
      const tool = this.#handOver(call);
      if (tool !== undefined) return this.#ruling(this.#engine.decide(tool.index, tool.paths.length, at, approved));
      return this.#ruling(this.#engine.decide_text(call.tool, this.#argumentsText(call), at, approved));
    } catch (error) {
      return rulingOf(this.#denied(error, call.tool, at));
    }
  }

  evaluateLine(line, caller = {}) {
    const at = this.#caller(caller);
    try {
      return this.#engine.evaluate_line(this.#line(line), at, caller.approved === true);
    } catch (error) {
      return { kind: "refused", verdict: this.#denied(error, "", at) };
    }
  }

  decideLine(line, caller = {}) {
    const at = this.#caller(caller);
    try {
      const packed = this.#engine.decide_line(this.#line(line), at, caller.approved === true);
      return packed === NO_CALL ? undefined : this.#ruling(packed);
    } catch (error) {
      return rulingOf(this.#denied(error, "", at));
    }
  }

  trace(call) {
    const at = this.#caller(call);
    try {
      const text = this.#argumentsText(call);
      return this.#engine.trace(call.tool, text, at, call.approved === true);
    } catch (error) {
      return { verdict: this.#denied(error, call.tool, at), steps: [] };
    }
  }

  traceLine(line, caller = {}) {
    const at = this.#caller(caller);
    try {
      return this.#engine.trace_line(this.#line(line), at, caller.approved === true);
    } catch (error) {
      return { kind: "refused", verdict: this.#denied(error, "", at), steps: [] };
    }
  }

  settle(reservation, outcome) {
    const number = this.#outcomes.indexOf(outcome);
    if (number < 0) throw new TypeError(`an outcome is one of ${this.#outcomes.join(", ")}`);
    if (!Number.isSafeInteger(reservation) || reservation < 0) return "unknown";
    return this.#settled[ask(() => this.#engine.settle(reservation, number))];
  }

  plan(call) {
    const at = this.#caller(call);
    try {
      const text = this.#argumentsText(call);
      return Plan.of(this.#engine.plan(call.tool, text, at, call.approved === true));
    } catch (error) {
      return Plan.denied(this.#denied(error, call.tool, at));
    }
  }

  planLine(line, caller = {}) {
    const at = this.#caller(caller);
    try {
      const planned = this.#engine.plan_line(this.#line(line), at, caller.approved === true);
      const said = planned.said();
      const plan = planned.take_plan();
      planned.free();
      return plan === undefined ? said : { ...said, plan: Plan.of(plan) };
    } catch (error) {
      return { kind: "refused", verdict: this.#denied(error, "", at) };
    }
  }

  hides(tool) {
    return ask(() => this.#engine.hides(tool));
  }

  tools(list) {
    return list.filter(({ name }) => !this.hides(name));
  }

  toolsLine(line) {
    try {
      return ask(() => this.#engine.tools_line(line)) ?? line;
    } catch (problem) {
      if (typeof problem === "string") return undefined;
      throw problem;
    }
  }

  replace(text) {
    try {
      ask(() => this.#engine.replace(text));
    } catch (found) {
      if (!Array.isArray(found)) throw found;
      return { ok: false, errors: found, warnings: [] };
    }
    this.#prepare();
    return { ok: true, warnings: ask(() => lints(text)) };
  }

  exportState() {
    return ask(() => this.#engine.export_state());
  }

  restoreState(state) {
    try {
      ask(() => this.#engine.restore_state(state));
    } catch (error) {
      throw typeof error === "string" ? new Error(error) : error;
    }
  }

  free() {
    this.#engine.free();
  }

  [Symbol.dispose]() {
    this.free();
  }

  /** Tells the evaluator who calls, and returns when. */
  #caller({ grant = "", session = "", at = Date.now(), approved }) {
    if (grant !== this.#grant || session !== this.#session) {
      mustBe(typeof grant === "string", "`grant` is not text");
      mustBe(typeof session === "string", "`session` is not text");
      this.#engine.set_caller(grant, session);
      this.#grant = grant;
      this.#session = session;
    }
    mustBe(Number.isSafeInteger(at), "`at` is not a whole number of milliseconds");
    mustBe(approved === undefined || typeof approved === "boolean", "`approved` is neither true nor false");
    return at;
  }

  /** The tool whose slots the arguments of a call now fill. Undefined where only their text can be handed over. */
  #handOver({ tool: name, args }) {
    mustNotHaveFailed();
    mustBeArguments(args);
    const tool = this.#tools.get(name);
    return tool !== undefined && this.#area.write(args ?? NO_ARGUMENTS, tool.paths) ? tool : undefined;
  }

  /** What the tool's rules name of the arguments of a call, as JSON text; empty where it has none. */
  #argumentsText({ tool: name, args }) {
    mustNotHaveFailed();
    mustBeName(name);
    mustBeArguments(args);
    return args === undefined ? "" : written(args, this.#tools.get(name)?.tree ?? this.#otherPaths);
  }

  /** Copies a line into the evaluator's memory, and returns its length. */
  #line(line) {
    mustNotHaveFailed();
    return this.#area.line(line);
  }

  /** The verdict where a call could not be handed over, or the evaluator has failed. */
  #denied(error, tool, at) {
    if (failed()) return failedVerdict(at);
    if (error instanceof Unreadable) return this.#engine.refuse(typeof tool === "string" ? tool : "", error.code, at);
    giveUpOn(error);
    return failedVerdict(at);
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

function rulingOf({ decision, reason, rule, at, retry_at, reservation }) {
  return { decision, reason, rule, at, retry_at, reservation };
}

function mustBe(right, problem) {
  if (!right) throw new TypeError(problem);
}

function mustNotHaveFailed() {
  if (failed()) throw new Unreadable("engine-failed");
}

function mustBeName(name) {
  if (typeof name !== "string") throw new Unreadable("name-not-text");
}

function mustBeArguments(args) {
  if (args === undefined) return;
  if (typeof args !== "object" || args === null || Array.isArray(args)) throw new Unreadable("arguments-not-an-object");
  mustBePlain(args);
}
