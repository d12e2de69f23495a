// `gatewright simulate`: a log of calls through a policy, on the log's own clock.
//
// The log is read in pieces and never held as text. Denials are what a run is for, and so no findings; lines that could
// not be read are, because what the run says is then not the whole of the log.

import { stat } from "node:fs/promises";

import { Simulation } from "../index.js";
import { readPolicy } from "./diagnostic.js";
import { nameOf, readPieces } from "./files.js";
import { formatInstant } from "./instant.js";
import { atMostOne, readArguments, REPLAY, REPLAY_USAGE, replayOptions } from "./options.js";
import { colours, legible, table, write, writeJson } from "./output.js";
import { progressBar } from "./progress.js";

export const summary = "run a log of calls through a policy";

export const usage = `Usage: gatewright simulate POLICY CALLS [OPTIONS]

Runs the calls of a log through a policy on the log's own clock, and tells what would have been denied, by which rule.
CALLS: JSON Lines, each {"at", "tool", "args", "grant", "session", "outcome"}, or any log that is recognised by its
content: the proxy's decision log, JSON-RPC messages, Claude Desktop's log of a server, a session of Claude Code or of
Codex, inputs of Claude Code's hooks, an export of the MCP Inspector, OpenAI chat messages or Responses items,
OpenTelemetry spans (OTLP in JSON), events of Intercept, CSV with a header (timestamp,server,tool,arguments).

Options:
${REPLAY_USAGE}
  --json      print one object: {"summary": {...}, "words": ..., "log": {...}}
  --verdicts  the same, and before it one object for each call, a line each
  --csv       print a row for each call

Examples:
  gatewright simulate policy.json calls.jsonl
  gatewright simulate policy.json calls.jsonl --window sliding --json
  gatewright simulate policy.json calls.jsonl --csv > verdicts.csv
  zcat calls.jsonl.gz | gatewright simulate policy.json -

Exit codes: 0 the run is done, 1 lines could not be read or calls were left out, 2 bad use.
`;

const OPTIONS = {
  ...REPLAY,
  json: { type: "boolean" },
  verdicts: { type: "boolean" },
  csv: { type: "boolean" },
};

/** Calls run, and rows written, between two looks at the clock. */
const STRIDE = 5000;

export async function run(words, io) {
  const { values, operands } = readArguments(words, { options: OPTIONS, operands: ["POLICY", "CALLS"] });
  atMostOne(values, ["csv", "json"]);
  atMostOne(values, ["csv", "verdicts"]);
  const [policyPath, callsPath] = operands;
  const replay = replayOptions(values);
  const simulation = new Simulation(await readPolicy(policyPath, io, replay), replay);
  const bar = progressBar(io.stderr);
  let result;
  try {
    await feed(simulation, callsPath, io, bar);
    await runAll(simulation, bar);
    result = simulation.result();
  } finally {
    bar.end();
  }
  if (values.csv) await writeCsv(simulation, result, callsPath, io);
  else if (values.json || values.verdicts) await writeObjects(simulation, result, values, io);
  else await write(io.stdout, report(result, nameOf(callsPath), colours(io.stdout, io.env)));
  simulation.free();
  return isWhole(result.log) ? 0 : 1;
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
  await writeJson(io.stdout, { ...result, window_model: window, refund });
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

function report({ summary: numbers, words, log }, name, paint) {
  const rows = numbers.by_rule.map(({ rule, count, first, words: said }) => [
    count.toLocaleString("en-US"),
    String(first + 1),
    legible(rule),
    said === rule ? "" : legible(said),
  ]);
  const rules = rows.length > 0 ? `\n${table([["calls", "first", "rule", ""], ...rows], { right: [0, 1] })}` : "";
  const read = logReport(log, name);
  return `${words}\n${rules}\n${isWhole(log) ? read : paint.yellow(read)}\n`;
}

function logReport(log, name) {
  const lines = log.first_unreadable.map(({ line, reason }) => `${name}:${line}: ${reason}`);
  const more = log.unreadable - lines.length;
  return [`${name}: ${log.words}`, ...lines, ...(more > 0 ? [`${name}: and ${more} more`] : [])].join("\n");
}
