// `gatewright simulate`: a log of calls through a policy, on the log's own clock, or a scenario on a virtual one.
//
// The log is read in pieces and never held as text. Denials are what a run is for, and so no findings; lines that could
// not be read are, because what the run says is then not the whole of the log.

import { stat } from "node:fs/promises";

import { Simulation, allStarts, builtInScenarios, largestMax, printScenario, smallestMax } from "../index.js";
import { readPolicy } from "./diagnostic.js";
import { nameOf, readPieces, readText } from "./files.js";
import { formatInstant } from "./instant.js";
import { atMostOne, BadUse, readArguments, REPLAY, REPLAY_USAGE, replayOptions, suggestion } from "./options.js";
import { colours, legible, table, write, writeJson } from "./output.js";
import { progressBar } from "./progress.js";

export const summary = "run a log of calls, or a scenario, through a policy";

export const usage = `Usage: gatewright simulate POLICY CALLS [OPTIONS]
       gatewright simulate POLICY --scenario SCENARIO [OPTIONS]

Runs the calls of a log through a policy on the log's own clock, and tells what would have been denied, by which rule.
CALLS: JSON Lines, each {"at", "tool", "args", "grant", "session", "outcome"}, or any log that is recognised by its
content: the proxy's decision log, JSON-RPC messages, Claude Desktop's log of a server, a session of Claude Code or of
Codex, Claude Code's log of a server, inputs of its hooks, an export of the MCP Inspector, OpenAI chat messages or
Responses items, OpenTelemetry spans (OTLP in JSON), events of Intercept, CSV with a header
(timestamp,server,tool,arguments).
SCENARIO: the name of a built-in one, made for the policy's tools; a file of JSON or of lines; or the lines themselves,
such as "run_tests × 12/s for 5m as ci-agent" (docs/cli.md has more).

Built-in scenarios:
${builtInUsage()}

Options:
${REPLAY_USAGE}
  --json      print one object: {"summary": {...}, "words": ..., "log": {...}, "near_misses": [...]}
  --verdicts  the same, and before it one object for each call, a line each
  --csv       print a row for each call

Of a scenario:
  --starts             begin it at each second of a minute, and tell what is allowed
  --smallest-max RULE  the smallest max with which the limit refuses none of it
  --largest-max RULE   the largest max with which the limit lets through at most N of it a day ...
  --a-day N            ... where N is this

Examples:
  gatewright simulate policy.json calls.jsonl
  gatewright simulate policy.json calls.jsonl --window sliding --json
  gatewright simulate policy.json calls.jsonl --csv > verdicts.csv
  gatewright simulate policy.json --scenario stuck-in-a-loop
  gatewright simulate policy.json --scenario stuck-in-a-loop --starts
  gatewright simulate policy.json --scenario stuck-in-a-loop --smallest-max /tools/run/limits/per_minute
  gatewright simulate policy.json --scenario "loop run_tests every 2s for 5m on denial back off"
  zcat calls.jsonl.gz | gatewright simulate policy.json -

Exit codes: 0 the run is done, 1 lines could not be read or calls were left out, 2 bad use.
`;

function builtInUsage() {
  return builtInScenarios().map(({ id, title }) => `  ${id.padEnd(24)}${title}`).join("\n");
}

const OPTIONS = {
  ...REPLAY,
  scenario: { type: "string" },
  json: { type: "boolean" },
  verdicts: { type: "boolean" },
  csv: { type: "boolean" },
  starts: { type: "boolean" },
  "smallest-max": { type: "string" },
  "largest-max": { type: "string" },
  "a-day": { type: "string" },
};

/** So many counters are told of in `--json`: the nearest to their limits. */
const NEAR_MISSES = 100;

/** Calls run, and rows written, between two looks at the clock. */
const STRIDE = 5000;

export async function run(words, io) {
  const { values, operands } = readArguments(words, { options: OPTIONS, operands: ["POLICY"], rest: true });
  mustHaveOneSource(values, operands);
  atMostOne(values, ["csv", "json"]);
  atMostOne(values, ["csv", "verdicts"]);
  mustFitSolving(values);
  const [policyPath, callsPath] = operands;
  const replay = replayOptions(values);
  const policy = await readPolicy(policyPath, io, replay);
  const simulation = new Simulation(policy, replay);
  const bar = progressBar(io.stderr);
  let result;
  let lines;
  let solved = {};
  try {
    if (values.scenario === undefined) await feed(simulation, callsPath, io, bar);
    else {
      const said = (await scenarioText(values.scenario, io)).replace(/^\ufeff/, "");
      lines = play(simulation, policy, said);
      solved = solve(policy, said, values, replay);
    }
    await runAll(simulation, bar);
    result = simulation.result();
  } finally {
    bar.end();
  }
  if (values.csv) await writeCsv(simulation, result, callsPath, io);
  else if (values.json || values.verdicts) await writeObjects(simulation, { ...result, ...solved }, values, io);
  else if (lines === undefined) await write(io.stdout, report(result, nameOf(callsPath), colours(io.stdout, io.env)));
  else await write(io.stdout, `${verdicts(result)}\n${legibleLines(lines)}${solvedInWords(solved)}`);
  simulation.free();
  return isWhole(result.log) ? 0 : 1;
}

/** Refuses a log and a scenario at once, and neither. */
function mustHaveOneSource({ scenario }, [, calls, superfluous]) {
  if (scenario === undefined && calls === undefined) throw new BadUse("CALLS is missing; see --help");
  const [excess] = scenario === undefined ? [superfluous] : [calls];
  if (excess === undefined) return;
  const why = scenario === undefined ? "" : ", for `--scenario` says what is called";
  throw new BadUse(`\`${excess}\` is one word too many${why}; see --help`);
}

/** What `--scenario` says: the name of a built-in one, what a file holds, or lines. A word alone is no line, but likely a name. */
async function scenarioText(said, io) {
  const ids = builtInScenarios().map(({ id }) => id);
  if (ids.includes(said)) return said;
  const isFile = said === "-" || (await stat(said).then((found) => found.isFile(), () => false));
  if (isFile) return readText(said, io);
  if (/\s/.test(said.trim())) return said;
  throw new BadUse(`no scenario and no file is called \`${said}\`${suggestion(said, ids) || "; see --help"}`);
}

/** Plays a scenario. Gives its lines back. */
function play(simulation, policy, text) {
  try {
    simulation.play(text);
    return printScenario(policy, text);
  } catch (problem) {
    throw asBadUse(problem);
  }
}

/** What was given is at fault: the evaluator's sentence, without its capital and its full stop. */
function asBadUse(problem) {
  if (!(problem instanceof TypeError)) return problem;
  const [first, ...rest] = problem.message.replace(/\.$/, "");
  return new BadUse(first.toLowerCase() + rest.join(""));
}

/** Refuses what is asked of a scenario where there is none, and half a question. */
function mustFitSolving(values) {
  const asked = ["starts", "smallest-max", "largest-max", "a-day"].find((name) => values[name] !== undefined);
  if (asked !== undefined && values.scenario === undefined) throw new BadUse(`\`--${asked}\` needs \`--scenario\``);
  if (asked !== undefined && values.csv) throw new BadUse(`\`--${asked}\` and \`--csv\` exclude each other`);
  for (const [one, other] of [["largest-max", "a-day"], ["a-day", "largest-max"]]) {
    if (values[one] !== undefined && values[other] === undefined) throw new BadUse(`\`--${one}\` needs \`--${other}\``);
  }
  const most = values["a-day"];
  if (most !== undefined && !/^\d{1,9}$/.test(most)) {
    throw new BadUse(`\`--a-day\` takes a whole number of calls, not \`${most}\``);
  }
}

/** What else is asked of a scenario. */
function solve(policy, scenario, values, replay) {
  const { starts, "smallest-max": smallest, "largest-max": largest, "a-day": most } = values;
  const solved = {};
  try {
    if (starts) solved.starts = allStarts(policy, scenario, replay);
    if (smallest !== undefined) solved.smallest_max = smallestMax(policy, smallest, scenario, replay) ?? null;
    if (largest !== undefined) solved.largest_max = largestMax(policy, largest, Number(most), scenario, replay);
    return solved;
  } catch (problem) {
    throw asBadUse(problem);
  }
}

function solvedInWords({ starts, smallest_max: smallest, largest_max: largest }) {
  const none = smallest === null ? "No max that a policy may say lets all of it through." : undefined;
  const told = [starts?.words, smallest?.words ?? none, largest?.words].filter((words) => words !== undefined);
  return told.length > 0 ? `\n${told.map((words) => `${legible(words)}\n`).join("")}` : "";
}

async function feed(simulation, path, io, bar) {
  const size = path === "-" ? 0 : await stat(path).then((file) => file.size, () => 0);
  let read = 0;
  for await (const piece of readPieces(path, io)) {
    simulation.feed(piece);
    read += piece.length;
    bar.show(size > 0 ? read / size : 0, `read ${(read / 1e6).toFixed(1)} MB`);
  }
}

async function runAll(simulation, bar) {
  const { calls } = simulation.ended();
  for (let done = 0; done < calls; ) {
    done = simulation.run(STRIDE);
    bar.show(done / calls, `${done} of ${calls} calls`);
    await pause();
  }
}

/** Lets a signal in. */
function pause() {
  return new Promise((resolve) => setImmediate(resolve));
}

function isWhole(log) {
  return log.unreadable === 0 && log.left_out === 0;
}

async function writeObjects(simulation, result, values, io) {
  if (values.verdicts) await writeCalls(simulation, result, io, (call) => `${JSON.stringify(call)}\n`);
  const { window = "calendar", refund = "protocol_error" } = values;
  const near_misses = simulation.nearMisses().slice(0, NEAR_MISSES);
  await writeJson(io.stdout, { ...result, near_misses, window_model: window, refund });
}

const CSV_COLUMNS = ["index", "at", "time", "tool", "grant", "session", "decision", "reason", "rule", "retry_at"];

async function writeCsv(simulation, result, callsPath, io) {
  await write(io.stdout, `${CSV_COLUMNS.join(",")}\n`);
  await writeCalls(simulation, result, io, (call) => {
    const row = { ...call, time: formatInstant(call.at) };
    return `${CSV_COLUMNS.map((column) => csvField(row[column])).join(",")}\n`;
  });
  if (!isWhole(result.log)) await write(io.stderr, `${logReport(result.log, nameOf(callsPath))}\n`);
}

async function writeCalls(simulation, result, io, format) {
  for (let index = 0; index < result.log.calls; ) {
    let rows = "";
    for (const end = Math.min(result.log.calls, index + STRIDE); index < end; index += 1) {
      rows += format(simulation.call(index));
    }
    await write(io.stdout, rows);
    await pause();
  }
}

/** A field that no spreadsheet takes for a formula: what starts like one gets an apostrophe before it. */
function csvField(value) {
  if (value === undefined || value === null) return "";
  if (typeof value === "number") return String(value);
  const safe = /^[\s\u0000-\u001f]*[=+\-@\uff1d\uff0b\uff0d\uff20|%]|^[\t\r\n]/u.test(value) ? `'${value}` : value;
  return /[",\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function report(result, name, paint) {
  const read = logReport(result.log, name);
  return `${verdicts(result)}\n${isWhole(result.log) ? read : paint.yellow(read)}\n`;
}

/** What was decided, in a sentence and as a table of the rules that decided. */
function verdicts({ summary: numbers, words }) {
  const rows = numbers.by_rule.map(({ rule, count, first, words: said }) => [
    count.toLocaleString("en-US"),
    String(first + 1),
    legible(rule),
    said === rule ? "" : legible(said),
  ]);
  const rules = rows.length > 0 ? `\n${table([["calls", "first", "rule", ""], ...rows], { right: [0, 1] })}` : "";
  return `${words}\n${rules}`;
}

function legibleLines(lines) {
  return lines
    .split("\n")
    .map((line) => (line === "" ? "" : `${legible(line)}\n`))
    .join("");
}

function logReport(log, name) {
  const lines = log.first_unreadable.map(({ line, reason }) => `${name}:${line}: ${reason}`);
  const more = log.unreadable - lines.length;
  return [`${name}: ${log.words}`, ...lines, ...(more > 0 ? [`${name}: and ${more} more`] : [])].join("\n");
}
