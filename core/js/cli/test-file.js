// A file of policy tests, read strictly: a field that is not known is an error with its place, because a typo must not
// make a test pass.

import { INSTANTS, parseInstant, parseSpan } from "./instant.js";
import { placeOf, readPlaces } from "./json-places.js";
import { BadUse, suggestion } from "./options.js";
import { counted } from "./output.js";

/** When the first call of a test is made that does not say: 2026-01-01T00:00:00Z. */
const FIRST = Date.UTC(2026, 0, 1);

const DECISIONS = ["allow", "deny", "approval"];
const OUTCOMES = ["ok", "tool_error", "protocol_error"];

/**
 * @typedef {object} TestFile
 * @property {string} name
 * @property {string} [policy] The policy's path, from the file's folder.
 * @property {import("../types.js").CountingOptions} counting
 * @property {PolicyTest[]} tests
 *
 * @typedef {object} PolicyTest
 * @property {string} name
 * @property {number} line
 * @property {number} column
 * @property {TestCall[]} calls Each as many times as it is made, in order.
 *
 * @typedef {object} TestCall
 * @property {number} line
 * @property {number} column
 * @property {number} at
 * @property {string} tool
 * @property {string} [args] JSON text, as written.
 * @property {string} [grant]
 * @property {string} [session]
 * @property {boolean} [approved]
 * @property {string} [outcome]
 * @property {Record<string, unknown>} [expect] A part of the verdict; null is a field that must not be there.
 */

/** Whether a text is a file of tests, rather than a policy. Throws where it is no JSON. */
export function holdsTests(text, name) {
  const root = readPlaces(text, name);
  return root.type === "object" && root.members.some(({ key }) => key === "tests");
}

/**
 * Reads a file of tests. Throws a {@link BadUse} with all that is wrong with it, a line each.
 *
 * @returns {TestFile}
 */
export function readTestFile(text, name) {
  const problems = [];
  const report = (node, message) => {
    const { line, column } = placeOf(text, node.start);
    problems.push(`${name}:${line}:${column}: ${message}`);
  };
  const root = fieldsOf(readPlaces(text, name), FILE, report);
  const tests = (root.tests?.items ?? []).map((node) => readTest(node, text, report));
  if (root.tests?.items?.length === 0) report(root.tests, "there is no test in it");
  if (problems.length > 0) {
    const errors = counted(problems.length, "error");
    throw new BadUse(`${name} has ${errors}, and no test is run`, `${problems.join("\n")}\n`);
  }
  const { window: model, refund, policy } = root;
  return {
    name,
    policy: policy?.value,
    counting: { ...(model && { window_model: model.value }), ...(refund && { refund: refund.value }) },
    tests,
  };
}

/** A field's reader says what it takes; undefined is: it is taken. */
const aText = ({ type }) => (type === "text" ? undefined : "a text");
const anObject = ({ type }) => (type === "object" ? undefined : "an object");
const aList = ({ type }) => (type === "list" ? undefined : "a list");
const aBoolean = ({ type }) => (type === "boolean" ? undefined : "true or false");
const aNumber = ({ type }) => (type === "number" ? undefined : "a number");
const oneOf = (words) => ({ value }) => (words.includes(value) ? undefined : `one of ${words.join(", ")}`);
const repetitions = ({ value }) =>
  Number.isInteger(value) && value >= 1 && value <= 100_000 ? undefined : "a whole number from 1 to 100,000";
const aMoment = ({ value }) =>
  momentOf(value, 0) === undefined ? `${INSTANTS}, or a time after, such as +1s or +1m30s` : undefined;

const FILE = {
  needed: ["tests"],
  fields: {
    $schema: aText,
    description: aText,
    policy: aText,
    window: oneOf(["calendar", "sliding"]),
    refund: oneOf(["protocol_error", "any_error", "never"]),
    tests: aList,
  },
};

const TEST = { needed: ["name", "calls"], fields: { name: aText, description: aText, calls: aList } };

const CALL = {
  needed: ["tool"],
  fields: {
    at: aMoment,
    tool: aText,
    args: anObject,
    grant: aText,
    session: aText,
    approved: aBoolean,
    outcome: oneOf(OUTCOMES),
    times: repetitions,
    expect: anObject,
  },
};

const orAbsent = (reader) => (node) => (node.type === "null" ? undefined : reader(node));

const QUOTA = {
  needed: [],
  fields: {
    counter: aText,
    window: oneOf(["minute", "hour", "day"]),
    window_model: orAbsent(oneOf(["sliding"])),
    used: aNumber,
    max: aNumber,
    cost: aNumber,
    remaining: aNumber,
    window_start: aMoment,
    resets_at: aMoment,
  },
};

const EXPECTED = {
  needed: [],
  fields: {
    decision: oneOf(DECISIONS),
    reason: aText,
    rule: orAbsent(aText),
    pointer: orAbsent(aText),
    message: aText,
    malformed: orAbsent(aText),
    at: aMoment,
    clock_behind_ms: orAbsent(aNumber),
    retry_at: orAbsent(aMoment),
    quota: orAbsent(anObject),
  },
};

/** The nodes of an object's fields, by key, where they are good; what is not is reported. */
function fieldsOf(node, { needed, fields }, report) {
  if (node.type !== "object") {
    report(node, "expected an object");
    return {};
  }
  const good = {};
  for (const { key, start, node: value } of node.members) {
    const reader = Object.hasOwn(fields, key) ? fields[key] : undefined;
    const wanted = reader?.(value);
    if (!reader) report({ start }, `unknown field \`${key}\`${suggestion(key, Object.keys(fields))}`);
    else if (wanted) report(value, `\`${key}\` takes ${wanted}`);
    else good[key] = value;
  }
  const missing = needed.filter((key) => !node.members.some((member) => member.key === key));
  for (const key of missing) report(node, `\`${key}\` is missing`);
  return good;
}

function readTest(node, source, report) {
  const { name, calls } = fieldsOf(node, TEST, report);
  let now = FIRST;
  const made = [];
  for (const item of calls?.items ?? []) {
    const repeated = readCall(item, now, source, report);
    made.push(...repeated);
    now = repeated.at(-1)?.at ?? now;
  }
  if (calls && !made.some(({ expect }) => expect)) report(node, "this test expects nothing");
  return { name: name?.value, ...placeOf(source, node.start), calls: made };
}

function readCall(node, before, source, report) {
  const fields = fieldsOf(node, CALL, report);
  const expected = fields.expect && fieldsOf(fields.expect, EXPECTED, report);
  const quota = expected?.quota?.type === "object" ? fieldsOf(expected.quota, QUOTA, report) : undefined;
  if (fields.expect?.members.length === 0) report(fields.expect, "`expect` expects nothing");
  const { tool, args, grant, session, approved, outcome } = fields;
  const place = placeOf(source, node.start);
  let at = before;
  return Array.from({ length: fields.times?.value ?? 1 }, () => {
    at = fields.at ? momentOf(fields.at.value, at) : at;
    return {
      ...place,
      at,
      tool: tool?.value,
      args: args && source.slice(args.start, args.end),
      grant: grant?.value,
      session: session?.value,
      approved: approved?.value,
      outcome: outcome?.value,
      expect: expected && expectation(expected, quota, at),
    };
  });
}

function expectation(expected, quota, at) {
  const values = valuesOf(expected, at);
  return quota ? { ...values, quota: valuesOf(quota, at) } : values;
}

const MOMENTS = ["at", "retry_at", "window_start", "resets_at"];

function valuesOf(nodes, at) {
  const isMoment = (key, value) => MOMENTS.includes(key) && value !== null;
  const valueOf = ([key, { value }]) => [key, isMoment(key, value) ? momentOf(value, at) : value];
  return Object.fromEntries(Object.entries(nodes).map(valueOf));
}

/** A time in milliseconds, from a number, RFC 3339, or a span after `from`. */
function momentOf(value, from) {
  if (typeof value === "number") return Number.isSafeInteger(value) ? value : undefined;
  if (typeof value !== "string") return undefined;
  const span = parseSpan(value);
  return span === undefined ? parseInstant(value) : from + span;
}
