// `gatewright diff`: which calls of a log two policies decide differently.

import { diff, Simulation } from "../index.js";
import { readPolicy } from "./diagnostic.js";
import { nameOf, readText } from "./files.js";
import { formatInstant } from "./instant.js";
import { BadUse, readArguments, REPLAY, REPLAY_USAGE, replayOptions } from "./options.js";
import { legible, table, write, writeJson } from "./output.js";

export const summary = "tell which calls two policies decide differently";

export const usage = `Usage: gatewright diff BEFORE AFTER --calls CALLS [OPTIONS]

Runs the calls of a log through two policies, and tells which of them are decided differently. A call that changed only
because earlier ones did, as when a limit has more room, is marked as a consequence.

Options:
  --calls CALLS  the log, as \`gatewright simulate\` reads it (needed)
${REPLAY_USAGE}
  --json         print one object: {"calls": ..., "changed": ..., "matrix": [...], "first_changed": [...], ...}

Examples:
  gatewright diff policy.json stricter.json --calls calls.jsonl
  git show main:policy.json | gatewright diff - policy.json --calls calls.jsonl --json

Exit codes: 0 nothing changes, 1 something does, 2 bad use.
`;

const OPTIONS = { calls: { type: "string" }, ...REPLAY, json: { type: "boolean" } };

/** So many changed calls are shown to people. */
const SHOWN = 20;

export async function run(words, io) {
  const { values, operands } = readArguments(words, { options: OPTIONS, operands: ["BEFORE", "AFTER"] });
  if (values.calls === undefined) throw new BadUse("`--calls` is missing; see --help");
  const replay = replayOptions(values);
  const before = await readPolicy(operands[0], io, replay);
  const after = await readPolicy(operands[1], io, replay);
  const calls = await readText(values.calls, io);
  const difference = diff(before, after, calls, replay);
  const log = readLog(after, calls, replay);
  if (values.json) {
    await writeJson(io.stdout, { ...difference, log });
  } else {
    await write(io.stdout, report(difference));
    if (log.unreadable > 0 || log.left_out > 0) await write(io.stderr, `${nameOf(values.calls)}: ${log.words}\n`);
  }
  return difference.changed > 0 ? 1 : 0;
}

/** What was read of the log: calls that could not be compared are not passed over in silence. */
function readLog(policy, calls, replay) {
  const simulation = new Simulation(policy, replay);
  simulation.feed(calls);
  const log = simulation.ended();
  simulation.free();
  return log;
}

function report({ words, matrix, first_changed: changes, changed }) {
  if (changed === 0) return `${words}\n`;
  // A call that is refused by another rule than before is a change of the same decision.
  const moves = matrix
    .filter(({ before, after }) => before !== after)
    .map(({ before, after, count }) => [count.toLocaleString("en-US"), `${before} → ${after}`]);
  const rows = changes.slice(0, SHOWN).map(({ index, at, tool, before, after, knock_on: isConsequence }) => [
    `#${index + 1}`,
    formatInstant(at),
    legible(tool),
    `${before.decision} → ${after.decision}`,
    legible(after.rule ?? before.rule ?? "") + (isConsequence ? " (consequence)" : ""),
  ]);
  const more = changed > rows.length ? `  and ${(changed - rows.length).toLocaleString("en-US")} more\n` : "";
  return [`${words}\n\n`, table(moves, { right: [0] }), "\n", table(rows, { right: [0] }), more].join("");
}
