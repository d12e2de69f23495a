// `gatewright learn`: the smallest policy that allows the calls of a log, and what each line of it rests on.
//
// The policy alone goes to standard output, so that it can be kept; what is to be read beside it, to standard error.

import { stat } from "node:fs/promises";

import { Learner } from "../index.js";
import { nameOf, readPieces } from "./files.js";
import { formatInstant } from "./instant.js";
import { BadUse, readArguments, REPLAY, REPLAY_USAGE, replayOptions } from "./options.js";
import { colours, counted, legible, table, write, writeJson } from "./output.js";
import { progressBar } from "./progress.js";

export const summary = "learn the smallest policy that allows a log";

export const usage = `Usage: gatewright learn CALLS [OPTIONS]

Learns the smallest policy that allows the calls of a log, of any kind that \`gatewright simulate\` reads: the tools that
were called, the tightest limits for each grant, and what the arguments have in common. The policy goes to standard
output. What each line of it rests on, with the calls that forbid tightening it, what could not be held to anything, and
how a part of the log fares that was held out, go to standard error.

What a log has of an attack is allowed as well: read the policy before it is used.

Options:
  --hold-out SHARE           learn without the last calls, such as 25%, and tell how many of them pass
  --slack SHARE              add so much to the max of each limit, such as 20%, rounded up
  --no-arguments             hold tools and limits alone
  --seen N                   calls that must have sent a value before a constant or a set is made of it (2)
  --set-size N               the most values of a set (16)
  --calls WHICH              learn from calls that were not_refused, of these from those that have not_failed, or from
                             all (not_refused)
${REPLAY_USAGE}
  --json                     print one object: {"policy": ..., "lines": [...], "not_held": [...], "held_out": {...}, ...}

Examples:
  gatewright learn calls.jsonl > policy.json
  gatewright learn calls.jsonl --hold-out 25% --slack 20% > policy.json
  gatewright learn decisions.jsonl --calls not_failed --json

Exit codes: 0 the policy allows every call that it was learned from, 1 it does not, there was none, or lines of the log
could not be read or were left out, 2 bad use.
`;

const OPTIONS = {
  "hold-out": { type: "string" },
  slack: { type: "string" },
  "no-arguments": { type: "boolean" },
  seen: { type: "string" },
  "set-size": { type: "string" },
  calls: { type: "string", choices: ["not_refused", "not_failed", "all"] },
  ...REPLAY,
  json: { type: "boolean" },
};

/** Steps done between two looks at the clock. */
const STRIDE = 10_000;

export async function run(words, io) {
  const { values, operands } = readArguments(words, { options: OPTIONS, operands: ["CALLS"] });
  const learner = new Learner(learnOptions(values));
  const bar = progressBar(io.stderr);
  let learned;
  try {
    await feed(learner, operands[0], io, bar);
    learner.ended();
    for (let share = 0; share < 1; ) {
      share = learner.advance(STRIDE);
      bar.show(share, "learning");
      await pause();
    }
    learned = learner.result();
  } finally {
    bar.end();
    learner.free();
  }
  if (values.json) {
    await writeJson(io.stdout, learned);
  } else {
    await write(io.stdout, learned.policy);
    await write(io.stderr, report(learned, nameOf(operands[0]), colours(io.stderr, io.env)));
  }
  const { log, from } = learned;
  const isWhole = log.unreadable === 0 && log.left_out === 0 && from.calls > 0 && from.allowed === from.calls;
  return isWhole && from.unreadable === 0 ? 0 : 1;
}

function learnOptions(values) {
  const options = replayOptions(values);
  if (values["hold-out"] !== undefined) options.hold_out = percent("hold-out", values["hold-out"], 1, 90);
  if (values.slack !== undefined) options.slack = percent("slack", values.slack, 0, 10_000);
  if (values["no-arguments"]) options.arguments = false;
  if (values.seen !== undefined) options.seen = whole("seen", values.seen);
  if (values["set-size"] !== undefined) options.set_size = whole("set-size", values["set-size"]);
  if (values.calls !== undefined) options.calls = values.calls;
  return options;
}

function percent(name, written, least, most) {
  const [, digits] = /^(\d{1,5})%?$/.exec(written) ?? [];
  const number = Number(digits);
  if (number >= least && number <= most) return number;
  throw new BadUse(`\`--${name}\` takes whole percent from ${least}% to ${most}%, not \`${written}\``);
}

function whole(name, written) {
  if (/^[1-9]\d{0,3}$/.test(written)) return Number(written);
  throw new BadUse(`\`--${name}\` takes a whole number from 1 to 9999, not \`${written}\``);
}

async function feed(learner, path, io, bar) {
  const size = path === "-" ? 0 : await stat(path).then((file) => file.size, () => 0);
  let read = 0;
  for await (const piece of readPieces(path, io)) {
    learner.feed(piece);
    read += piece.length;
    bar.show(size > 0 ? read / size : 0, `read ${(read / 1e6).toFixed(1)} MB`);
  }
}

/** Lets a signal in. */
function pause() {
  return new Promise((resolve) => setImmediate(resolve));
}

function report(learned, name, paint) {
  const { words, lines, not_held: notHeld, held_out: heldOut, log } = learned;
  const parts = [`${words}\n`, linesReport(lines, paint), notHeldReport(notHeld, paint)];
  if (heldOut !== undefined) parts.push(heldOutReport(heldOut, paint));
  parts.push(logReport(log, name));
  return parts.filter((part) => part !== "").join("\n");
}

function linesReport(lines, paint) {
  const told = lines.map(({ pointer, why, witnesses }) => {
    const calls = witnesses.map(({ call, at, shows }) => `    call ${call + 1}, ${formatInstant(at)}: ${legible(shows)}\n`);
    return `${paint.bold(legible(pointer))}\n  ${legible(why)}\n${calls.join("")}`;
  });
  return told.join("");
}

function notHeldReport(notHeld, paint) {
  if (notHeld.length === 0) return "";
  const told = notHeld.map(({ tool, path, calls, why }) => {
    const where = [tool, path].filter((each) => each !== undefined).map(legible).join(" ");
    return `  ${where === "" ? "" : `${where} (${counted(calls, "call")}): `}${legible(why)}\n`;
  });
  return `${paint.bold("Not held:")}\n${told.join("")}`;
}

function heldOutReport({ words, denials }, paint) {
  const rows = denials.map(({ pointer, tool, calls, first, message }) => [
    calls.toLocaleString("en-US"),
    String(first + 1),
    legible(tool),
    legible(pointer),
    legible(message),
  ]);
  const denied = rows.length > 0 ? table([["calls", "first", "tool", "denied by", ""], ...rows], { right: [0, 1] }) : "";
  return `${paint.bold("Held out:")}\n  ${words}\n${denied}`;
}

function logReport(log, name) {
  const lines = log.first_unreadable.map(({ line, reason }) => `${name}:${line}: ${reason}`);
  const more = log.unreadable - lines.length;
  return `${[`${name}: ${log.words}`, ...lines, ...(more > 0 ? [`${name}: and ${more} more`] : [])].join("\n")}\n`;
}
