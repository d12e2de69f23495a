// A session over standard input and output ends where a side cannot go on: nobody waits in vain.

import assert from "node:assert/strict";
import { test } from "node:test";

import { runStdioSession } from "./node_modules/gatewright/proxy/stdio-session.js";

test("a line of the server that cannot be dealt with ends the session, and who waits is told", async () => {
  const gone = [];
  const reports = [];
  let side;
  const server = { start: (to) => (side = to), send() {}, close() {}, ended: Promise.resolve(0) };
  const interposer = {
    fromServer: () => Promise.reject(new Error("the evaluator has failed")),
    serverGone: async (message) => void gone.push(message),
    clientEnded() {},
    clientGone() {},
    drained: async () => {},
  };
  const client = { start() {}, send() {}, close() {} };
  const report = (problem) => reports.push(problem);
  const code = runStdioSession({ client, server, interpose: () => interposer, most: 1, report });
  await side.onLine(Buffer.from("{}"));
  assert.equal(await code, 70);
  assert.deepEqual(gone, ["the proxy has failed"]);
  assert.deepEqual(reports, ["the session cannot go on: the evaluator has failed"]);
});
