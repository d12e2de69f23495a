// `gatewright pin`: the hashes of a server's tools, and what became of the tools since.

import { drift, pins } from "../index.js";
import { readPolicy } from "./diagnostic.js";
import { nameOf, readText } from "./files.js";
import { BadUse, readArguments } from "./options.js";
import { colours, legible, write, writeJson } from "./output.js";

export const summary = "pin the definitions of tools, and see what changed";

export const usage = `Usage: gatewright pin TOOLS [OPTIONS]

Prints the hash of each tool's definition, to be kept with the policy: \`gatewright pin tools.json > pins.json\`.
With --against, tells which tools are new, changed or gone since: against pins that they changed, against an earlier
list also what.
TOOLS: what a server lists, in any shape that is recognised (an answer to tools/list, an array, several servers).

Options:
  --against FILE  pins, or an earlier list of the tools
  --policy FILE   tell what this policy decides of each tool that is not as it was
  --json          with --against, print one object: {"tools": 14, "changes": [...], "words": ...}

Examples:
  gatewright pin tools.json > pins.json
  gatewright pin tools.json --against pins.json --policy policy.json

Exit codes: 0 written, or as pinned, 1 some tool is not, 2 bad use.
`;

const OPTIONS = { against: { type: "string" }, policy: { type: "string" }, json: { type: "boolean" } };

export async function run(words, io) {
  const { values, operands } = readArguments(words, { options: OPTIONS, operands: ["TOOLS"] });
  const [path] = operands;
  if (values.against === undefined) {
    const superfluous = ["policy", "json"].find((name) => values[name] !== undefined);
    if (superfluous) throw new BadUse(`\`--${superfluous}\` says nothing without \`--against\``);
    const found = orBadUse(path, pins, await readText(path, io));
    await write(io.stdout, `${JSON.stringify(found, null, 2)}\n`);
    return 0;
  }
  const tools = await readText(path, io);
  const earlier = await readText(values.against, io);
  const policy = values.policy === undefined ? undefined : await readPolicy(values.policy, io);
  orBadUse(path, pins, tools);
  const found = orBadUse(values.against, drift, earlier, tools, { policy });
  if (values.json) await writeJson(io.stdout, found);
  else await write(io.stdout, report(found, colours(io.stdout, io.env)));
  return found.changes.length > 0 ? 1 : 0;
}

function orBadUse(path, question, ...given) {
  try {
    return question(...given);
  } catch (problem) {
    if (problem instanceof TypeError) throw new BadUse(`${nameOf(path)}: ${problem.message}`);
    throw problem;
  }
}

function report({ changes, words }, paint) {
  const lines = changes.map((change) => legible(change.words));
  const summed = changes.length > 0 ? paint.red(words) : paint.green(words);
  return `${[...lines, summed].join("\n")}\n`;
}
