// `gatewright attack`: attacks performed on a server's tools, and how far a policy lets each come.

import { applyEdits, attackLibrary, attacks } from "../index.js";
import { readPolicy } from "./diagnostic.js";
import { nameOf, readText, replaceFile } from "./files.js";
import { BadUse, COUNTING, COUNTING_USAGE, countingOptions, readArguments, suggestion } from "./options.js";
import { colours, legible, table, write, writeJson } from "./output.js";

export const summary = "perform attacks on a server's tools under a policy";

export const usage = `Usage: gatewright attack POLICY --tools TOOLS [OPTIONS]

Performs attacks on a server's tools, as calls in the simulator or as what its definitions say, and tells how far the
policy lets each come: stopped at a call, limited to a number, or not stopped. Beside them stands how much of a normal
day the policy lets through: one that denies everything stops every attack, and has the score 0.
TOOLS: what a server lists, in any shape that is recognised (an answer to tools/list, an array, several servers).

Attacks:
${attackLibrary()
  .map(({ id, title }) => `  ${id.padEnd(24)}${title}`)
  .join("\n")}

Options:
  --tools FILE   the server's tools
  --attack NAME  perform this one only
  --log FILE     a log of a normal day, in place of a made-up one
  --pins FILE    what \`gatewright pin\` wrote, or an earlier list of the tools: shows what changed since
  --fix          write the controls that stop an attack, or hold it further down, into the policy's file
${COUNTING_USAGE}
  --json         print one object: {"attacks": [...], "day": {...}, "score": {...}}

Examples:
  gatewright attack policy.json --tools tools.json
  gatewright attack policy.json --tools tools.json --attack slow-drip --json | jq '.attacks[0].scenario'
  gatewright attack policy.json --tools tools.json --log calls.jsonl --pins pins.json

Exit codes: 0 each attack is stopped or limited, or not possible with these tools, 1 one is not stopped, 2 bad use.
`;

const OPTIONS = {
  ...COUNTING,
  tools: { type: "string" },
  attack: { type: "string" },
  log: { type: "string" },
  pins: { type: "string" },
  fix: { type: "boolean" },
  json: { type: "boolean" },
};

/** A control may make another one superfluous, or show the next: so many are more than any policy needs. */
const MOST_CONTROLS = 50;

export async function run(words, io) {
  const { values, operands } = readArguments(words, { options: OPTIONS, operands: ["POLICY"] });
  const [path] = operands;
  if (values.tools === undefined) throw new BadUse("`--tools` is missing: attacks are performed on a server's tools");
  if (values.fix && path === "-") throw new BadUse("`--fix` needs a file to write to, and standard input is none");
  mustBeKnown(values.attack);
  const counting = countingOptions(values);
  const policy = await readPolicy(path, io, counting);
  const tools = await readText(values.tools, io);
  const asked = {
    ...counting,
    attack: values.attack,
    log: values.log && (await readText(values.log, io)),
    earlier: values.pins && (await readText(values.pins, io)),
  };
  const perform = (text) => performed(text, tools, asked, values);
  const { text, labels } = values.fix ? controlled(policy, perform) : { text: policy, labels: [] };
  if (labels.length > 0) await replaceFile(path, text);
  const report = perform(text);
  if (values.json) await writeJson(io.stdout, { ...report, ...(values.fix && { fixed: labels }) });
  else await write(io.stdout, inWords(report, nameOf(path), labels, colours(io.stdout, io.env)));
  return report.score.not_stopped > 0 ? 1 : 0;
}

function mustBeKnown(attack) {
  const ids = attackLibrary().map(({ id }) => id);
  if (attack === undefined || ids.includes(attack)) return;
  throw new BadUse(`no attack is called \`${attack}\`${suggestion(attack, ids) || "; see --help"}`);
}

function performed(policy, tools, asked, { tools: path }) {
  try {
    return attacks(policy, tools, asked);
  } catch (problem) {
    if (problem instanceof TypeError) throw new BadUse(`${nameOf(path)}: ${problem.message}`);
    throw problem;
  }
}

/** The policy with the controls that were found, one after the other: each was tried on the one before. */
function controlled(policy, perform) {
  const labels = [];
  let text = policy;
  while (labels.length < MOST_CONTROLS) {
    const control = perform(text).attacks.find((attack) => attack.control)?.control;
    const edited = control && applyEdits(text, control.fix.edits);
    if (edited === undefined || edited === text) break;
    labels.push(control.fix.label);
    text = edited;
  }
  return { text, labels };
}

function inWords({ attacks: all, day, score, drift }, name, labels, paint) {
  const colour = { stopped: paint.green, limited: paint.yellow, not_stopped: paint.red, not_possible: paint.dim };
  const rows = all.map(({ id, short, words }) => [id, short, legible(words)]);
  const lines = table(rows).trimEnd().split("\n");
  const coloured = lines.map((line, place) => colour[all[place].standing.is](line)).join("\n");
  const parts = [...labels.map((label) => `${name}: written: ${legible(label)}`), coloured];
  const findings = all.flatMap(({ findings: found }) => found);
  if (findings.length > 0) parts.push("", "In the definitions:", ...findings.map(finding));
  const helped = all.filter(({ control }) => control);
  if (helped.length > 0) parts.push("", "What would stop more (--fix writes it):", ...helped.map(control));
  const advised = all.filter(({ advice, control: found }) => advice && !found);
  if (advised.length > 0) parts.push("", ...advised.map(({ id, advice }) => `  ${id}: ${advice}`));
  if (drift) parts.push("", drift.words);
  parts.push("", legible(day.words), score.words);
  return `${parts.join("\n")}\n`;
}

function finding({ tool, evidence: { words, why } }) {
  return `  ${legible(tool)}: ${legible(why)}${words ? ` \`${legible(words)}\`` : ""}`;
}

function control({ id, control: { fix, then } }) {
  return `  ${id}: ${legible(fix.label)} (${inShort(then)})`;
}

function inShort({ is, at, allowed, of }) {
  if (is === "limited") return `limited to ${allowed.toLocaleString("en-US")} of ${of.toLocaleString("en-US")}`;
  return at === undefined || at === null ? "stopped" : `stopped at call ${at.toLocaleString("en-US")}`;
}
