// The package's front page: its examples run, what it names is there, and its links lead somewhere.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";

import * as gatewright from "gatewright";

import { folder } from "./command.mjs";
import { PACKAGE } from "./module-graph.mjs";

const README = readFileSync(join(PACKAGE, "README.md"), "utf8");

/** The pages whose examples are run, each by a test of its own. */
const RUN_ELSEWHERE = ["catalogue.md", "cli.md", "lmdb.md", "mcp.md", "proxy-http.md", "proxy.md", "redis.md"];

test("the examples of README.md run, each in a folder of its own", (t) => {
  const examples = Array.from(README.matchAll(/^```js\n([^]*?)^```$/gm), ([, example]) => example);
  assert.ok(examples.length > 0);
  for (const example of examples) {
    const cwd = folder(t, { "example.mjs": example });
    symlinkSync(dirname(PACKAGE), join(cwd, "node_modules"), "junction");
    const { status, stderr } = spawnSync(process.execPath, ["example.mjs"], { cwd, encoding: "utf8" });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: "" }, example);
  }
});

test("README.md's table of the API has every export and every method", () => {
  const table = README.slice(README.indexOf("## The API"), README.indexOf("## Adapters"));
  const names = Array.from(table.matchAll(/`(?:policy\.)?(\w+)[^`]*`/g), ([, name]) => name);
  const methods = Object.getOwnPropertyNames(gatewright.Policy.prototype).filter((name) => name !== "constructor");
  const promised = ["Simulation", ...methods, ...Object.keys(gatewright)].filter(
    (name) => !["Policy", "PolicyError", "version", "failed"].includes(name),
  );
  for (const name of promised) assert.ok(names.includes(name), `the table lacks \`${name}\``);
});

test("every page of the manual that has examples has a test that runs them", () => {
  const pages = readdirSync(join(PACKAGE, "docs"));
  const withExamples = pages.filter((page) =>
    /^```(js|console)\b/m.test(readFileSync(join(PACKAGE, "docs", page), "utf8")),
  );
  assert.deepEqual(withExamples.sort(), RUN_ELSEWHERE);
});

test("links from page to page lead to files of the package", () => {
  const pages = ["README.md", ...readdirSync(join(PACKAGE, "docs")).map((page) => `docs/${page}`)];
  for (const page of pages) {
    const text = readFileSync(join(PACKAGE, page), "utf8");
    for (const [, target] of text.matchAll(/\]\((?!https?:|#)([^)#]+)(?:#[^)]*)?\)/g)) {
      assert.ok(existsSync(join(PACKAGE, dirname(page), target)), `${page} leads to ${target}, which is not there`);
    }
  }
});
