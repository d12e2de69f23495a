// An id that a client took back is not free before its answer has come: the answer would be taken for another's.

import assert from "node:assert/strict";
import { test } from "node:test";

import { cancelled, interposed as interposedBy } from "./interposed.mjs";

const POLICY = `{"version": "1", "default": "allow", "hide": ["secret"], "tools": {"run": {"limits": [
  {"counter": "rate", "window": "day", "max": 1, "scope": "grant"}]}}}`;

const interposed = (more) => interposedBy(POLICY, more);
const run = (id) => ({ id, method: "tools/call", params: { name: "run", arguments: {} } });

test("the list of a request that was taken back reaches nobody, whoever uses its id next", async () => {
  const { client, fromClient, fromServer } = interposed();
  await fromClient({ id: 1, method: "tools/list" });
  await fromClient(cancelled(1));
  await fromClient({ id: 1, method: "ping" });
  await fromServer({ id: 1, result: { tools: [{ name: "secret" }] } });
  assert.equal(JSON.stringify(client).includes("secret"), false);
});

test("the failure of a call that was taken back does not give back another one", async () => {
  const { server, fromClient, fromServer } = interposed();
  await fromClient(run(1));
  await fromClient(cancelled(1));
  await fromClient(run(1));
  await fromServer({ id: 1, error: { code: -32000, message: "taken back" } });
  await fromClient(run(2));
  assert.deepEqual(server.filter(({ method }) => method === "tools/call").map(({ id }) => id), [1]);
});

test("an id is free again once its answer has come, and nobody waits for one that was taken back", async () => {
  const { client, server, fromClient, fromServer, drained } = interposed();
  await fromClient({ id: 1, method: "tools/list" });
  await fromClient(cancelled(1));
  await drained();
  await fromServer({ id: 1, result: { tools: [] } });
  await fromClient({ id: 1, method: "ping" });
  assert.deepEqual(client, []);
  assert.equal(server.at(-1).method, "ping");
});
