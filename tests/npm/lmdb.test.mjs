import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { lmdbCounters } from "gatewright/lmdb";
import { open } from "lmdb";

import { casesForStores, takeThrough } from "./corpus-through-store.mjs";
import { oneLimit, spend } from "./one-limit.mjs";

const CALLER = fileURLToPath(new URL("lmdb-caller.mjs", import.meta.url));
const DAY = 86_400_000;
const PAGE = 4096;

function folderFor(t) {
  const folder = mkdtempSync(join(tmpdir(), "gatewright-lmdb-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "counters.v1");
}

function storeIn(t, folder, options) {
  const store = lmdbCounters(folder, options);
  t.after(() => store.close());
  return store;
}

function decisions(store, policy, times, caller) {
  return Array.from({ length: times }, () => spend(store, policy, caller).decision);
}

/** A process that calls, and what it has written. `shell`: what a shell does before it becomes that process. */
function caller(t, folder, { max, times, each = false, shell }) {
  const command = [process.execPath, CALLER, folder, String(max), String(times), ...(each ? ["each"] : [])];
  const [file, ...args] = shell ? ["sh", "-c", `${shell} exec "$@"`, "sh", ...command] : command;
  const child = spawn(file, args, { stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  const running = { child, written: "", ended: once(child, "close") };
  child.stdout.on("data", (chunk) => (running.written += chunk));
  return running;
}

function passed(written) {
  return written.split("+").length - 1;
}

test("every call of the corpus gets the verdict of the built-in counters", async (t) => {
  const cases = casesForStores();
  assert.ok(cases.length > 300, `${cases.length} cases`);
  const folder = folderFor(t);
  for (const [index, each] of cases.entries()) {
    await takeThrough(each, (counting) => lmdbCounters(join(folder, String(index)), counting));
  }
});

test("eight processes that race on one limit pass exactly its max", async (t) => {
  const folder = folderFor(t);
  const callers = Array.from({ length: 8 }, () => caller(t, folder, { max: 100, times: 30 }));
  for (const { ended } of callers) assert.deepEqual(await ended, [0, null]);
  const written = callers.map((each) => each.written).join("");
  assert.equal(written.length, 240);
  assert.equal(passed(written), 100);
});

test("what was counted outlives processes that are killed while they count, and holds nobody up", async (t) => {
  const folder = folderFor(t);
  let counted = 0;
  for (let round = 0; round < 3; round += 1) {
    const callers = Array.from({ length: 2 }, () => caller(t, folder, { max: 1e9, times: 1e9 }));
    for (const { child } of callers) await once(child.stdout, "data");
    callers[0].child.kill("SIGKILL");
    await callers[0].ended;
    const before = callers[1].written.length;
    while (callers[1].written.length < before + 20) await once(callers[1].child.stdout, "data");
    callers[1].child.kill("SIGKILL");
    await callers[1].ended;
    counted += passed(callers[0].written) + passed(callers[1].written);
  }
  const { quota } = spend(storeIn(t, folder), oneLimit({ max: 1e9 }));
  // Each killed process may have counted one call whose mark it did not write.
  assert.ok(quota.used - 1 >= counted && quota.used - 1 <= counted + 6, `${quota.used - 1} of ${counted}`);
});

test("the clock never runs back, for another process or after a restart", async (t) => {
  const folder = folderFor(t);
  const policy = oneLimit({ max: 1, window: "minute" });
  const first = lmdbCounters(folder);
  assert.equal(spend(first, policy, { at: 10 * DAY }).decision, "allow");
  await first.close();
  const verdict = spend(storeIn(t, folder), policy, { at: 9 * DAY });
  assert.deepEqual([verdict.decision, verdict.at, verdict.clock_behind_ms], ["deny", 10 * DAY, DAY]);
});

test("stores of one folder in one process share it, and close one by one", async (t) => {
  const folder = folderFor(t);
  const [one, other] = [lmdbCounters(folder), storeIn(t, folder)];
  const policy = oneLimit({ max: 2 });
  assert.equal(spend(one, policy).decision, "allow");
  assert.equal(spend(other, oneLimit({ max: 2 })).decision, "allow");
  assert.equal(spend(one, policy).decision, "deny");
  await one.close();
  await one.close();
  assert.equal(spend(one, policy).reason, "counters-away");
  assert.equal(spend(other, policy).reason, "limit");
});

test("a reservation is settled once, and only by the store that gave it", (t) => {
  const folder = folderFor(t);
  const [one, other] = [storeIn(t, folder), storeIn(t, folder, { refund: "any_error" })];
  const policy = oneLimit({ max: 1 });
  const { reservation } = spend(one, policy);
  assert.equal(other.settle(reservation, "protocol_error"), "unknown");
  assert.equal(one.settle(reservation, "protocol_error"), "refunded");
  assert.equal(one.settle(reservation, "protocol_error"), "unknown");
  assert.equal(other.settle(spend(other, policy).reservation, "tool_error"), "refunded");
  assert.deepEqual(decisions(one, policy, 2), ["allow", "deny"]);
});

test("amounts are exact, however large or small", (t) => {
  const cases = [
    // max                      amounts, of which the last does not fit
    ["0.3", ["0.1", "0.1", "0.1", "0.000000001"]],
    ["9007199.254740993", ["9007199.254740992", "0.000000001", "0.000000001"]],
    ["1e15", ["999999999999999.999999999", "0.000000001", "0.000000001"]],
  ];
  const folder = folderFor(t);
  for (const [index, [max, amounts]] of cases.entries()) {
    const store = storeIn(t, join(folder, String(index)));
    const policy = oneLimit({ max, amounts: true });
    const found = amounts.map((amount) => spend(store, policy, { amount }).decision);
    assert.deepEqual(
      found,
      amounts.map((_, at) => (at < amounts.length - 1 ? "allow" : "deny")),
      max,
    );
  }
});

test("grants are told apart by every byte", (t) => {
  const store = storeIn(t, folderFor(t));
  const policy = oneLimit({ max: 1 });
  const grants = ["", "a", "A", "a ", "a\n", "a\nb", "a\\nb", "\0", "é", "e\u0301", "😀", "x".repeat(100_000)];
  for (const grant of grants) assert.equal(spend(store, policy, { grant }).decision, "allow", grant.slice(0, 9));
  for (const grant of grants) assert.equal(spend(store, policy, { grant }).decision, "deny", grant.slice(0, 9));
});

test("counters whose window is over are removed, some with each call", async (t) => {
  const folder = folderFor(t);
  const store = lmdbCounters(folder);
  const policy = oneLimit({ max: 1, window: "minute" });
  for (let grant = 0; grant < 100; grant += 1) spend(store, policy, { grant: String(grant), at: grant });
  for (let minute = 1; minute <= 10; minute += 1) spend(store, policy, { at: minute * 60_000 });
  await store.close();
  const entries = open({ path: folder, noSubdir: false, encoding: "json" });
  // The open window's counter, the clock and the format.
  assert.equal(entries.getCount(), 3);
  await entries.close();
});

test("the folder is for this user alone", (t) => {
  const folder = folderFor(t);
  storeIn(t, folder);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
});

test("a folder of a newer version, of another program or of another kind is refused, with what to do", async (t) => {
  const folder = folderFor(t);
  async function written(name, key, value) {
    const entries = open({ path: join(folder, name), noSubdir: false, encoding: "json" });
    await entries.put(key, value);
    await entries.close();
  }
  await written("newer", "format", 2);
  await written("foreign", "theirs", 1);
  writeFileSync(join(folder, "file"), "text");
  const cases = [
    ["newer", /format 2, and this version knows 1; update gatewright/],
    ["foreign", /another database/],
    ["file", /EEXIST|ENOTDIR/],
  ];
  for (const [name, told] of cases) assert.throws(() => lmdbCounters(join(folder, name)), { message: told }, name);
});

test("a damaged file is refused or denies: no call passes, and no process ends of it", async (t) => {
  const folder = folderFor(t);
  const file = join(folder, "data.mdb");
  const policy = oneLimit({ max: 1 });
  const store = lmdbCounters(folder);
  for (let grant = 0; grant < 100; grant += 1) spend(store, policy, { grant: String(grant) });
  await store.close();
  const whole = readFileSync(file);
  const damages = [
    ["cut after some pages", () => truncateSync(file, 4 * PAGE)],
    ["cut in its first page", () => truncateSync(file, 100)],
    ["all text", () => writeFileSync(file, "text ".repeat(20_000))],
    ["text behind its first pages", () => writeFileSync(file, Buffer.from(whole).fill("text", 2 * PAGE))],
  ];
  for (let start = 2 * PAGE; start < whole.length; start += PAGE) {
    damages.push([
      `zeros for a page, from ${start} on`,
      () => writeFileSync(file, Buffer.from(whole).fill(0, start, start + PAGE)),
    ]);
  }
  for (const [damage, inflict] of damages) {
    writeFileSync(file, whole);
    inflict();
    // In a process of its own: a fault in memory would end this one.
    const found = caller(t, folder, { max: 1, times: 100, each: true, shell: "exec 2>/dev/null;" });
    const [code, signal] = await found.ended;
    assert.equal(signal, null, damage);
    assert.equal(found.written, code === 0 ? "-".repeat(100) : "", damage);
  }
  writeFileSync(file, whole);
  assert.equal(spend(storeIn(t, folder), policy, { grant: "7" }).reason, "limit");
});

test("a disk that is full denies, and lets calls through once there is room", async (t) => {
  const folder = folderFor(t);
  // No file of this process may grow beyond 100 blocks, which are of 512 or 1024 bytes.
  const full = caller(t, folder, { max: 1, times: 1000, each: true, shell: "ulimit -f 100;" });
  assert.deepEqual(await full.ended, [0, null]);
  assert.match(full.written, /^\++-[+-]*$/);
  const store = storeIn(t, folder);
  const policy = oneLimit({ max: 1 });
  const again = Array.from(full.written, (_, grant) => spend(store, policy, { grant: String(grant) }).decision);
  assert.deepEqual(
    again,
    Array.from(full.written, (mark) => (mark === "+" ? "deny" : "allow")),
  );
});

test("options that cannot be used are refused, with what can", () => {
  const cases = [
    ["", {}, /the path of a folder/],
    [undefined, {}, /the path of a folder/],
    ["x", { window_model: "sliding" }, /calendar windows only/],
    ["x", { refund: "always" }, /one of protocol_error, any_error, never/],
  ];
  for (const [path, options, told] of cases) {
    assert.throws(() => lmdbCounters(path, options), { name: "TypeError", message: told });
  }
});
