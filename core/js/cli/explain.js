// `gatewright explain`: a policy in English.

import { explain } from "../index.js";
import { readPolicy } from "./diagnostic.js";
import { COUNTING, COUNTING_USAGE, countingOptions, readArguments } from "./options.js";
import { write, writeJson } from "./output.js";

export const summary = "put a policy into English";

export const usage = `Usage: gatewright explain POLICY [OPTIONS]

Puts a policy into English, as a Markdown list: a sentence for each rule and limit.

Options:
${COUNTING_USAGE}
  --json  print one object: {"whole": [...], "unlisted": {...}, "tools": [...], "markdown": ...}

Examples:
  gatewright explain policy.json
  gatewright explain policy.json --json | jq '.tools[].tool'

Exit codes: 0 fine, 2 bad use.
`;

const OPTIONS = { ...COUNTING, json: { type: "boolean" } };

export async function run(words, io) {
  const { values, operands } = readArguments(words, { options: OPTIONS, operands: ["POLICY"] });
  const counting = countingOptions(values);
  const explanation = explain(await readPolicy(operands[0], io, counting), counting);
  if (values.json) await writeJson(io.stdout, explanation);
  else await write(io.stdout, explanation.markdown);
  return 0;
}
