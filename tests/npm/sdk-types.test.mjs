import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));

test("the guard's types fit the transports, clients and servers of both SDKs", () => {
  const strict = ["--noEmit", "--strict", "--target", "es2023", "--module", "nodenext"];
  // The SDKs' own declarations do not all compile with every library; ours are read by the consumer all the same.
  const options = [...strict, "--skipLibCheck", "--lib", "es2023,dom,esnext.disposable"];
  const tsc = fileURLToPath(new URL("node_modules/typescript/bin/tsc", import.meta.url));
  const ran = spawnSync(process.execPath, [tsc, ...options, "sdk-consumer.mts"], { cwd: FOLDER, encoding: "utf8" });
  assert.equal(ran.stdout, "");
  assert.equal(ran.status, 0);
});
