// One client talking to one server, with the policy in between: lines in, lines out, whatever carries them.
//
// What is let through is forwarded as the bytes that were judged, never as a message made from them. What cannot be
// judged is not let through: a line that two parsers might read in two ways, a second request under an id that still
// waits, a message that is not JSON-RPC 2.0. And nothing reaches the client that answers no request of its own, for an
// answer that came too late could be an unfiltered list of tools.
//
// It knows no transport and no policy (see `gate.js`), and asks nobody itself (see `approvals.js`).

import { denialLine, readEnvelope } from "../index.js";
import { approvalForm, capabilitiesOf, showsForms } from "./approvals.js";
import { decisionRecord } from "./decision-record.js";
import * as messages from "./messages.js";
import { digestOf } from "./unfinished.js";

const { errorLine, idKey, parsed, textOf } = messages;

/** How many requests of one client may wait for an answer, and how many that it took back are remembered. */
const MOST_WAITING = 10_000;

/**
 * A request of the client that waits for an answer. It is `deciding` until it is forwarded, while a person is asked
 * too; `ending` once its answer has come. `withdrawn`: nobody waits for it any more. `answered`: the person has been
 * asked. `before`: the verdict of the call that it retries.
 *
 * @typedef {{
 *   id: string, key: string | number, line: Uint8Array, envelope: import("../types.d.ts").Envelope, params?: object,
 *   step: "deciding" | "forwarded" | "ending", withdrawn: boolean, patience: AbortController,
 *   call?: string, tool?: string, args?: Uint8Array, verdict?: Verdict, before?: Verdict,
 *   approved?: boolean, answered?: boolean,
 * }} Waiting
 * @typedef {import("../types.d.ts").Verdict} Verdict
 */

/** See `mcp.d.ts`. */
export class Interposer {
  #gate;
  #caller;
  #toServer;
  #toClient;
  #record;
  #approvals;
  #dryRun;
  #warn;
  /** @type {Map<string | number, Waiting>} */
  #waiting = new Map();
  /** The ids of requests that were taken back or given up after they were forwarded: whose answers may come yet. */
  #takenBack = new Set();
  #whenDrained = [];
  #clientEnded = false;
  #clientGone = false;
  #serverGone;
  /** Whether a client that spoke of itself at the beginning can ask a person. */
  #asksPeople = false;
  #endAnnouncing;

  constructor({ gate, caller, toServer, toClient, record = () => {}, approvals, dryRun = false, warn = () => {} }) {
    this.#gate = gate;
    this.#caller = caller;
    this.#toServer = toServer;
    this.#toClient = toClient;
    this.#record = decisionRecord({ record, caller, dryRun, warn });
    this.#approvals = approvals;
    this.#dryRun = dryRun;
    this.#warn = warn;
  }

  /** Takes a line of the client. Resolves once it is forwarded, answered or dropped, or a person is being asked. */
  async fromClient(line) {
    if (this.#clientGone) return;
    const envelope = readEnvelope(line);
    if (!envelope) return this.#unreadable(line);
    const message = JSON.parse(textOf(line));
    if (message.jsonrpc !== "2.0") {
      const key = idKey(envelope.id);
      const id = key === undefined || this.#waiting.has(key) ? undefined : envelope.id;
      return this.#reject(line, { id, malformed: "not-jsonrpc-2", why: '`jsonrpc` must be "2.0"' });
    }
    if (envelope.kind === "request") return this.#request(line, envelope, message.params);
    if (envelope.kind === "response" && this.#approvals?.answered(message)) return;
    if (envelope.cancels !== undefined && !(await this.#withdraw(envelope.cancels))) return;
    const judged = await this.#gate.judgeLine(line, this.#caller);
    if (judged.kind === "other") return this.#toServer(line);
    this.#record.refused(this.#gate.nameCall(), judged.verdict.malformed, judged.verdict.at);
    if (this.#dryRun) await this.#toServer(line);
  }

  /** Takes note of a line of the client that was too long to be read at all. */
  async fromClientTooLong(most) {
    this.#record.refused(this.#gate.nameCall(), "too-long");
    await this.#tell(errorLine(undefined, messages.INVALID_REQUEST, `a message has more than ${most} bytes`));
  }

  /** Takes a line of the server. Resolves once it is passed on or dropped. */
  async fromServer(line) {
    const envelope = readEnvelope(line);
    if (!envelope) return this.#unreadableOfServer(line);
    if (envelope.kind !== "response") return this.#toldByServer(line);
    const key = idKey(envelope.id);
    const waiting = this.#waiting.get(key);
    if (waiting?.step === "forwarded") return this.#answered(waiting, envelope, line);
    if (this.#takenBack.delete(key) && !this.#dryRun) return;
    const ofUnreadRequest = (envelope.id ?? "null") === "null" && envelope.outcome === "protocol_error";
    if (ofUnreadRequest || this.#dryRun) return this.#tell(line);
    this.#warn(`an answer of the server that no request waits for, kept from the client: id ${envelope.id}`);
  }

  /** The client sends no more: nobody can be asked. What is on its way is still answered. */
  clientEnded() {
    this.#clientEnded = true;
    for (const waiting of this.#waiting.values()) waiting.patience.abort();
  }

  /** The client is away: nothing is asked or told any more. What was forwarded stays counted. */
  clientGone() {
    this.#clientGone = true;
    this.#endAnnouncing?.();
    this.clientEnded();
  }

  /** The server is away: every request that waits is answered with an error, as is every one to come. */
  async serverGone(message) {
    this.#serverGone = message;
    this.#endAnnouncing?.();
    for (const waiting of [...this.#waiting.values()]) await this.#lose(waiting, message);
  }

  /** An answer that will not come: the request is answered with an error, and stays counted. */
  async answerLost(id, message) {
    const waiting = this.#waiting.get(idKey(id));
    if (waiting?.step === "forwarded") await this.#lose(waiting, message);
  }

  /** The same of every request that was forwarded, where nobody knows whose answer it was. */
  async answersLost(message) {
    const forwarded = [...this.#waiting.values()].filter(({ step }) => step === "forwarded");
    for (const waiting of forwarded) {
      this.#mayComeYet(waiting.key);
      await this.#lose(waiting, message);
    }
  }

  /** Resolves once no request waits for an answer. */
  async drained() {
    if (this.#waiting.size > 0) await new Promise((resolve) => this.#whenDrained.push(resolve));
  }

  // A request of the client

  async #request(line, envelope, params) {
    const { id } = envelope;
    const key = idKey(id);
    const problem = this.#problemOf(id, key);
    if (problem) return this.#reject(line, problem);
    const patience = new AbortController();
    const waiting = { id, key, line, envelope, params, step: "deciding", withdrawn: false, patience };
    this.#waiting.set(key, waiting);
    return this.#orFail(waiting, async () => this.#decide(waiting, await this.#judge(waiting)));
  }

  /** Whatever goes wrong while a request is decided, it is answered. */
  async #orFail(waiting, decide) {
    try {
      await decide();
    } catch (error) {
      this.#warn(`a request could not be decided or forwarded: ${error.message}`);
      const undecided = waiting.step === "deciding";
      if (undecided) await this.#giveBack(waiting);
      if (waiting.withdrawn) return;
      const why = `the request could not be ${undecided ? "decided, and was not forwarded" : "forwarded"}`;
      await this.#answer(waiting, errorLine(waiting.id, messages.INTERNAL_ERROR, why));
    }
  }

  #problemOf(id, key) {
    if (key === undefined) {
      return { malformed: "unusable-id", why: "the `id` of a request must be text or a whole number of at most 2^53" };
    }
    if (this.#takenBack.has(key)) {
      return { malformed: "duplicate-id", why: `a request with the id ${id} was given up, and may still be answered` };
    }
    if (this.#waiting.has(key)) {
      return { malformed: "duplicate-id", why: `a request with the id ${id} still waits for its answer` };
    }
    if (this.#waiting.size >= MOST_WAITING) {
      return { id, malformed: "too-many-waiting", why: `${MOST_WAITING} requests wait for an answer already` };
    }
    return undefined;
  }

  /** Judges a request. A retry that brings what was asked for is the same call once more. */
  async #judge(waiting) {
    const { line, envelope, params } = waiting;
    const isRetry = envelope.input_responses !== undefined || envelope.request_state !== undefined;
    const read = isRetry ? this.#gate.readCall(line, this.#caller) : undefined;
    if (!read) return this.#gate.judgeLine(line, this.#caller);
    const asked = await this.#asked(read.tool, line.subarray(...read.arguments));
    const state = params.requestState;
    if (this.#approvals?.isOwnState(state)) return this.#judgeReply(waiting, asked);
    const held = this.#gate.unfinished.take(asked, state);
    if (!held) return this.#gate.judgeLine(line, this.#caller);
    Object.assign(waiting, { call: held.call, approved: held.approved, before: held.verdict });
    const judged = await this.#gate.judgeRetry(line, { ...this.#caller, approved: held.approved }, held.verdict);
    if (judged.verdict === held.verdict) return judged;
    // What the server has done so far stays counted.
    waiting.before = undefined;
    await this.#release(held.verdict, "ok");
    return judged;
  }

  /** Judges the retry of a call that a person was asked about. The server never sees that there was a question. */
  async #judgeReply(waiting, asked) {
    const { line, envelope, params } = waiting;
    const reply = await this.#approvals.redeem(params.requestState, params.inputResponses, asked);
    const own = [envelope.request_state, envelope.input_responses].filter(Boolean);
    waiting.line = messages.without(line, own.map((member) => member.whole));
    // A state that is no good is as if there were none: where approval is needed, it is asked for again.
    Object.assign(waiting, { call: reply?.call, approved: reply?.approved, answered: reply !== undefined });
    return this.#gate.judgeLine(waiting.line, { ...this.#caller, approved: waiting.approved });
  }

  async #decide(waiting, judged) {
    if (judged.kind === "other") {
      if (waiting.envelope.method === "initialize") this.#asksPeople = showsForms(waiting.params?.capabilities);
      return this.#forward(waiting);
    }
    const { verdict, tool } = judged;
    const [start, end] = judged.arguments ?? [0, 0];
    Object.assign(waiting, { verdict, tool, args: waiting.line.subarray(start, end) });
    waiting.call ??= this.#gate.nameCall();
    if (waiting.withdrawn) return this.#giveBack(waiting);
    if (verdict.decision === "approval" && !this.#dryRun && this.#canAsk(waiting)) return this.#ask(waiting);
    this.#record.decided(waiting);
    if (verdict.decision === "allow" || this.#dryRun) return this.#forward(waiting);
    return this.#deny(waiting);
  }

  async #forward(waiting) {
    if (waiting.withdrawn) return this.#giveBack(waiting);
    if (this.#serverGone) {
      await this.#giveBack(waiting);
      return this.#answer(waiting, errorLine(waiting.id, messages.INTERNAL_ERROR, this.#serverGone));
    }
    waiting.step = "forwarded";
    waiting.params = undefined;
    await this.#toServer(waiting.line);
  }

  #deny(waiting) {
    const { id, verdict, params, envelope } = waiting;
    const denial = denialLine(id, { ...verdict, reservation: undefined }, { modern: envelope.modern });
    if (params?.task === undefined) return this.#answer(waiting, messages.lineOf(denial));
    // A client that wants a task back takes no result in its place, but any request may fail.
    const { content, _meta } = JSON.parse(denial).result;
    return this.#answer(waiting, errorLine(id, messages.DENIED, content[0].text, _meta));
  }

  // Approval

  #canAsk({ answered, envelope, params }) {
    if (!this.#approvals || answered || this.#clientEnded) return false;
    return envelope.modern ? showsForms(capabilitiesOf(params)) : this.#asksPeople;
  }

  async #ask(waiting) {
    this.#record.decided(waiting);
    const form = approvalForm({ ...waiting, grant: this.#caller.grant });
    if (!waiting.envelope.modern) {
      // Other messages go on while the person thinks.
      void this.#orFail(waiting, () => this.#askAndWait(waiting, form));
      return;
    }
    const asked = await this.#asked(waiting.tool, waiting.args);
    const result = await this.#approvals.inputRequired(form, asked, waiting.call);
    await this.#answer(waiting, messages.resultLine(waiting.id, result));
  }

  async #askAndWait(waiting, form) {
    const send = (line) => this.#tell(line, waiting.id);
    waiting.approved = await this.#approvals.ask(form, send, waiting.patience.signal);
    waiting.answered = true;
    if (waiting.withdrawn) return;
    if (!waiting.approved) {
      this.#record.decided(waiting);
      return this.#deny(waiting);
    }
    const caller = { ...this.#caller, approved: true };
    return this.#decide(waiting, await this.#gate.judgeLine(waiting.line, caller));
  }

  async #asked(tool, args) {
    return { grant: this.#caller.grant, tool, digest: await digestOf(args) };
  }

  // What the server says

  /** Some readers take what holds an answer for one, and so would find a list of tools that nobody filtered. */
  #toldByServer(line) {
    const { result, error } = JSON.parse(textOf(line));
    if ((result === undefined && error === undefined) || this.#dryRun) return this.#tell(line);
    this.#warn("a message of the server that is an answer too, kept from the client");
  }

  async #answered(waiting, envelope, line) {
    const { call, envelope: { method } } = waiting;
    waiting.step = "ending";
    if (method === "tools/list" && !this.#dryRun) return this.#answerTools(waiting, line);
    if (method === "initialize" && envelope.outcome === "ok") this.#announceReplacements(JSON.parse(textOf(line)));
    if (call && envelope.result_type === "input_required") await this.#hold(waiting, line);
    else if (call) await this.#settle(waiting, envelope.outcome);
    return this.#answer(waiting, line);
  }

  /** Junk, or what two clients might read in two ways. Where it looks like an answer, nobody waits in vain. */
  async #unreadableOfServer(line) {
    const message = parsed(line);
    if (this.#dryRun && message !== undefined) return this.#tell(line);
    this.#warn(`no message that can be passed on, from the server: ${textOf(line.subarray(0, 500))}`);
    const waiting = this.#waiting.get(message?.id);
    if (waiting?.step !== "forwarded" || message.method !== undefined) return;
    await this.#lose(waiting, "the server's answer cannot be read");
  }

  #answerTools(waiting, line) {
    const unread = "the server's list of tools cannot be read, and was kept back";
    const shown = this.#gate.policy.toolsLine(line) ?? errorLine(waiting.id, messages.INTERNAL_ERROR, unread);
    return this.#answer(waiting, shown);
  }

  /** Tells of a replaced policy, whose hidden tools may be others, where the client was promised to be told. */
  #announceReplacements({ result }) {
    if (result?.capabilities?.tools?.listChanged !== true) return;
    this.#endAnnouncing?.();
    this.#endAnnouncing = this.#gate.onReplaced(() => {
      void this.#tell(messages.lineOf({ jsonrpc: "2.0", method: "notifications/tools/list_changed" }));
    });
  }

  async #hold(waiting, line) {
    const asked = await this.#asked(waiting.tool, waiting.args);
    const { call, approved, verdict } = waiting;
    this.#gate.unfinished.hold(asked, JSON.parse(textOf(line)).result.requestState, { call, approved, verdict });
  }

  // The end of a request

  /** The client takes a request back. Returns whether the server is to be told. */
  async #withdraw(cancels) {
    const waiting = this.#waiting.get(idKey(cancels));
    if (!waiting) return false;
    this.#drop(waiting);
    if (waiting.step !== "forwarded") return false;
    this.#mayComeYet(waiting.key);
    await this.#settle(waiting);
    return true;
  }

  #mayComeYet(key) {
    this.#takenBack.add(key);
    if (this.#takenBack.size > MOST_WAITING) this.#takenBack.delete(this.#takenBack.values().next().value);
  }

  async #lose(waiting, message) {
    if (waiting.withdrawn || waiting.step === "ending") return;
    this.#drop(waiting);
    if (waiting.step === "forwarded") await this.#settle(waiting);
    await this.#tell(errorLine(waiting.id, messages.INTERNAL_ERROR, message), waiting.id);
  }

  /** Nobody is told who waits no more: the id may be another request's by now. */
  async #answer(waiting, line) {
    if (waiting.withdrawn) return;
    this.#drop(waiting);
    await this.#tell(line, waiting.id);
  }

  #drop(waiting) {
    waiting.withdrawn = true;
    waiting.patience.abort();
    if (this.#waiting.get(waiting.key) === waiting) this.#waiting.delete(waiting.key);
    if (this.#waiting.size === 0) for (const drained of this.#whenDrained.splice(0)) drained();
  }

  /** Without `outcome` the call stays counted: its work may have been done. */
  async #settle({ call, verdict }, outcome) {
    if (!call) return;
    if (outcome) this.#record.ended(call, outcome);
    await this.#release(verdict, outcome ?? "ok");
  }

  /** A call that was charged and not forwarded. What its server has done of it before its retry stays counted. */
  async #giveBack({ verdict, before }) {
    await this.#release(verdict ?? before, before ? "ok" : "protocol_error");
  }

  async #release(verdict, outcome) {
    try {
      await this.#gate.settle(verdict?.reservation, outcome);
    } catch (error) {
      this.#warn(`a call could not be settled, and stays counted: ${error.message}`);
    }
  }

  async #tell(line, about) {
    if (!this.#clientGone) await this.#toClient(line, about);
  }

  // Refusals that need no policy

  async #unreadable(line) {
    const judged = await this.#gate.judgeLine(line, this.#caller);
    const { malformed = "unreadable", message } = judged.verdict ?? {};
    const isJson = !["syntax", "not-utf8", "trailing-bytes"].includes(malformed);
    const code = isJson ? messages.INVALID_REQUEST : messages.PARSE_ERROR;
    return this.#reject(line, { malformed, why: message ?? "the message cannot be read", code });
  }

  async #reject(line, { id, malformed, why, code = messages.INVALID_REQUEST }) {
    this.#record.refused(this.#gate.nameCall(), malformed);
    if (this.#dryRun) return this.#toServer(line);
    await this.#tell(errorLine(id, code, why), id);
  }
}
