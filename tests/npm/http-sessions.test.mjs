// A session over HTTP is not kept open by calls that nobody waits for.

import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { test } from "node:test";
import { JSON_HEADERS, initialize, post } from "./http-clients.mjs";
import { listenBeforeUrl } from "./http-proxy.mjs";
import { answerJson, begun, serveRecorded } from "./http-servers.mjs";

const hang = { jsonrpc: "2.0", id: 7, method: "tools/call", params: { name: "hang" } };
const cancelled = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 7 } };

/** A session before a server that answers no call. */
async function sessionThatHangs(t, bounds) {
  const events = new EventEmitter();
  const upstream = await serveRecorded(t, ({ method, body }, response) => {
    if (method === "DELETE") return void events.emit("ended", response.end());
    const { id, method: asked } = JSON.parse(body);
    if (asked === "tools/call") return void events.emit("begun");
    if (asked === "initialize") return answerJson(response, begun(id), { headers: { "mcp-session-id": "upstream" } });
    response.writeHead(202).end();
  });
  const { url } = await listenBeforeUrl(t, upstream.url, { bounds });
  const headers = { "mcp-session-id": (await post(url, initialize)).headers["mcp-session-id"] };
  const [working, ended] = [once(events, "begun"), once(events, "ended")];
  const gone = new AbortController();
  const body = JSON.stringify(hang);
  const call = fetch(url, { method: "POST", headers: { ...JSON_HEADERS, ...headers }, body, signal: gone.signal });
  await working;
  return { url, headers, call, leave: () => gone.abort(), ended };
}

test("the POST of a call that is taken back ends, and so does its session after a while", { timeout: 30_000 }, async (t) => {
  const { url, headers, call, ended } = await sessionThatHangs(t, { idleMs: 1_500 });
  assert.equal((await post(url, cancelled, headers)).status, 202);
  const response = await call;
  assert.deepEqual([response.status, await response.text()], [200, ""]);
  await ended;
});

test("a session whose client went away in the middle of a call ends after a while", { timeout: 30_000 }, async (t) => {
  const { call, leave, ended } = await sessionThatHangs(t, { idleMs: 1_500 });
  leave();
  await assert.rejects(call);
  await ended;
});
