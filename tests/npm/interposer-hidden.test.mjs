// Hidden tools are hidden however the server's answer is put together.

import assert from "node:assert/strict";
import { test } from "node:test";

import { interposed } from "./interposed.mjs";

const POLICY = '{"version": "1", "default": "allow", "hide": ["secret"]}';
const tools = [{ name: "secret" }, { name: "open" }];

async function shown(answer) {
  const { client, fromClient, fromServer } = interposed(POLICY);
  await fromClient({ id: 1, method: "tools/list" });
  await fromServer({ id: 1, ...answer });
  return client;
}

test("a list of tools is filtered whatever else its answer says", async () => {
  const answers = [
    { result: { tools } },
    { result: { tools, isError: true } },
    { result: { tools, resultType: "input_required" } },
    { result: { tools }, error: null },
    { result: { tools, isError: true }, error: { code: 1, message: "and an error" } },
  ];
  for (const answer of answers) {
    const [told] = await shown(answer);
    assert.deepEqual(told.result.tools, [{ name: "open" }], JSON.stringify(answer));
  }
});

test("what is a request or a notification and holds an answer too reaches no client", async () => {
  for (const more of [{ id: 1 }, {}]) {
    const { client, warnings, fromClient, fromServer } = interposed(POLICY);
    await fromClient({ id: 1, method: "tools/list" });
    await fromServer({ ...more, method: "ping", result: { tools } });
    await fromServer({ ...more, method: "ping", error: { code: 1, message: "", data: { tools } } });
    assert.deepEqual(client, []);
    assert.equal(warnings.length, 2);
  }
});
