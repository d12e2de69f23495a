// One client and one server that talk in parsed messages, with a policy between them.
//
// Calls are judged as the line of JSON that they are, by the same reader as everywhere else; then that line is parsed
// again, and the copy goes on. So what is refused here is what is refused on a wire, and what was judged is what is
// forwarded. Every id is known from the request to its answer: an answer that nobody waits for does not pass, since a
// list of tools could come that way past the filter.
//
// No rule is decided here and no verdict worded. Bytes go through `interposer.js` instead.

import { denialLine, readEnvelope } from "../index.js";
import { DENIED, INTERNAL_ERROR, INVALID_REQUEST, lineOf, textOf } from "./messages.js";
import { digestOf } from "./unfinished.js";

const CALL = "tools/call";
const LIST = "tools/list";
const CANCELLED = "notifications/cancelled";

/**
 * A request on its way. While it is `judging`, nothing may answer it.
 *
 * @typedef {object} Request
 * @property {string} method
 * @property {boolean} [judging]
 * @property {boolean} [cancelled]
 * @property {AbortController} [asking] While a person is asked.
 * @property {{ grant?: string, session?: string }} [caller]
 * @property {string} [tool]
 * @property {Uint8Array} [args] The text of the arguments.
 * @property {boolean} [approved]
 * @property {boolean} [retried] It was forwarded before, under another id.
 * @property {import("../types.d.ts").Verdict} [verdict]
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
 * @param {(question: object) => unknown} [parts.onApproval]
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
    if (message.method === CALL && kind !== "request") throw new Error("a call without an id is dropped");
    if (message.method === CALL) return judge(message, along);
    if (message.method === CANCELLED && cancel(message.params?.requestId)) return undefined;
    if (kind !== "request") return toServer(message, along);
    const request = { method: message.method };
    return begin(message.id, request) ? forward(request, message, along) : refuseDuplicate(message.id);
  }

  async function fromServer(message, along) {
    const kind = kindOf(message);
    if (kind === "answer") return answered(message, along);
    if (message?.method === CALL) throw new Error("a server calls no tools: is the guard told the right `side`?");
    if (kind !== "unreadable") return toClient(message, along);
    return report(new Error("a message of the server that is neither request, notification nor answer is dropped"));
  }

  /** Nothing is forwarded any more. Calls that are under way stay counted, for their work may have been done. */
  function ended() {
    over = true;
    for (const [id, request] of requests) {
      request.asking?.abort();
      if (request.judging) continue;
      requests.delete(id);
      void keepCounted(request);
    }
  }

  function begin(id, request) {
    if (requests.has(id)) return false;
    requests.set(id, request);
    return true;
  }

  function refuseDuplicate(id) {
    return toClient(errorAnswer(id, INVALID_REQUEST, "another request with this id still waits for its answer"));
  }

  async function forward(request, message, along) {
    try {
      return await toServer(message, along);
    } catch (error) {
      requests.delete(message.id);
      void keepCounted(request);
      throw error;
    }
  }

  async function judge(message, along) {
    const text = JSON.stringify(message);
    const call = JSON.parse(text);
    const line = lineOf(text);
    const request = { method: CALL, judging: true };
    if (over) throw new Error("the connection is closed");
    if (!begin(call.id, request)) return refuseDuplicate(call.id);
    followSignal(along?.requestSignal, call.id);
    let judged;
    try {
      request.caller = callerOf(along);
      judged = await ruling(call, line, request);
    } catch (error) {
      requests.delete(call.id);
      report(error);
      return toClient(errorAnswer(call.id, INTERNAL_ERROR, "the call could not be judged"));
    }
    const { kind, verdict } = judged;
    const allowed = kind === "call" && verdict.decision === "allow";
    if (over || request.cancelled || !allowed) requests.delete(call.id);
    if (over || request.cancelled) return allowed ? giveBack(request, verdict) : undefined;
    if (!allowed) return deny(call, line, judged);
    Object.assign(request, { judging: false, verdict, tool: judged.tool, args: line.subarray(...judged.arguments) });
    return forward(request, call, along);
  }

  /** What the policy says of a call, and a person where it wants one asked. */
  async function ruling(call, line, request) {
    const { caller } = request;
    const held = await heldFor(call, line, caller);
    const judged = held ? await judgeRetry(line, request, held) : await gate.judgeLine(line, caller);
    if (judged.kind === "other") throw new Error("a call was not recognised as one");
    if (judged.kind !== "call" || judged.verdict.decision !== "approval" || !onApproval) return judged;
    if (!(await isApproved(call, judged, request))) return judged;
    request.approved = true;
    return gate.judgeLine(line, { ...caller, approved: true });
  }

  /** What was held for a call that is sent again, with the answers that its server had asked for. */
  async function heldFor({ params }, line, caller) {
    if (params?.inputResponses === undefined && params?.requestState === undefined) return undefined;
    const read = gate.readCall(line, caller);
    if (!read) return undefined;
    const asked = await askedBy(caller, read.tool, line.subarray(...read.arguments));
    return gate.unfinished.take(asked, params.requestState);
  }

  async function judgeRetry(line, request, { approved, verdict }) {
    const judged = await gate.judgeRetry(line, { ...request.caller, approved }, verdict);
    if (judged.verdict === verdict) Object.assign(request, { approved, retried: true });
    else await settle(verdict, "ok");
    return judged;
  }

  async function isApproved(call, { tool, verdict }, request) {
    if (over || request.cancelled) return false;
    request.asking = new AbortController();
    const { signal } = request.asking;
    const gaveUp = new Promise((resolve) => signal.addEventListener("abort", () => resolve(false)));
    const timer = setTimeout(() => request.asking.abort(), approvalTimeoutMs);
    try {
      const args = structuredClone(call.params.arguments ?? {});
      const answer = onApproval({ call: { tool, args, ...request.caller }, verdict, signal });
      return (await Promise.race([answer, gaveUp])) === true;
    } catch (error) {
      report(error);
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  function deny(call, line, { id, verdict }) {
    if (id === undefined) throw new Error(verdict.message);
    const denial = JSON.parse(denialLine(id, verdict, { modern: readEnvelope(line)?.modern }));
    if (call.params?.task === undefined) return toClient(denial);
    // A client that wants a task back takes no result for it, only an error.
    const { content, _meta } = denial.result;
    return toClient(errorAnswer(denial.id, DENIED, content[0].text, _meta));
  }

  async function settle(verdict, outcome) {
    try {
      await gate.settle(verdict?.reservation, outcome);
    } catch (error) {
      report(error);
    }
  }

  /** A call that never went on ran nothing, and ends as if it had failed before it began: unless it was tried once. */
  function giveBack({ retried }, verdict) {
    return settle(verdict, retried ? "ok" : "protocol_error");
  }

  /** Whatever comes of a call that was forwarded: its work may have been done. */
  function keepCounted({ verdict }) {
    return verdict && settle(verdict, "ok");
  }

  /** Whether the cancelled request was not forwarded yet, so that there is nothing for the server to cancel. */
  function cancel(id) {
    const request = requests.get(id);
    if (!request || request.cancelled) return false;
    request.cancelled = true;
    request.asking?.abort();
    if (request.judging) return true;
    void keepCounted(request);
    // The id stays taken: a late answer must not be mistaken for that of another request.
    requests.set(id, { method: request.method, cancelled: true });
    return false;
  }

  /** Where each request has a stream of its own, the SDK cancels one by closing its stream. */
  function followSignal(signal, id) {
    if (signal?.aborted) cancel(id);
    signal?.addEventListener("abort", () => cancel(id), { once: true });
  }

  async function answered(message, along) {
    const request = requests.get(message.id);
    // Nothing can hide in an error, and one about a request that could not be read has no id.
    if (!request && message.error !== undefined) return toClient(message, along);
    if (!request || request.judging) {
      const id = JSON.stringify(message.id);
      return report(new Error(`an answer of the server that no request waits for is dropped: id ${id}`));
    }
    requests.delete(message.id);
    return toClient(await passable(request, message), along);
  }

  /** What the client gets to see of an answer, once its call is closed. Whatever goes wrong, it gets one. */
  async function passable(request, message) {
    try {
      if (request.verdict) await close(request, message);
      return request.method === LIST && message.result !== undefined ? listed(message) : message;
    } catch (error) {
      report(error);
      return errorAnswer(message.id, INTERNAL_ERROR, "the server's answer could not be passed on");
    }
  }

  async function close({ caller, tool, args, approved, verdict }, { result }) {
    if (result?.resultType !== "input_required") return settle(verdict, outcomeOf(result));
    return gate.unfinished.hold(await askedBy(caller, tool, args), result.requestState, { approved, verdict });
  }

  function listed(message) {
    const line = lineOf(message);
    const shown = gate.policy.toolsLine(line);
    if (shown === line) return message;
    if (shown !== undefined) return JSON.parse(textOf(shown));
    return errorAnswer(message.id, INTERNAL_ERROR, "the server's list of tools cannot be read, and was kept back");
  }

  return { fromClient, fromServer, ended };
}

async function askedBy({ grant }, tool, args) {
  return { grant, tool, digest: await digestOf(args) };
}

/** What a message is. Some readers take the first of several that it could be, so it must be one only. */
function kindOf(message) {
  if (typeof message !== "object" || message === null || message.jsonrpc !== "2.0") return "unreadable";
  const { id, method, result, error } = message;
  const answers = (result !== undefined) !== (error !== undefined);
  if (method === undefined) return answers ? "answer" : "unreadable";
  if (typeof method !== "string" || result !== undefined || error !== undefined) return "unreadable";
  if (id === undefined) return "notification";
  return typeof id === "string" || Number.isSafeInteger(id) ? "request" : "unreadable";
}

/** How a call ended, by its result. Without one, its server answered with a JSON-RPC error. */
function outcomeOf(result) {
  if (result === undefined) return "protocol_error";
  return result?.isError === true ? "tool_error" : "ok";
}

function errorAnswer(id, code, message, data) {
  return { jsonrpc: "2.0", id, error: { code, message, ...(data && { data }) } };
}
