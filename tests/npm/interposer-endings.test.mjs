// How a request ends: it is answered once, and what a server has begun to do for it stays counted.

import assert from "node:assert/strict";
import { test } from "node:test";

import { cancelled, interposed } from "./interposed.mjs";

const POLICY = `{"version": "1", "default": "allow", "hide": ["secret"], "tools": {"run": {"limits": [
  {"counter": "rate", "window": "day", "max": 1, "scope": "grant"}]}}}`;

const run = (id, more = {}) => ({ id, method: "tools/call", params: { name: "run", arguments: {}, ...more } });
const calls = (messages) => messages.filter(({ method }) => method === "tools/call").map(({ id }) => id);

test("a call whose server asked for more stays counted, though its retry is taken back while it is judged", async () => {
  const { server, fromClient, fromServer } = interposed(POLICY);
  await fromClient(run(1));
  await fromServer({ id: 1, result: { resultType: "input_required", inputRequests: {}, requestState: "half" } });
  const retried = fromClient(run(2, { requestState: "half", inputResponses: {} }));
  await fromClient(cancelled(2));
  await retried;
  await fromClient(run(3));
  assert.deepEqual(calls(server), [1]);
});

test("a call that is taken back while it is settled is not answered, and its id is another's by then", async () => {
  const { client, fromClient, fromServer } = interposed(POLICY);
  await fromClient(run(1));
  const answered = fromServer({ id: 1, result: { content: [] } });
  await fromClient(cancelled(1));
  await fromClient({ id: 1, method: "ping" });
  await answered;
  assert.deepEqual(client, []);
});

test("a call that is answered while its server ends is answered once, by the server's answer", async () => {
  const { client, interposer, fromClient, fromServer } = interposed(POLICY);
  await fromClient(run(1));
  const answered = fromServer({ id: 1, result: { content: [] } });
  await interposer.serverGone("the server has ended");
  await answered;
  assert.deepEqual(client.map(({ id, result }) => [id, result]), [[1, { content: [] }]]);
});

test("a list that comes after its request was given up reaches nobody, whoever uses its id next", async () => {
  const { client, interposer, fromClient, fromServer } = interposed(POLICY);
  await fromClient({ id: 1, method: "tools/list" });
  await interposer.answersLost("a message of the server is too long to be read");
  await fromClient({ id: 1, method: "ping" });
  await fromServer({ id: 1, result: { tools: [{ name: "secret" }] } });
  assert.equal(JSON.stringify(client).includes("secret"), false);
});
