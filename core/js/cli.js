#!/usr/bin/env node
// The command `gatewright`: finds the command that is asked for, runs it, and ends with its exit code.
//
// A command is a module of `cli/` with `summary`, `usage` and `run(arguments, io)`. Only the one that is asked for is
// loaded. What a command cannot do for its user's mistake it throws as a BadUse, and that is one line here and exit 2.

import process from "node:process";

import { BadUse, suggestion } from "./cli/options.js";
import { write } from "./cli/output.js";

const COMMANDS = [
  "check",
  "eval",
  "simulate",
  "test",
  "diff",
  "explain",
  "risk",
  "recommend",
  "attack",
  "pin",
  "convert",
  "learn",
  "proxy",
];

async function main(words, io) {
  const [name, ...rest] = words;
  if (name === undefined || name === "--help" || name === "-h") return help(name === undefined, io);
  if (name === "--version" || name === "-V") return printVersion(io);
  if (!COMMANDS.includes(name)) {
    const what = name.startsWith("-") ? "option" : "command";
    throw new BadUse(`unknown ${what} \`${name}\`${suggestion(name, [...COMMANDS, "--help", "--version"])}`);
  }
  const command = await import(`./cli/${name}.js`);
  if (asksForHelp(rest)) {
    await write(io.stdout, command.usage);
    return 0;
  }
  return command.run(rest, io);
}

/** What stands after `--` is another program's. */
function asksForHelp(words) {
  const end = words.indexOf("--");
  return words.slice(0, end < 0 ? words.length : end).some((word) => word === "--help" || word === "-h");
}

async function help(unasked, io) {
  const lines = [];
  for (const name of COMMANDS) {
    const { summary } = await import(`./cli/${name}.js`);
    lines.push(`  ${name.padEnd(10)}${summary}`);
  }
  await write(unasked ? io.stderr : io.stdout, `${HEAD}\n${lines.join("\n")}\n${FOOT}`);
  return unasked ? 2 : 0;
}

const HEAD = `gatewright: policies over AI agents' tool calls

Usage: gatewright COMMAND [OPTIONS]

Commands:`;

const FOOT = `
Options:
  --help     show this, or after a command its own help
  --version  show the version

Where a file is read, - is standard input.

Examples:
  gatewright check policy.json
  gatewright simulate policy.json calls.jsonl
  gatewright proxy --policy policy.json --grant ci -- npx -y @modelcontextprotocol/server-filesystem .

Exit codes: 0 fine, 1 findings or failing tests, 2 bad use.
`;

async function printVersion(io) {
  const { version } = await import("./index.js");
  await write(io.stdout, `gatewright ${version}\n`);
  return 0;
}

/** One line, whatever went wrong, below the details where there are some. */
function complain(name, error, io) {
  const prefix = COMMANDS.includes(name) ? `gatewright ${name}` : "gatewright";
  if (error instanceof BadUse) return write(io.stderr, `${error.details}${prefix}: ${error.message}\n`);
  const [message] = String(error?.message ?? error).split("\n", 1);
  return write(io.stderr, `${prefix}: unexpected: ${message}\n`);
}

const io = { stdin: process.stdin, stdout: process.stdout, stderr: process.stderr, env: process.env };
const words = process.argv.slice(2);
try {
  process.exitCode = await main(words, io);
} catch (error) {
  process.exitCode = 2;
  await complain(words[0], error, io);
}
