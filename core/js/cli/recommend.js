// `gatewright recommend`: the policy that a server's tools deserve, each line with its reason.

import { recommend } from "../index.js";
import { nameOf, readText } from "./files.js";
import { BadUse, SAYING, readArguments, saidOf } from "./options.js";
import { counted, legible, write, writeJson } from "./output.js";

export const summary = "write the policy that tools deserve";

export const usage = `Usage: gatewright recommend TOOLS ... [OPTIONS]

Writes a policy for a server's tools, or those of several, by what their definitions say of them: what only looks is
allowed, what writes or runs something is limited, what destroys is hidden, what moves money waits for a person, all else
is denied. The policy is on standard output, why each line is there on standard error.

Options:
  --choice strict|balanced|permissive  how much an agent is let do (balanced)
  --onto POLICY                        make it in this policy: what it says of other tools stays
  --say TOOL=CATEGORY                  what a tool does as you know it: read, write, execute, destructive or financial;
                                       may be repeated
  --json                               print one object: {"policy": ..., "lines": [...], "tools": [...], "figures": {...}}

Examples:
  gatewright recommend tools.json > policy.json
  gatewright recommend github.json files.json --choice strict
  gatewright recommend tools.json --onto policy.json --say sync=destructive

Exit codes: 0 fine, 2 bad use.
`;

const CHOICES = ["strict", "balanced", "permissive"];

const OPTIONS = {
  choice: { type: "string", choices: CHOICES },
  onto: { type: "string" },
  ...SAYING,
  json: { type: "boolean" },
};

export async function run(words, io) {
  const { values, operands } = readArguments(words, { options: OPTIONS, operands: ["TOOLS"], rest: true });
  const { choice, onto, json } = values;
  const policy = onto === undefined ? undefined : await readText(onto, io);
  const lists = [];
  for (const path of operands) lists.push(await readText(path, io));
  const told = asked(operands, () => recommend(lists.join("\n"), { choice, policy, said: saidOf(values) }));
  if (json) {
    await writeJson(io.stdout, told);
  } else {
    await write(io.stderr, report(told));
    await write(io.stdout, told.policy);
  }
  return 0;
}

function asked(paths, question) {
  try {
    return question();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new BadUse(`${paths.map(nameOf).join(", ")}: ${error.message}`);
  }
}

function report({ lines, tools, choice, figures }) {
  const whys = lines.map(({ pointer, tool, why }) => {
    const about = tool !== undefined && pointer === "/default" ? ` (${tool})` : "";
    return `${legible(pointer + about)}: ${why}\n`;
  });
  const not_held = tools.flatMap(({ tool, not_held = [] }) =>
    not_held.map((why) => `${legible(tool)}: not held: ${why}\n`),
  );
  const all = CHOICES.map((name) => `${name === choice ? "*" : " "} ${name.padEnd(10)}  ${inWords(figures[name])}\n`);
  return `${whys.join("")}${not_held.join("")}\n${all.join("")}\n`;
}

function inWords({ allowed, limited, approval, hidden, denied, limited_a_day, passing, working_day }) {
  const treated = `${allowed} allowed, ${limited} limited (at most ${counted(limited_a_day, "call")} a day)`;
  const others = `${approval} for approval, ${hidden} hidden, ${denied} denied`;
  return `${treated}, ${others}; ${passing} of ${working_day} calls of a working day pass`;
}
