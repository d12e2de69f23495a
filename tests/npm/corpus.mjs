// The vector files as the package's tests need them: policies and arguments as they are spelled.

import { readFileSync, readdirSync } from "node:fs";

import { parseSpelled } from "./spelled-json.mjs";

const FOLDER = new URL("../vectors/", import.meta.url);

/** The fields that hold an instant: a number of milliseconds where it was found, RFC 3339 perhaps where expected. */
const INSTANTS = ["at", "retry_at", "window_start", "resets_at"];

/** The names of the vector files. */
export const TOPICS = readdirSync(FOLDER)
  .filter((file) => file.endsWith(".json") && file !== "vectors.schema.json")
  .map((file) => file.slice(0, -".json".length));

/** The cases of a topic, each with its form, and with JSON texts in place of what must not be rounded. */
export function casesOf(topic) {
  const { value, spelling } = parseSpelled(readFileSync(new URL(`${topic}.json`, FOLDER), "utf8"));
  return value.cases.map((each) => ({
    ...each,
    form: formOf(each),
    // Null is the absence of a policy.
    policy_text: each.policy === null ? null : (each.policy_text ?? spelling(each, "policy")),
    before_text: spelling(each, "before"),
    after_text: spelling(each, "after"),
    calls: each.calls?.map((turn) => ({
      ...turn,
      args_text: turn.args_text ?? spelling(turn, "args"),
      replacement: spelling(turn, "replace_policy"),
    })),
  }));
}

function formOf(each) {
  if ("errors" in each) return "invalid";
  if ("scenario" in each) return "simulate";
  if ("difference" in each) return "diff";
  return "log" in each ? "import" : "calls";
}

/**
 * Every place, told from `place` on, where `found` is not as expected. Objects are compared by the expected keys, and an
 * expected null is the absence of the key. Lists are compared item by item and must be of one length.
 */
export function differences(place, expected, found) {
  if (isObject(expected) && isObject(found)) {
    const inside = (key) => (place === "" ? key : `${place}.${key}`);
    return Object.entries(expected).flatMap(([key, value]) => differences(inside(key), value, found[key]));
  }
  if (Array.isArray(expected) && Array.isArray(found) && expected.length === found.length) {
    return expected.flatMap((value, index) => differences(`${place}[${index}]`, value, found[index]));
  }
  if (same(place, expected, found)) return [];
  return [`${place}: expected ${JSON.stringify(expected)}, found ${JSON.stringify(found)}`];
}

function same(place, expected, found) {
  if (expected === null) return found === undefined || found === null;
  if (typeof expected === "string" && typeof found === "number" && INSTANTS.includes(place.split(".").at(-1))) {
    return millis(expected) === found;
  }
  if (Array.isArray(expected) || isObject(expected)) return false;
  return expected === found;
}

function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An instant in milliseconds. */
export function millis(instant) {
  return typeof instant === "number" ? instant : Date.parse(instant);
}
