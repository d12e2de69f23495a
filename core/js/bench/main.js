// What a decision costs the package and others that decide alike, as ratios within one run. See README.md.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

import { agreedOnCalls, agreedOnLimits } from "./agreement.js";
import { FRACTION, TIMED, message } from "./calls.js";
import { cedarEachTime, cedarPrepared } from "./contestants/cedar.js";
import { flexible, limiter } from "./contestants/limiters.js";
import * as ours from "./contestants/ours.js";
import * as peers from "./contestants/peers.js";
import * as plain from "./contestants/plain.js";
import { measured, median } from "./rounds.js";
import { sizes } from "./size.js";

const PLAIN = [ours.decide, plain.byHand, plain.counting, plain.reserving, ours.unsettled, ours.evaluate];
const BYTES = [ours.decideLine, plain.byHandFromBytes, plain.parsedAlone];
const PEERS = [ours.decide, cedarPrepared, cedarEachTime, ...Object.values(peers)];
const COUNTERS = [ours.limits, flexible, limiter];

const ROOM = 100_000_000;
const COLD_STARTS = 11;

/** The groups that are asked for, or all. */
const wanted = process.argv.slice(2);
const asked = (group) => wanted.length === 0 || wanted.includes(group);

function versions() {
  const lock = JSON.parse(readFileSync(new URL("package-lock.json", import.meta.url), "utf8"));
  const direct = Object.keys(lock.packages[""].devDependencies);
  const named = direct.map((name) => `${name} ${lock.packages[`node_modules/${name}`].version}`);
  return `Node ${process.versions.node}, ${cpus().length} x ${cpus()[0].model}\n${named.join(", ")}`;
}

/** Ratios to each contestant of `bases`. */
function print(title, table, bases) {
  console.log(`\n${title}`);
  console.log(["".padEnd(36), "ns".padStart(10), ...bases.map((base) => base.name.padStart(32))].join(""));
  for (const name of table.names) {
    const ratios = bases.map((base) => `x${short(table.ratio(name, base.name))}`.padStart(32));
    console.log([name.padEnd(36), short(table.nanos(name)).padStart(10), ...ratios].join(""));
  }
}

function short(value) {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : String(Math.round(value));
}

async function ready(contestants, subject) {
  const prepared = [];
  for (const contestant of contestants) {
    prepared.push({ ...contestant, decide: await contestant.prepare(subject) });
  }
  return measured(prepared);
}

function coldStarts() {
  const file = fileURLToPath(new URL("cold.js", import.meta.url));
  const started = (engine) => Number(execFileSync(process.execPath, [file, engine], { encoding: "utf8" }));
  const rounds = Array.from({ length: COLD_STARTS }, () => [started("gatewright"), started("cedar")]);
  console.log("\ncold start: import, compile the policy, decide once, in a process of its own");
  console.log(`gatewright ${short(median(rounds.map(([one]) => one)))} ms`);
  console.log(`cedar-wasm ${short(median(rounds.map(([, other]) => other)))} ms`);
  console.log(`gatewright takes x${short(median(rounds.map(([one, other]) => one / other)))} of cedar-wasm's time`);
}

console.log(versions());
const everyone = new Set([...PLAIN, ...BYTES, ...PEERS]);
everyone.delete(plain.parsedAlone);
console.log(`all decide alike on ${await agreedOnCalls(everyone)} calls`);
await agreedOnLimits(COUNTERS);

for (const [size, call] of Object.entries({ ...TIMED, fraction: FRACTION })) {
  const subject = `${size}: a message of ${Buffer.byteLength(message(call))} bytes`;
  if (asked("plain")) {
    const bases = [plain.byHand, plain.counting, plain.reserving];
    print(`${subject}; from an object`, await ready(PLAIN, call), bases);
  }
  if (asked("bytes")) {
    print(`${subject}; from bytes`, await ready(BYTES, call), [plain.byHandFromBytes, plain.parsedAlone]);
  }
  if (asked("peers") && call !== FRACTION) {
    print(`${subject}; from an object, peers`, await ready(PEERS, call), [ours.decide]);
  }
}
if (asked("counters")) print("limits alone", await ready(COUNTERS, ROOM), [ours.limits]);
if (asked("size")) {
  console.log("\nbytes".padEnd(44), "raw".padStart(9), "gzip".padStart(9), "brotli".padStart(9));
  for (const { name, raw, gzip, brotli } of sizes()) {
    console.log(name.padEnd(43), ...[raw, gzip, brotli].map((bytes) => String(bytes).padStart(9)));
  }
}
if (asked("cold")) coldStarts();
