// An evaluator whose stack was overrun is given up: it lets nothing through any more, and throws nothing at who asks.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const PROGRAM = fileURLToPath(new URL("failing-evaluator.mjs", import.meta.url));

/** Runs the program that makes the evaluator fail by a method. Its reports by what they are about. */
function failBy(method) {
  const options = ["--expose-gc", "--stack-size=200"];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...options, PROGRAM, method], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

for (const method of ["evaluate", "decide", "evaluateLine", "decideLine", "trace", "traceLine", "plan", "callers"]) {
  test(`a stack overrun in the evaluator (${method}) gives it up: every call of every policy is denied`, () => {
    const reports = failBy(method);
    const of = (what) => reports.filter((report) => report.what === what).map(({ value }) => value);
    assert.deepEqual(of("failed"), [true], "the stack was overrun, and nothing failed");
    const denied = reports.filter(({ what }) => what.startsWith("denied: "));
    assert.equal(denied.length, 21);
    for (const { what, value } of denied) {
      assert.deepEqual([value.decision, value.reason], ["deny", "engine-failed"], `${what}: ${JSON.stringify(value)}`);
    }
    assert.deepEqual(of("kept out"), [true]);
    assert.deepEqual(of("settled"), ["unknown"]);
    const thrown = of("throws");
    assert.equal(thrown.length, 8);
    for (const { thrown: message } of thrown) assert.match(message, /the evaluator has failed/);
    assert.deepEqual(of("ended"), [true]);
  });
}
