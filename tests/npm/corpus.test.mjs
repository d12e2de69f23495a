// The corpus, through the package as it is installed. What is expected is what the native runner expects.

import assert from "node:assert/strict";
import { test } from "node:test";

import { compile } from "gatewright";

import { TOPICS, casesOf, differences } from "./corpus.mjs";
import { differencesOfCalls, newCounts } from "./corpus-calls.mjs";
import { differencesOfDiff, differencesOfLog, differencesOfScenario } from "./corpus-runs.mjs";

const counts = { cases: 0, ...newCounts() };

const FORMS = {
  calls: (each) => differencesOfCalls(each, counts),
  invalid: differencesOfErrors,
  simulate: differencesOfScenario,
  import: differencesOfLog,
  diff: differencesOfDiff,
};

for (const topic of TOPICS) {
  test(`every case of vectors/${topic}.json holds in the package`, () => {
    const cases = casesOf(topic);
    assert.ok(cases.length > 0);
    counts.cases += cases.length;
    const told = cases.flatMap((each) =>
      FORMS[each.form](each).map((problem) => `${topic} › ${each.name}: ${problem}`),
    );
    assert.deepEqual(told, []);
  });
}

function differencesOfErrors({ policy_text: text, errors }) {
  const compiled = compile(text);
  if (compiled.ok) return ["the policy compiles"];
  const found = compiled.errors.map(({ pointer, code, location }) => ({
    pointer,
    code,
    line: location.line,
    column: location.column,
  }));
  return differences("errors", errors, found);
}

test("few calls of the corpus cannot go the way of objects, and each for a reason", () => {
  const { cases, asObject, asLine, asTextOnly, namesOnly, withoutPolicy, traced } = counts;
  assert.ok(cases >= 486, `${cases} cases`);
  assert.ok(asObject >= 2151, `${asObject} calls as objects, and as lines too`);
  assert.ok(asLine >= 128, `${asLine} lines`);
  assert.ok(traced >= 25, `${traced} traces`);
  // Numbers that no double holds, equal keys, what is no JSON: a line says them.
  assert.equal(asTextOnly, 54);
  // Names of arguments without their values: logs alone have them.
  assert.equal(namesOnly, 7);
  // There is no package without a policy.
  assert.equal(withoutPolicy, 5);
});
