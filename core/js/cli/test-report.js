// What policy tests came to: for people, as TAP 14, as JUnit's XML. Nothing in it differs from run to run.

import { formatInstant } from "./instant.js";
import { counted, legible } from "./output.js";

/**
 * @typedef {object} TestedFile
 * @property {string} file
 * @property {string} policy
 * @property {TestResult[]} tests
 *
 * @typedef {object} TestResult
 * @property {string} name
 * @property {boolean} passed
 * @property {number} line
 * @property {number} column
 * @property {{ call: number, line: number, column: number, tool: string, at: number,
 *   differences: { field: string, expected: unknown, got: unknown }[], message: string }[]} failures `call` counts from 1;
 *   the message is the verdict's.
 */

/** How many passed, and how many did not. */
export function tally(files) {
  const tests = files.flatMap((file) => file.tests);
  const passed = tests.filter((test) => test.passed).length;
  return { passed, failed: tests.length - passed };
}

/** @param {TestedFile[]} files */
export function forPeople(files, paint) {
  const lines = [];
  for (const { file, tests } of files) {
    lines.push(paint.bold(file));
    for (const test of tests) {
      lines.push(`  ${test.passed ? paint.green("pass") : paint.red("FAIL")}  ${legible(test.name)}`);
      for (const failure of test.failures) lines.push(...failureLines(file, failure).map((line) => `        ${line}`));
    }
  }
  const { passed, failed } = tally(files);
  const numbers = `${counted(passed + failed, "test")}: ${passed} passed, ${failed} failed`;
  return `${lines.join("\n")}\n\n${failed > 0 ? paint.red(numbers) : paint.green(numbers)}\n`;
}

function failureLines(file, { call, line, column, tool, at, differences, message }) {
  const compared = ({ field, expected, got }) => `  ${field}: expected ${shown(expected)}, got ${shown(got)}`;
  const found = differences.map(compared);
  const place = `${file}:${line}:${column}: call ${call}, ${legible(tool)} at ${formatInstant(at)}`;
  return [place, ...found, `  the verdict says: ${legible(message)}`];
}

function shown(value) {
  return value === undefined || value === null ? "nothing" : legible(JSON.stringify(value));
}

/** @param {TestedFile[]} files */
export function asTap(files) {
  const lines = ["TAP version 14"];
  const tests = files.flatMap(({ file, tests }) => tests.map((test) => ({ file, test })));
  lines.push(`1..${tests.length}`);
  for (const [index, { file, test }] of tests.entries()) {
    lines.push(`${test.passed ? "ok" : "not ok"} ${index + 1} - ${tapText(`${file}: ${test.name}`)}`);
    if (!test.passed) lines.push(...tapDetails(file, test));
  }
  return `${lines.join("\n")}\n`;
}

function tapText(text) {
  return legible(text).replace(/[\\#]/g, "\\$&");
}

/** A block of YAML. JSON texts are YAML too. */
function tapDetails(file, { failures }) {
  const lines = ["  ---", "  failures:"];
  for (const { call, line, column, tool, at, differences, message } of failures) {
    lines.push(`    - place: ${JSON.stringify(`${file}:${line}:${column}`)}`);
    lines.push(`      call: ${call}`, `      tool: ${JSON.stringify(tool)}`, `      at: ${at}`, "      differences:");
    for (const { field, expected, got } of differences) {
      lines.push(`        - field: ${field}`);
      lines.push(`          expected: ${JSON.stringify(expected)}`, `          got: ${JSON.stringify(got ?? null)}`);
    }
    lines.push(`      message: ${JSON.stringify(message)}`);
  }
  return [...lines, "  ..."];
}

/** @param {TestedFile[]} files */
export function asJunit(files) {
  const all = tally(files);
  const suites = files.map((file) => {
    const { passed, failed } = tally([file]);
    const cases = file.tests.map((test) => junitCase(file.file, test)).join("");
    const start = `  <testsuite name="${xml(file.file)}" tests="${passed + failed}" failures="${failed}" errors="0">`;
    return `${start}\n${cases}  </testsuite>\n`;
  });
  const head = `<testsuites tests="${all.passed + all.failed}" failures="${all.failed}" errors="0">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${head}\n${suites.join("")}</testsuites>\n`;
}

function junitCase(file, test) {
  const place = `file="${xml(file)}" line="${test.line}"`;
  const start = `    <testcase classname="${xml(file)}" name="${xml(test.name)}" ${place}`;
  if (test.passed) return `${start}/>\n`;
  const lines = test.failures.flatMap((failure) => failureLines(file, failure));
  return `${start}>\n      <failure message="${xml(lines[0])}">${xml(lines.join("\n"))}</failure>\n    </testcase>\n`;
}

const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&apos;" };

function xml(text) {
  const allowed = text.replace(/[^\t\n\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");
  return allowed.replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
