import assert from "node:assert/strict";
import { once } from "node:events";
import { createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { folder, jsonLines, run, start } from "./command.mjs";
import { progressBar } from "./node_modules/gatewright/cli/progress.js";

const POLICY = {
  version: "1",
  default: "deny",
  tools: {
    run: { limits: [{ counter: "per_minute", window: "minute", max: 2, scope: "grant" }] },
    charge: { deny_if: [{ conditions: [{ path: "args.amount", op: "gt", value: 100 }] }] },
  },
};

const START = Date.parse("2026-01-05T10:00:58Z");
/** Two runs a second for three seconds over a minute's end, and a charge that is too much. */
const CALLS = [
  ...Array.from({ length: 6 }, (_, index) => ({ at: START + index * 500, tool: "run", grant: "ci" })),
  { at: "2026-01-05T10:01:01Z", tool: "charge", args: { amount: 101 }, grant: "ci" },
  { at: "2026-01-05T10:01:01Z", tool: "charge", unknown_args: ["amount"], grant: "ci" },
];

async function simulate(t, words = [], { calls = jsonLines(CALLS), ...options } = {}) {
  const cwd = folder(t, { "policy.json": POLICY, "calls.jsonl": calls });
  return run(["simulate", "policy.json", "calls.jsonl", ...words], { cwd, ...options });
}

test("people see the run in a sentence, the rules that refused, and what was read", async (t) => {
  const { code, stdout, stderr } = await simulate(t);
  assert.deepEqual([code, stderr], [0, ""]);
  const [words, ...rest] = stdout.split("\n");
  assert.match(words, /8 calls/);
  const table = rest.join("\n");
  assert.match(table, /^ +calls +first +rule/m);
  assert.match(table, /^ +2 +3 +\/tools\/run\/limits\/per_minute/m);
  assert.match(table, /^ +1 +7 +\/tools\/charge\/deny_if\/args\.amount-gt/m);
  assert.match(table, /^calls\.jsonl: 8 lines: 8 tool calls used/m);
  assert.doesNotMatch(stdout, / \n/);
});

test("--json prints one object with the summary", async (t) => {
  const { code, stdout } = await simulate(t, ["--json"]);
  const result = JSON.parse(stdout);
  const { calls, allowed, denied, approval, unknown, first_denial, by_rule } = result.summary;
  assert.equal(code, 0);
  assert.deepEqual([calls, allowed, denied, approval, unknown, first_denial], [8, 4, 3, 0, 1, 2]);
  assert.deepEqual(by_rule[0], { ...by_rule[0], rule: "/tools/run/limits/per_minute", reason: "limit", count: 2, first: 2 });
  assert.deepEqual([result.window_model, result.refund, result.log.lines], ["calendar", "protocol_error", 8]);
});

test("a log from standard input, with Windows line ends and a byte order mark, gives the same", async (t) => {
  const cwd = folder(t, { "policy.json": POLICY });
  const input = `\ufeff${jsonLines(CALLS).replaceAll("\n", "\r\n")}`;
  const { stdout } = await run(["simulate", "policy.json", "-", "--json"], { cwd, input });
  const other = await simulate(t, ["--json"]);
  assert.equal(stdout, other.stdout);
});

test("a sliding window sees what the calendar's does not", async (t) => {
  const { stdout } = await simulate(t, ["--json", "--window", "sliding"]);
  const { summary, window_model } = JSON.parse(stdout);
  assert.deepEqual([summary.denied, window_model], [5, "sliding"]);
});

test("which outcomes give a call back is an option", async (t) => {
  const calls = jsonLines(Array.from({ length: 4 }, (_, index) => ({ at: index, tool: "run", outcome: "tool_error" })));
  const denied = async (words) => JSON.parse((await simulate(t, ["--json", ...words], { calls })).stdout).summary.denied;
  assert.deepEqual([await denied([]), await denied(["--refund", "any_error"])], [2, 0]);
});

test("--verdicts prints a line for each call, then the object", async (t) => {
  const { stdout } = await simulate(t, ["--verdicts", "--json"]);
  const lines = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.equal(lines.length, CALLS.length + 1);
  assert.deepEqual(lines.slice(0, -1).map(({ index, decision }) => [index, decision]), [
    [0, "allow"], [1, "allow"], [2, "deny"], [3, "deny"], [4, "allow"], [5, "allow"], [6, "deny"], [7, "unknown"],
  ]);
  assert.equal(lines[2].retry_at, START + 2000);
  assert.equal(lines.at(-1).summary.calls, 8);
  assert.equal((await simulate(t, ["--verdicts"])).stdout, stdout);
});

test("--csv prints a row for each call, with its columns named", async (t) => {
  const { code, stdout } = await simulate(t, ["--csv"]);
  const rows = stdout.trimEnd().split("\n");
  assert.equal(code, 0);
  assert.equal(rows[0], "index,at,time,tool,grant,session,decision,reason,rule,retry_at");
  assert.equal(rows[1], `0,${START},2026-01-05T10:00:58.000Z,run,ci,,allow,allowed,,`);
  assert.match(rows[3], /^2,\d+,2026-01-05T10:00:59\.000Z,run,ci,,deny,limit,\/tools\/run\/limits\/per_minute,\d+$/);
  assert.equal(rows.length, CALLS.length + 1);
});

test("no field of the CSV starts a formula or breaks a row", async (t) => {
  const tools = ['=HYPERLINK("http://x","y")', "+1", "-1", "@SUM(A1)", "\t=1", " =1", "＝1", "a,b", 'a"b', "a\nb", "plain"];
  const calls = jsonLines(tools.map((tool) => ({ at: 0, tool, grant: tool })));
  const { stdout } = await simulate(t, ["--csv"], { calls });
  const rows = parseCsv(stdout).slice(1);
  assert.equal(rows.length, tools.length);
  for (const [index, row] of rows.entries()) {
    assert.equal(row.length, 10);
    for (const field of [row[3], row[4]]) {
      assert.doesNotMatch(field, /^[\s]*[=+\-@\uff1d]/, tools[index]);
      assert.ok(field.endsWith(tools[index]), tools[index]);
    }
  }
  assert.equal(rows.at(-1)[3], "plain");
});

/** RFC 4180. */
function parseCsv(text) {
  const rows = [[]];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    rows.at(-1).push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === "\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

test("lines that cannot be read are named with their number, and are exit 1", async (t) => {
  const broken = [Buffer.from('{"at": 0, "tool": "run"}\n{"at": 0, "tool": "ru'), Buffer.from([0xff, 0xfe]), Buffer.from('"}\nnot json\n\n{"tool": "run"}\n')];
  const { code, stdout } = await simulate(t, [], { calls: Buffer.concat(broken) });
  assert.equal(code, 1);
  for (const line of [2, 3, 5]) assert.match(stdout, new RegExp(`^calls\\.jsonl:${line}: `, "m"));
  assert.match(stdout, /4 lines: 1 tool call used, 0 other messages skipped, 3 unreadable\./);
  const csv = await simulate(t, ["--csv"], { calls: Buffer.concat(broken) });
  assert.equal(csv.code, 1);
  assert.match(csv.stderr, /^calls\.jsonl:2: /m);
});

test("calls without times are spaced as told, and the report says so", async (t) => {
  const calls = jsonLines([1, 2, 3].map((id) => ({ jsonrpc: "2.0", id, method: "tools/call", params: { name: "run" } })));
  const spaced = await simulate(t, ["--json", "--verdicts", "--start", "2026-01-05T10:00:58Z", "--step", "1s500ms"], { calls });
  const [first, second, third, { log }] = spaced.stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual([first.at, second.at, third.at], [START, START + 1500, START + 3000]);
  assert.deepEqual([log.without_time, log.formats], [3, ["json_rpc"]]);
  assert.match(log.words, /The log has no times: its calls are spaced 1\.5 s apart, from 2026-01-05 10:00:58 UTC\./);
  assert.deepEqual([first, second, third].map(({ decision }) => decision), ["allow", "allow", "allow"]);
  const atOnce = await simulate(t, ["--json", "--step", "0s"], { calls });
  assert.equal(JSON.parse(atOnce.stdout).summary.denied, 1);
});

test("an empty log is a run of no calls", async (t) => {
  const { code, stdout } = await simulate(t, ["--json"], { calls: "" });
  assert.deepEqual([code, JSON.parse(stdout).summary.calls], [0, 0]);
});

test("a line of many megabytes is one line, whatever becomes of it, and the others count", async (t) => {
  const huge = `{"at": 0, "tool": "run", "args": {"text": "${"x".repeat(20_000_000)}"}}\n`;
  const { code, stdout } = await simulate(t, ["--json"], { calls: jsonLines([CALLS[0]]) + huge + jsonLines([CALLS[1]]) });
  const { log } = JSON.parse(stdout);
  assert.equal(log.lines, 3);
  assert.equal(log.calls + log.unreadable, 3);
  assert.ok(log.calls >= 2);
  assert.equal(code, log.unreadable > 0 ? 1 : 0);
});

test("300,000 calls are run under flat memory, and are all told of", async (t) => {
  const cwd = folder(t, { "policy.json": POLICY });
  const count = 300_000;
  const file = createWriteStream(join(cwd, "calls.jsonl"));
  const filler = "x".repeat(700);
  for (let index = 0; index < count; index += 1) {
    const line = `{"at":${START + index * 100},"tool":"run","grant":"ci","args":{"text":"${filler}"}}\n`;
    if (!file.write(line)) await once(file, "drain");
  }
  await new Promise((resolve) => file.end(resolve));
  const child = start(["simulate", "policy.json", "calls.jsonl", "--verdicts"], { cwd });
  t.after(() => child.kill());
  let [lines, peak, tail] = [0, 0, ""];
  for await (const piece of child.stdout.setEncoding("utf8")) {
    lines += piece.split("\n").length - 1;
    tail = (tail + piece).slice(-4096);
    peak = Math.max(peak, residentBytes(child.pid));
  }
  assert.equal(lines, count + 1);
  assert.equal(JSON.parse(tail.trimEnd().split("\n").at(-1)).summary.calls, count);
  // The log has 240 MB.
  assert.ok(peak > 0 && peak < 240e6, `${peak} bytes`);
});

function residentBytes(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
}

test("Ctrl-C ends a run without a word", async (t) => {
  const cwd = folder(t, { "policy.json": POLICY });
  const child = start(["simulate", "policy.json", "-", "--verdicts"], { cwd });
  t.after(() => child.kill("SIGKILL"));
  let said = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (piece) => (said += piece));
  child.stdin.on("error", () => {});
  // More than a pipe holds: once it is taken, the command is reading.
  await new Promise((resolve) => child.stdin.write(jsonLines(CALLS).repeat(2000), resolve));
  child.kill("SIGINT");
  const [code, signal] = await once(child, "close");
  assert.ok(signal === "SIGINT" || code === 130, `${code} ${signal}`);
  assert.equal(said, "");
});

test("a progress bar is drawn on a terminal, after a second, ten times a second at most, and cleared", () => {
  let [clock, drawn] = [0, ""];
  const bar = progressBar({ isTTY: true, write: (text) => (drawn += text) }, () => clock);
  bar.show(0.1, "early");
  assert.equal(drawn, "");
  clock = 1000;
  bar.show(0.5, "half");
  assert.equal(drawn, "\r\u001b[2K[###############---------------]  50 % half");
  clock = 1099;
  bar.show(0.6, "too soon");
  clock = 1100;
  bar.show(0.999, "nearly");
  bar.end();
  assert.equal(drawn.match(/%/g).length, 2);
  assert.match(drawn, / 99 % nearly\r\u001b\[2K$/);
});

test("elsewhere than on a terminal no progress bar is drawn", () => {
  let clock = 0;
  const bar = progressBar({ isTTY: false, write: () => assert.fail("drawn") }, () => clock);
  clock = 5000;
  bar.show(0.5, "half");
  bar.end();
});

const LOOP = "loop run every 20s until 5 allowed on denial wait for reset as ci";

async function play(t, scenario, words = [], files = {}) {
  const cwd = folder(t, { "policy.json": POLICY, ...files });
  return run(["simulate", "policy.json", "--scenario", scenario, ...words], { cwd });
}

test("--scenario plays a line, and shows it as it was read", async (t) => {
  const { code, stdout, stderr } = await play(t, "loop run as ci every 20s on denial wait for reset until 5 allowed");
  assert.deepEqual([code, stderr], [0, ""]);
  // Made at 0, 20, 40 (denied), 60, 80, 100 (denied) and 120 seconds.
  assert.match(stdout, /^5 of 7 calls allowed\. 2 denied, all by per_minute \(2 per minute\)\. First denial after 40 s\.\n/);
  assert.ok(stdout.endsWith(`\n${LOOP}\n`), stdout);
});

test("a scenario is the same as a line, as a file of lines, as JSON and from a built-in name's lines", async (t) => {
  const json = {
    start: "2026-01-05T10:00:00Z",
    blocks: [
      {
        block: "loop",
        call: { tool: "run", grant: "ci", outcome: "ok" },
        every_ms: 20000,
        until_allowed: 5,
        on_denial: "wait_for_reset",
      },
    ],
  };
  const files = { "loop.txt": `\ufeff# an agent\r\n${LOOP}\r\n`, "loop.json": json };
  const played = await Promise.all([LOOP, "loop.txt", "loop.json"].map((it) => play(t, it, ["--verdicts"], files)));
  assert.equal(played[0].stdout.split("\n").length, 9);
  for (const { code, stdout } of played) assert.deepEqual([code, stdout], [0, played[0].stdout]);
});

test("every built-in scenario is listed by --help, and plays", async (t) => {
  const { stdout: help } = await run(["simulate", "--help"]);
  const ids = Array.from(help.split("Built-in scenarios:\n")[1].matchAll(/^ {2}([a-z-]+) {2,}\S/gm), ([, id]) => id);
  const named = ids.filter((id) => !id.startsWith("-"));
  assert.equal(named.length, 13);
  for (const id of named.filter((each) => each !== "runaway-session")) {
    const { code, stdout, stderr } = await play(t, id, ["--json"]);
    assert.deepEqual([code, stderr], [0, ""], id);
    assert.ok(JSON.parse(stdout).summary.calls > 0, id);
  }
});

test("what is no scenario is bad use, and says where or what is near", async (t) => {
  const cases = [
    ["stuck-in-a-lop", /no scenario and no file is called `stuck-in-a-lop`; did you mean `stuck-in-a-loop`\?/],
    ["run × 12/s for soon", /line 1, column 16: expected a length, found `soon`; write a length such as `5m`/],
    ["run × 1000/s for 1h", /the scenario makes 3,600,000 calls; at most 1,000,000 are run\n$/],
    ["loop other every 1s until 1 allowed", /the agent that calls other is not done after 1,000,000 calls/],
  ];
  for (const [scenario, expected] of cases) {
    const { code, stdout, stderr } = await play(t, scenario);
    assert.deepEqual([code, stdout], [2, ""], scenario);
    assert.match(stderr, expected);
  }
  const cwd = folder(t, { "policy.json": POLICY, "calls.jsonl": jsonLines(CALLS) });
  const both = await run(["simulate", "policy.json", "calls.jsonl", "--scenario", LOOP], { cwd });
  assert.deepEqual([both.code, both.stdout], [2, ""]);
  assert.match(both.stderr, /`calls\.jsonl` is one word too many, for `--scenario` says what is called/);
  const neither = await run(["simulate", "policy.json"], { cwd });
  assert.match(neither.stderr, /CALLS is missing/);
});
