import assert from "node:assert/strict";
import { chmodSync, readFileSync, readdirSync, statSync, symlinkSync, lstatSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { folder, run } from "./command.mjs";

const GOOD = { version: "1", default: "deny", tools: { list_customers: {} } };

const BROKEN = `{
  "version": "1",
  "default": "maybe",
  "tools": {
    "run": { "limits": [{ "counter": "c", "window": "minut", "max": 10, "scope": "grant" }] },
    "日本": { "deny_iff": [] }
  }
}
`;

test("a policy without findings is fine", async (t) => {
  const cwd = folder(t, { "policy.json": GOOD });
  const { code, stdout, stderr } = await run(["check", "policy.json"], { cwd });
  assert.deepEqual([code, stdout, stderr], [0, "policy.json: no findings\n", ""]);
});

test("every error is shown with its place, its line, the stretch underlined, help and fix", async (t) => {
  const cwd = folder(t, { "policy.json": BROKEN });
  const { code, stdout } = await run(["check", "policy.json"], { cwd });
  assert.equal(code, 1);
  assert.equal(
    stdout,
    `policy.json:3:14: error[unknown-value]: \`maybe\` is not accepted as \`default\`
 3 |   "default": "maybe",
   |              ^^^^^^^
   = help: write \`allow\` or \`deny\`

policy.json:5:53: error[unknown-value]: \`minut\` is not accepted as \`window\`
 5 |     "run": { "limits": [{ "counter": "c", "window": "minut", "max": 10, "scope": "grant" }] },
   |                                                     ^^^^^^^
   = help: did you mean \`minute\`?
   = fix: write \`minute\`

policy.json:6:13: error[unknown-field]: \`deny_iff\` is not a field here
 6 |     "日本": { "deny_iff": [] }
   |               ^^^^^^^^^^
   = help: did you mean \`deny_if\`?
   = fix: write \`deny_if\`

policy.json: 3 errors; --fix repairs 2 of them
`,
  );
});

test("the first of two equal keys is named beside the second", async (t) => {
  const cwd = folder(t, { "policy.json": '{ "version": "1", "default": "deny",\n  "default": "allow" }' });
  const { stdout } = await run(["check", "policy.json"], { cwd });
  assert.match(stdout, /^policy\.json:2:3: error\[duplicate-key\]: /);
  assert.match(stdout, /\n   = policy\.json:1:19: /);
});

test("a line of many characters is cut to what is around the finding", async (t) => {
  const filler = "x".repeat(5000);
  const cwd = folder(t, { "policy.json": `{"description": "${filler}", "default": "maybe", "version": "1", "$schema": "${filler}"}` });
  const { stdout } = await run(["check", "policy.json"], { cwd });
  const [, line, underline] = stdout.split("\n");
  assert.ok(line.length < 120, line);
  assert.equal(line.slice(underline.indexOf("^"), underline.lastIndexOf("^") + 1), '"maybe"');
});

test("control characters of a policy do not reach the terminal", async (t) => {
  const cwd = folder(t, { "policy.json": '{ "version": "\u001b[2J\u009b2J\u202e", "default": "deny" }' });
  const { code, stdout } = await run(["check", "policy.json"], { cwd });
  assert.equal(code, 1);
  assert.doesNotMatch(stdout, /[\u001b\u009b\u202e]/);
});

test("lints are findings, and --errors-only leaves them out", async (t) => {
  const cwd = folder(t, { "policy.json": { ...GOOD, hide: ["a", "a"] } });
  const all = await run(["check", "policy.json"], { cwd });
  assert.equal(all.code, 1);
  assert.match(all.stdout, /: lint\[hidden-twice\]: .*\n(.*\n)*policy\.json: 1 lint; --fix repairs 1 of them\n$/);
  const errors = await run(["check", "policy.json", "--errors-only"], { cwd });
  assert.deepEqual([errors.code, errors.stdout], [0, "policy.json: no findings\n"]);
});

test("--json prints one object: the diagnostics, and how each tool is treated", async (t) => {
  const tools = { tools: [{ name: "list_customers" }, { name: "drop_table" }, { name: "delete_account" }] };
  const cwd = folder(t, { "policy.json": { ...GOOD, hide: ["delete_account"] }, "tools.json": tools });
  const { code, stdout } = await run(["check", "policy.json", "--tools", "tools.json", "--json"], { cwd });
  const { diagnostics, tools: treated } = JSON.parse(stdout);
  assert.deepEqual([code, diagnostics], [0, []]);
  assert.deepEqual(
    treated.map(({ name, in_policy, on_server, hidden }) => [name, in_policy, on_server, hidden]),
    [["list_customers", true, true, false], ["delete_account", true, true, true], ["drop_table", false, true, false]],
  );
  assert.deepEqual(treated[2].words, ["Tools that are not listed are denied."]);
});

test("--json of a policy with errors has the diagnostics, and no tools, for nothing can be told of them", async (t) => {
  const cwd = folder(t, { "policy.json": BROKEN });
  const { code, stdout } = await run(["check", "policy.json", "--json"], { cwd });
  const { diagnostics, tools } = JSON.parse(stdout);
  assert.equal(code, 1);
  assert.deepEqual(diagnostics.map(({ severity, code, location: { line, column } }) => [severity, code, line, column]), [
    ["error", "unknown-value", 3, 14],
    ["error", "unknown-value", 5, 53],
    ["error", "unknown-field", 6, 13],
  ]);
  assert.deepEqual(tools, []);
});

test("--tools finds names that the server does not have", async (t) => {
  const cwd = folder(t, { "policy.json": GOOD, "tools.json": [{ name: "list_customer" }] });
  const { code, stdout } = await run(["check", "policy.json", "--tools", "tools.json"], { cwd });
  assert.equal(code, 1);
  assert.match(stdout, /lint\[unknown-tool\]/);
});

test("a list of tools that cannot be read is bad use, also for a policy with errors", async (t) => {
  const cwd = folder(t, { "policy.json": BROKEN, "tools.json": "{}" });
  const { code, stdout, stderr } = await run(["check", "policy.json", "--tools", "tools.json"], { cwd });
  assert.deepEqual([code, stdout, stderr], [2, "", "gatewright check: tools.json: found no list of tools\n"]);
});

test("--fix makes the repairs that need no guess, and keeps the file's permissions and the link to it", async (t) => {
  const cwd = folder(t, { "policy.json": BROKEN });
  chmodSync(join(cwd, "policy.json"), 0o640);
  symlinkSync("policy.json", join(cwd, "link.json"));
  const { code, stdout } = await run(["check", "link.json", "--fix", "--errors-only"], { cwd });
  assert.equal(code, 1);
  assert.match(stdout, /^link\.json: fixed: write `minute`\nlink\.json: fixed: write `deny_if`\nlink\.json:3:14: error/);
  const expected = BROKEN.replace('"minut"', '"minute"').replace("deny_iff", "deny_if");
  assert.equal(readFileSync(join(cwd, "policy.json"), "utf8"), expected);
  assert.equal(statSync(join(cwd, "policy.json")).mode & 0o777, 0o640);
  assert.ok(lstatSync(join(cwd, "link.json")).isSymbolicLink());
  assert.deepEqual(readdirSync(cwd).sort(), ["link.json", "policy.json"]);
});

test("--fix goes on until nothing is left to repair, and then changes nothing", async (t) => {
  const cwd = folder(t, { "policy.json": '{ "version": "1", "defalt": "deny", "hide": ["a", "a", "a"], "tools": { "b": {} } }' });
  const first = await run(["check", "policy.json", "--fix"], { cwd });
  assert.deepEqual([first.code, first.stdout.match(/fixed/g).length], [0, 3], first.stdout);
  const second = await run(["check", "policy.json", "--fix", "--json"], { cwd });
  assert.deepEqual(JSON.parse(second.stdout).fixed, []);
});

test("--fix of standard input is bad use", async () => {
  const { code, stderr } = await run(["check", "-", "--fix"], { input: "{}" });
  assert.equal(code, 2);
  assert.match(stderr, /needs a file to write to/);
});

test("a policy is read from standard input", async () => {
  const { code, stdout } = await run(["check", "-"], { input: '{ "version": "1" }' });
  assert.equal(code, 1);
  assert.match(stdout, /^standard input:1:1: error\[missing-field\]: /);
});
