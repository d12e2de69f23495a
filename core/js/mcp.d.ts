/**
 * Gatewright for the Model Context Protocol: a gate that judges lines of JSON-RPC, and an interposer that puts it between
 * a client and a server, whatever carries their messages.
 */

import type {
  Caller,
  CounterStore,
  Diagnostic,
  JudgedLine,
  Outcome,
  Policy,
  Reason,
  Reservation,
  Settled,
  ToolCall,
  Verdict,
} from "./types.js";

/** A policy and its counters. One gate serves any number of clients. */
export class Gate {
  /** Without `counters`, the policy's own count. */
  constructor(options: { policy: Policy; counters?: CounterStore });
  /** The policy, for what needs no counters. */
  readonly policy: Policy;
  /** Judges one line, and charges the call in it where it is allowed. */
  judgeLine(line: Uint8Array, caller: Caller): Promise<JudgedLine>;
  /** Judges the retry of a call that was charged before: by name and rules. `before` is its verdict if it still passes. */
  judgeRetry(line: Uint8Array, caller: Caller, before: Verdict): Promise<JudgedLine>;
  /** Judges a call that is at hand as an object. */
  judge(call: ToolCall): Promise<Verdict>;
  /** Tells how an allowed call ended. */
  settle(reservation: Reservation, outcome: Outcome): Promise<Settled>;
  /** Goes over to another document, from the next call on. Where it has errors, nothing changes. */
  replace(text: string): { ok: true; warnings: Diagnostic[] } | { ok: false; errors: Diagnostic[]; warnings: Diagnostic[] };
  /** Calls `listener` each time the document has been replaced. Returns what ends that. */
  onReplaced(listener: () => void): () => void;
  /** A name for a call in decision logs, unlike any other of this or another process. */
  nameCall(): string;
}

/** What is told of a decision, before the call goes on. */
export interface DecisionEntry {
  /** Milliseconds since the Unix epoch. */
  at: number;
  /** Ties together what is told of one call. A later decision of a call replaces an earlier one. */
  call: string;
  /** Left out of what is no call of a tool. */
  tool?: string;
  grant?: string;
  session?: string;
  /** The bytes of the arguments object, empty where there is none. */
  arguments?: Uint8Array;
  decision: "allow" | "deny" | "approval";
  reason: Reason;
  rule?: string;
  /** What is wrong with a message that cannot be let through. */
  malformed?: string;
  retry_at?: number;
  /** A person has approved this very call. */
  approved?: true;
  /** The call was forwarded whatever the decision. */
  dry_run?: true;
}

/** What is told of the end of a call. One that gets no answer has none. */
export interface OutcomeEntry {
  at: number;
  call: string;
  outcome: Outcome;
}

/** Asks a person by elicitation. One serves any number of interposers. */
export class Approvals {
  /** `timeoutMs`: how long a call waits (55,000). `expiresMs`: how long a modern client may come back (600,000). */
  constructor(options?: { timeoutMs?: number; expiresMs?: number });
}

export interface InterposerOptions {
  gate: Gate;
  /** Who calls: from your own configuration, never from what the client says of itself. */
  caller: { grant?: string; session?: string };
  /** Sends a line, without a line end, to the server. What it returns is waited for. */
  toServer(line: Uint8Array): unknown;
  /**
   * Sends a line to the client. `about`: the JSON text of the id of the client's request that the line belongs to, where
   * there is one. An answer without an id is given before `fromClient` resolves.
   */
  toClient(line: Uint8Array, about?: string): unknown;
  /** Is told each decision before the call goes on; where it throws, the call does not. */
  record?(entry: DecisionEntry | OutcomeEntry): void;
  /** Without one, calls that need approval are denied. */
  approvals?: Approvals;
  /** Forward everything; only record what would be denied. */
  dryRun?: boolean;
  /** Is told what is dropped, and what goes wrong. */
  warn?(problem: string): void;
}

/**
 * One client talking to one server. A line is one JSON-RPC message in bytes; calls that are allowed are forwarded as the
 * very bytes that came.
 */
export class Interposer {
  constructor(options: InterposerOptions);
  /** Resolves once the line is forwarded, answered or dropped, or a person is being asked. */
  fromClient(line: Uint8Array): Promise<void>;
  /** Takes note of a line that was too long to be read at all. `most`: the bytes that are allowed. */
  fromClientTooLong(most: number): Promise<void>;
  /** Resolves once the line is passed on or dropped. Hand over the next one then, so that their order stays. */
  fromServer(line: Uint8Array): Promise<void>;
  /** The client sends no more: nobody can be asked. What is on its way is still answered. */
  clientEnded(): void;
  /** The client is away: nothing is asked or told any more. What was forwarded stays counted. */
  clientGone(): void;
  /** The server is away: every request that waits is answered with an error. */
  serverGone(message: string): Promise<void>;
  /** An answer that will not come, by the JSON text of the request's id: it is answered with an error, and stays counted. */
  answerLost(id: string, message: string): Promise<void>;
  /** The same of every request that was forwarded, where nobody knows whose answer it was. */
  answersLost(message: string): Promise<void>;
  /** Resolves once no request waits for an answer. */
  drained(): Promise<void>;
}
