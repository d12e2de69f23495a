// A program that uses all of the package's types, and must compile. Where a line must not, the line above says so.

import {
  PolicyError,
  Simulation,
  allStarts,
  largestMax,
  smallestMax,
  applyEdits,
  attackLibrary,
  attacks,
  builtInScenarios,
  compile,
  denialLine,
  diff,
  drift,
  errorLine,
  Learner,
  explain,
  learn,
  lint,
  parseScenario,
  pins,
  printScenario,
  readEnvelope,
  simulate,
  version,
} from "gatewright";
import type {
  AttackReport,
  BuiltInScenario,
  CallRecord,
  Caller,
  ChangedCall,
  Charge,
  Compiled,
  CounterStore,
  CountingOptions,
  Decision,
  Diagnostic,
  Difference,
  Drift,
  Edit,
  Envelope,
  Explanation,
  JudgedLine,
  LearnOptions,
  Learned,
  LearnedLine,
  LearnedWitness,
  HeldOut,
  Location,
  LogReport,
  NearMiss,
  Member,
  Outcome,
  Plan,
  PlannedLine,
  Policy,
  Quota,
  Reading,
  Reason,
  Refund,
  Reservation,
  Ruling,
  Scenario,
  Sentence,
  Settled,
  SimulatedCall,
  SimulationResult,
  Start,
  Step,
  Summary,
  ToolCall,
  Verdict,
  WindowModel,
} from "gatewright";

/** Compiles only where the two types are one. */
type Same<One, Other> = (<T>() => T extends One ? 1 : 2) extends <T>() => T extends Other ? 1 : 2 ? true : false;
declare function same<One, Other>(is: Same<One, Other>): void;

const text: string = version;
const options: CountingOptions = { window_model: "sliding", refund: "any_error" };
const compiled: Compiled = compile(text, options);

// @ts-expect-error What did not compile has no policy.
compiled.policy;
if (!compiled.ok) {
  const errors: Diagnostic[] = compiled.errors;
  same<typeof compiled.warnings, Diagnostic[]>(true);
  // @ts-expect-error
  compiled.policy;
  throw new Error(told(errors));
}
// @ts-expect-error What compiled has no errors.
compiled.errors;
const policy: Policy = compiled.policy;

function told(errors: Diagnostic[]): string {
  const told = errors.map(({ severity, code, pointer, location, message, help, related, fix }) => {
    same<typeof severity, "error" | "lint">(true);
    same<typeof help, string | undefined>(true);
    const place: Location = location;
    const edits: Edit[] | undefined = fix?.edits;
    const repaired: string | undefined = edits && applyEdits(text, edits);
    return [code, pointer, place.line, place.column, message, related?.[0]?.location.start, repaired].join();
  });
  return told.join();
}

const caller: Caller = { grant: "ci", session: "s", at: Date.now(), approved: true };
const call: ToolCall = { ...caller, tool: "create_charge", args: { amount: 5, nested: { list: [1, "a", null] } } };
// @ts-expect-error A call has a tool.
policy.evaluate({ args: {} });
// @ts-expect-error Arguments are an object.
policy.evaluate({ tool: "t", args: "amount" });
// @ts-expect-error A time is a number of milliseconds.
policy.evaluate({ tool: "t", at: new Date() });
// @ts-expect-error A grant is text.
policy.evaluate({ tool: "t", grant: 5 });
// @ts-expect-error Misspelt.
policy.evaluate({ tool: "t", arguments: {} });

const verdict: Verdict = policy.evaluate(call);
const decision: Decision = verdict.decision;
const reason: Reason = verdict.reason;
switch (decision) {
  case "allow":
  case "deny":
  case "approval":
  case "unknown":
    break;
  default:
    same<typeof decision, never>(true);
}
// @ts-expect-error No such decision.
verdict.decision === "allowed";
// @ts-expect-error No such reason.
reason === "limits";
const quota: Quota | undefined = verdict.quota;
same<Quota["window"], "minute" | "hour" | "day">(true);
same<typeof verdict.retry_at, number | undefined>(true);
// @ts-expect-error A quota may be absent.
verdict.quota.used;
console.log(quota?.remaining, verdict.rule, verdict.pointer, verdict.malformed, verdict.clock_behind_ms);

const ruling: Ruling = policy.decide(call);
const settled: Settled = policy.settle(ruling.reservation, "tool_error");
same<Outcome, "ok" | "tool_error" | "protocol_error">(true);
// @ts-expect-error Misspelt.
policy.settle(1, "error");
console.log(settled === "kept" || settled === "refunded" || settled === "nothing_held" || settled === "unknown");

const line = new TextEncoder().encode("{}");
const judged: JudgedLine = policy.evaluateLine(line, caller);
switch (judged.kind) {
  case "call": {
    const id: string = judged.id;
    const [start, end]: [number, number] = judged.arguments;
    console.log(denialLine(id, judged.verdict, { modern: true }), line.subarray(start, end), judged.tool);
    break;
  }
  case "refused": {
    const id: string | undefined = judged.id;
    // @ts-expect-error What could not be read names no tool.
    judged.tool;
    console.log(id && errorLine(id, -32602, judged.verdict.message));
    break;
  }
  case "other":
    // @ts-expect-error No call, no verdict.
    judged.verdict;
    break;
  default:
    same<typeof judged, never>(true);
}
const maybe: Ruling | undefined = policy.decideLine("{}");
// @ts-expect-error Neither text nor bytes.
policy.evaluateLine(["{}"]);

const traced: { verdict: Verdict; steps: Step[] } = policy.trace(call);
const tracedLine: JudgedLine & { steps: Step[] } = policy.traceLine(line);
if (tracedLine.kind === "call") tracedLine.verdict.decision;
const marks: ("passed" | "decided" | "absent" | "not_reached" | "unknown")[] = traced.steps.map(({ mark }) => mark);

const store: CounterStore = {
  evaluate(plan: Plan): Verdict {
    const charges: readonly Charge[] = plan.charges;
    if (plan.keptOut) return plan.refuse("counters-away", plan.at);
    const readings: Reading[] = charges.map(({ cost }) => ({ used: cost, resets_at: 1, fits_at: 2 }));
    return plan.apply(plan.at, readings, { window_model: "calendar" });
  },
  async settle(reservation: Reservation, outcome: Outcome): Promise<Settled> {
    return outcome === "ok" && reservation !== undefined ? "kept" : "unknown";
  },
  close() {},
};
const plan = policy.plan(call);
// @ts-expect-error Amounts are text: a number may be rounded.
plan.apply(0, [{ used: 5 }]);
// @ts-expect-error A plan is refused for one reason.
plan.refuse("no-policy", 0);
// @ts-expect-error Charges are not written.
plan.charges.push();
store.evaluate(plan);
const planned: PlannedLine = policy.planLine(line);
if (planned.kind === "call") planned.plan.uncounted(Date.now()).decision;

interface Listed {
  name: string;
  inputSchema: object;
}
const listed: Listed[] = policy.tools<Listed>([{ name: "a", inputSchema: {} }]);
// @ts-expect-error A tool has a name.
policy.tools([{ title: "a" }]);
const hides: boolean = policy.hides("a");
const filtered: Uint8Array | undefined = policy.toolsLine(line);
const replaced = policy.replace(text);
if (!replaced.ok) replaced.errors satisfies Diagnostic[];
const failed: boolean = policy.failed;
// @ts-expect-error It is read only.
policy.failed = true;
policy.restoreState(policy.exportState());

const envelope: Envelope | undefined = readEnvelope(line);
const place: Member | undefined = envelope?.input_responses;
same<Envelope["kind"], "request" | "notification" | "response">(true);

const findings: Diagnostic[] = lint(text, { tools: "[]" });
const explanation: Explanation = explain(text, { window_model: "sliding" });
const sentences: Sentence[] = [...explanation.whole, explanation.unlisted];

const scenario: Scenario = findings[0]?.scenario ?? { start: 0, blocks: [] };
const records: CallRecord[] = [{ at: "2026-01-05T10:00:00Z", tool: "t", unknown_args: ["amount"], outcome: "ok" }];
const result: SimulationResult = simulate(text, records, options);
const summary: Summary = result.summary;
const report: LogReport = result.log;
simulate(text, { start: 0, blocks: [{ block: "call", call: { tool: "t", grant: "g" } }] });
// @ts-expect-error A call has a grant.
simulate(text, { start: 0, blocks: [{ block: "call", call: { tool: "t" } }] });
// @ts-expect-error A burst has no pace.
simulate(text, { start: 0, blocks: [{ block: "burst", call: { tool: "t", grant: "g" }, times: 3, every_ms: 5 }] });
const lines: string = printScenario(text, parseScenario("loop t every 2s for 5m on denial back off"));
const builtIn: BuiltInScenario | undefined = builtInScenarios()[0];
const attacked: AttackReport = attacks(text, "[]", { attack: attackLibrary()[0]!.id, earlier: "[]", window_model: "sliding" });
const standing = attacked.attacks[0]!.standing;
if (standing.is === "limited") console.log(standing.allowed, attacked.score.score, attacked.drift?.words);
// @ts-expect-error What is not stopped has no number.
console.log(standing.at);
const drifted: Drift = drift(pins("[]"), "[]", { policy: text });
console.log(drifted.changes[0]?.decided?.callable);
const starts: Start[] = allStarts(text, scenario, { window_model: "sliding" }).all;
const most: number | null = largestMax(text, "/tools/t/limits/c", 100, lines).max;
// @ts-expect-error There may be none.
smallestMax(text, "/tools/t/limits/c", lines).max;
// @ts-expect-error A log's times are no part of a scenario.
allStarts(text, scenario, { start: 0 });
// @ts-expect-error A scenario has a start.
simulate(text, { blocks: [] });
// @ts-expect-error A record has a time.
simulate(text, [{ tool: "t" }]);
// @ts-expect-error No such window model.
simulate(text, "", { window_model: "rolling" });
{
  using simulation = new Simulation(text);
  simulation.feed("{}");
  simulation.feed(line);
  simulation.play(scenario);
  simulation.play(builtIn?.id ?? lines);
  const calls: number = simulation.ended().calls;
  const ran: number = simulation.run(calls);
  const one: SimulatedCall | undefined = simulation.call(0);
  // @ts-expect-error There may be no such call.
  one.tool;
  const near: NearMiss[] = simulation.nearMisses();
  console.log(near[0]?.used, ran, simulation.explain(0)?.steps, simulation.result().words);
}
const learnOptions: LearnOptions = { slack: 20, hold_out: 25, calls: "not_failed", window_model: "sliding" };
// @ts-expect-error No such calls.
learn(text, { calls: "some" });
const learned: Learned = learn(records, learnOptions);
const learnedLine: LearnedLine | undefined = learned.lines[0];
const witness: LearnedWitness | undefined = learnedLine?.witnesses[0];
if (learnedLine?.holds === "limit") console.log(learnedLine.max - learnedLine.reached, learnedLine.window);
if (learnedLine?.holds === "argument") console.log(learnedLine.path, learnedLine.level === "prefix");
const heldOut: HeldOut | undefined = learned.held_out;
const learner = new Learner();
learner.feed("");
console.log(learner.ended().calls, learner.advance(1), learner.result().policy, witness?.call, heldOut?.words);
learner.free();

const difference: Difference = diff(text, text, records);
const changed: ChangedCall[] = difference.first_changed;
same<WindowModel, "calendar" | "sliding">(true);
same<Refund, "protocol_error" | "any_error" | "never">(true);

try {
  simulate(text, "");
} catch (error) {
  if (error instanceof PolicyError) console.log(error.diagnostics[0]?.code);
}
plan.free();
policy[Symbol.dispose]();
console.log(maybe, marks, listed, hides, filtered, failed, place, findings, sentences, summary, report, changed, starts, most);
