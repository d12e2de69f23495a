// One child process for all clients without a session, with a stand-in for the process that answers when told.

import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { sharedServer } from "./node_modules/gatewright/proxy/shared-server.js";

const bytes = (message) => Buffer.from(JSON.stringify(message));

/** A shared server whose children note what they get. */
function shared() {
  const children = [];
  const server = sharedServer(() => {
    const child = {
      got: [],
      closed: false,
      start: (side) => Object.assign(child, { side }),
      send: (line) => void child.got.push(JSON.parse(line)),
      close: () => void (child.closed = true),
      say: (message) => child.side.onLine(bytes({ jsonrpc: "2.0", ...message })),
    };
    children.push(child);
    return child;
  });
  const lane = () => {
    const side = { heard: [], gone: [], lost: [], tooLong: 0 };
    const made = server.lane();
    made.start({
      onLine: (line) => side.heard.push(JSON.parse(line)),
      onGone: (message) => side.gone.push(message),
      onLost: (id) => side.lost.push(id),
      onTooLong: () => (side.tooLong += 1),
    });
    const send = async (message) => {
      void made.send(bytes({ jsonrpc: "2.0", ...message }));
      await turn();
    };
    const ask = (id, method = "tools/call", token) =>
      send({
        id,
        method,
        params: { from: side.name, ...(token !== undefined && { _meta: { progressToken: token } }) },
      });
    return Object.assign(side, { send, ask, close: made.close });
  };
  return { children, lane, server };
}

const ids = (child) => child.got.map(({ id }) => id);

test("one child serves all, and each gets the answer to its own request", async () => {
  const { children, lane } = shared();
  const [one, other] = [lane(), lane()];
  await one.ask(1);
  await other.ask("1");
  assert.equal(children.length, 1);
  children[0].say({ id: "1", result: { of: "other" } });
  children[0].say({ id: 1, result: { of: "one" } });
  assert.deepEqual([one.heard[0].result.of, other.heard[0].result.of], ["one", "other"]);
});

test("a request whose id or progress token is taken waits until it is free", async () => {
  const { children, lane } = shared();
  const [one, sameId, sameToken, third] = [lane(), lane(), lane(), lane()];
  await one.ask(1, "tools/call", 7);
  await sameId.ask(1);
  await third.ask(1);
  await sameToken.ask(2, "tools/call", 7);
  assert.deepEqual(ids(children[0]), [1]);
  children[0].say({ method: "notifications/progress", params: { progressToken: 7, progress: 1 } });
  children[0].say({ id: 1, result: {} });
  await turn();
  assert.deepEqual(ids(children[0]), [1, 1, 2]);
  children[0].say({ id: 1, result: { second: true } });
  assert.deepEqual(one.heard.length, 2);
  assert.deepEqual(sameId.heard[0].result, { second: true });
  assert.deepEqual(third.heard, [], "one at a time");
  await turn();
  children[0].say({ id: 1, result: { third: true } });
  assert.deepEqual(third.heard[0].result, { third: true });
  assert.equal(children.length, 1);
});

test("an id that a subscription keeps makes another child serve the newcomer", async () => {
  const { children, lane } = shared();
  const [subscriber, caller] = [lane(), lane()];
  await subscriber.ask(1, "subscriptions/listen");
  await caller.ask(1);
  assert.deepEqual(children.map(ids), [[1], [1]]);
  const _meta = { "io.modelcontextprotocol/subscriptionId": 1 };
  children[0].say({ method: "notifications/tools/list_changed", params: { _meta } });
  children[1].say({ id: 1, result: { called: true } });
  assert.equal(subscriber.heard[0].method, "notifications/tools/list_changed");
  assert.deepEqual(
    caller.heard.map(({ result }) => result),
    [{ called: true }],
  );
});

test("the late answer to a call that was taken back never reaches the next who uses its id", async () => {
  const { children, lane } = shared();
  const [gone, next] = [lane(), lane()];
  await gone.ask(1);
  await gone.send({ method: "notifications/cancelled", params: { requestId: 1 } });
  gone.close();
  assert.deepEqual(children[0].got.at(-1).method, "notifications/cancelled");
  await next.ask(1);
  children[0].say({ id: 1, result: { late: true } });
  assert.deepEqual(next.heard, []);
  children[1].say({ id: 1, result: { own: true } });
  assert.deepEqual(next.heard[0].result, { own: true });
  assert.deepEqual(gone.heard, []);
  const third = lane();
  await third.ask(1);
  assert.deepEqual(
    children.map((child) => child.got.filter(({ id }) => id === 1).length),
    [2, 1],
    "answered ids are free again",
  );
});

test("a call that waits and is taken back is never sent", async () => {
  const { children, lane } = shared();
  const [one, other] = [lane(), lane()];
  await one.ask(1);
  await other.ask(1);
  await other.send({ method: "notifications/cancelled", params: { requestId: 1 } });
  children[0].say({ id: 1, result: {} });
  await turn();
  assert.deepEqual(children[0].got.length, 1);
});

test("children that only those who left have used are ended when no more may be started", async () => {
  const { children, lane } = shared();
  for (let use = 0; use < 6; use += 1) {
    const gone = lane();
    await gone.ask(1);
    await gone.send({ method: "notifications/cancelled", params: { requestId: 1 } });
    gone.close();
  }
  assert.equal(children.length, 6);
  assert.equal(children.filter(({ closed }) => !closed).length, 4);
  const subscribers = Array.from({ length: 5 }, () => lane());
  for (const subscriber of subscribers) await subscriber.ask(1, "subscriptions/listen");
  assert.equal(children.filter(({ closed }) => !closed).length, 4);
  assert.match(subscribers[4].gone[0], /too many requests with the id 1/);
});

test("of a call that was taken back and is never answered, nothing is kept but its id, and that not for ever", async () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc");
  const { children, lane } = shared();
  const leave = async (id) => {
    const gone = lane();
    await gone.ask(id);
    gone.close();
    return new WeakRef(gone);
  };
  const left = await leave("first");
  await turn();
  collectGarbage();
  assert.equal(left.deref(), undefined);
  for (let id = 0; id < 10_000; id += 1) await leave(id);
  assert.equal(children.length, 2);
});

test("what says of itself nothing, and what other clients' requests are about, reaches nobody else", async () => {
  const { children, lane } = shared();
  const one = lane();
  await one.ask(1, "tools/call", "mine");
  const [child] = children;
  child.say({ method: "notifications/message", params: { data: "somebody's" } });
  child.say({ method: "notifications/progress", params: { progressToken: "other", progress: 1 } });
  child.say({ method: "notifications/tools/list_changed" });
  child.say({ id: 9, result: {} });
  child.say({ id: 1, method: "sampling/createMessage", params: {} });
  child.side.onLine(Buffer.from("junk"));
  assert.deepEqual(one.heard, []);
  await one.send({ method: "notifications/anything" });
  assert.equal(child.got.length, 1, "nor does a notification of one client reach what serves others too");
});

test("the end of the child is told to all who wait, and the next request starts another", async () => {
  const { children, lane } = shared();
  const [one, other, waiting, after] = [lane(), lane(), lane(), lane()];
  await one.ask(1, "tools/call", "t");
  await other.ask(2);
  await waiting.ask(1);
  children[0].side.onGone("it has ended");
  await turn();
  assert.deepEqual([one.gone, other.gone, waiting.gone], [["it has ended"], ["it has ended"], []]);
  assert.deepEqual(ids(children[1]), [1]);
  await after.ask(2);
  assert.deepEqual(ids(children[1]), [1, 2]);
  children[1].side.onTooLong();
  assert.deepEqual([one.tooLong, waiting.tooLong, after.tooLong], [0, 1, 1]);
});
