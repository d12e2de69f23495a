// The files of a running proxy: a log that cannot go on writes nowhere else, and a policy's file is read as at the start.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { folder } from "./command.mjs";
import { openDecisionLog } from "./node_modules/gatewright/proxy/decision-log.js";
import { call, policy, startProxy } from "./proxy-session.mjs";

const CANNOT_BE_READ = "cannot be read, and the policy still holds";
const TAKEN_OVER = "has changed, and holds from now on";

test("a log that cannot be begun anew writes into no other file", (t) => {
  const at = folder(t);
  const path = join(at, "log.jsonl");
  const log = openDecisionLog(path, { maxBytes: 1 });
  log.record({ at: 1, call: "first" });
  renameSync(path, `${path}.moved`);
  mkdirSync(path);
  assert.throws(() => log.record({ at: 2, call: "second" }), /EISDIR/);
  // What is opened next gets a number that has become free.
  const others = openSync(join(at, "others"), "w");
  t.after(() => closeSync(others));
  assert.throws(() => log.record({ at: 3, call: "third" }), /EISDIR/);
  assert.equal(readFileSync(join(at, "others"), "utf8"), "");
  rmSync(path, { recursive: true });
  log.record({ at: 4, call: "fourth" });
  log.close();
  assert.match(readFileSync(path, "utf8"), /fourth/);
});

test("what stands in the policy's place and is no text of a file changes nothing, and is got over", async (t) => {
  const places = [
    ["a pipe", (path) => execFileSync("mkfifo", [path])],
    ["a folder", (path) => mkdirSync(path)],
    ["no UTF-8", (path) => writeFileSync(path, Buffer.from(policy({ hide: ["caf\xe9"] }), "latin1"))],
    ["a file beyond all measure", (path) => tooLarge(path)],
  ];
  const proxy = startProxy(t, { text: policy({ hide: ["echo"] }) });
  await proxy.begin();
  let id = 0;
  const isHidden = async () => (await proxy.ask(call((id += 1), "echo", {}))).result.isError === true;
  const said = (words) => proxy.errors.text.split(words).length - 1;
  const saysAgain = (words, before) => proxy.until(() => (said(words) > before ? true : undefined), `said "${words}"`);
  for (const [what, put] of places) {
    const [unread, taken] = [said(CANNOT_BE_READ), said(TAKEN_OVER)];
    const path = join(proxy.at, "next");
    put(path);
    if (statSync(path).isDirectory()) rmSync(proxy.policyPath);
    renameSync(path, proxy.policyPath);
    await saysAgain(CANNOT_BE_READ, unread);
    assert.equal(await isHidden(), true, what);
    rmSync(proxy.policyPath, { recursive: true });
    writeFileSync(proxy.policyPath, policy({ description: what }));
    await saysAgain(TAKEN_OVER, taken);
    assert.equal(await isHidden(), false, what);
    writeFileSync(proxy.policyPath, policy({ hide: ["echo"], description: what }));
    await saysAgain(TAKEN_OVER, taken + 1);
  }
  assert.equal((await proxy.end()).code, 0);
});

/** A file with a hole in it: it takes no room. */
function tooLarge(path) {
  const file = openSync(path, "w");
  ftruncateSync(file, 257 * 1024 * 1024);
  closeSync(file);
}
