// What the tarball holds, what it leads to, and that it installs without a network. The package under node_modules is
// the tarball's content.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { freePort } from "./http-servers.mjs";
import { MANIFEST, PACKAGE, filesOf, reach, readModule } from "./module-graph.mjs";

const ENGINE = ["gatewright_bg.js", "gatewright_bg.wasm", "module.js", "module.workerd.js"];
const ALWAYS = ["LICENSE-APACHE", "LICENSE-MIT", "README.md", "package.json"];

/** Every path that `exports`, `imports` and `bin` lead to. */
function entries() {
  const targets = [MANIFEST.exports, MANIFEST.imports, MANIFEST.bin].flatMap((each) => leaves(each));
  return [...new Set(targets.map((target) => target.replace(/^\.\//, "")))];
}

function leaves(targets) {
  return typeof targets === "string" ? [targets] : Object.values(targets).flatMap(leaves);
}

test("every path of exports, imports and bin is there", () => {
  const files = filesOf();
  for (const path of entries()) assert.ok(files.includes(path), path);
});

test("the tarball holds the licences, the manual, and nothing that nobody reaches", () => {
  const { files: reached } = reach(entries());
  const files = filesOf();
  for (const file of ALWAYS) assert.ok(files.includes(file), file);
  assert.deepEqual(
    files.filter((file) => file.startsWith("engine/")),
    ENGINE.map((name) => `engine/${name}`),
  );
  const rest = files.filter(
    (file) => !reached.includes(file) && !ALWAYS.includes(file) && file !== "engine/gatewright_bg.wasm",
  );
  assert.deepEqual(
    rest.filter((file) => !/^docs\/[\w-]+\.md$/.test(file)),
    [],
  );
});

test("nothing runs when the package is installed, and it depends on nothing that it could do without", () => {
  assert.equal(MANIFEST.scripts, undefined);
  assert.equal(MANIFEST.dependencies, undefined);
  assert.equal(MANIFEST.devDependencies, undefined);
  for (const peer of Object.keys(MANIFEST.peerDependencies))
    assert.equal(MANIFEST.peerDependenciesMeta[peer].optional, true);
});

test("the root leads to no module of Node, no other package, and no code made from text", () => {
  const { files, outside } = reach(["index.js"]);
  assert.deepEqual(outside, []);
  assert.ok(files.includes("engine/module.js") && files.includes("engine/gatewright_bg.js"), files.join());
  assert.ok(reach(["index.js"], ["workerd", "default"]).files.includes("engine/gatewright_bg.wasm"));
  const forbidden =
    /\beval\s*\(|new\s+Function\b|\bSharedArrayBuffer\b|new\s+Worker\b|\bAtomics\b|\brequire\s*\(|\bprocess\b|\bBuffer\b/;
  for (const file of files) assert.doesNotMatch(readModule(file).code.slice(0, 400_000), forbidden, file);
});

test("each entry leads to no other packages than its own", () => {
  const foreign = (entry) => reach([entry]).outside.filter((specifier) => !specifier.startsWith("node:"));
  assert.deepEqual(foreign("mcp.js"), []);
  assert.deepEqual(foreign("redis.js"), []);
  assert.deepEqual(foreign("lmdb.js"), ["lmdb"]);
});

test("the tarball of the tree is what these tests test", () => {
  const folder = mkdtempSync(join(tmpdir(), "gatewright-tarball-"));
  try {
    const tarball = pack(folder);
    execFileSync("tar", ["--extract", "--file", tarball, "--directory", folder]);
    assert.deepEqual(filesOf(join(folder, "package")), filesOf());
    for (const file of filesOf()) {
      assert.ok(
        readFileSync(join(folder, "package", file)).equals(readFileSync(join(PACKAGE, file))),
        `${file} is another`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the tarball installs without a network and without a cache, and is imported", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gatewright-install-"));
  try {
    const tarball = pack(folder);
    writeFileSync(
      join(folder, "package.json"),
      '{"name":"consumer","version":"1.0.0","private":true,"type":"module"}\n',
    );
    const registry = `http://127.0.0.1:${await freePort()}/`;
    const cache = join(folder, "cache");
    const { status, stderr } = npm(["install", "--offline", "--no-audit", "--no-fund", tarball], {
      cwd: folder,
      registry,
      cache,
    });
    assert.equal(status, 0, stderr);
    const program = `
      import { compile } from "gatewright";
      import { Gate } from "gatewright/mcp";
      import { redisCounters } from "gatewright/redis";
      const { policy } = compile('{"version":"1","default":"deny","tools":{"t":{}}}');
      const asked = ["t", "u"].map((tool) => policy.evaluate({ tool }).decision);
      let problem;
      try { redisCounters(undefined); } catch (error) { problem = error.message; }
      let away;
      try { await import("gatewright/lmdb"); } catch (error) { away = error.message; }
      console.log(JSON.stringify({ asked, gate: typeof Gate, problem, away }));
    `;
    writeFileSync(join(folder, "consumer.js"), program);
    const said = JSON.parse(execFileSync(process.execPath, ["consumer.js"], { cwd: folder, encoding: "utf8" }));
    assert.deepEqual(said.asked, ["allow", "deny"]);
    assert.equal(said.gate, "function");
    assert.match(said.problem, /client/, "without a client, `redisCounters` says what it needs");
    assert.match(said.away, /lmdb/, "without its store, `gatewright/lmdb` says what it needs");
    const installed = readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."));
    assert.deepEqual(installed, ["gatewright"]);
    const version = execFileSync(join(folder, "node_modules/.bin/gatewright"), ["--version"], { encoding: "utf8" });
    assert.equal(version.trim().split(" ").at(-1), MANIFEST.version);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Packs the tree's package into a folder, and returns the tarball's path. */
function pack(folder) {
  const source = new URL("../../core/js/", import.meta.url);
  const options = ["--ignore-scripts", "--json", "--pack-destination", folder];
  const { stdout, stderr, status } = npm(["pack", ...options], { cwd: source, cache: join(folder, "cache") });
  assert.equal(status, 0, stderr);
  return join(folder, JSON.parse(stdout)[0].filename);
}

function npm(words, { cwd, cache, registry }) {
  const env = { ...process.env, npm_config_cache: cache, npm_config_update_notifier: "false" };
  if (registry) env.npm_config_registry = registry;
  return spawnSync("npm", words, { cwd, env, encoding: "utf8" });
}
