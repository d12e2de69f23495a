// `gatewright convert`: what others write in place of a policy → a policy, and back.

import { convert, exportPolicy } from "../index.js";
import { readPolicy } from "./diagnostic.js";
import { nameOf, problem, readText } from "./files.js";
import { formatInstant } from "./instant.js";
import { BadUse, readArguments } from "./options.js";
import { legible, write, writeJson } from "./output.js";
import { writeFile } from "node:fs/promises";

export const summary = "turn another language's rules into a policy, and back";

const READ = ["catalogue-words", "catalogue-yaml", "intercept", "claude-code", "allowed-tools"];
const WRITTEN = ["policy", "intercept", "claude-code"];

export const usage = `Usage: gatewright convert FILE [OPTIONS]

Turns what others write in place of a policy into one: Intercept's YAML, the words and the older YAML of PolicyLayer's
catalogue, Claude Code's permission rules, and lists of allowed tools. Or turns a policy into Intercept's YAML or Claude
Code's rules. Which language it is is told by what the file holds.

The result goes to standard output. The report goes to standard error: what was carried over, what was not and what stands
in its place, and calls that the two decide differently. What cannot be carried over opens no gate.

Options:
  --from LANGUAGE  what FILE is written in: ${READ.join(", ")}
  --to LANGUAGE    what it becomes: ${WRITTEN.join(", ")} (policy)
  --server NAME    the server that the rules are for, as Claude Code names it
  --tool NAME      the tool that a fragment without a name is about; may be given again for tools that are known
  -o, --output OUT write the result there
  --json           print one object: {"dialect": ..., "policy" or "text": ..., "carried": [...], "lost": [...], ...}

Examples:
  gatewright convert intercept.yaml > policy.json
  gatewright convert .claude/settings.json --server github
  gatewright convert policy.json --to intercept -o intercept.yaml

Exit codes: 0 carried over, 1 something could not be, 2 bad use.
`;

const OPTIONS = {
  from: { type: "string", choices: READ },
  to: { type: "string", choices: WRITTEN },
  server: { type: "string" },
  tool: { type: "string", many: true },
  output: { type: "string", short: "o" },
  json: { type: "boolean" },
};

export async function run(words, io) {
  const { values, operands } = readArguments(words, { options: OPTIONS, operands: ["FILE"] });
  const [path] = operands;
  const to = values.to ?? "policy";
  const tools = values.tool ?? [];
  if (to !== "policy" && values.from !== undefined) throw new BadUse("`--from` is for what becomes a policy; see --help");
  const report = to === "policy" ? await read(path, values, tools, io) : await written(path, to, values, tools, io);
  const result = report.policy ?? report.text;
  if (values.json) await writeJson(io.stdout, report);
  else if (values.output === undefined) await write(io.stdout, result);
  if (values.output !== undefined) await save(values.output, result);
  if (!values.json) await write(io.stderr, inWords(nameOf(path), report));
  return report.lost.length > 0 ? 1 : 0;
}

async function read(path, { from, server, tool }, tools, io) {
  const text = await readText(path, io);
  const { ok, ...found } = asBadUse(path, () => convert(text, { from, server, tool: tool?.[0], tools }));
  if (ok) return found;
  const { line, column } = found.location;
  throw new BadUse(`${nameOf(path)}:${line}:${column}: ${legible(found.message)} (read as ${found.dialect})`);
}

async function written(path, to, { server }, tools, io) {
  const text = await readPolicy(path, io);
  const { ok: _, ...report } = asBadUse(path, () => exportPolicy(text, to, { server, tools }));
  return report;
}

/** What cannot be read or written is a mistake of whoever asked. */
function asBadUse(path, question) {
  try {
    return question();
  } catch (error) {
    if (error instanceof TypeError) throw new BadUse(`${nameOf(path)}: ${lowered(error.message)}`);
    throw error;
  }
}

function lowered(sentence) {
  const words = sentence.replace(/\.$/, "");
  return /^[A-Z][a-z]* [a-z]/.test(words) && !words.startsWith("Claude") ? words[0].toLowerCase() + words.slice(1) : words;
}

async function save(path, text) {
  try {
    await writeFile(path, text);
  } catch (error) {
    throw new BadUse(`cannot write ${path}: ${problem(error)}`);
  }
}

/** The report for people: what was lost first, for that is what they have to read. */
function inWords(name, { dialect, carried, lost, compared, in_words: words }) {
  const lines = [`${name}: ${dialect}, ${carried.length} carried over, ${lost.length} not\n`];
  for (const { location, what, reason, instead } of lost) {
    lines.push(`\n${name}:${location.line}:${location.column}: not carried over: ${legible(what)}\n`);
    lines.push(`  ${legible(reason)}\n  Instead: ${legible(instead)}\n`);
  }
  lines.push(`\n${legible(words)}\n`);
  for (const { tool, arguments: given, before, after, more, why, scenario } of compared.differences) {
    const others = more > 0 ? `, and ${more} more` : "";
    lines.push(`\n  ${before} → ${after}: ${legible(tool)} ${legible(given)}${others}\n    ${legible(why)}\n`);
    const earlier = calls(scenario);
    if (earlier.length > 1) lines.push(...earlier.map((line) => `    ${line}\n`));
  }
  return lines.join("");
}

/** The calls of a difference, a line for those that are alike. */
function calls({ start, blocks }) {
  return blocks.map(({ call, times = 1, at_ms: after }) => {
    const session = call.session === "" ? "" : `, ${call.session}`;
    return `${formatInstant(start + after)}  ${times} × ${legible(call.tool)} by ${call.grant}${session}`;
  });
}
