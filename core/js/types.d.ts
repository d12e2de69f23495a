/// <reference lib="esnext.disposable" />

/**
 * Gatewright: an evaluator for policies over AI agents' tool calls.
 *
 * Fields of JSON are snake_case, as in the policy document; methods are camelCase. Every time is in whole milliseconds
 * since the Unix epoch, UTC. Nothing here opens a file or a connection, and the clock is read in one place: where a
 * call leaves `at` out.
 */

/** What happens to a call. `unknown` occurs in simulation only. */
export type Decision = "allow" | "deny" | "approval" | "unknown";

/** Why, for machines. Reasons never change once released. */
export type Reason =
  | "allowed"
  | "no-policy"
  | "hidden"
  | "default-deny"
  | "require"
  | "deny-if"
  | "require-approval"
  | "limit"
  | "wrong-type"
  | "invalid-cost"
  | "unknown-argument"
  | "malformed"
  | "too-many-counters"
  | "foreign-counters"
  /** The counters outside could not be reached in time, and calls are denied without them. */
  | "counters-away"
  /** The evaluator itself failed: the instance is given up, and denies every call. */
  | "engine-failed";

/** How a call that was let through ended: a result, a result with `isError`, a JSON-RPC error. */
export type Outcome = "ok" | "tool_error" | "protocol_error";

/** How a limit's window lies in time. */
export type WindowModel = "calendar" | "sliding";

/** Which outcomes give a reservation back. */
export type Refund = "protocol_error" | "any_error" | "never";

/** How calls are counted. An option of the engine, not of the document. */
export interface CountingOptions {
  /** `calendar` unless told. */
  window_model?: WindowModel;
  /** `protocol_error` unless told. */
  refund?: Refund;
}

/** How calls are counted, and what is taken for the times that a log does not have. */
export interface ReplayOptions extends CountingOptions {
  /** When the first of the calls without a time is made: milliseconds since the Unix epoch, 2026-01-05T10:00:00Z unless told. */
  start?: number;
  /** Milliseconds from one of them to the next, 1000 unless told. */
  step_ms?: number;
}

/** A finding about a document: an error stops compilation, a lint does not. */
export interface Diagnostic {
  severity: "error" | "lint";
  /** What is wrong, for machines. Codes never change once released. */
  code: string;
  /** RFC 6901 pointer into the document. */
  pointer: string;
  location: Location;
  message: string;
  /** What is accepted, or what to do. */
  help?: string;
  /** Other places that belong to it, such as the first of two equal keys. */
  related?: { location: Location; message: string }[];
  /** A repair, where there is one that needs no guess. */
  fix?: { label: string; edits: Edit[] };
  /** Of a lint: a scenario of the calls that show it, for {@link simulate}. */
  scenario?: Scenario;
}

/** A stretch of the text. */
export interface Location {
  /** The first byte of the UTF-8 text, from 0. */
  start: number;
  /** The byte after the last. */
  end: number;
  /** The line of the first byte, from 1. */
  line: number;
  /** Its column, in Unicode characters, from 1. */
  column: number;
}

/** The replacement of a stretch of the text, in bytes as {@link Location}. */
export interface Edit {
  start: number;
  end: number;
  text: string;
}

/** Who calls. */
export interface Caller {
  /** The name of an agent's access token, from your own configuration, never from what the client says of itself. */
  grant?: string;
  /** The session within the grant. */
  session?: string;
  /** When. The present, where it is left out. */
  at?: number;
  /** Whether a person has approved this very call. */
  approved?: boolean;
}

/** What an agent asks for. */
export interface ToolCall extends Caller {
  tool: string;
  /**
   * A plain object, as `JSON.parse` makes them. Only the paths that the tool's rules name are read, own properties only.
   * What JSON cannot hold there (a function, `NaN`, half of a surrogate pair, an instance of a class) denies the call.
   */
  args?: { readonly [name: string]: unknown };
}

/** The reading of one limit. */
export interface Quota {
  counter: string;
  window: "minute" | "hour" | "day";
  /** Left out where it is `calendar`. */
  window_model?: WindowModel;
  used: number;
  max: number;
  cost: number;
  remaining: number;
  window_start: number;
  /** When the counter is fresh again, if nothing else happens. */
  resets_at: number;
}

/** The answer to one call. */
export interface Verdict {
  decision: Decision;
  reason: Reason;
  /** Which rule, as in decision logs: `/tools/create_charge/deny_if/args.amount-gt`. */
  rule?: string;
  /** The place in the document that decided. */
  pointer?: string;
  /** Why, for the agent. */
  message: string;
  /** What is wrong with a call that cannot be read. */
  malformed?: string;
  /** When the call was judged. */
  at: number;
  /** How far the given time lies behind the store's. Left out where it does not. */
  clock_behind_ms?: number;
  /** Of a denied call, the limit that refused; of an allowed one, the limit that has the fewest left. */
  quota?: Quota;
  /** The first millisecond at which the same call would pass if nothing else happened. */
  retry_at?: number;
  /** What to settle once the call has ended. Left out where it was not allowed. */
  reservation?: Reservation;
}

/** The name of a reservation: a number from built-in counters, whatever an outside store makes of it otherwise. */
export type Reservation = unknown;

/** A verdict without words, for the hot path. */
export interface Ruling {
  decision: Decision;
  reason: Reason;
  rule?: string;
  at: number;
  retry_at?: number;
  reservation?: number;
}

/** One check of a call. */
export interface Step {
  check: string;
  mark: "passed" | "decided" | "absent" | "not_reached" | "unknown";
  name?: string;
  text: string;
  pointer?: string;
  rule?: string;
  quota?: Quota;
}

/** What a line of JSON-RPC holds, judged. */
export type JudgedLine =
  /** A tool call. `id` is the JSON text of its id, by which it is answered: the id 1 is not the id "1". */
  | {
      kind: "call";
      id: string;
      tool: string;
      /** The bytes of the line, from and up to, that hold the arguments object; equal where there is none. */
      arguments: [start: number, end: number];
      verdict: Verdict;
    }
  /** Cannot be read without a guess: never forward it. `id` is there where it is a call that can be answered. */
  | { kind: "refused"; id?: string; verdict: Verdict }
  /** No tool call: no business of a policy. */
  | { kind: "other" };

/** The same, planned for counters outside. */
export type PlannedLine =
  | {
      kind: "call";
      id: string;
      tool: string;
      /** The bytes of the line, from and up to, that hold the arguments object; equal where there is none. */
      arguments: [start: number, end: number];
      plan: Plan;
    }
  | { kind: "refused"; id?: string; verdict: Verdict }
  | { kind: "other" };

/** What of any JSON-RPC message matters to who forwards it. */
export interface Envelope {
  kind: "request" | "notification" | "response";
  /** Of a request and a response: the JSON text of its id. */
  id?: string;
  /** What the id is matched by, however it is spelled: `1.0` answers `1`, and the id 1 is not the id "1". */
  id_key?: string;
  /** Of a request and a notification. */
  method?: string;
  /** Of a response: how a call that it answers ended. */
  outcome?: Outcome;
  /** Of a response whose result says so: `complete`, `input_required`, … */
  result_type?: string;
  /** Of `notifications/cancelled`: the `id_key` of the request that is taken back. */
  cancels?: string;
  /** Of a tool call: whether it says its protocol version itself, as it must since revision 2026-07-28. */
  modern?: boolean;
  /** Of a tool call: where `params.inputResponses` stands, what was asked for earlier. */
  input_responses?: Member;
  /** Of a tool call: where `params.requestState` stands, the state that the question came with. */
  request_state?: Member;
}

/** Where a member of `params` stands, in bytes of the line, from and up to. */
export interface Member {
  /** All that goes with it where it is cut out: one comma too. Several may be cut out of one line. */
  whole: [start: number, end: number];
  /** Its value. */
  value: [start: number, end: number];
}

/** One counter that a call is charged to. Amounts are whole numbers of billionths, in decimal digits. */
export interface Charge {
  /** The counter's name in the store. */
  key: string;
  window: "minute" | "hour" | "day";
  /** The window's length in milliseconds. Calendar windows start at its whole multiples. */
  window_ms: number;
  /** The most that fits, inclusive. Nothing fits 0. */
  max: string;
  /** What the call costs. */
  cost: string;
}

/** What one counter held before the call was charged. */
export interface Reading {
  /** In billionths, in decimal digits. */
  used: string;
  /** When the counter is fresh again. The end of the calendar window, where it is left out. */
  resets_at?: number;
  /** When the call has room. The end of the calendar window, where it is left out. */
  fits_at?: number;
}

/**
 * What a call needs of a store of counters. Free it, or leave that to the garbage collector. It holds on to the document
 * that it was made under: replacing the policy's document in between changes nothing about it.
 */
export interface Plan {
  /** The counters to check and charge, all or none. */
  readonly charges: readonly Charge[];
  /** Whether the call is kept out whatever the counters hold: then nothing may be charged. */
  readonly keptOut: boolean;
  /** When the caller made the call. */
  readonly at: number;
  /** The verdict, from what each counter held at `at`, the store's own time, before the call was charged. */
  apply(at: number, readings: readonly Reading[], options?: { window_model?: WindowModel }): Verdict;
  /** A denial for a reason that is not the policy's. */
  refuse(reason: "counters-away", at: number): Verdict;
  /** The verdict where counters that cannot be read are to stop nothing: then only the name and the rules decide. */
  uncounted(at: number): Verdict;
  free(): void;
  [Symbol.dispose](): void;
}

/** What settling did: `unknown` is a reservation that there is not, or that was settled before. */
export type Settled = "kept" | "refunded" | "nothing_held" | "unknown";

/** Counters outside: see `gatewright/redis` and `gatewright/lmdb`. */
export interface CounterStore {
  /**
   * Checks and charges a plan's counters in one atomic step, all or none, and gives the verdict that the plan makes of
   * what it found. Never rejects: a store that cannot be reached denies with `counters-away`, unless it was told to
   * allow.
   */
  evaluate(plan: Plan): Promise<Verdict> | Verdict;
  /** Tells how an allowed call ended. Settling twice changes nothing. */
  settle(reservation: Reservation, outcome: Outcome): Promise<Settled> | Settled;
  close(): Promise<void> | void;
}

export type Compiled =
  | { ok: true; policy: Policy; warnings: Diagnostic[] }
  | { ok: false; errors: Diagnostic[]; warnings: Diagnostic[] };

/**
 * Checks the text of a policy document and makes it ready to evaluate. Never throws for what the text says. The warnings
 * of a good document are found when they are first looked at.
 */
export function compile(text: string, options?: CountingOptions): Compiled;

/** A checked policy, with counters of its own, all at nothing. */
export interface Policy {
  /** Judges a call, and counts it where it is allowed. */
  evaluate(call: ToolCall): Verdict;
  /** The same in numbers alone, for the hot path. */
  decide(call: ToolCall): Ruling;
  /** Judges one line of JSON-RPC. Forward the very bytes that were judged, never a message made from them. */
  evaluateLine(line: Uint8Array | string, caller?: Caller): JudgedLine;
  /** The same in numbers alone. Undefined where the line holds no call. */
  decideLine(line: Uint8Array | string, caller?: Caller): Ruling | undefined;
  /** Judges a call and tells every check. Counts nothing. */
  trace(call: ToolCall): { verdict: Verdict; steps: Step[] };
  /** The same of a line of JSON-RPC, whose numbers are judged as they are written. */
  traceLine(line: Uint8Array | string, caller?: Caller): JudgedLine & { steps: Step[] };
  /** Tells how an allowed call ended. */
  settle(reservation: Reservation, outcome: Outcome): Settled;
  /** Judges what needs no counter. */
  plan(call: ToolCall): Plan;
  planLine(line: Uint8Array | string, caller?: Caller): PlannedLine;
  /** Whether a tool is left out of `tools/list`. */
  hides(tool: string): boolean;
  /** The tools of a list that the policy does not hide. */
  tools<T extends { name: string }>(list: readonly T[]): T[];
  /**
   * The answer to `tools/list` without the hidden tools, every other byte as it was; `cacheScope` made private, where
   * there is one. The line itself where nothing has to change. Undefined where it cannot be read.
   */
  toolsLine(line: Uint8Array): Uint8Array | undefined;
  /** Goes over to another document. Counters that it has too keep what they hold. Where it has errors, nothing changes. */
  replace(text: string): { ok: true; warnings: Diagnostic[] } | { ok: false; errors: Diagnostic[]; warnings: Diagnostic[] };
  /** What the counters hold, as text. */
  exportState(): string;
  /** Takes over what was exported. Throws where it is damaged or of another policy, and then nothing changes. */
  restoreState(state: string): void;
  /** Whether the evaluator itself has failed. Then every call is denied; compile the policy again. */
  readonly failed: boolean;
  free(): void;
  [Symbol.dispose](): void;
}

/** What of any JSON-RPC message matters to who forwards it. Undefined where it cannot be read. */
export function readEnvelope(line: Uint8Array): Envelope | undefined;

/**
 * The answer to a call that is not let through: a result with `isError`, the text `[POLICY DENIED] …`, and the verdict
 * under `_meta["gatewright.dev/verdict"]`. `id` is the JSON text of the call's id. `modern`: the caller speaks protocol
 * revision 2026-07-28 or later, and is told that the result is complete.
 */
export function denialLine(id: string, verdict: Verdict, options?: { modern?: boolean }): string;

/** The answer to a request that failed for no reason of the policy's: a JSON-RPC error. */
export function errorLine(id: string, code: number, message: string, data?: unknown): string;

/** Every finding about a document: its errors, or the lints of one without. `tools`: the text of a server's `tools/list`. */
export function lint(text: string, options?: { tools?: string }): Diagnostic[];

/** A text after some edits, such as those of a fix. Undefined where they overlap or do not fit it. */
export function applyEdits(text: string, edits: readonly Edit[]): string | undefined;

export interface Sentence {
  text: string;
  /** The place in the document that it speaks of. */
  pointer: string;
}

/** A policy in English. */
export interface Explanation {
  /** What holds whatever the tool. */
  whole: Sentence[];
  /** What a tool gets that the policy does not name. */
  unlisted: Sentence;
  tools: { tool: string; sentences: Sentence[] }[];
  /** All of it as Markdown. */
  markdown: string;
}

/** The document in English. Of one that has errors, what was understood. */
export function explain(text: string, options?: CountingOptions): Explanation;

/** What a tool does to the world, from the mildest to the gravest. */
export type Category = "read" | "write" | "execute" | "destructive" | "financial";

/** How grave it would be to let a tool be called without a thought. */
export type RiskLevel = "low" | "medium" | "high" | "critical";

/** Words of a definition, and what follows from them. */
export interface Evidence {
  /** Where they stand; `pointer` is a JSON pointer into the tool's `inputSchema`. */
  place: { in: "name" | "description" | "annotations" } | { in: "schema"; pointer: string };
  /** As the server wrote them; empty where what counts is that nothing is written. */
  words: string;
  /** What follows, a sentence. */
  why: string;
}

/** A property of a tool that makes it riskier, or harder to judge. */
export interface Signal {
  kind:
    | "file_system_path"
    | "credentials"
    | "free_code"
    | "raw_markup"
    | "leaves_house"
    | "many_parameters"
    | "no_required_argument"
    | "unbounded_text"
    | "bulk"
    | "missing_description"
    | "contradicting_annotation";
  /** How many: of parameters, and of texts without a bound. */
  count?: number;
  evidence: Evidence;
}

/** How risky a tool is, and why. */
export interface ToolRisk {
  name: string;
  /** What it does; null where nothing in the definition tells, which is not to say that it is harmless. */
  category: Category | null;
  level: RiskLevel;
  /** Why category and level are what they are, what decides first. */
  reasons: Evidence[];
  /** Of several arguments each has a signal of its own. */
  signals: Signal[];
  /** The signals in words, each kind once. */
  signal_words: string[];
  /** Whether the category is what `said` says. */
  overruled: boolean;
  /** Who says so, in words. */
  source: string;
}

/** The risks of lists of tools. */
export interface Risks {
  /** A server without a name has an empty one. */
  servers: { name: string; tools: ToolRisk[] }[];
  /** What was read, in words. */
  words: string;
  /** What could not be read, each a sentence with its place. */
  unreadable: string[];
}

/**
 * How risky each tool is, by what its server writes of it. `tools`: the text of a server's `tools/list`, or of any other
 * file that lists tools. `name`: what a server is called that the text does not name. `said`: what somebody who knows says
 * that a tool does, by its name; it counts before everything else.
 *
 * @throws {TypeError} where the text lists no tools, or what is said is no category
 */
export function risk(tools: string, options?: { name?: string; said?: { readonly [tool: string]: Category } }): Risks;

/** How much an agent is let do. */
export type Choice = "strict" | "balanced" | "permissive";

/** A line of a recommended policy, and why it is there. */
export interface RecommendedLine {
  /** Its place in the document, RFC 6901. */
  pointer: string;
  /** The tool that it is about; absent where it is about all. */
  tool?: string;
  why: string;
}

/** What becomes of a tool. */
export interface Advice {
  tool: string;
  treatment: "allow" | "limit" | "approval" | "hide" | "deny";
  why: string;
  /** What of its arguments the language cannot hold, a sentence for each; absent where nothing is left. */
  not_held?: string[];
}

/** What a recommendation comes to. */
export interface RecommendationFigures {
  /** Tools without a limit of their own, with one, for approval, hidden and denied. */
  allowed: number;
  limited: number;
  approval: number;
  hidden: number;
  denied: number;
  /** The most calls a UTC day that a grant can make of the tools that are limited. */
  limited_a_day: number;
  /** Of the calls of a made-up working day over every tool, those that pass; and how many there are. */
  passing: number;
  working_day: number;
}

export interface Recommendation {
  /** The policy's text. */
  policy: string;
  lines: RecommendedLine[];
  choice: Choice;
  /** For each tool, by name. */
  tools: Advice[];
  /** What each choice comes to. */
  figures: Record<Choice, RecommendationFigures>;
}

/**
 * The policy that tools deserve by their definitions, each line with its reason.
 *
 * @param tools A server's `tools/list`, or several one after the other.
 * @param options.policy A policy's text that it is made in: what that says of other tools stays.
 * @param options.said What somebody says that tools do, by name.
 * @throws {TypeError} Where a text cannot be read, or a category is none.
 */
export function recommend(
  tools: string,
  options?: { choice?: Choice; policy?: string; said?: Record<string, Category> },
): Recommendation;

/** An attack that can be performed on tools. */
export interface Attack {
  /** Its name: what {@link attacks} and `gatewright attack --attack` take. */
  id: string;
  title: string;
  /** What happens. */
  what: string;
  /** Where it was described in public. */
  source: { title: string; url: string };
  /** Which of its calls are the harmful ones, and when it counts as stopped. */
  harm: string;
  /** Which controls stop it. */
  stopped_by: string;
}

/** Every attack, in the order in which they are performed. */
export function attackLibrary(): Attack[];

/**
 * How far a policy lets an attack come. `at` is the number of the first call that is stopped for good, from 1; `of` counts
 * the harmful calls, or the definitions.
 */
export type Standing =
  | { is: "stopped"; at: number | null }
  | { is: "limited"; allowed: number; of: number }
  | { is: "not_stopped"; of: number }
  | { is: "not_possible" };

/** What came of an attack. */
export interface PerformedAttack {
  id: string;
  title: string;
  standing: Standing;
  /** The same in two or three words: `stopped at call 201`. */
  short: string;
  /** Why, a sentence. */
  words: string;
  /** How many calls it makes. */
  calls: number;
  /** The tools that it uses, at most some. */
  tools: string[];
  /** What was found in definitions, where the attack lies in these. */
  findings: { tool: string; evidence: { place: { in: string; pointer?: string }; words: string; why: string } }[];
  /** Its calls, for {@link simulate}, where it makes any. */
  scenario?: Scenario;
  /** A change of the policy that was tried, and with which it comes less far. */
  control?: { fix: { label: string; edits: Edit[] }; then: Standing; words: string };
  /** What to do where no edit of the policy helps. */
  advice?: string;
}

/** What came of attacks, beside a normal day. */
export interface AttackReport {
  attacks: PerformedAttack[];
  /** How much of a normal day passes; `unknown`: calls of which it cannot be told. */
  day: {
    from: "made" | "log";
    calls: number;
    passed: number;
    approval: number;
    denied: number;
    unknown: number;
    words: string;
  };
  /**
   * `score` is `attacks` × `day`, each in percent, rounded down: what is kept out counts only as far as work goes on.
   * Attacks that are not possible with these tools do not count.
   */
  score: {
    possible: number;
    stopped: number;
    limited: number;
    not_stopped: number;
    attacks: number;
    day: number;
    score: number;
    words: string;
  };
  /** What became of the tools since `earlier`, where that was given. */
  drift?: Drift;
}

/** How attacks are performed. */
export interface AttackOptions extends Pick<ReplayOptions, "window_model" | "refund"> {
  /** The name of one attack; all where it is left out. */
  attack?: string;
  /** A log of a normal day, in any format that {@link simulate} recognises; without it, a working day is made up. */
  log?: string;
  /** Pins, or an earlier list of the tools, as text. */
  earlier?: string;
}

/**
 * Performs attacks on the tools of a list, under a policy. No tool is called. Throws a {@link PolicyError} where the
 * policy has errors, and a `TypeError` where something else cannot be read.
 */
export function attacks(policy: string, tools: string, options?: AttackOptions): AttackReport;

/** The hash of each tool's definition, by the names of its server and its own. */
export interface Pins {
  pins: Record<string, Record<string, string>>;
}

/** Pins the tools of a list. Throws a `TypeError` where there is none. */
export function pins(tools: string): Pins;

/** What became of the tools of a list. */
export interface Drift {
  /** How many tools the later list has. */
  tools: number;
  changes: ToolChange[];
  words: string;
}

/** A tool that is not as it was. */
export interface ToolChange {
  /** Its server; empty where nothing names it. */
  server: string;
  tool: string;
  kind: "added" | "changed" | "removed";
  /** Its pin before, and now. */
  earlier?: string;
  later?: string;
  /** What of its definition changed; empty where the earlier one is not at hand. */
  parts: { kind: "title" | "description" | "arguments" | "results" | "annotations"; words: string }[];
  /** What the policy decides of its calls, where one was given. */
  decided?: { before?: string; now?: string; callable: boolean; words: string };
  words: string;
}

/**
 * What became of tools since they were pinned, or since an earlier list. Throws a `TypeError` where something cannot be
 * read.
 */
export function drift(earlier: string | Pins, tools: string, options?: { policy?: string }): Drift;
/** A language that says which tools may be called, and is no policy. */
export type Dialect = "catalogue-words" | "catalogue-yaml" | "intercept" | "claude-code" | "allowed-tools";

/** A part of the text that says the same in the other language. */
export interface Carried {
  /** Where it stands in the text. */
  location: Location;
  /** What stands there, short and fit to be shown. */
  what: string;
  /** Where it is in the policy. */
  pointer: string;
}

/** A part of the text that has no equivalent, and what stands in its place: never less strict. */
export interface Lost {
  location: Location;
  what: string;
  reason: string;
  instead: string;
}

/** How two policies, each in its own language, were held against each other. Of calls not tried it says nothing. */
export interface Compared {
  /** How many calls both judged. */
  calls: number;
  /** In how many sequences, each from empty counters. */
  sequences: number;
  kinds: string[];
  untried: string[];
  /** One call for each cause of a difference. */
  differences: DifferingCall[];
}

export interface DifferingCall {
  /** The calls up to it, and it as the last. */
  scenario: Scenario;
  tool: string;
  /** JSON. */
  arguments: string;
  before: Decision;
  after: Decision;
  /** How many further calls differ for the same cause. */
  more: number;
  why: string;
}

/** What a conversion tells. */
export interface ConversionReport {
  dialect: Dialect;
  carried: Carried[];
  lost: Lost[];
  compared: Compared;
  /** What was tried, and what came of it. */
  in_words: string;
}

export interface ConvertOptions {
  /** Left out: told by what the text holds. */
  from?: Dialect;
  /** The server that the rules are for, where they are about several. */
  server?: string;
  /** The tool that a fragment without a name is about. */
  tool?: string;
  /** The names of tools that are known, to which patterns are applied. */
  tools?: string[];
}

/**
 * What others write in place of a policy, as one: YAML or JSON. What cannot be carried over opens no gate. Where the text is
 * in one of the languages and breaks off, `ok` is false. Throws a `TypeError` where it is in none.
 */
export function convert(
  text: string,
  options?: ConvertOptions,
):
  | ({ ok: true; /** The policy, as JSON text. */ policy: string } & ConversionReport)
  | { ok: false; dialect: Dialect; location: Location; message: string };

export interface ExportOptions {
  /** The server's name in Claude Code's configuration: needed for its rules. */
  server?: string;
  /** The names of tools that are known. */
  tools?: string[];
}

/**
 * A policy as Intercept's YAML or Claude Code's permission rules. Of the report, `location` and `pointer` are in the policy,
 * and `before` is what the policy decides. A policy with errors is not written: `ok` is false. Throws a `TypeError` where
 * the server's name is missing.
 */
export function exportPolicy(
  text: string,
  to: "intercept" | "claude-code",
  options?: ExportOptions,
): ({ ok: true; text: string } & ConversionReport) | { ok: false; errors: Diagnostic[] };

/** One call of a log: a line of JSON with these fields, or any line that {@link simulate} recognises. */
export interface CallRecord extends Omit<Caller, "at"> {
  /** Milliseconds since the Unix epoch, or RFC 3339. */
  at: number | string;
  tool: string;
  args?: { readonly [name: string]: unknown };
  /** In place of `args`: the names of arguments whose values were not recorded; `true` where not even these were. */
  unknown_args?: string[] | true;
  outcome?: Outcome;
}

/** What every call of a block has in common. */
export interface ScenarioCall {
  tool: string;
  /** Who calls. */
  grant: string;
  session?: string;
  args?: { readonly [name: string]: unknown };
  /** In place of `args`: the names of arguments whose values are not known. */
  unknown_args?: readonly string[];
  /** Whether a person has approved it. */
  approved?: boolean;
  /** How it ends, at once. Left out: no answer ever comes. */
  outcome?: Outcome | null;
}

/** The unit of a pace. */
export type Per = "second" | "minute" | "hour";

/** What every block may have. */
interface BlockTimes {
  /** When it begins, in milliseconds after the scenario's start. 0 where left out. */
  at_ms?: number;
  /** Each call is made up to so many milliseconds later than planned, drawn anew for each. */
  jitter_ms?: number;
  /** What chance is drawn from, below 2^32. The same seed makes the same calls, everywhere. */
  seed?: number;
}

/** Calls of one shape: one, or many. */
export type Block = Readonly<
  BlockTimes &
    (
      | { block: "call"; call: ScenarioCall }
      | { block: "repeat"; call: ScenarioCall; times: number; every_ms: number }
      | { block: "burst"; call: ScenarioCall; times: number }
      | { block: "rate"; call: ScenarioCall; calls: number; per: Per; for_ms: number }
      /** A pace that rises or falls evenly. */
      | { block: "ramp"; call: ScenarioCall; from: number; to: number; per: Per; for_ms: number }
      /** Calls of several kinds at a steady pace, drawn by weight. */
      | {
          block: "mix";
          of: readonly { weight: number; call: ScenarioCall }[];
          calls: number;
          per: Per;
          for_ms: number;
        }
      /** An agent that calls again and again, and hears what is decided. It needs `for_ms` or `until_allowed`. */
      | {
          block: "loop";
          call: ScenarioCall;
          /** From a call that is allowed to the next. */
          every_ms: number;
          until_allowed?: number;
          for_ms?: number;
          /** `retry_now` where left out: after 100 ms. `back_off` needs `start_ms` and `cap_ms`. */
          on_denial?: "retry_now" | "back_off" | "wait_for_reset";
          /** The first wait; each denial in a row doubles it. */
          start_ms?: number;
          /** The longest wait. */
          cap_ms?: number;
          /** It stops after so many denials in a row. */
          give_up_after?: number;
        }
    )
>;

/** Calls to try, described, as the page's scenarios and those of lints are. */
export interface Scenario {
  /** When it begins: milliseconds since the Unix epoch, or RFC 3339. */
  start: number | string;
  /** What happens. Blocks may overlap. */
  blocks: readonly Block[];
}

/** A scenario that everybody should try, made for the tools of a policy. */
export interface BuiltInScenario {
  /** What {@link Simulation.play} and `gatewright simulate --scenario` take. */
  id: string;
  title: string;
  /** Why to try it. */
  reason: string;
  /** Where it was seen or told. */
  source?: string;
}

/** The built-in scenarios, the default first. */
export function builtInScenarios(): BuiltInScenario[];

/** Reads a scenario from lines such as `run_tests × 12/s for 5m as ci-agent`. Throws a `TypeError` that says where and why. */
export function parseScenario(lines: string): Scenario;

/**
 * Writes a scenario as such lines: one at hand, or the name of a built-in one, made for the policy's tools. Throws a
 * {@link PolicyError} where the document has errors, and a `TypeError` where there is no such scenario.
 */
export function printScenario(policy: string, scenario: Scenario | string): string;

/** A run in numbers. */
export interface Summary {
  calls: number;
  allowed: number;
  denied: number;
  approval: number;
  unknown: number;
  /** The index of the first denied call, from 0; null where none was. */
  first_denial: number | null;
  first_denial_after_ms?: number;
  /** Calls that are not allowed, by rule, the most first. */
  by_rule: { rule: string; reason: Reason; words: string; count: number; first: number }[];
  /** Calls that were judged at the time of an earlier one, for the clock had stepped back. */
  clock_behind: number;
  /** Where nothing was denied: the limit that had the fewest left. */
  nearest?: { counter: string; used: number; max: number };
}

/** What a record of a log is written in. */
export type LogFormat =
  | "calls"
  | "decisions"
  | "json_rpc"
  | "claude_desktop"
  | "claude_code"
  | "claude_code_hook"
  | "claude_code_server"
  | "inspector"
  | "openai_chat"
  | "openai_responses"
  | "codex"
  | "otlp"
  | "intercept"
  | "csv";

/** What was read of a log. */
export interface LogReport {
  lines: number;
  calls: number;
  skipped: number;
  unreadable: number;
  first_unreadable: { line: number; reason: string }[];
  left_out: number;
  /** Calls whose line names no grant: they are counted as one grant's. */
  without_grant: number;
  /** Calls whose format has no times: they are spaced by `start` and `step_ms`. */
  without_time: number;
  /** How often a call that is there already was met again. */
  duplicates: number;
  /** Calls of tools that belong to the agent's program, and to no server: they are skipped. */
  own_tools: number;
  /** Calls of whose arguments something was not recorded. */
  unrecorded: number;
  /** The servers that calls name, the first hundred. */
  servers: string[];
  /** What was found, in the order of the log. */
  formats: LogFormat[];
  words: string;
}

/** One call of a run, in numbers. */
export interface SimulatedCall {
  /** From 0. */
  index: number;
  at: number;
  tool: string;
  grant: string;
  session: string;
  decision: Decision;
  reason: Reason;
  rule?: string;
  retry_at?: number;
}

export interface SimulationResult {
  summary: Summary;
  /** The run in one sentence. */
  words: string;
  log: LogReport;
}

/**
 * Runs calls through a policy on their own clock. `calls`: a log as text, records, or a scenario. Throws a
 * {@link PolicyError} where the document has errors.
 */
export function simulate(
  policy: string,
  calls: string | readonly CallRecord[] | Scenario,
  options?: ReplayOptions,
): SimulationResult;

/** How close one counter of a run came to its limit. */
export interface NearMiss {
  /** The limit's id, as decisions name it. */
  rule: string;
  /** The counter's name, and its tool's where that is needed to tell it from another. */
  counter: string;
  /** `grant ci`, `session 7 of grant ci`, `all grants`. */
  shared_by: string;
  /** The most that it held. */
  used: number;
  max: number;
  /** When it first held that much. */
  at: number;
  /** How many calls it refused. */
  denied: number;
  words: string;
}

/** What becomes of a scenario that begins so many seconds later. */
export interface Start {
  second: number;
  calls: number;
  allowed: number;
  denied: number;
}

/** What of a run is said to differ from the usual, for a scenario. */
export type ScenarioOptions = Pick<ReplayOptions, "window_model" | "refund">;

/**
 * Plays a scenario once for each second of a minute at which it may begin. A scenario is what {@link Simulation.play}
 * takes. Throws a {@link PolicyError} where the document has errors, and a `TypeError` where there is no such scenario.
 */
export function allStarts(
  policy: string,
  scenario: Scenario | string,
  options?: ScenarioOptions,
): { all: Start[]; words: string };

/**
 * The smallest `max` from which on a limit, told by its id, lets through all of a scenario that nothing else refuses.
 * Undefined where no policy may say so much. `exact`: no smaller one will do. Throws like {@link allStarts}, and a
 * `TypeError` where there is no such limit.
 */
export function smallestMax(
  policy: string,
  rule: string,
  scenario: Scenario | string,
  options?: ScenarioOptions,
): { counter: string; max: number; now: number; still_denied: number; exact: boolean; words: string } | undefined;

/**
 * The largest whole `max` of a limit that keeps the calls it counts to so many a UTC day of a scenario; null where any
 * will do. `exact`: no larger one will do. Throws like {@link smallestMax}.
 */
export function largestMax(
  policy: string,
  rule: string,
  mostADay: number,
  scenario: Scenario | string,
  options?: ScenarioOptions,
): {
  counter: string;
  most_a_day: number;
  max: number | null;
  allowed_a_day?: number;
  exact: boolean;
  words: string;
};

/** The same in steps, for large logs: feed the text in pieces, run in pieces, then read. */
export class Simulation {
  constructor(policy: string, options?: ReplayOptions);
  /** Takes the next piece of the log, cut anywhere. */
  feed(piece: Uint8Array | string): void;
  /**
   * Takes a scenario in place of a log: an object, the name of a built-in one, or lines such as
   * `run_tests × 12/s for 5m as ci-agent`. Throws a `TypeError` where it is none, or makes more than 1,000,000 calls.
   */
  play(scenario: Scenario | string): void;
  /** Ends the log, and says what was read of it. */
  ended(): LogReport;
  /** Runs at most so many calls. Returns how many are run by now; all, once it equals `ended().calls`. */
  run(calls: number): number;
  /** Once all are run. */
  result(): SimulationResult;
  /** How close each counter came to its limit, once all are run: the ones with the fewest left first. */
  nearMisses(): NearMiss[];
  call(index: number): SimulatedCall | undefined;
  /** One call with every check: the run is judged again up to it. */
  explain(index: number): { verdict: Verdict; steps: Step[] } | undefined;
  free(): void;
  [Symbol.dispose](): void;
}

/** A call that two policies decide differently. */
export interface ChangedCall {
  /** From 0. */
  index: number;
  at: number;
  tool: string;
  grant: string;
  before: { decision: Decision; reason: Reason; rule?: string };
  after: { decision: Decision; reason: Reason; rule?: string };
  /** Whether it changed only because earlier calls did: its own rules and limits say the same. */
  knock_on: boolean;
}

export interface Difference {
  calls: number;
  changed: number;
  /** Changed calls that are the consequence of earlier ones. */
  knock_on: number;
  /** How many calls went from one decision to another. */
  matrix: { before: Decision; after: Decision; count: number }[];
  /** The first thousand. */
  first_changed: ChangedCall[];
  /** All of it in a sentence. */
  words: string;
  log: LogReport;
}

/** Runs the same calls through two policies, and tells what changes. Throws a {@link PolicyError}. */
export function diff(
  before: string,
  after: string,
  calls: string | readonly CallRecord[],
  options?: ReplayOptions,
): Difference;

/** Thrown where a document that must be good has errors. */
export class PolicyError extends Error {
  readonly diagnostics: Diagnostic[];
}

/** The version of the package, and of the language that it evaluates. */
export const version: string;

/** What is learned, and how closely. */
export interface LearnOptions extends ReplayOptions {
  /** Percent that are added to the `max` of each limit, rounded up. 0 unless told: the tightest. */
  slack?: number;
  /** Percent of the calls that are held out, from 1 to 90: the last of the log. None unless told. */
  hold_out?: number;
  /** Whether arguments are held to anything. They are unless told. */
  arguments?: boolean;
  /** In so many calls a value must have been seen before a constant or a set is made of it: 2 unless told. */
  seen?: number;
  /** The most values of a set: 16 unless told. */
  set_size?: number;
  /**
   * Which calls are learned from. `not_refused`, unless told: all but those that the log says were refused by a policy, or
   * that nobody approved. `not_failed`: of these, those without an outcome of `tool_error` or `protocol_error`.
   */
  calls?: "not_refused" | "not_failed" | "all";
}

/** A call that forbids tightening a line. */
export interface LearnedWitness {
  /** By its index in the log, from 0. */
  call: number;
  at: number;
  /** What it shows: `sent 5, the least`. */
  shows: string;
}

/** A part of a learned policy, and what it rests on. */
export type LearnedLine = {
  /** A tool, a rule or a limit of the policy, as an RFC 6901 pointer. */
  pointer: string;
  tool: string;
  why: string;
  witnesses: LearnedWitness[];
} & (
  | { holds: "tool"; calls: number }
  /** `reached` is what `max` is without slack. */
  | { holds: "limit"; window: "minute" | "hour" | "day"; max: number; reached: number }
  | {
      holds: "argument";
      path: string;
      /** How closely, the closest first. */
      level: "constant" | "set" | "prefix" | "range" | "type" | "present" | "absent";
      /** Whether a call may leave it out. */
      optional: boolean;
    }
);

/** How the calls fare that the policy was not learned from. These are figures of one log, cut in one place. */
export interface HeldOut {
  /** The first of them, by its index in the log. */
  first: number;
  calls: number;
  allowed: number;
  denied: number;
  /** How many of these are denied by a limit alone. */
  by_limits: number;
  unknown: number;
  /** Which parts of the policy deny them, the most first: `/default` where a tool is not listed. */
  denials: { pointer: string; tool: string; calls: number; first: number; message: string }[];
  words: string;
}

export interface Learned {
  /** The policy, as JSON text. */
  policy: string;
  /** What each part of it rests on, in the order of the text. */
  lines: LearnedLine[];
  /** What the policy does not hold, and why. */
  not_held: { tool?: string; path?: string; calls: number; why: string }[];
  /** Calls that were learned from, how many of these the policy allows, and those that were left out. */
  from: { calls: number; allowed: number; refused: number; failed: number; unreadable: number };
  held_out?: HeldOut;
  words: string;
  log: LogReport;
}

/** Learns the smallest policy that allows the calls of a log: text as {@link Simulation} takes it, or a list of calls. */
export function learn(calls: string | object[], options?: LearnOptions): Learned;

/** The same in steps, for large logs: feed the text in pieces, advance in pieces, then read. */
export class Learner {
  constructor(options?: LearnOptions);
  /** Takes the next piece of the log, cut anywhere. */
  feed(piece: Uint8Array | string): void;
  /** Ends the log, and says what was read of it. */
  ended(): LogReport;
  /** Does at most so many steps more, each about as long as it takes to judge a call. Returns the share that is done: 1, once all is. */
  advance(steps: number): number;
  /** Does what is left, and tells what was learned. */
  result(): Learned;
  free(): void;
  [Symbol.dispose](): void;
}
