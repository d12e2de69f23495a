// One child process for all clients without a session.
//
// Since revision 2026-07-28 every message says all that a server needs, so one process serves everybody. Messages are
// forwarded as they came, ids included: a request whose id is taken waits until it is free. An id that stays taken (of
// a subscription, or of a call that was taken back and may still be answered) makes another process serve the newcomer.
//
// Only what belongs to a request is passed on: its answer, its progress, what is sent to its subscription. What says of
// itself nothing is dropped, for it may be about somebody else's call.

import { readEnvelope } from "../index.js";
import { idKey } from "../mcp/messages.js";
import { readMessage } from "./body.js";

const SUBSCRIBE = "subscriptions/listen";
const SUBSCRIPTION_KEY = "io.modelcontextprotocol/subscriptionId";
const MOST_CHILDREN = 4;
/** How many ids and tokens may be taken in one process. Most of them then are of calls that were taken back. */
const MOST_HELD = 10_000;

/**
 * @param {() => object} connect makes a server side; called when one is needed first, and again after its end
 * @returns {{ lane(): object, close(): Promise<void> }} `lane` is a server side for one client's exchange
 */
export function sharedServer(connect) {
  /** @type {Set<ReturnType<typeof start>>} */
  const children = new Set();

  function start() {
    const server = connect();
    /** Who holds an id or a progress token. */
    const held = new Map();
    const child = { server, held, whenFree: [] };
    children.add(child);
    server.start({
      onLine: (line) => pass(child, line),
      onLost: (id, message) => held.get(idKey(id))?.side?.onLost(id, message),
      onTooLong: () => sides(held).forEach((side) => side.onTooLong()),
      onGone: (message) => {
        children.delete(child);
        sides(held).forEach((side) => side.onGone(message));
        held.clear();
        release(child);
      },
    });
    return child;
  }

  function pass({ held }, line) {
    const envelope = readEnvelope(line);
    const request = envelope && held.get(ownerKey(line, envelope));
    if (!request) return;
    if (envelope.kind === "response") request.free();
    if (!request.abandoned) request.side.onLine(line);
  }

  /** Takes all keys in a child where none is taken, and waits for one. Undefined where none can be had. */
  async function take(keys, request) {
    for (;;) {
      const candidates = [...children].filter(({ held }) => held.size < MOST_HELD);
      const free = candidates.find(({ held }) => keys.every((key) => !held.has(key)));
      if (free) {
        // At once, for others may have waited for the same.
        for (const key of keys) free.held.set(key, request);
        return free;
      }
      const busy = candidates.find(({ held }) => keys.every((key) => !held.get(key)?.stays));
      if (busy) await new Promise((resolve) => busy.whenFree.push(resolve));
      else if (children.size < MOST_CHILDREN || retireIdle()) start();
      else return undefined;
    }
  }

  /** Ends a process that nobody waits for any more, and says whether there was one. */
  function retireIdle() {
    for (const child of children) {
      if ([...child.held.values()].some((request) => !request.abandoned)) continue;
      children.delete(child);
      void child.server.close();
      return true;
    }
    return false;
  }

  function lane() {
    let side;
    let request;
    let over = false;

    async function ask(line, envelope) {
      const { message } = readMessage(line);
      const keys = [idKey(envelope.id), tokenKey(message.params?._meta?.progressToken)].filter(
        (key) => key !== undefined,
      );
      const taken = { side, abandoned: false, stays: envelope.method === SUBSCRIBE, child: undefined, free };
      taken.child = await take(keys, taken);
      if (taken.child === undefined) {
        return side?.onGone(`too many requests with the id ${envelope.id} are open; send it with another`);
      }
      if (over) return taken.free();
      request = taken;
      return taken.child.server.send(line);

      function free() {
        for (const key of keys) if (taken.child.held.get(key) === taken) taken.child.held.delete(key);
        release(taken.child);
      }
    }

    return {
      start(to) {
        side = to;
      },
      send(line) {
        const envelope = readEnvelope(line);
        if (envelope?.kind === "request") return ask(line, envelope);
        // Of other messages only the end of this very request may reach a process that serves others too.
        if (envelope?.cancels === undefined) return undefined;
        over = true;
        if (!request) return undefined;
        abandon();
        return request.child.server.send(line);
      },
      close() {
        over = true;
        if (request) abandon();
      },
    };

    function abandon() {
      request.abandoned = true;
      request.stays = true;
      // It may stay for long: with it, nothing of the client does.
      side = undefined;
      request.side = undefined;
      release(request.child);
    }
  }

  return {
    lane,
    async close() {
      const ending = [...children].map(({ server }) => server.close());
      children.clear();
      await Promise.all(ending);
    },
  };
}

/** Who waits for something of a child. */
function sides(held) {
  return new Set([...held.values()].filter((request) => !request.abandoned).map((request) => request.side));
}

function release(child) {
  for (const resolve of child.whenFree.splice(0)) resolve();
}

/** Whose a line of the server is. */
function ownerKey(line, envelope) {
  if (envelope.kind === "response") return idKey(envelope.id);
  const { params } = readMessage(line).message;
  if (envelope.method === "notifications/progress") return tokenKey(params?.progressToken);
  const subscription = params?._meta?.[SUBSCRIPTION_KEY];
  return subscription === undefined ? undefined : idKey(JSON.stringify(subscription));
}

function tokenKey(token) {
  return token === undefined ? undefined : `token ${JSON.stringify(token)}`;
}
