// What is said of documents: findings with the calls that show them, repairs, and words.

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  PolicyError,
  applyEdits,
  builtInScenarios,
  compile,
  explain,
  lint,
  parseScenario,
  printScenario,
  simulate,
} from "gatewright";

const EVADED = JSON.stringify({
  version: "1",
  default: "deny",
  tools: { charge: { deny_if: [{ conditions: [{ path: "args.amount", op: "gt", value: 50000 }] }] } },
});

test("a finding's scenario runs through the policy that it was found in", () => {
  const finding = lint(EVADED).find(({ scenario }) => scenario !== undefined);
  assert.ok(finding, "a rule that leaving the argument out evades is found, and shown");
  const { summary } = simulate(EVADED, finding.scenario);
  assert.equal(summary.calls, finding.scenario.blocks.length);
  assert.ok(summary.allowed > 0, "the call without the argument passes");
});

test("a scenario with numbers beyond JavaScript's own is rounded, and gives nothing up", () => {
  for (const value of [
    "9007199254740992",
    "9007199254740993",
    "18446744073709551616",
    "1e400",
    "-9007199254740993",
    "0.1",
  ]) {
    const text = EVADED.replace("50000", value);
    const compiled = compile(text);
    assert.equal(compiled.ok, true, value);
    assert.deepEqual(compiled.warnings, lint(text), value);
    assert.equal(compiled.policy.failed, false, value);
    compiled.policy.free();
  }
});

test("a scenario is read from lines and written as lines", () => {
  const line = "mix 7 charge with {\"amount\": 5}, 3 refund × 2/s for 1m as ci seed 7\n";
  const scenario = parseScenario(line);
  assert.deepEqual(scenario.blocks[0].of.map(({ weight }) => weight), [7, 3]);
  assert.equal(printScenario(EVADED, scenario), line.replace("\"amount\": 5", '"amount":5'));
  assert.equal(simulate(EVADED, scenario).summary.calls, 120);
  assert.throws(() => parseScenario("charge × 5/s"), /line 1, column 1: a pace needs `for`/);
  assert.throws(() => printScenario(EVADED, "charge × 5/s"), TypeError);
  assert.throws(() => printScenario("{}", line), PolicyError);
  for (const { id } of builtInScenarios()) assert.ok(parseScenario(printScenario(EVADED, id)).blocks.length > 0, id);
});

test("what is no scenario throws a TypeError that says why", () => {
  for (const scenario of [
    {},
    { start: 0 },
    { start: 0, blocks: [{ block: "dance" }] },
    { start: "noon", blocks: [] },
  ]) {
    assert.throws(() => simulate(EVADED, scenario), TypeError, JSON.stringify(scenario));
  }
  const million = { block: "repeat", call: { tool: "charge", grant: "ci" }, times: 1_000_001, every_ms: 0 };
  assert.throws(() => simulate(EVADED, { start: 0, blocks: [million] }), /1,000,001/);
  for (const calls of [undefined, null, 5]) assert.throws(() => simulate(EVADED, calls), TypeError);
});

test("a finding's repair makes the document right", () => {
  const misspelt = EVADED.replace('"deny_if"', '"denyif"');
  const [error] = lint(misspelt);
  assert.equal(error.severity, "error");
  assert.deepEqual(compile(misspelt).errors, lint(misspelt));
  assert.equal(applyEdits(misspelt, error.fix.edits), EVADED);
});

test("every sentence of a document in words has a place in it", () => {
  const { whole, unlisted, tools, markdown } = explain(EVADED);
  const sentences = [...whole, unlisted, ...tools.flatMap((tool) => tool.sentences)];
  for (const { text, pointer } of sentences) {
    assert.ok(markdown.includes(text), text);
    assert.match(pointer, /^(\/[^/]+)*$/);
  }
  assert.deepEqual(
    tools.map(({ tool }) => tool),
    ["charge"],
  );
});
