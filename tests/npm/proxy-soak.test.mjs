// Many calls through one proxy: its memory stays where it was, and every call is counted once.

import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { call, policy, startProxy } from "./proxy-session.mjs";

const CALLS = 20_000;
const WARM_UP = 5_000;
const AT_ONCE = 50;
/** The heap grows and shrinks as the collector likes; a leak of each call's line would be 60 MiB. */
const SLACK_KIB = 32 * 1024;

test(`${CALLS} calls: memory is flat, and exactly as many pass as the limit says`, { timeout: 300_000 }, async (t) => {
  // Each counted call is written to the disk before it goes on, and waits for that; in memory it is the same work.
  const at = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "gatewright-"));
  t.after(() => rmSync(at, { recursive: true }));
  const max = CALLS - 1_000;
  const text = policy({
    tools: {
      echo: {
        deny_if: [{ conditions: [{ path: "args.text", op: "contains", value: "secret" }] }],
        limits: [{ counter: "echoes", window: "day", max, scope: "grant" }],
      },
    },
  });
  const options = ["--counters", `lmdb:${join(at, "counters")}`, "--log", join(at, "log.jsonl")];
  const proxy = startProxy(t, { text, options });
  const padding = "x".repeat(4_000);
  let [sent, denied] = [0, 0];

  const work = async (until) => {
    while (sent < until) {
      sent += 1;
      const id = sent;
      const answer = await proxy.answerTo(call(id, "echo", { n: id, text: padding }), id);
      if (answer.result._meta) denied += 1;
    }
  };
  const together = (until) => Promise.all(Array.from({ length: AT_ONCE }, () => work(until)));

  await together(WARM_UP);
  const before = residentKib(proxy.child.pid);
  await together(CALLS);
  const after = residentKib(proxy.child.pid);
  assert.equal(denied, CALLS - max);
  assert.ok(after < before + SLACK_KIB, `${before} KiB after ${WARM_UP} calls, ${after} KiB after ${CALLS}`);
  const { code } = await proxy.end();
  assert.equal(code, 0);
});

function residentKib(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);
}
