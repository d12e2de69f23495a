// V8 compiles hot methods and gives that up again when an assumption breaks, also in the middle of a call into Wasm. In
// Node 20 that ends the process where the Wasm function's only result is a reference.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const script = fileURLToPath(new URL("deoptimised-call.mjs", import.meta.url));

for (const method of ["evaluate", "evaluate_line", "trace"]) {
  test(`a call of ${method} outlives that its caller is deoptimised meanwhile`, () => {
    const { signal, stdout, stderr } = spawnSync(process.execPath, ["--allow-natives-syntax", script, method]);
    assert.equal(signal, null, String(stderr));
    assert.equal(String(stdout), "deny\n", String(stderr));
  });
}
