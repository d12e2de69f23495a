// What a user wrote after a command, read strictly: an option that is not known, is given twice or lacks its value is
// an error, because a typo must not change what is judged.

import { parseArgs } from "node:util";

import { INSTANTS, parseInstant, parseSpan } from "./instant.js";

/** A mistake of whoever ran the command: shown as one line, exit 2. Its message is a lower-case sentence. */
export class BadUse extends Error {
  /** `details`: lines to show before it. */
  constructor(message, details = "") {
    super(message);
    this.details = details;
  }
}

/** The options of how calls are counted, which several commands take. */
export const COUNTING = {
  window: { type: "string", choices: ["calendar", "sliding"] },
  refund: { type: "string", choices: ["protocol_error", "any_error", "never"] },
};

/** How those are told in a command's help. */
export const COUNTING_USAGE = `  --window calendar|sliding  how a limit's window lies in time (calendar)
  --refund OUTCOMES          which outcomes give a call back: protocol_error, any_error or never (protocol_error)`;

/** What the engine takes of the values of {@link COUNTING}. */
export function countingOptions({ window, refund }) {
  return { ...(window && { window_model: window }), ...(refund && { refund }) };
}

/** The options of commands that read a log: what is taken for the times that it does not have. */
export const REPLAY = { ...COUNTING, start: { type: "string" }, step: { type: "string" } };

/** How those are told in a command's help. */
export const REPLAY_USAGE = `${COUNTING_USAGE}
  --start TIME               when the first call of a log without times is made (2026-01-05T10:00:00Z)
  --step SPAN                how long after it the next one is, such as 500ms or 1m30s (1s)`;

/** What the engine takes of the values of {@link REPLAY}. */
export function replayOptions(values) {
  const options = countingOptions(values);
  const { start, step } = values;
  if (start !== undefined) options.start = parseInstant(start);
  if (step !== undefined) options.step_ms = parseSpan(`+${step}`);
  if (start !== undefined && options.start === undefined) {
    throw new BadUse(`\`--start\` does not take \`${start}\`; it takes ${INSTANTS}`);
  }
  if (step !== undefined && options.step_ms === undefined) {
    throw new BadUse(`\`--step\` does not take \`${step}\`; it takes a span, such as 500ms or 1m30s`);
  }
  return options;
}

/** The option of commands that judge tools: what somebody says that a tool does. */
export const SAYING = { say: { type: "string", many: true } };

/** The values of {@link SAYING} as categories by tool. A tool's name may have an equals sign too. */
export function saidOf({ say = [] }) {
  const pairs = say.map((written) => {
    const at = written.lastIndexOf("=");
    if (at < 1) throw new BadUse(`\`--say\` takes TOOL=CATEGORY, not \`${written}\``);
    return [written.slice(0, at), written.slice(at + 1)];
  });
  return Object.fromEntries(pairs);
}

/**
 * Reads the words after a command.
 *
 * `options` as `parseArgs` takes them, besides `choices`: the values that a text may have, and `many`: that it may be
 * given more than once. `operands` are the names of
 * the words that must be there; `rest` says that any number of others may follow.
 *
 * @returns {{ values: Record<string, string | boolean | string[] | undefined>, operands: string[] }}
 */
export function readArguments(words, { options = {}, operands = [], rest = false }) {
  const types = Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [name, short ? { type, short } : { type }]),
  );
  const { tokens } = parseArgs({ args: words, options: types, strict: false, allowPositionals: true, tokens: true });
  const values = {};
  const found = [];
  for (const token of tokens) {
    if (token.kind === "positional") found.push(token.value);
    if (token.kind !== "option") continue;
    const value = optionValue(token, options, values);
    values[token.name] = options[token.name].many ? [...(values[token.name] ?? []), value] : value;
  }
  if (found.length < operands.length) throw new BadUse(`${operands[found.length]} is missing; see --help`);
  const [superfluous] = rest ? [] : found.slice(operands.length);
  if (superfluous !== undefined) throw new BadUse(`\`${superfluous}\` is one word too many; see --help`);
  return { values, operands: found };
}

function optionValue(token, options, values) {
  const { name, rawName, value, inlineValue } = token;
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (!option) {
    const known = Object.keys(options).map((each) => `--${each}`);
    throw new BadUse(`unknown option \`${rawName}\`${suggestion(rawName, known) || "; see --help"}`);
  }
  if (Object.hasOwn(values, name) && !option.many) throw new BadUse(`\`${rawName}\` is given twice`);
  if (option.type === "boolean") {
    if (value !== undefined) throw new BadUse(`\`${rawName}\` takes no value`);
    return true;
  }
  if (value === undefined) throw new BadUse(`\`${rawName}\` needs a value`);
  if (!inlineValue && value.startsWith("-") && value !== "-") {
    throw new BadUse(`\`${rawName}\` needs a value; one that starts with a hyphen is written \`${rawName}=${value}\``);
  }
  if (option.choices && !option.choices.includes(value)) {
    const near = suggestion(value, option.choices) || `; it takes ${option.choices.join(", ")}`;
    throw new BadUse(`\`${rawName}\` does not take \`${value}\`${near}`);
  }
  return value;
}

/** Refuses options that exclude each other. */
export function atMostOne(values, names) {
  const given = names.filter((name) => values[name] !== undefined);
  if (given.length > 1) throw new BadUse(`\`--${given[0]}\` and \`--${given[1]}\` exclude each other`);
}

/** `; did you mean …?` with the known word that is nearest, or nothing where none is near. */
export function suggestion(written, known) {
  const allowed = 1 + Math.floor(written.length / 4);
  const ranked = known.map((word) => ({ word, distance: editDistance(written.toLowerCase(), word.toLowerCase()) }));
  const [nearest] = ranked.filter(({ distance }) => distance <= allowed).sort((a, b) => a.distance - b.distance);
  return nearest ? `; did you mean \`${nearest.word}\`?` : "";
}

/** Levenshtein's distance: inserted, removed and changed characters. Long words are as far as they are long. */
function editDistance(from, to) {
  if (from.length > 64) return from.length;
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 0; i < from.length; i += 1) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j += 1) {
      next.push(Math.min(row[j] + (from[i] === to[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1));
    }
    row = next;
  }
  return row[to.length];
}
