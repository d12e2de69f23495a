// `gatewright risk`: what each tool of a server does by its own definition, and how grave that is.

import { risk } from "../index.js";
import { nameOf, readText } from "./files.js";
import { BadUse, SAYING, readArguments, saidOf } from "./options.js";
import { colours, legible, table, write, writeJson } from "./output.js";

export const summary = "tell how risky each tool of a server is, and why";

export const usage = `Usage: gatewright risk TOOLS [TOOLS ...] [OPTIONS]

Tells what each tool does, how grave that is and why, by what its server writes of it: name, description, schema and
annotations. Nobody has checked any of it. TOOLS is an answer to tools/list, or any other file that lists tools.

Options:
  --say TOOL=CATEGORY  what a tool does as you know it: read, write, execute, destructive or financial; may be repeated
  --verbose            show the words that each judgement comes from
  --json               print one object: {"servers": [...], "words": ..., "unreadable": [...]}

Examples:
  gatewright risk tools.json
  gatewright risk github.json slack.json --verbose
  gatewright risk tools.json --say open_nodes=read --json | jq '.servers[].tools[] | select(.level == "critical").name'

Exit codes: 0 told, 1 some tools could not be read, 2 bad use.
`;

const OPTIONS = {
  ...SAYING,
  verbose: { type: "boolean" },
  json: { type: "boolean" },
};

export async function run(words, io) {
  const { values, operands } = readArguments(words, { options: OPTIONS, operands: ["TOOLS"], rest: true });
  const said = saidOf(values);
  const read = [];
  for (const path of operands) read.push(await readTools(path, said, io));
  const servers = read.flatMap((told) => told.servers);
  const unreadable = read.flatMap((told) => told.unreadable);
  const unknown = Object.keys(said).find((name) => !servers.some(({ tools }) => tools.some((tool) => tool.name === name)));
  if (unknown !== undefined) throw new BadUse(`\`--say\` names \`${legible(unknown)}\`, which is not listed`);
  if (values.json) {
    await writeJson(io.stdout, { servers, words: read.map((told) => told.words).join(" "), unreadable });
  } else {
    await write(io.stdout, servers.map((server) => report(server, values.verbose, colours(io.stdout, io.env))).join("\n"));
    if (unreadable.length > 0) await write(io.stderr, unreadable.map((line) => `${legible(line)}\n`).join(""));
  }
  return unreadable.length > 0 ? 1 : 0;
}

async function readTools(path, said, io) {
  const text = await readText(path, io);
  try {
    const told = risk(text, { name: path === "-" ? "" : stem(path), said });
    return { ...told, unreadable: told.unreadable.map((line) => `${nameOf(path)}: ${line}`) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new BadUse(`${nameOf(path)}: ${error.message}`);
  }
}

/** `github` for `lists/github.json`. */
function stem(path) {
  return path.split(/[/\\]/).at(-1).split(".", 1)[0];
}

function report({ name, tools }, verbose, colour) {
  const title = name === "" ? "" : `${colour.bold(legible(name))}\n`;
  if (tools.length === 0) return `${title}  no tools\n`;
  const rows = tools.map((tool) => [
    legible(tool.name),
    tool.category ?? "undecided",
    tool.level,
    verbose ? tool.source : tool.signal_words.join(", "),
  ]);
  const lines = table([["tool", "category", "level", verbose ? "by" : "signals"], ...rows]).split(/(?<=\n)/);
  const evidence = tools.map((tool) => (verbose ? reasons(tool) : ""));
  return title + colour.dim(lines[0]) + tools.map((tool, row) => shade(lines[row + 1], tool.level, colour) + evidence[row]).join("");
}

const SHADES = { high: "yellow", critical: "red" };

function shade(line, level, colour) {
  return SHADES[level] ? colour[SHADES[level]](line) : line;
}

/** Under a tool, every reason and every signal with its place and words. */
function reasons({ reasons, signals }) {
  return [...reasons, ...signals.map(({ evidence }) => evidence)]
    .map(({ place, words, why }) => `      ${placeOf(place)}${words === "" ? "" : ` “${legible(words)}”`}: ${why}\n`)
    .join("");
}

function placeOf({ in: where, pointer }) {
  return where === "schema" ? `inputSchema${legible(pointer)}` : where;
}
