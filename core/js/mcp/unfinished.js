// Calls whose server asked for more before it would run them, and whose client is to come back with the answer.
//
// Since revision 2026-07-28 a server answers such a call with `input_required`, and the client sends the same call
// again, under a new id. Both are one logical call: it is charged once. What is remembered here is good for one retry
// with the same tool, arguments and `requestState`, by the same grant; any other is a new call.
//
// What is not retried in time, or is crowded out, is forgotten: it stays counted, and its retry is a new call.

/** How long a call is remembered, in milliseconds. */
const REMEMBERED_MS = 10 * 60_000;
/** How many calls are remembered. */
const MOST = 1_000;

/**
 * @typedef {{ grant?: string, tool: string, digest: string }} Asked
 */

export class Unfinished {
  /** By what their retry must say; equal calls side by side wait in one list. */
  #calls = new Map();
  #size = 0;
  #forget;

  /** @param {(held: unknown) => void} forget Is told what is not to come back any more. */
  constructor(forget) {
    this.#forget = forget;
  }

  /** Remembers a call until its retry. `state` is the server's `requestState`, where it gave one. */
  hold(asked, state, held, now = Date.now()) {
    this.#forgetLate(now);
    if (this.#size >= MOST) this.#drop(this.#calls.keys().next().value);
    const key = keyOf(asked, state);
    const list = this.#calls.get(key) ?? [];
    this.#calls.delete(key);
    this.#calls.set(key, [...list, { held, expires: now + REMEMBERED_MS }]);
    this.#size += 1;
  }

  /** What was remembered of a call, once; nothing where this is no retry of it. */
  take(asked, state, now = Date.now()) {
    this.#forgetLate(now);
    const key = keyOf(asked, state);
    const [first, ...rest] = this.#calls.get(key) ?? [];
    if (!first) return undefined;
    if (rest.length > 0) this.#calls.set(key, rest);
    else this.#calls.delete(key);
    this.#size -= 1;
    return first.held;
  }

  #forgetLate(now) {
    for (const [key, list] of this.#calls) {
      if (list.at(-1).expires > now) return;
      this.#drop(key);
    }
  }

  #drop(key) {
    const list = this.#calls.get(key);
    this.#calls.delete(key);
    this.#size -= list.length;
    for (const { held } of list) this.#forget(held);
  }
}

function keyOf({ grant, tool, digest }, state) {
  return JSON.stringify([grant ?? null, tool, digest, state ?? null]);
}

/** The SHA-256 of some bytes, in hexadecimal digits. */
export async function digestOf(bytes) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
