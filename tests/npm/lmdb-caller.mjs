// A process of its own that calls `spend` through counters in a folder. Writes `+` for each call let through, `-` else.
//
//     node lmdb-caller.mjs FOLDER MAX TIMES [each]
//
// With `each`, every call is of another grant.

import { writeSync } from "node:fs";

import { lmdbCounters } from "gatewright/lmdb";

import { oneLimit, spend } from "./one-limit.mjs";

const [folder, max, times, each] = process.argv.slice(2);
const store = lmdbCounters(folder);
const policy = oneLimit({ max });
for (let time = 0; time < Number(times); time += 1) {
  const { decision } = spend(store, policy, each ? { grant: String(time) } : {});
  writeSync(1, decision === "allow" ? "+" : "-");
}
await store.close();
