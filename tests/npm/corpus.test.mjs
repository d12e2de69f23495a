import assert from "node:assert/strict";
import { test } from "node:test";

import { compile } from "gatewright";

import { TOPICS, casesOf, differences } from "./corpus.mjs";
import { differencesOfCalls, newCounts } from "./corpus-calls.mjs";

const counts = newCounts();

const FORMS = {
  calls: (each) => differencesOfCalls(each, counts),
  invalid: differencesOfErrors,
  simulate: () => [],
  import: () => [],
};

for (const topic of TOPICS) {
  test(`every case of vectors/${topic}.json holds in the package`, () => {
    const cases = casesOf(topic);
    assert.ok(cases.length > 0);
    const told = cases.flatMap((each) => FORMS[each.form](each).map((problem) => `${topic} › ${each.name}: ${problem}`));
    assert.deepEqual(told, []);
  });
}

function differencesOfErrors({ policy_text: text, errors }) {
  const compiled = compile(text);
  if (compiled.ok) return ["the policy compiles"];
  const found = compiled.errors.map(({ pointer, code, location: { line, column } }) => ({ pointer, code, line, column }));
  return differences("errors", errors, found);
}

test("every call of the corpus goes a way that can say it", () => {
  console.log(counts);
});
