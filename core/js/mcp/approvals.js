// Questions to a person: may this very call go through?
//
// They are asked by elicitation, which clients show in their own way. Up to protocol revision 2025-11-25 the server
// asks and the call waits, for less than the minute after which most clients give up. Since 2026-07-28 the call is
// answered by the question, and the client comes back with the reply and a state that only this process can have made:
// it is bound to the grant, the tool and the bytes of the arguments, it is good once, and not for long.
//
// A client may answer without asking anybody. An approval is worth what the client is worth that asks for it.

import { lineOf, textOf } from "./messages.js";

/** What the ids of own requests, and own states, begin with. */
const OWN = "gatewright:";
/** The name of the question among a call's `inputRequests`. */
const QUESTION = "gatewright_approval";
/** How long a call waits for its answer, in milliseconds. Most clients give up after 60 seconds. */
const TIMEOUT_MS = 55_000;
/** How long a state can be answered, in milliseconds. */
const EXPIRES_MS = 10 * 60_000;
/** How many states that were used are remembered until they expire. Beyond it, none is accepted. */
const MOST_USED = 10_000;
/** How many characters of the arguments are shown, of the beginning and of the end. */
const SHOWN = { head: 1_500, tail: 500 };

/**
 * @typedef {import("../types.d.ts").Verdict} Verdict
 * @typedef {{ grant?: string, tool: string, digest: string }} Asked
 */

export class Approvals {
  #timeoutMs;
  #expiresMs;
  #asking = new Map();
  #used = new Map();
  #key;

  /** @param {{ timeoutMs?: number, expiresMs?: number }} [options] */
  constructor({ timeoutMs = TIMEOUT_MS, expiresMs = EXPIRES_MS } = {}) {
    this.#timeoutMs = timeoutMs;
    this.#expiresMs = expiresMs;
  }

  /**
   * Asks by a request to the client, and waits for its answer, the time-out or `signal`.
   *
   * @param {{ message: string, requestedSchema: object }} form As {@link approvalForm} makes it.
   * @param {(line: Uint8Array) => void} send
   * @param {AbortSignal} signal
   * @returns {Promise<boolean>} Whether the call is approved.
   */
  async ask(form, send, signal) {
    if (signal.aborted) return false;
    const id = `${OWN}approval:${crypto.randomUUID()}`;
    const answer = await new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#timeoutMs);
      const end = (reply) => {
        clearTimeout(timer);
        resolve(reply);
      };
      this.#asking.set(id, end);
      signal.addEventListener("abort", () => end(), { once: true });
      send(lineOf({ jsonrpc: "2.0", id, method: "elicitation/create", params: form }));
    });
    this.#asking.delete(id);
    if (answer === undefined) {
      send(lineOf({ jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: id } }));
    }
    return isYes(answer?.result);
  }

  /**
   * Takes the client's answer to an own request.
   *
   * @param {unknown} message The message, parsed.
   * @returns {boolean} Whether it was one. Then it is not for the server, even if nobody waits for it any more.
   */
  answered(message) {
    if (typeof message.id !== "string" || !message.id.startsWith(OWN)) return false;
    this.#asking.get(message.id)?.(message);
    return true;
  }

  /**
   * The result that asks for approval and lets the client come back.
   *
   * @param {Asked} asked
   * @param {string} call What the decision log calls it.
   */
  async inputRequired(form, asked, call) {
    const claims = [Date.now() + this.#expiresMs, crypto.randomUUID(), call];
    const params = { mode: "form", ...form };
    return {
      resultType: "input_required",
      inputRequests: { [QUESTION]: { method: "elicitation/create", params } },
      requestState: `${OWN}${base64(JSON.stringify(claims))}.${await this.#seal(asked, claims)}`,
    };
  }

  /** Whether a `requestState` claims to be an own one. */
  isOwnState(state) {
    return typeof state === "string" && state.startsWith(OWN);
  }

  /**
   * Takes the reply to {@link inputRequired}.
   *
   * @param {string} state
   * @param {unknown} replies The retry's `inputResponses`.
   * @param {Asked} asked The call that comes with it.
   * @returns {Promise<{ call: string, approved: boolean } | undefined>} Nothing where the state is forged, of another
   *   call, too old, or was used before.
   */
  async redeem(state, replies, asked) {
    const [, encoded, seal] = /^gatewright:([\w-]+)\.([\w-]+)$/.exec(state) ?? [];
    const claims = readClaims(encoded);
    if (!claims || !sameText(seal, await this.#seal(asked, claims))) return undefined;
    const [expires, nonce, call] = claims;
    if (expires <= Date.now() || !this.#use(nonce, expires)) return undefined;
    return { call, approved: isYes(replies?.[QUESTION]) };
  }

  #use(nonce, expires) {
    const now = Date.now();
    for (const [used, until] of this.#used) if (until <= now) this.#used.delete(used);
    if (this.#used.has(nonce) || this.#used.size >= MOST_USED) return false;
    this.#used.set(nonce, expires);
    return true;
  }

  async #seal({ grant, tool, digest }, claims) {
    this.#key ??= crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
    const text = lineOf(JSON.stringify([grant ?? null, tool, digest, ...claims]));
    return base64(String.fromCharCode(...new Uint8Array(await crypto.subtle.sign("HMAC", await this.#key, text))));
  }
}

/**
 * What the person is asked: which tool, with which arguments, and why somebody is to be asked.
 *
 * @param {{ tool: string, grant?: string, verdict: Verdict, args: Uint8Array }} call With the bytes of its arguments.
 */
export function approvalForm({ tool, grant, verdict, args }) {
  const who = grant ? ` for the grant "${legible(grant)}"` : "";
  const what = args.length > 0 ? `Arguments: ${abridged(textOf(args))}` : "It has no arguments.";
  return {
    message: `May the tool "${legible(tool)}" be called${who}?\n${verdict.message}\n${what}`,
    requestedSchema: {
      type: "object",
      properties: {
        approve: { type: "boolean", title: "Approve", description: "Let this very call through, once", default: false },
      },
      required: ["approve"],
    },
  };
}

/** What a client says in a request, since revision 2026-07-28, that it can do. */
export function capabilitiesOf(params) {
  return params?._meta?.["io.modelcontextprotocol/clientCapabilities"];
}

/** Whether a client's capabilities say that it can show a form to a person. */
export function showsForms(capabilities) {
  const { elicitation } = capabilities ?? {};
  if (typeof elicitation !== "object" || elicitation === null) return false;
  return elicitation.form !== undefined || elicitation.url === undefined;
}

function isYes(reply) {
  return reply?.action === "accept" && reply.content?.approve === true;
}

function abridged(text) {
  const { head, tail } = SHOWN;
  if (text.length <= head + tail) return legible(text);
  const left = text.length - head - tail;
  return `${legible(text.slice(0, head))} [… ${left} characters are not shown …] ${legible(text.slice(-tail))}`;
}

/** Somebody's text without what could hide or turn round what stands beside it. */
function legible(text) {
  const escaped = (character) => `\\u{${character.codePointAt(0).toString(16)}}`;
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, escaped);
}

function readClaims(encoded) {
  try {
    const [expires, nonce, call] = JSON.parse(atob((encoded ?? "").replaceAll("-", "+").replaceAll("_", "/")));
    return typeof nonce === "string" && typeof call === "string" ? [Number(expires), nonce, call] : undefined;
  } catch {
    return undefined;
  }
}

function base64(text) {
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Compares in a time that says nothing of where two texts differ. */
function sameText(one, other) {
  let difference = one.length ^ other.length;
  for (let i = 0; i < one.length; i += 1) difference |= one.charCodeAt(i) ^ other.charCodeAt(i);
  return difference === 0;
}
