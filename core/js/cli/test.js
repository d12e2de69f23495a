// `gatewright test`: calls with what is expected of them, kept in a file beside the policy.
//
// Each test starts with fresh counters. Arguments are judged as they are written, as the proxy judges them.

import { readdir, realpath, stat } from "node:fs/promises";
import { basename, dirname, isAbsolute, join } from "node:path";

import { compile } from "../index.js";
import { callLine } from "./call-line.js";
import { readPolicy } from "./diagnostic.js";
import { nameOf, problem, readText } from "./files.js";
import { atMostOne, BadUse, readArguments } from "./options.js";
import { colours, write, writeJson } from "./output.js";
import { holdsTests, readTestFile } from "./test-file.js";
import { asJunit, asTap, forPeople, tally } from "./test-report.js";

export const summary = "run a policy's tests";

export const usage = `Usage: gatewright test [FILE ...] [OPTIONS]

Runs calls through a policy and compares each verdict with what is expected of it. A FILE is a file of tests, a policy
(its tests are the *.test.json beside it that name it) or a folder (all *.test.json in it); the present folder, if none
is given. Each test starts with fresh counters.

A file of tests, policy.test.json:
  { "policy": "policy.json", "window": "calendar", "tests": [
      { "name": "the third run in a minute waits", "calls": [
          { "tool": "run", "times": 2, "expect": { "decision": "allow" } },
          { "at": "+1s", "tool": "run", "expect": { "decision": "deny", "retry_at": "+59s" } } ] } ] }

Options:
  --tap    print TAP 14
  --junit  print JUnit's XML
  --json   print one object: {"passed": ..., "failed": ..., "files": [...]}

Examples:
  gatewright test
  gatewright test policies/ --junit > report.xml

Exit codes: 0 all pass, 1 some fail, 2 bad use, such as a file of tests that is not understood.
`;

const OPTIONS = { tap: { type: "boolean" }, junit: { type: "boolean" }, json: { type: "boolean" } };

const ENDING = ".test.json";

export async function run(words, io) {
  const { values, operands } = readArguments(words, { options: OPTIONS, rest: true });
  atMostOne(values, ["tap", "junit", "json"]);
  const files = await findFiles(operands.length > 0 ? operands : ["."], io);
  const tested = [];
  for (const file of files) {
    const policy = await readPolicy(file.policyPath, io, file.counting);
    const tests = file.tests.map((test) => runTest(test, policy, file));
    tested.push({ file: file.name, policy: file.policyPath, tests });
  }
  const { passed, failed } = tally(tested);
  if (values.json) await writeJson(io.stdout, { passed, failed, files: tested });
  else await write(io.stdout, render(tested, values, io));
  return failed > 0 ? 1 : 0;
}

function render(tested, values, io) {
  if (values.tap) return asTap(tested);
  return values.junit ? asJunit(tested) : forPeople(tested, colours(io.stdout, io.env));
}

/** All files of tests, read before the first is run. None twice. */
async function findFiles(paths, io) {
  const found = new Map();
  for (const path of paths) {
    const files = path !== "-" && (await isFolder(path)) ? await inFolder(path, io) : await named(path, io);
    for (const file of files) found.set(file.name, file);
    if (files.length === 0) throw new BadUse(`no file of tests (*${ENDING}) for ${path}`);
  }
  return [...found.values()];
}

async function isFolder(path) {
  const found = await stat(path).catch((error) => {
    throw new BadUse(`cannot read ${path}: ${problem(error)}`);
  });
  return found.isDirectory();
}

async function inFolder(folder, io) {
  const names = (await readdir(folder)).filter((name) => name.endsWith(ENDING)).sort();
  const files = [];
  for (const name of names) files.push(await load(join(folder, name), io));
  return files;
}

/** A file of tests; or, of a policy, the files beside it that name it. */
async function named(path, io) {
  const isTests = path === "-" || path.endsWith(ENDING) || holdsTests(await readText(path, io), nameOf(path));
  if (isTests) return [await load(path, io)];
  const policy = await realpath(path);
  const beside = [];
  for (const file of await inFolder(dirname(path), io)) {
    if ((await realpath(file.policyPath).catch(() => undefined)) === policy) beside.push(file);
  }
  return beside;
}

async function load(path, io) {
  const file = readTestFile(await readText(path, io), nameOf(path));
  const policy = file.policy ?? (path.endsWith(ENDING) ? `${basename(path, ENDING)}.json` : undefined);
  if (policy === undefined) throw new BadUse(`${nameOf(path)}: \`policy\` is missing`);
  const folder = path === "-" ? "." : dirname(path);
  return { ...file, policyPath: isAbsolute(policy) ? policy : join(folder, policy) };
}

function runTest(test, policyText, { counting }) {
  const { policy } = compile(policyText, counting);
  const failures = [];
  for (const [index, call] of test.calls.entries()) {
    const verdict = judge(policy, call);
    const differences = call.expect ? compare(call.expect, verdict) : [];
    const { line, column, tool, at } = call;
    const { message } = verdict;
    if (differences.length > 0) failures.push({ call: index + 1, line, column, tool, at, differences, message });
  }
  policy.free();
  const { name, line, column } = test;
  return { name, passed: failures.length === 0, line, column, failures };
}

function judge(policy, { tool, args, grant, session, at, approved, outcome }) {
  const caller = Object.entries({ grant, session, at, approved }).filter(([, value]) => value !== undefined);
  const { verdict } = policy.evaluateLine(callLine(tool, args), Object.fromEntries(caller));
  if (outcome && verdict.reservation !== undefined) policy.settle(verdict.reservation, outcome);
  return verdict;
}

/** Where a verdict is not as expected. What is not expected of it may be anything; null must not be there. */
function compare(expected, got, prefix = "") {
  return Object.entries(expected).flatMap(([key, value]) => {
    const field = prefix + key;
    const actual = got?.[key];
    if (value !== null && typeof value === "object") {
      return actual === undefined ? [{ field, expected: value, got: null }] : compare(value, actual, `${field}.`);
    }
    return (actual ?? null) === value ? [] : [{ field, expected: value, got: actual ?? null }];
  });
}
