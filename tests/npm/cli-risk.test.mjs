import assert from "node:assert/strict";
import { test } from "node:test";

import { risk } from "gatewright";

import { folder, run } from "./command.mjs";

const TOOLS = {
  tools: [
    { name: "read_file", description: "Read a file.", inputSchema: { type: "object", properties: { path: { type: "string" } }, required: ["path"] } },
    { name: "run", inputSchema: { type: "object" }, annotations: { readOnlyHint: true } },
    { name: "customer" },
  ],
};

test("each tool has a line, and undecided is said", async (t) => {
  const cwd = folder(t, { "shop.json": TOOLS });
  const { code, stdout, stderr } = await run(["risk", "shop.json"], { cwd });
  assert.deepEqual([code, stderr], [0, ""]);
  assert.match(stdout, /^shop\n/);
  assert.match(stdout, /^ +read_file +read +low +File system path$/m);
  assert.match(stdout, /^ +run +execute +high +No required argument, No description, Annotation/m);
  assert.match(stdout, /^ +customer +undecided +medium /m);
});

test("--verbose shows the words of each judgement and where they stand", async (t) => {
  const cwd = folder(t, { "shop.json": TOOLS });
  const { stdout } = await run(["risk", "shop.json", "--verbose"], { cwd });
  assert.match(stdout, /^ +run +execute +high +guessed from the name; the server's own annotation says less$/m);
  assert.match(stdout, /^ +name “run”: The name says that it runs something\.$/m);
  assert.match(stdout, /^ +inputSchema\/properties\/path “path”: It takes the path of a file or a folder\.$/m);
  assert.match(stdout, /^ +annotations “readOnlyHint: true”: /m);
});

test("several files and servers are told one after the other, and --json is one object", async (t) => {
  const cwd = folder(t, { "a.json": TOOLS, "b.json": { github: [{ name: "list" }], slack: [{ name: "post" }] } });
  const { code, stdout } = await run(["risk", "a.json", "b.json", "--json"], { cwd });
  const { servers, unreadable } = JSON.parse(stdout);
  assert.deepEqual([code, servers.map(({ name }) => name), unreadable], [0, ["a", "github", "slack"], []]);
  const [tool] = servers[0].tools;
  assert.deepEqual([tool.name, tool.category, tool.level, tool.overruled], ["read_file", "read", "low", false]);
  assert.deepEqual(tool.signals[0].evidence.place, { in: "schema", pointer: "/properties/path" });
  assert.equal(servers[0].tools[2].category, null);
});

test("what somebody says counts first", async (t) => {
  const cwd = folder(t, { "a.json": TOOLS });
  const { stdout } = await run(["risk", "a.json", "--say", "customer=financial", "--json"], { cwd });
  const { category, level, overruled, source } = JSON.parse(stdout).servers[0].tools[2];
  assert.deepEqual([category, level, overruled, source], ["financial", "high", true, "set by you"]);
  assert.equal(risk(JSON.stringify(TOOLS), { said: { run: "read" } }).servers[0].tools[1].category, "read");
});

test("mistakes are one line and exit 2", async (t) => {
  const cwd = folder(t, { "a.json": TOOLS, "none.json": {} });
  const cases = [
    [["risk"], /TOOLS is missing/],
    [["risk", "none.json"], /none\.json: found no list of tools/],
    [["risk", "a.json", "--say", "customer"], /takes TOOL=CATEGORY/],
    [["risk", "a.json", "--say", "customer=harmless"], /`harmless` is no category/],
    [["risk", "a.json", "--say", "nobody=read"], /`nobody`, which is not listed/],
  ];
  for (const [words, expected] of cases) {
    const { code, stdout, stderr } = await run(words, { cwd });
    assert.deepEqual([code, stdout], [2, ""], words.join(" "));
    assert.match(stderr, expected);
  }
  assert.throws(() => risk({}), TypeError);
});

test("a tool that cannot be read is told of, and is exit 1", async (t) => {
  const cwd = folder(t, { "a.json": [{ name: "run" }, { name: 7 }] });
  const { code, stdout, stderr } = await run(["risk", "a.json"], { cwd });
  assert.equal(code, 1);
  assert.match(stdout, /^ +run /m);
  assert.match(stderr, /a\.json: tool 2 cannot be read/);
});

test("names of tools cannot hurt a terminal, and are no keys of anybody's prototype", async (t) => {
  const cwd = folder(t, { "a.json": [{ name: "\u001b[2Jdelete\u202e" }, { name: "__proto__" }] });
  const { code, stdout } = await run(["risk", "a.json"], { cwd });
  assert.equal(code, 0);
  assert.doesNotMatch(stdout, /[\u001b\u202e]/);
  const said = await run(["risk", "a.json", "--say", "__proto__=read", "--json"], { cwd });
  assert.equal(JSON.parse(said.stdout).servers[0].tools[1].category, "read");
});
