import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { folder, jsonLines, run, start } from "./command.mjs";
import { colours } from "./node_modules/gatewright/cli/output.js";

const POLICY = { version: "1", default: "allow" };
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

test("without a command the help goes to stderr and the exit code is 2", async () => {
  const { code, stdout, stderr } = await run([]);
  assert.equal(code, 2);
  assert.equal(stdout, "");
  for (const command of COMMANDS) assert.match(stderr, new RegExp(`^  ${command} +\\S`, "m"));
});

test("help that was asked for goes to stdout, for the whole and for each command, with examples", async () => {
  for (const words of [["--help"], ["-h"], ...COMMANDS.map((command) => [command, "--help"])]) {
    const { code, stdout, stderr } = await run(words);
    assert.deepEqual([code, stderr], [0, ""], words.join(" "));
    assert.match(stdout, /Usage: gatewright/, words.join(" "));
    assert.match(stdout, /Examples:\n  gatewright/, words.join(" "));
  }
});

test("the version is that of the package", async () => {
  const { version } = JSON.parse(readFileSync(new URL("node_modules/gatewright/package.json", import.meta.url)));
  assert.deepEqual(await run(["--version"]), { code: 0, signal: null, stdout: `gatewright ${version}\n`, stderr: "" });
});

test("bad use is one line on stderr, nothing on stdout, and exit 2", async (t) => {
  const cwd = folder(t, {
    "policy.json": POLICY,
    "broken.json": '{ "version": "1", "default": "maybe" }',
    "latin-1.json": Buffer.from('{\n  "version": "1",\n  "description": "caf\xe9"\n}', "latin1"),
    "calls.jsonl": "",
  });
  const cases = [
    [["chekc"], "unknown command `chekc`; did you mean `check`?"],
    [["simulate-all-of-it"], "unknown command `simulate-all-of-it`"],
    [["--verison"], "unknown option `--verison`; did you mean `--version`?"],
    [["check"], "POLICY is missing; see --help"],
    [["check", "a", "b"], "`b` is one word too many; see --help"],
    [["check", "policy.json", "--jsno"], "unknown option `--jsno`; did you mean `--json`?"],
    [["check", "policy.json", "--colour-of-the-sky"], "unknown option `--colour-of-the-sky`; see --help"],
    [["check", "policy.json", "--__proto__"], "unknown option `--__proto__`"],
    [["check", "policy.json", "-j"], "unknown option `-j`"],
    [["check", "policy.json", "--json=yes"], "`--json` takes no value"],
    [["check", "policy.json", "--json", "--json"], "`--json` is given twice"],
    [["check", "policy.json", "--tools"], "`--tools` needs a value"],
    [["eval", "policy.json", "--tool", "--json"], "`--tool` needs a value; one that starts with a hyphen is written `--tool=--json`"],
    [["simulate", "policy.json", "calls.jsonl", "--window", "slidding"], "`--window` does not take `slidding`; did you mean `sliding`?"],
    [["simulate", "policy.json", "calls.jsonl", "--refund", "x"], "`--refund` does not take `x`; it takes protocol_error, any_error, never"],
    [["simulate", "policy.json", "calls.jsonl", "--start", "monday"], "`--start` does not take `monday`; it takes milliseconds since 1970 or RFC 3339"],
    [["simulate", "policy.json", "calls.jsonl", "--step", "2"], "`--step` does not take `2`; it takes a span, such as 500ms or 1m30s"],
    [["diff", "policy.json", "policy.json", "--calls", "calls.jsonl", "--step=-1s"], "`--step` does not take `-1s`"],
    [["simulate", "policy.json", "calls.jsonl", "--csv", "--json"], "`--csv` and `--json` exclude each other"],
    [["simulate", "-", "-"], "standard input (`-`) can be read once only", JSON.stringify(POLICY)],
    [["check", "missing.json"], "cannot read missing.json: there is no such file"],
    [["check", "."], "cannot read .: it is a folder"],
    [["check", "policy.json/x"], "cannot read policy.json/x: a part of its path is no folder"],
    [["check", "latin-1.json"], "latin-1.json:3: not UTF-8; save the file as UTF-8"],
    [["check", "-"], "standard input:1: not UTF-8", Buffer.from([0xff, 0xfe, 0x7b, 0x00])],
    [["diff", "policy.json", "policy.json"], "`--calls` is missing; see --help"],
  ];
  for (const [words, message, input] of cases) {
    const { code, stdout, stderr } = await run(words, { cwd, input });
    assert.deepEqual([code, stdout], [2, ""], words.join(" "));
    const prefix = COMMANDS.includes(words[0]) ? `gatewright ${words[0]}: ` : "gatewright: ";
    assert.ok(stderr.startsWith(prefix + message), `${words.join(" ")}: ${stderr}`);
    assert.equal(stderr.split("\n").length, 2, stderr);
  }
});

test("a policy with errors is shown on stderr, and every command but check ends with exit 2", async (t) => {
  const cwd = folder(t, { "good.json": POLICY, "bad.json": '{ "version": "1", "default": "maybe" }', "calls.jsonl": "" });
  const cases = [
    ["eval", "bad.json", "--tool", "run"],
    ["simulate", "bad.json", "calls.jsonl"],
    ["diff", "good.json", "bad.json", "--calls", "calls.jsonl"],
    ["explain", "bad.json"],
  ];
  for (const words of cases) {
    const { code, stdout, stderr } = await run(words, { cwd });
    assert.deepEqual([code, stdout], [2, ""], words.join(" "));
    assert.match(stderr, /^bad\.json:1:30: error\[unknown-value\]: /);
    assert.match(stderr, /\^{7}\n/);
    assert.match(stderr, /bad\.json has 1 error, and decides nothing before it is repaired\n$/);
  }
});

test("output that is no terminal has no escape sequences, whatever the environment says of its terminal", async (t) => {
  const cwd = folder(t, {
    "policy.json": '{ "version": "1", "default": "maybe" }',
    "good.json": POLICY,
    "calls.jsonl": jsonLines([{ at: 0, tool: "run" }]),
  });
  const cases = [["check", "policy.json"], ["check", "good.json"], ["eval", "good.json", "--tool", "a"], ["simulate", "good.json", "calls.jsonl"]];
  for (const words of cases) {
    const { stdout, stderr } = await run(words, { cwd, env: { TERM: "xterm-256color", COLORTERM: "truecolor" } });
    assert.doesNotMatch(stdout + stderr, /\u001b/, words.join(" "));
  }
});

test("colours are for terminals that know them, and for people who want them", () => {
  const terminal = { isTTY: true };
  const cases = [
    [terminal, {}, "\u001b[31mno\u001b[0m"],
    [terminal, { NO_COLOR: "" }, "\u001b[31mno\u001b[0m"],
    [terminal, { NO_COLOR: "1" }, "no"],
    [terminal, { TERM: "dumb" }, "no"],
    [{}, { TERM: "xterm" }, "no"],
  ];
  for (const [stream, env, expected] of cases) assert.equal(colours(stream, env).red("no"), expected);
});

test("a reader that goes away ends the command quietly", async (t) => {
  const calls = Array.from({ length: 50_000 }, (_, at) => ({ at, tool: "run_tests" }));
  const cwd = folder(t, { "policy.json": POLICY, "calls.jsonl": jsonLines(calls) });
  const child = start(["simulate", "policy.json", "calls.jsonl", "--csv"], { cwd });
  t.after(() => child.kill());
  let stderr = "";
  child.stderr.on("data", (piece) => (stderr += piece));
  child.stdout.once("data", () => child.stdout.destroy());
  const [code] = await once(child, "close");
  assert.deepEqual([code, stderr], [141, ""]);
});

test("a reader of errors that goes away changes no exit code", async (t) => {
  const cwd = folder(t, { "policy.json": POLICY });
  const child = start(["check", "missing.json"], { cwd });
  t.after(() => child.kill());
  child.stderr.destroy();
  const [code] = await once(child, "close");
  assert.equal(code, 2);
});
