// `gatewright check`: every finding about a policy, and with --fix the repairs that need no guess.

import { compile, explain, lint } from "../index.js";
import { renderDiagnostics } from "./diagnostic.js";
import { nameOf, readText, replaceFile } from "./files.js";
import { BadUse, readArguments } from "./options.js";
import { colours, counted, write, writeJson } from "./output.js";
import { repair } from "./repair.js";

export const summary = "find what is wrong with a policy";

export const usage = `Usage: gatewright check POLICY [OPTIONS]

Finds every error of a policy, or the lints of one without errors: what it does that its author likely did not mean.

Options:
  --tools FILE   the server's tools (an answer to tools/list), against which names and arguments are checked
  --errors-only  leave lints out
  --fix          make the repairs that need no guess, in the file itself
  --json         print one object: {"diagnostics": [...], "tools": [...]}

Examples:
  gatewright check policy.json
  gatewright check policy.json --tools tools.json
  gatewright check policy.json --fix
  curl -s https://example.com/policy.json | gatewright check - --json

Exit codes: 0 no findings, 1 findings, 2 bad use.
`;

const OPTIONS = {
  tools: { type: "string" },
  "errors-only": { type: "boolean" },
  fix: { type: "boolean" },
  json: { type: "boolean" },
};

/** Lists of tools are read for documents without errors only. */
const ANY_POLICY = '{"version":"1","default":"deny"}';

export async function run(words, io) {
  const { values, operands } = readArguments(words, { options: OPTIONS, operands: ["POLICY"] });
  const [path] = operands;
  if (values.fix && path === "-") throw new BadUse("`--fix` needs a file to write to, and standard input is none");
  const written = await readText(path, io);
  const tools = values.tools === undefined ? undefined : await readTools(values.tools, io);
  const findings = (text) => lint(text, { tools: tools?.text }).filter(wanted(values));
  const { text, labels } = values.fix ? repair(written, findings) : { text: written, labels: [] };
  if (labels.length > 0) await replaceFile(path, text);
  const diagnostics = findings(text);
  if (values.json) {
    await writeJson(io.stdout, { diagnostics, tools: treatments(text, tools), ...(values.fix && { fixed: labels }) });
  } else {
    await write(io.stdout, report(nameOf(path), text, diagnostics, labels, colours(io.stdout, io.env)));
  }
  return diagnostics.length > 0 ? 1 : 0;
}

function wanted(values) {
  return ({ severity }) => severity === "error" || !values["errors-only"];
}

/** The names on a server's list. What else is on it, `lint` reads from the text. */
async function readTools(path, io) {
  const text = await readText(path, io);
  try {
    lint(ANY_POLICY, { tools: text });
    const document = JSON.parse(text.replace(/^\ufeff/, ""));
    const result = document.result ?? document;
    return { text, names: (result.tools ?? result).map(({ name }) => name) };
  } catch (error) {
    throw new BadUse(`${nameOf(path)}: ${error.message ?? error}`);
  }
}

/** How each tool that the policy or the server names is treated; nothing can be told of a policy with errors. */
function treatments(text, tools) {
  const compiled = compile(text);
  if (!compiled.ok) return [];
  const explained = explain(text);
  const said = new Map(explained.tools.map(({ tool, sentences }) => [tool, sentences]));
  const names = new Set([...said.keys(), ...(tools?.names ?? [])]);
  const listed = Array.from(names, (name) => ({
    name,
    in_policy: said.has(name),
    ...(tools && { on_server: tools.names.includes(name) }),
    hidden: compiled.policy.hides(name),
    words: (said.get(name) ?? [explained.unlisted]).map((sentence) => sentence.text),
  }));
  compiled.policy.free();
  return listed;
}

function report(name, text, diagnostics, labels, paint) {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const counts = [
    ...(errors > 0 ? [counted(errors, "error")] : []),
    ...(diagnostics.length > errors ? [counted(diagnostics.length - errors, "lint")] : []),
  ];
  const fixable = diagnostics.filter(({ fix }) => fix).length;
  const hint = fixable > 0 ? `; --fix repairs ${fixable} of them` : "";
  const fixed = labels.map((label) => `${name}: fixed: ${label}\n`).join("");
  if (counts.length === 0) return `${fixed}${paint.green(`${name}: no findings`)}\n`;
  return `${fixed}${renderDiagnostics(name, text, diagnostics, paint)}\n${name}: ${counts.join(", ")}${hint}\n`;
}
