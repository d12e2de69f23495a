// The package's root: the same in Node, in browsers, in workers and on the edge. It opens nothing and asks nobody.

import * as glue from "./engine/gatewright_bg.js";
import { ask } from "./engine.js";
import { mustBe, mustBeBytes } from "./given.js";
import { PolicyError } from "./policy-error.js";
import { Policy, warningsOf } from "./policy.js";
import { isTooLong } from "./slots.js";

export { Policy };
export { Learner, learn } from "./learning.js";
export { PolicyError } from "./policy-error.js";
export {
  Simulation,
  allStarts,
  builtInScenarios,
  diff,
  largestMax,
  parseScenario,
  printScenario,
  simulate,
  smallestMax,
} from "./simulation.js";

export const version = "0.1.0";

export function compile(text, options) {
  try {
    const policy = new Policy(text, options);
    return warningsOf(text, { ok: true, policy });
  } catch (found) {
    if (Array.isArray(found)) return { ok: false, errors: found, warnings: [] };
    throw asError(found);
  }
}

export function lint(text, { tools } = {}) {
  mustBe(typeof text === "string", "the policy is not text");
  mustBe(tools === undefined || typeof tools === "string", "`tools` is not text");
  const errors = ask(() => glue.errors(text));
  return errors.length > 0 ? errors : answered(() => glue.lints(text, tools));
}

export function explain(text, { window_model = "calendar" } = {}) {
  mustBe(typeof text === "string", "the policy is not text");
  return answered(() => glue.explain(text, `${window_model}`));
}

export function attackLibrary() {
  return ask(() => glue.attack_library());
}

export function attacks(policy, tools, options = {}) {
  const { earlier, log, attack, window_model: model = "calendar", refund = "protocol_error" } = options;
  mustBe(typeof policy === "string", "the policy is not text");
  mustBe(typeof tools === "string", "the tools are not text");
  for (const [name, text] of Object.entries({ earlier, log, attack })) {
    mustBe(text === undefined || typeof text === "string", `\`${name}\` is not text`);
  }
  return PolicyError.orThrown(() =>
    ask(() => glue.attacks(policy, tools, earlier, log, attack, `${model}`, `${refund}`)),
  );
}

export function pins(tools) {
  mustBe(typeof tools === "string", "the tools are not text");
  return JSON.parse(answered(() => glue.pins(tools)));
}

export function drift(earlier, tools, { policy } = {}) {
  const before = typeof earlier === "string" ? earlier : JSON.stringify(earlier);
  mustBe(typeof before === "string", "`earlier` is neither text nor pins");
  mustBe(typeof tools === "string", "the tools are not text");
  mustBe(policy === undefined || typeof policy === "string", "the policy is not text");
  return answered(() => glue.drift(before, tools, policy));
}

export function risk(tools, { name = "", said = {} } = {}) {
  mustBe(typeof tools === "string", "`tools` is not text");
  return answered(() => glue.risk(tools, `${name}`, pairsOf(said)));
}

export function recommend(tools, { choice = "balanced", policy, said = {} } = {}) {
  mustBe(typeof tools === "string", "`tools` is not text");
  mustBe(policy === undefined || typeof policy === "string", "`policy` is not text");
  return answered(() => glue.recommend(tools, `${choice}`, policy, pairsOf(said)));
}

export function convert(text, { from, server, tool, tools = [] } = {}) {
  mustBe(typeof text === "string", "the text is not text");
  mustBe(Array.isArray(tools), "`tools` is no list of names");
  return readOrBroken(() => glue.convert(text, { from, server, tool, tools }));
}

export function exportPolicy(text, to, { server, tools = [] } = {}) {
  mustBe(typeof text === "string", "the policy is not text");
  mustBe(Array.isArray(tools), "`tools` is no list of names");
  return withErrors(() => glue.export_policy(text, `${to}`, { server, tools }));
}

export function applyEdits(text, edits) {
  mustBe(typeof text === "string", "the text is not text");
  mustBe(Array.isArray(edits), "`edits` is no list");
  return answered(() => glue.apply_edits(text, edits));
}

export function readEnvelope(line) {
  mustBeBytes(line, "the line");
  if (isTooLong(line)) return undefined;
  try {
    return ask(() => glue.read_envelope(line));
  } catch (problem) {
    if (typeof problem === "string") return undefined;
    throw problem;
  }
}

export function denialLine(id, verdict, { modern = false } = {}) {
  mustBe(typeof id === "string", "the id is not text");
  mustBe(typeof verdict === "object" && verdict !== null, "the verdict is no object");
  const line = ask(() => glue.denial_line(id, JSON.stringify(verdict), modern));
  if (line === undefined) throw new TypeError("the verdict has no `message` or no `at`");
  return line;
}

export function errorLine(id, code, message, data) {
  mustBe(typeof id === "string", "the id is not text");
  mustBe(Number.isSafeInteger(code), "the code is not a whole number");
  mustBe(typeof message === "string", "the message is not text");
  return `{"jsonrpc":"2.0","id":${id},"error":${JSON.stringify({ code, message, data })}}`;
}

/** What somebody says that tools do: pairs of a tool's name and a category. */
function pairsOf(said) {
  mustBe(typeof said === "object" && said !== null, "`said` is no object");
  return Object.entries(said).map(([tool, category]) => [tool, `${category}`]);
}

/** What was converted, or where it breaks off. */
function readOrBroken(question) {
  try {
    return { ok: true, ...ask(question) };
  } catch (found) {
    if (typeof found === "object" && found !== null && "location" in found) return { ok: false, ...found };
    throw asError(found);
  }
}

/** What was written, or the errors of the policy. */
function withErrors(question) {
  try {
    return { ok: true, ...ask(question) };
  } catch (found) {
    if (Array.isArray(found)) return { ok: false, errors: found };
    throw asError(found);
  }
}

/** What the evaluator answers; a sentence of what it cannot read is a `TypeError`. */
function answered(question) {
  try {
    return ask(question);
  } catch (found) {
    throw asError(found);
  }
}

function asError(found) {
  return typeof found === "string" ? new TypeError(found) : found;
}
