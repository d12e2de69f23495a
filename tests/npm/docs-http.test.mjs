// The example of `docs/proxy-http.md`: its policy, its command (on a free port, with the server that is installed) and
// its client print what the page says.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { folder } from "./command.mjs";
import { listeningCommand } from "./listening-proxy.mjs";

const page = readFileSync(new URL("node_modules/gatewright/docs/proxy-http.md", import.meta.url), "utf8");
const blockOf = (info) => page.split(`\`\`\`${info}\n`)[1].split("```\n")[0];
const everything = createRequire(import.meta.url).resolve("@modelcontextprotocol/server-everything/dist/index.js");

test("the example of proxy-http.md prints what the page says", async (t) => {
  const command = blockOf("sh").trim().split(" ");
  assert.deepEqual(command.slice(0, 6), ["gatewright", "proxy", "--policy", "policy.json", "--listen", "8931"]);
  assert.deepEqual(command.slice(6), ["--", "npx", "-y", "@modelcontextprotocol/server-everything"]);
  const words = [...command.slice(1, 5), "0", "--counters", "memory", "--", process.execPath, everything];
  const cwd = folder(t, { "policy.json": blockOf('json title="policy.json"') });
  const { url } = await listeningCommand(t, words, { cwd });
  const client = folder(t, {
    "client.mjs": blockOf('js title="client.mjs"').replace("http://127.0.0.1:8931/mcp", url),
  });
  symlinkSync(fileURLToPath(new URL("node_modules", import.meta.url)), join(client, "node_modules"));
  const { stdout } = await promisify(execFile)(process.execPath, ["client.mjs"], { cwd: client });
  assert.equal(stdout, blockOf('text title="what it prints"'));
});
