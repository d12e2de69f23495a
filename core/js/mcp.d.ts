/**
 * Gatewright for the Model Context Protocol: a gate that judges lines of JSON-RPC, a guard that puts it between the official
 * SDK and its transports, and an interposer that puts it between a client and a server, whatever carries their messages.
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

/**
 * Guards a transport of the official SDK, of `@modelcontextprotocol/sdk` 1 or of its packages 2: use what comes back in its
 * place. A client or server of the SDK is guarded in place, with every transport that it connects to.
 *
 * Calls that are denied are answered, and not sent (on the client's side) or not handed over (on the server's); hidden
 * tools are left out of lists. Throws a `TypeError` for options that are wrong.
 */
export function guard<T extends GuardedTransport | GuardedPeer>(target: T, gate: Gate, options: GuardOptions): T;

/** What is used of a transport. */
export interface GuardedTransport {
  start(): Promise<void>;
  // The two versions type messages and options differently.
  send(message: any, options?: any): Promise<void>;
  close(): Promise<void>;
  onmessage?: ((message: any, extra?: any) => void) | undefined;
  onclose?: (() => void) | undefined;
  onerror?: ((error: Error) => void) | undefined;
  sessionId?: string | undefined;
}

/** What is used of a client or server. */
export interface GuardedPeer {
  connect(transport: any, options?: any): Promise<void>;
}

export interface GuardOptions {
  /** Whose transport it is: the client's, which sends calls, or the server's, which receives them. */
  side: "client" | "server";
  /**
   * Who calls. On the server's side also a function of what the transport says of each message, such as `authInfo`. Where
   * it returns no text, or throws, the call is answered with an error.
   */
  grant?: string | ((extra: MessageExtra) => string);
  /** The session within the grant. The transport's `sessionId`, unless told. */
  session?: string | ((extra: MessageExtra) => string);
  /** Asks a person about one call. Only `true` lets it through; without a function, nobody is asked and it is denied. */
  onApproval?(question: ApprovalQuestion): Promise<boolean> | boolean;
  /** How long a person is waited for, in milliseconds, from 1 to 2147483647. 55,000 unless told. */
  approval_timeout_ms?: number;
}

/** What a transport of a server says of a message. On the client's side it is left out. */
export interface MessageExtra {
  authInfo?: { token: string; clientId: string; scopes: string[]; extra?: Record<string, unknown> };
  [name: string]: any;
}

export interface ApprovalQuestion {
  /** The call as it will be forwarded. Changing it changes nothing. */
  call: { tool: string; args: Record<string, unknown>; grant?: string; session?: string };
  verdict: Verdict;
  /** Aborted once nobody waits for the answer: the time is up, the call was cancelled, the connection is closed. */
  signal: AbortSignal;
}
