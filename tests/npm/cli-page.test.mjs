// What the page writes is what the command reads. The page's own test (web/src/model/policy_tests/tests.rs) holds that
// it writes this very text.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { folder, run } from "./command.mjs";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");

test("a test that the page made of a call passes `gatewright test`", async (t) => {
  const files = {
    "run_tests.json": read("../../www/samples/run_tests.json"),
    "run_tests.test.json": read("recorded/run_tests.test.json"),
  };
  const { code, stdout, stderr } = await run(["test"], { cwd: folder(t, files) });
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /1 test: 1 passed, 0 failed\n$/);
});
