// The corpus's cases of whole runs: scenarios and logs, in one go and in steps, and what two policies make of a log.

import { Simulation, diff, simulate } from "gatewright";

import { differences } from "./corpus.mjs";

/** How many calls a step runs: a number that fits no case. */
const STEP = 7;
const encoder = new TextEncoder();

/** What differs in a case of a scenario. */
export function differencesOfScenario({
  policy_text: text,
  scenario,
  window_model,
  refund,
  summary,
  words,
  rows = [],
}) {
  const options = { window_model, refund };
  const simulation = new Simulation(text, options);
  simulation.play(scenario);
  const run = finished(simulation);
  const told = [
    ...differencesOfResult({ summary, words }, run),
    ...differences("in one go", run, simulate(text, scenario, options)),
    ...rows.flatMap((row) => differencesOfRow(row, simulation)),
  ];
  simulation.free();
  return told;
}

/** A call of a run as its explanation tells it, and as the run's columns do. */
function differencesOfRow({ call: number, ...expect }, simulation) {
  const place = `call ${number}`;
  const explained = simulation.explain(number - 1);
  if (explained === undefined) return [`${place}: the run has no such call`];
  const { decision, reason, rule, retry_at } = simulation.call(number - 1);
  const columns = { ...explained.verdict, decision, reason, rule, retry_at };
  return [...differences(`${place} explained`, expect, explained.verdict), ...differences(place, expect, columns)];
}

/** What differs in a case of a log. */
export function differencesOfLog({ log, report, policy_text: text, summary, words }) {
  const whole = log.join("\n");
  // A log is read whatever the policy.
  const document = text ?? '{"version":"1","default":"deny"}';
  const result = simulate(document, whole);
  const { unreadable, first_unreadable } = result.log;
  const found = { ...result.log, unreadable: first_unreadable.map(({ line }) => line) };
  const told = [
    ...differences("report", report, found),
    ...differences("report.unreadable", unreadable, first_unreadable.length),
    ...differences("in pieces", result, inPieces(document, encoder.encode(whole))),
  ];
  return text === undefined ? told : [...told, ...differencesOfResult({ summary, words }, result)];
}

/** What differs in a case of two policies. */
export function differencesOfDiff({
  before_text: before,
  after_text: after,
  log,
  window_model,
  refund,
  difference,
  words,
}) {
  const found = diff(before, after, log.join("\n"), { window_model, refund });
  const told = differences("difference", difference, found);
  return words === undefined ? told : [...told, ...differences("words", words, found.words)];
}

/** The same log, cut where it may not even be the end of a character. */
function inPieces(document, bytes) {
  const simulation = new Simulation(document);
  for (let start = 0; start < bytes.length; start += STEP) simulation.feed(bytes.subarray(start, start + STEP));
  const result = finished(simulation);
  simulation.free();
  return result;
}

function finished(simulation) {
  const { calls } = simulation.ended();
  for (let ran = 0; ran < calls; ran = simulation.run(STEP));
  return simulation.result();
}

function differencesOfResult({ summary, words = null }, result) {
  const told = differences("summary", summary, result.summary);
  return words === null ? told : [...told, ...differences("words", words, result.words)];
}
