// Runs the examples of the documentation: each `$` line of a ```console block, in one folder for each page, with the
// files that blocks such as ```json title="policy.json" made before it. What stands below a line is its whole output.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { BIN, folder } from "./command.mjs";

const PAGES = ["cli.md", "catalogue.md"];

for (const page of PAGES) {
  test(`the examples of ${page} print what it says`, (t) => {
    const cwd = folder(t);
    const shell = shellWithTheCommand(t);
    const text = readFileSync(new URL(`node_modules/gatewright/docs/${page}`, import.meta.url), "utf8");
    let examples = 0;
    for (const { info, body } of fencedBlocks(text)) {
      const title = /title="([^"]+)"/.exec(info)?.[1];
      if (title) writeFileSync(join(cwd, title), body);
      if (info !== "console") continue;
      for (const { command, output } of commandsOf(body)) {
        assert.equal(shell(command, cwd), output, command);
        examples += 1;
      }
    }
    assert.ok(examples > 0);
  });
}

function fencedBlocks(text) {
  return Array.from(text.matchAll(/^```(.+)\n([^]*?)^```$/gm), ([, info, body]) => ({ info, body }));
}

function commandsOf(body) {
  const commands = [];
  for (const line of body.split(/(?<=\n)/)) {
    if (line.startsWith("$ ")) commands.push({ command: line.slice(2).trimEnd(), output: "" });
    else commands.at(-1).output += line;
  }
  return commands;
}

/** A shell in which `gatewright` is the installed command, and `$?` the exit code of the line before. */
function shellWithTheCommand(t) {
  const bin = folder(t, { gatewright: `#!/bin/sh\nexec "${process.execPath}" "${BIN}" "$@"\n` });
  chmodSync(join(bin, "gatewright"), 0o755);
  const { NO_COLOR, FORCE_COLOR, ...env } = process.env;
  let last = 0;
  return (command, cwd) => {
    const script = `exec 2>&1; (exit ${last}); ${command}`;
    const ran = spawnSync("sh", ["-c", script], { cwd, env: { ...env, PATH: `${bin}:${env.PATH}` }, encoding: "utf8" });
    last = ran.status;
    return ran.stdout;
  };
}
