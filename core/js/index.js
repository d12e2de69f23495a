// The package's root: the same in Node, in browsers, in workers and on the edge. It opens nothing and asks nobody.

import * as glue from "./engine/gatewright_bg.js";
import { ask } from "./engine.js";
import { Policy } from "./policy.js";

export { Policy };
export { PolicyError } from "./policy-error.js";
export { Simulation, simulate } from "./simulation.js";

export const version = "0.1.0";

export function compile(text, options) {
  try {
    const policy = new Policy(text, options);
    return { ok: true, policy, warnings: ask(() => glue.lints(text)) };
  } catch (found) {
    if (Array.isArray(found)) return { ok: false, errors: found, warnings: [] };
    throw typeof found === "string" ? new TypeError(found) : found;
  }
}

export function lint(text, { tools } = {}) {
  const errors = ask(() => glue.errors(text));
  return errors.length > 0 ? errors : ask(() => glue.lints(text, tools));
}

export function explain(text, { window_model = "calendar" } = {}) {
  return ask(() => glue.explain(text, window_model));
}

export function applyEdits(text, edits) {
  return ask(() => glue.apply_edits(text, edits));
}

export function readEnvelope(line) {
  try {
    return ask(() => glue.read_envelope(line));
  } catch (problem) {
    if (typeof problem === "string") return undefined;
    throw problem;
  }
}

export function denialLine(id, verdict, { modern = false } = {}) {
  const line = ask(() => glue.denial_line(id, JSON.stringify(verdict), modern));
  if (line === undefined) throw new TypeError("the verdict has no `message` or no `at`");
  return line;
}

export function errorLine(id, code, message) {
  return ask(() => glue.error_line(id, code, message));
}
