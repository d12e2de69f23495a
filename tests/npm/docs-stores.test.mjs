// Runs the examples of the pages on stores: each ```js block, in a folder of its own, with a real server at REDIS_URL.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { startRedis } from "./redis-server.mjs";

const MODULES = fileURLToPath(new URL("node_modules", import.meta.url));

for (const page of ["redis.md", "lmdb.md"]) {
  test(`the examples of ${page} run`, async (t) => {
    const env = { ...process.env, REDIS_URL: (await startRedis(t)).url };
    const text = readFileSync(join(MODULES, "gatewright/docs", page), "utf8");
    const examples = Array.from(text.matchAll(/^```js\n([^]*?)^```$/gm), ([, example]) => example);
    assert.ok(examples.length > 0);
    for (const example of examples) {
      const cwd = mkdtempSync(join(tmpdir(), "gatewright-example-"));
      t.after(() => rmSync(cwd, { recursive: true, force: true }));
      symlinkSync(MODULES, join(cwd, "node_modules"), "junction");
      writeFileSync(join(cwd, "example.mjs"), example);
      const child = spawn(process.execPath, ["example.mjs"], { cwd, env, stdio: ["ignore", "inherit", "inherit"] });
      t.after(() => child.kill("SIGKILL"));
      assert.deepEqual(await once(child, "exit"), [0, null], example);
    }
  });
}
