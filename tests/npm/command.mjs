// Runs the installed command `gatewright` as a user does, in a folder of its own.

import { spawn } from "node:child_process";
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const BIN = fileURLToPath(new URL("node_modules/gatewright/cli.js", import.meta.url));

/** A temporary folder with these files, gone with the test. Contents that are no text or bytes are written as JSON. */
export function folder(t, files = {}) {
  const path = mkdtempSync(join(tmpdir(), "gatewright-cli-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    const isPlain = typeof content === "string" || content instanceof Uint8Array;
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), isPlain ? content : JSON.stringify(content, null, 2));
  }
  return path;
}

/** JSON Lines. */
export function jsonLines(records) {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

/** Starts the command; `env` adds to an environment that asks for nothing. */
export function start(words, { cwd, env = {} } = {}) {
  const { NO_COLOR, FORCE_COLOR, ...rest } = process.env;
  return spawn(process.execPath, [BIN, ...words], { cwd, env: { ...rest, ...env } });
}

/** Runs the command to its end. `input`: what stands on its standard input. */
export async function run(words, { input = "", ...options } = {}) {
  const child = start(words, options);
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [stdout, stderr, [code, signal]] = await Promise.all([
    textOf(child.stdout),
    textOf(child.stderr),
    new Promise((resolve) => child.on("close", (...ending) => resolve(ending))),
  ]);
  return { code, signal, stdout, stderr };
}

async function textOf(stream) {
  const pieces = [];
  for await (const piece of stream) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}
