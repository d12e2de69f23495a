// A process that starts, loads an engine, and decides once. Prints how many milliseconds that took, without Node's own
// start: `node cold.js gatewright` or `node cold.js cedar`.

import { TIMED } from "./calls.js";

const ENGINES = {
  async gatewright() {
    const { decide } = await import("./contestants/ours.js");
    return decide.prepare(TIMED.small)(0);
  },
  async cedar() {
    const { cedarPrepared } = await import("./contestants/cedar.js");
    return cedarPrepared.prepare(TIMED.small)(0);
  },
};

const start = performance.now();
const allowed = await ENGINES[process.argv[2]]();
const spent = performance.now() - start;
if (!allowed) throw new Error("the call was not allowed");
console.log(spent);
