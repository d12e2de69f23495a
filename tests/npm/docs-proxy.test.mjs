// The walk through `docs/proxy.md`: its policy, its client and its replay print what the page says.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, readFileSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { BIN, folder, run } from "./command.mjs";

const page = readFileSync(new URL("node_modules/gatewright/docs/proxy.md", import.meta.url), "utf8");
const blockOf = (info) => page.split(`\`\`\`${info}\n`)[1].split("```\n")[0];

/** How soon the first call was denied depends on the machine. */
const timeless = (text) => text.replace(/after [\d.]+ (ms|s)\b/, "after some time");

test("the walk through proxy.md prints what the page says, and its log replays to the same decisions", async (t) => {
  const files = { "policy.json": blockOf('json title="policy.json"'), "client.mjs": blockOf('js title="client.mjs"') };
  const cwd = folder(t, files);
  const modules = fileURLToPath(new URL("node_modules", import.meta.url));
  symlinkSync(modules, join(cwd, "node_modules"));
  // In place of npx, which would ask the registry: what is installed.
  const bin = folder(t, { gatewright: `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n`, npx: NPX });
  for (const name of ["gatewright", "npx"]) chmodSync(join(bin, name), 0o755);
  const path = [bin, join(modules, ".bin"), process.env.PATH].join(delimiter);
  const env = { ...process.env, XDG_STATE_HOME: join(cwd, "state"), PATH: path };
  const { stdout } = await promisify(execFile)(process.execPath, ["client.mjs"], { cwd, env });
  assert.equal(stdout, blockOf('text title="what it prints"'));
  const replay = await run(["simulate", "policy.json", "calls.jsonl"], { cwd });
  assert.equal(timeless(replay.stdout), timeless(blockOf('text title="the same calls"')));
});

const NPX = `#!/bin/sh
[ "$1" = "-y" ] && shift
case "$1" in
  @modelcontextprotocol/server-filesystem) shift; exec mcp-server-filesystem "$@";;
  *) exec "$@";;
esac
`;
