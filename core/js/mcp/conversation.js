/**
 * One client and one server that talk in parsed messages, with a policy between them.
 *
 * Calls are judged as the line of JSON that they are, by the same reader as everywhere else; then that line is parsed
 * again, and the copy goes on. So what is refused here is what is refused on a wire, and what was judged is what is
 * forwarded. Every id is known from the request to its answer: an answer that nobody waits for does not pass, since a
 * list of tools could come that way past the filter.
 *
 * No rule is decided here and no verdict worded.
 */

import { denialLine } from "../index.js";
import { awaitRetry, isRetry, takeRetry } from "./retries.js";

const CALL = "tools/call";
const LIST = "tools/list";
const CANCELLED = "notifications/cancelled";
const MODERN_KEY = "io.modelcontextprotocol/protocolVersion";

const INVALID_REQUEST = -32600;
const INTERNAL_ERROR = -32603;
/** A denied call whose caller cannot take a result, in the range that JSON-RPC leaves to applications. */
const DENIED = 1;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A request on its way. `judging` until it is forwarded, and nothing may answer it before.
 * @typedef {object} Request
 * @property {string} method
 * @property {boolean} [judging]
 * @property {boolean} [cancelled]
 * @property {AbortController} [asking] While a person is asked.
 * @property {object} [caller]
 * @property {object} [params]
 * @property {boolean} [approved]
 * @property {unknown} [reservation]
 */

/**
 * `along` is whatever the transport hands over with a message: it goes on with the message that it came with.
 *
 * @param {object} parts
 * @param {import("../gate.js").Gate} parts.gate
 * @param {(message: object, along?: object) => unknown} parts.toServer
 * @param {(message: object, along?: object) => unknown} parts.toClient
 * @param {(along?: object) => { grant?: string, session?: string }} parts.callerOf
 * @param {(error: Error) => void} parts.report Told what was dropped, and why.
 * @param {Function} [parts.onApproval]
 * @param {number} parts.approvalTimeoutMs
 */
export function createConversation(parts) {
  const { gate, toServer, toClient, callerOf, report, onApproval, approvalTimeoutMs } = parts;
  /** @type {Map<string | number, Request>} */
  const requests = new Map();
  let over = false;

  /** Rejects where a message cannot go on and nobody can be answered. */
  async function fromClient(message, along) {
    const kind = kindOf(message);
    if (kind === "unreadable") throw new Error("a message that is neither request, notification nor answer is dropped");
    if (message.method === CALL) return judge(message, along);
    if (message.method === CANCELLED && cancel(message.params?.requestId)) return undefined;
    if (kind !== "request") return toServer(message, along);
    if (!begin(message.id, { method: message.method })) return refuseDuplicate(message.id);
    return forward(message, along);
  }

  async function fromServer(message, along) {
    const kind = kindOf(message);
    if (kind === "answer") return answered(message, along);
    if (kind !== "unreadable") return toClient(message, along);
    return report(new Error("a message of the server that is neither request, notification nor answer is dropped"));
  }

  /** Nothing is forwarded any more. Calls that are under way stay counted, for their work may have been done. */
  function ended() {
    over = true;
    for (const request of requests.values()) request.asking?.abort();
    for (const [id, request] of requests) if (!request.judging) requests.delete(id);
  }

  function begin(id, request) {
    if (requests.has(id)) return false;
    requests.set(id, request);
    return true;
  }

  function refuseDuplicate(id) {
    return toClient(errorAnswer(id, INVALID_REQUEST, "another request with this id is still waiting for its answer"));
  }

  async function forward(message, along) {
    try {
      return await toServer(message, along);
    } catch (error) {
      requests.delete(message.id);
      throw error;
    }
  }

  async function judge(message, along) {
    const text = JSON.stringify(message);
    const call = JSON.parse(text);
    const request = { method: CALL, judging: true };
    if (isId(call.id) && !begin(call.id, request)) return refuseDuplicate(call.id);
    followSignal(along?.requestSignal, call.id);
    let judged;
    try {
      judged = await ruling(call, text, request, callerOf(along));
    } catch (error) {
      requests.delete(call.id);
      report(error);
      return isId(call.id) ? toClient(errorAnswer(call.id, INTERNAL_ERROR, "the call could not be judged")) : undefined;
    }
    const allowed = judged.kind === "call" && judged.verdict.decision === "allow";
    if (over || request.cancelled) {
      requests.delete(call.id);
      return allowed ? giveBack(judged.verdict.reservation) : undefined;
    }
    if (!allowed) {
      requests.delete(call.id);
      return deny(call, judged);
    }
    request.judging = false;
    request.reservation = judged.verdict.reservation;
    return forward(call, along);
  }

  /** What the policy says of a call, and a person where it wants one asked. */
  async function ruling(call, text, request, caller) {
    const line = encoder.encode(text);
    request.caller = caller;
    request.params = call.params;
    const held = isRetry(call.params) && takeRetry(gate, caller, call.params);
    if (held && stillAllowed(line, { ...caller, approved: held.approved })) {
      request.approved = held.approved;
      return { kind: "call", verdict: { decision: "allow", reservation: held.reservation } };
    }
    const judged = await gate.judgeLine(line, caller);
    if (judged.kind === "other") throw new Error("a call was not recognised as one");
    if (judged.kind !== "call" || judged.verdict.decision !== "approval" || !onApproval) return judged;
    if (!(await isApproved(call, judged, request))) return judged;
    request.approved = true;
    return gate.judgeLine(line, { ...caller, approved: true });
  }

  /** Whether the rules let a call through that is counted already. */
  function stillAllowed(line, caller) {
    const planned = gate.policy.planLine(line, caller);
    if (planned.kind !== "call") return false;
    const { keptOut } = planned.plan;
    planned.plan.free();
    return !keptOut;
  }

  async function isApproved(call, { tool, verdict }, request) {
    if (over || request.cancelled) return false;
    request.asking = new AbortController();
    const { signal } = request.asking;
    const gaveUp = new Promise((resolve) => signal.addEventListener("abort", () => resolve(false)));
    const timer = setTimeout(() => request.asking.abort(), approvalTimeoutMs);
    try {
      const { grant, session } = request.caller;
      const args = structuredClone(call.params.arguments ?? {});
      const answer = onApproval({ call: { tool, args, grant, session }, verdict, signal });
      return (await Promise.race([answer, gaveUp])) === true;
    } catch (error) {
      report(error);
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  function deny(call, { id, verdict }) {
    if (id === undefined) throw new Error(verdict.message);
    const modern = typeof call.params?._meta?.[MODERN_KEY] === "string";
    const denial = JSON.parse(denialLine(id, verdict, { modern }));
    if (call.params?.task === undefined) return toClient(denial);
    // A caller that asked for a task cannot take a result in its place, but any request may fail.
    const { content, _meta } = denial.result;
    return toClient(errorAnswer(denial.id, DENIED, content[0].text, _meta));
  }

  /** A call that never went on ran nothing: its reservation ends as if it had failed before it began. */
  function giveBack(reservation) {
    return settle(reservation, "protocol_error");
  }

  async function settle(reservation, outcome) {
    if (reservation === undefined) return;
    try {
      await gate.settle(reservation, outcome);
    } catch (error) {
      report(error);
    }
  }

  /** Whether the cancelled request was not forwarded yet, so that there is nothing for the server to cancel. */
  function cancel(id) {
    const request = requests.get(id);
    if (!request) return false;
    request.cancelled = true;
    request.asking?.abort();
    return request.judging === true;
  }

  /** Where each request has a stream of its own, the SDK cancels one by closing its stream. */
  function followSignal(signal, id) {
    if (signal?.aborted) cancel(id);
    signal?.addEventListener("abort", () => cancel(id), { once: true });
  }

  function answered(message, along) {
    const request = requests.get(message.id);
    if (!request || request.judging) {
      // Nothing can hide in an error, and some have no id.
      if (message.result === undefined) return request ? undefined : toClient(message, along);
      return report(new Error(`an answer with the id ${JSON.stringify(message.id)}, which nobody waits for, is dropped`));
    }
    requests.delete(message.id);
    if (request.method === CALL) close(request, message);
    if (request.method === LIST && message.result !== undefined) return toClient(listed(message), along);
    return toClient(message, along);
  }

  function close(request, message) {
    // A cancelled call stays counted whatever its server says of it.
    if (request.cancelled) return;
    const { caller, params, reservation, approved = false } = request;
    if (message.result?.resultType !== "input_required") return void settle(reservation, outcomeOf(message));
    awaitRetry(gate, caller, params, message.result.requestState, { reservation, approved });
  }

  function listed(message) {
    const line = encoder.encode(JSON.stringify(message));
    const filtered = gate.policy.toolsLine(line);
    if (filtered === undefined) return errorAnswer(message.id, INTERNAL_ERROR, "the server's list of tools cannot be read");
    return filtered === line ? message : JSON.parse(decoder.decode(filtered));
  }

  return { fromClient, fromServer, ended };
}

/** What a message is. The SDKs look at the same keys, but some take the first that fits; here they must agree. */
function kindOf(message) {
  if (typeof message !== "object" || message === null || Array.isArray(message)) return "unreadable";
  const asks = message.method !== undefined;
  const answers = message.result !== undefined || message.error !== undefined;
  if (asks && !answers && typeof message.method === "string") {
    if (message.id === undefined || message.method === CALL) return "notification";
    return isId(message.id) ? "request" : "unreadable";
  }
  return answers && !asks ? "answer" : "unreadable";
}

function isId(id) {
  return typeof id === "string" || typeof id === "number";
}

/** How a call ended, by what its server answered. */
function outcomeOf(message) {
  if (message.error !== undefined) return "protocol_error";
  return message.result.isError === true ? "tool_error" : "ok";
}

function errorAnswer(id, code, message, data) {
  return { jsonrpc: "2.0", id, error: { code, message, ...(data && { data }) } };
}
