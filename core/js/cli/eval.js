// `gatewright eval`: one call, judged with fresh counters, and every check that was made of it.
//
// Arguments are judged as they are written, to the last digit, as the proxy judges them.

import { compile } from "../index.js";
import { callLine } from "./call-line.js";
import { readPolicy } from "./diagnostic.js";
import { nameOf, readText } from "./files.js";
import { formatInstant, INSTANTS, parseInstant } from "./instant.js";
import { atMostOne, BadUse, COUNTING, COUNTING_USAGE, countingOptions, readArguments } from "./options.js";
import { colours, legible, table, write, writeJson } from "./output.js";

export const summary = "judge one call, and show every check";

export const usage = `Usage: gatewright eval POLICY --tool NAME [--args JSON] [OPTIONS]
       gatewright eval POLICY --line FILE [OPTIONS]

Judges one call with counters that are all at nothing, and shows every check that was made of it.

Options:
  --tool NAME      the tool that is called
  --args JSON      its arguments: a JSON object, @FILE, or - for standard input (none)
  --line FILE      in place of those: one line of JSON-RPC, or - for standard input
  --grant NAME     who calls
  --session NAME   the session within the grant
  --at TIME        when: milliseconds since 1970, or RFC 3339 (now)
  --approved       a person has approved this call
${COUNTING_USAGE}
  --json           print one object: {"kind": "call", "tool": ..., "verdict": {...}, "steps": [...]}

Examples:
  gatewright eval policy.json --tool create_charge --args '{"amount": 60000, "currency": "usd"}'
  gatewright eval policy.json --tool create_charge --args @charge.json --grant ci --json
  gatewright eval policy.json --line - < message.json

Exit codes: 0 allowed (or no tool call), 1 not allowed, 2 bad use.
`;

const OPTIONS = {
  tool: { type: "string" },
  args: { type: "string" },
  line: { type: "string" },
  grant: { type: "string" },
  session: { type: "string" },
  at: { type: "string" },
  approved: { type: "boolean" },
  ...COUNTING,
  json: { type: "boolean" },
};

export async function run(words, io) {
  const { values, operands } = readArguments(words, { options: OPTIONS, operands: ["POLICY"] });
  atMostOne(values, ["tool", "line"]);
  atMostOne(values, ["args", "line"]);
  const caller = callerOf(values);
  const counting = countingOptions(values);
  const text = await readPolicy(operands[0], io, counting);
  const line = await readLine(values, io);
  const { policy } = compile(text, counting);
  const judged = policy.traceLine(line, caller);
  policy.free();
  const { kind, tool, verdict, steps } = judged;
  if (values.json) await writeJson(io.stdout, { kind, tool, verdict, steps });
  else await write(io.stdout, report(judged, colours(io.stdout, io.env)));
  return kind === "other" || verdict.decision === "allow" ? 0 : 1;
}

function callerOf({ grant, session, at, approved }) {
  const instant = at === undefined ? undefined : parseInstant(at);
  if (at !== undefined && instant === undefined) {
    throw new BadUse(`\`--at\` does not take \`${at}\`; it takes ${INSTANTS}`);
  }
  const told = Object.entries({ grant, session, at: instant, approved }).filter(([, value]) => value !== undefined);
  return Object.fromEntries(told);
}

async function readLine({ tool, args, line }, io) {
  if (line !== undefined) return (await readText(line, io)).replace(/\r?\n$/, "");
  if (tool === undefined) throw new BadUse("`--tool` is missing; see --help");
  if (args === undefined) return callLine(tool);
  const path = args === "-" ? args : args.startsWith("@") ? args.slice(1) : undefined;
  const text = path === undefined ? args : await readText(path, io);
  const where = path === undefined ? "`--args`" : nameOf(path);
  try {
    JSON.parse(text);
  } catch (error) {
    throw new BadUse(`${where} is not JSON: ${error.message}`);
  }
  return callLine(tool, text);
}

function report(judged, paint) {
  if (judged.kind === "other") return "no tool call: no business of a policy\n";
  const { verdict, steps, tool } = judged;
  const colour = verdict.decision === "allow" ? paint.green : verdict.decision === "deny" ? paint.red : paint.yellow;
  const facts = [
    ["reason", verdict.reason],
    ...(verdict.rule ? [["rule", verdict.rule]] : []),
    ...(verdict.pointer ? [["place", verdict.pointer]] : []),
    ...(verdict.malformed ? [["malformed", verdict.malformed]] : []),
    ...(verdict.retry_at === undefined ? [] : [["retry at", formatInstant(verdict.retry_at)]]),
  ];
  const checks = steps.map(({ mark, check, name, text }) => [
    mark.replace("_", " "),
    legible(name === undefined ? check : `${check} ${name}`),
    legible(text),
  ]);
  return [
    `${colour(paint.bold(verdict.decision))}${tool === undefined ? "" : ` ${legible(tool)}`}: ${legible(verdict.message)}\n\n`,
    table(facts.map((fact) => fact.map(legible))),
    ...(checks.length > 0 ? ["\n", table(checks)] : []),
  ].join("");
}
