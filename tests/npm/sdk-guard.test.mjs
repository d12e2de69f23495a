import assert from "node:assert/strict";
import { test } from "node:test";

import { compile } from "gatewright";
import { Gate, guard } from "gatewright/mcp";

import { connectPair, MODERN, PAIRS, POLICY } from "./sdk-pairs.mjs";

const VERDICT = "gatewright.dev/verdict";

function makeGate() {
  const { policy } = compile(POLICY);
  return new Gate({ policy });
}

function names(list) {
  return list.tools.map((tool) => tool.name).sort();
}

for (const pair of PAIRS) {
  for (const side of ["client", "server"]) {
    const connect = (t, options) => connectPair(t, pair, makeGate(), { side, grant: "ci", ...options });
    const where = `${pair.name}, guarded on the ${side}'s side`;

    test(`${where}: an allowed call is answered by its handler`, async (t) => {
      const { client, seen } = await connect(t);
      const result = await client.callTool({ name: "read", arguments: { path: "a.txt" } });
      assert.deepEqual(result.content, [{ type: "text", text: "contents of a.txt" }]);
      if (pair.era === "modern") assert.equal(client.getNegotiatedProtocolVersion(), MODERN);
      assert.deepEqual(seen, [{ name: "read", args: { path: "a.txt" } }]);
    });

    test(`${where}: a hidden tool is not listed, and every other tool is`, async (t) => {
      const { client } = await connect(t);
      assert.deepEqual(names(await client.listTools()), ["charge", "limited", "read", "unlisted", "wait"]);
    });

    test(`${where}: a denied call is a result with an error, the verdict in _meta, and never runs`, async (t) => {
      const { client, seen } = await connect(t);
      const cases = [
        // call                                             reason
        [{ name: "delete_account" }, "hidden"],
        [{ name: "unlisted" }, "default-deny"],
        [{ name: "charge", arguments: { amount: 501 } }, "deny-if"],
        [{ name: "charge", arguments: { amount: 101 } }, "require-approval"],
        [{ name: "no-such-tool" }, "default-deny"],
      ];
      for (const [call, reason] of cases) {
        const result = await client.callTool(call);
        assert.equal(result.isError, true, `${call.name} is refused`);
        assert.match(result.content[0].text, /^\[POLICY DENIED\] /);
        assert.equal(result._meta[VERDICT].reason, reason);
        assert.equal("structuredContent" in result, false, "nothing that an output schema could refuse");
      }
      assert.deepEqual(seen, []);
    });

    test(`${where}: a tool with an output schema is denied without the SDK throwing`, async (t) => {
      const { client, seen } = await connect(t);
      await client.listTools();
      const denied = await client.callTool({ name: "charge", arguments: { amount: 900 } });
      assert.match(denied.content[0].text, /A charge cannot exceed 500\./);
      const allowed = await client.callTool({ name: "charge", arguments: { amount: 7 } });
      assert.deepEqual(allowed.structuredContent, { charged: 7 });
      assert.equal(seen.length, 1);
    });

    test(`${where}: a limit counts results, also those with an error`, async (t) => {
      const { client, seen } = await connect(t);
      await client.callTool({ name: "limited", arguments: { fails: true } });
      await client.callTool({ name: "limited", arguments: {} });
      const third = await client.callTool({ name: "limited", arguments: {} });
      assert.equal(third._meta[VERDICT].reason, "limit");
      assert.equal(typeof third._meta[VERDICT].retry_at, "number");
      assert.equal(seen.length, 2);
    });

    test(`${where}: a call goes on once a person has approved it`, async (t) => {
      const asked = [];
      const onApproval = async ({ call, verdict, signal }) => {
        asked.push({ ...call, reason: verdict.reason, aborted: signal.aborted });
        return call.args.amount === 200;
      };
      const { client, seen } = await connect(t, { onApproval, session: "s1" });
      const approved = await client.callTool({ name: "charge", arguments: { amount: 200 } });
      const declined = await client.callTool({ name: "charge", arguments: { amount: 300 } });
      assert.deepEqual(approved.structuredContent, { charged: 200 });
      assert.equal(declined._meta[VERDICT].reason, "require-approval");
      assert.deepEqual(seen, [{ name: "charge", args: { amount: 200 } }]);
      assert.deepEqual(asked[0], {
        tool: "charge",
        args: { amount: 200 },
        grant: "ci",
        session: "s1",
        reason: "require-approval",
        aborted: false,
      });
    });

    test(`${where}: nothing but true approves, and an error does not`, async (t) => {
      const answers = [1, "yes", undefined, new Error("the dialog broke")];
      const onApproval = async () => {
        const answer = answers.shift();
        if (answer instanceof Error) throw answer;
        return answer;
      };
      const { client, seen } = await connect(t, { onApproval });
      while (answers.length > 0) {
        const result = await client.callTool({ name: "charge", arguments: { amount: 200 } });
        assert.equal(result._meta[VERDICT].reason, "require-approval");
      }
      assert.deepEqual(seen, []);
    });

    test(`${where}: a question that nobody answers ends as a denial`, async (t) => {
      let asked;
      const onApproval = ({ signal }) => {
        asked = signal;
        return new Promise(() => {});
      };
      const { client, seen } = await connect(t, { onApproval, approval_timeout_ms: 20 });
      const result = await client.callTool({ name: "charge", arguments: { amount: 200 } });
      assert.equal(result._meta[VERDICT].reason, "require-approval");
      assert.equal(asked.aborted, true, "the embedder is told that the question is over");
      assert.deepEqual(seen, []);
    });

    test(`${where}: a running call can be cancelled`, async (t) => {
      const { client, started } = await connect(t);
      const abort = new AbortController();
      const options = { signal: abort.signal };
      // The first SDK takes a result schema before the options.
      const rest = pair.clientVersion === 1 ? [undefined, options] : [options];
      const call = client.callTool({ name: "wait", arguments: {} }, ...rest);
      await started;
      abort.abort("enough");
      await assert.rejects(call, /enough/);
      assert.equal((await client.callTool({ name: "read", arguments: { path: "b" } })).isError, undefined);
    });

    test(`${where}: closing ends what is under way`, async (t) => {
      const { client, started } = await connect(t);
      const call = client.callTool({ name: "wait", arguments: {} });
      await started;
      await client.close();
      await assert.rejects(call, /closed/i);
    });
  }
}

test("guard says which option is wrong", () => {
  const gate = makeGate();
  const transport = { start() {}, send() {}, close() {} };
  const cases = [
    [transport, undefined, /`side` must be/],
    [transport, { side: "both" }, /`side` must be/],
    [transport, { side: "client", grant: 7 }, /`grant` must be/],
    [transport, { side: "client", session: {} }, /`session` must be/],
    [transport, { side: "client", onApproval: true }, /`onApproval` must be/],
    [transport, { side: "client", approval_timeout_ms: 0 }, /`approval_timeout_ms` must be/],
    [{}, { side: "client" }, /needs a transport/],
    [undefined, { side: "client" }, /needs a transport/],
  ];
  for (const [target, options, message] of cases) assert.throws(() => guard(target, gate, options), message);
});
