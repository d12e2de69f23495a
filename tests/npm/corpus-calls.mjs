// A case of the corpus that judges calls, taken through every way in which the package judges one. Each way has a
// policy and counters of its own, and all must agree to the byte.

import { compile } from "gatewright";

import { differences, millis } from "./corpus.mjs";
import { OutsideCounters } from "./outside-counters.mjs";
import { isSayable } from "./spelled-json.mjs";

/** How many calls went which way; see `corpus.test.mjs`. */
export function newCounts() {
  return { asObject: 0, asTextOnly: 0, asLine: 0, namesOnly: 0, withoutPolicy: 0, traced: 0 };
}

/** What differs in a case, each told with its step. */
export function differencesOfCalls(each, counts) {
  if (each.policy_text === null) {
    // The package judges by a compiled policy: where there is none, there is nothing to ask.
    counts.withoutPolicy += each.calls.length;
    return [];
  }
  const ways = new Ways(each);
  const told = each.calls.flatMap((turn, index) => {
    const what = turn.tool ?? Object.keys(turn)[0];
    return ways.take(turn, counts).map((problem) => `step ${index + 1} (${what}): ${problem}`);
  });
  ways.free();
  return told;
}

class Ways {
  #options;
  #evaluated;
  #decided;
  #restored;
  /** As a line, with words and without. */
  #lines;
  #decidedLines;
  #planned;
  #outside;
  /** By name, the reservation in the policies and the one outside. */
  #named = new Map();
  #exported = new Map();

  constructor({ policy_text: text, window_model, refund }) {
    this.#options = { window_model, refund };
    this.#evaluated = this.#compiled(text);
    this.#decided = this.#compiled(text);
    this.#restored = this.#compiled(text);
    this.#lines = this.#compiled(text);
    this.#decidedLines = this.#compiled(text);
    this.#planned = this.#compiled(text);
    this.#outside = new OutsideCounters(this.#options);
  }

  #compiled(text) {
    const { ok, policy, errors } = compile(text, this.#options);
    if (!ok) throw new Error(`the policy does not compile: ${errors.map(({ message }) => message).join("; ")}`);
    return policy;
  }

  /** Those whose counters are built in. */
  get #policies() {
    return [this.#evaluated, this.#decided, this.#restored, this.#lines, this.#decidedLines];
  }

  free() {
    for (const policy of [...this.#policies, this.#planned]) policy.free();
  }

  take(turn, counts) {
    if (turn.settle !== undefined) return this.#settle(turn);
    if (turn.replacement !== undefined) return this.#replace(turn.replacement);
    if (turn.export !== undefined) return this.#export(turn.export);
    if (turn.restore !== undefined) return this.#restore(turn.restore);
    if (turn.unknown_args !== undefined) {
      // Names without values come from logs alone: `simulate` knows them, an agent's call never lacks its values.
      counts.namesOnly += turn.times ?? 1;
      return [];
    }
    for (let time = 1; time <= (turn.times ?? 1); time++) {
      const told = this.#call(turn, counts);
      if (told.length > 0) return told;
    }
    return [];
  }

  #call(turn, counts) {
    const caller = {
      grant: turn.grant ?? "ci",
      session: turn.session ?? "",
      at: millis(turn.at),
      approved: turn.approved,
    };
    const judge = turn.tool === undefined ? this.#judgeLine : this.#judgeTool;
    const judged = judge.call(this, turn, caller, counts);
    const states = this.#policies.map((policy) => policy.exportState());
    const told = [...differences("", turn.expect, judged.answer), ...judged.told];
    if (states.some((state) => state !== states[0])) told.push("the counters of the ways are not the same");
    if (turn.as !== undefined) this.#named.set(turn.as, judged);
    return told;
  }

  #judgeTool(turn, caller, counts) {
    const text = turn.args_text;
    const params = `{"name":${JSON.stringify(turn.tool)}${text === undefined ? "" : `,"arguments":${text}`}}`;
    const line = `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":${params}}`;
    if (turn.trace !== undefined) counts.traced++;
    if (text !== undefined && !canBeObject(text)) {
      counts.asTextOnly++;
      return this.#judgeText(line, caller, turn);
    }
    counts.asObject++;
    const call = { ...caller, tool: turn.tool, args: text === undefined ? undefined : JSON.parse(text) };
    const { verdict: traced, steps } = this.#evaluated.trace(call);
    const tracedLine = this.#evaluated.traceLine(line, caller);
    this.#restored.restoreState(this.#evaluated.exportState());
    const answer = this.#evaluated.evaluate(call);
    const agree = agreement(answer);
    const told = [
      agree("traced", traced, unreserved),
      agree("traced as a line", tracedLine.verdict, unreserved),
      agreement(steps)("traced as a line", tracedLine.steps, marksOf),
      agree("restored", this.#restored.evaluate(call)),
      agree("in numbers", this.#decided.decide(call), rulingOf),
      ...this.#agreeAsLine(agree, line, caller),
      differencesOfSteps(turn, steps),
    ];
    const outside = this.#judgeOutside(agree, this.#planned.plan(call), told);
    return { answer, outside, told: told.flat() };
  }

  /** A call whose arguments no object of JavaScript says. */
  #judgeText(line, caller, turn) {
    const { verdict: traced, steps } = this.#evaluated.traceLine(line, caller);
    this.#restored.restoreState(this.#evaluated.exportState());
    const { verdict: answer } = this.#evaluated.evaluateLine(line, caller);
    const agree = agreement(answer);
    const told = [
      agree("traced", traced, unreserved),
      agree("restored", this.#restored.evaluateLine(line, caller).verdict),
      agree("in numbers", this.#decided.decideLine(line, caller), rulingOf),
      ...this.#agreeAsLine(agree, line, caller),
      differencesOfSteps(turn, steps),
    ];
    const { plan, verdict } = this.#planned.planLine(line, caller);
    if (plan === undefined) return { answer, told: [...told, agree("planned", verdict)].flat() };
    const outside = this.#judgeOutside(agree, plan, told);
    return { answer, outside, told: told.flat() };
  }

  #agreeAsLine(agree, line, caller) {
    const bytes = new TextEncoder().encode(line);
    return [
      agree("as a line", this.#lines.evaluateLine(bytes, caller).verdict),
      agree("as a line, in numbers", this.#decidedLines.decideLine(line, caller), rulingOf),
    ];
  }

  #judgeLine(turn, caller, counts) {
    counts.asLine++;
    if (turn.trace !== undefined) counts.traced++;
    const { line: text, line_bytes: bytes } = turn;
    const line = text ?? Uint8Array.from(bytes, (character) => character.charCodeAt(0));
    const { steps, ...traced } = this.#evaluated.traceLine(line, caller);
    this.#restored.restoreState(this.#evaluated.exportState());
    const judged = this.#evaluated.evaluateLine(line, caller);
    const { kind, id, tool, verdict } = judged;
    const { plan, verdict: refused, ...said } = this.#planned.planLine(line, caller);
    const agree = agreement(judged);
    const told = [
      agree("traced", traced, (each) => ({ ...each, verdict: each.verdict && unreserved(each.verdict) })),
      agree("restored", this.#restored.evaluateLine(line, caller)),
      agree("as bytes", this.#lines.evaluateLine(text === undefined ? line : new TextEncoder().encode(text), caller)),
      agree("planned", said, (each) => ({ ...each, verdict: undefined })),
      differencesOfSteps(turn, steps),
    ];
    const rulings = [this.#decided, this.#decidedLines].map((policy) => policy.decideLine(line, caller));
    if (kind === "other") {
      const others = rulings.every((ruling) => ruling === undefined);
      return { answer: "other", told: others ? told.flat() : ["in numbers, the line holds a call"] };
    }
    const agreeOnVerdict = agreement(verdict);
    told.push(...rulings.map((ruling) => agreeOnVerdict("in numbers", ruling, rulingOf)));
    if (kind === "refused") return { answer: verdict, told: [...told, agreeOnVerdict("planned", refused)].flat() };
    const outside = this.#judgeOutside(agreeOnVerdict, plan, told);
    return { answer: { ...verdict, id, tool }, outside, told: told.flat() };
  }

  #judgeOutside(agree, plan, told) {
    const { verdict, reservation } = this.#outside.evaluate(plan);
    told.push(agree("counters outside", verdict, unreserved));
    const allowed = verdict.decision === "allow";
    if (allowed !== (reservation !== undefined)) told.push("counters outside: charged, or not, against the verdict");
    plan.free();
    return reservation;
  }

  #settle({ settle, outcome, expect }) {
    const judged = this.#named.get(settle);
    const inside = typeof settle === "number" ? settle : judged.answer.reservation;
    const outside = typeof settle === "number" ? settle : judged.outside;
    const found = this.#policies.map((policy) => policy.settle(inside, outcome));
    found.push(this.#outside.settle(outside, outcome));
    return found.flatMap((settled) => differences("settled", expect, settled));
  }

  #replace(text) {
    const other = this.#compiled(text);
    other.restoreState(this.#evaluated.exportState());
    for (const policy of [...this.#policies, this.#planned]) policy.replace(text);
    this.#outside.keepOnly(headsOf(JSON.parse(text)));
    const same = other.exportState() === this.#evaluated.exportState();
    other.free();
    return same ? [] : ["exported and restored by the other policy, the counters are others"];
  }

  #export(name) {
    this.#exported.set(name, { state: this.#evaluated.exportState(), outside: this.#outside.copy() });
    return [];
  }

  #restore(name) {
    const { state, outside } = this.#exported.get(name);
    for (const policy of this.#policies) policy.restoreState(state);
    this.#outside = outside.copy();
    return [];
  }
}

/** What is expected of a trace, where something is. */
function differencesOfSteps({ trace }, steps) {
  return trace === undefined ? [] : differences("trace", trace, steps);
}

/** Steps without their words, which quote numbers as they are spelled. */
function marksOf(steps) {
  return steps.map(({ text, ...step }) => step);
}

/** A verdict without what differs between those who count and those who do not. */
function unreserved(verdict) {
  return { ...verdict, reservation: undefined };
}

/** What a ruling has of a verdict. */
function rulingOf({ decision, reason, rule, at, retry_at, reservation }) {
  return { decision, reason, rule, at, retry_at, reservation };
}

/** Compares other ways' answers with the first one's, to the byte; `part`: what of them is compared. */
function agreement(first) {
  return (way, found, part = (whole) => whole) => {
    const one = JSON.stringify(part(first));
    const other = found === undefined ? "nothing" : JSON.stringify(part(found));
    return one === other ? [] : [`${way}: ${other}, not as by evaluate: ${one}`];
  };
}

/** Whether arguments can be handed over as an object: they are JSON, and JavaScript can say it. */
function canBeObject(text) {
  try {
    return isSayable(text);
  } catch {
    return false;
  }
}

/** How the keys of a policy's counters start: the scope, the limit's rule id, the window. */
function headsOf({ tools = {}, all_tools = {} }) {
  const head = (place, { scope, counter, window }) => `${scope}\n${place}/limits/${counter}\n${window}`;
  const heads = (place, { limits = [] }) => limits.map((limit) => head(place, limit));
  return [
    ...Object.entries(tools).flatMap(([name, tool]) => heads(`/tools/${name}`, tool)),
    ...heads("/all_tools", all_tools),
  ];
}
