// The package in other runtimes than Node's main thread.

import assert from "node:assert/strict";
import { once } from "node:events";
import { basename } from "node:path";
import { test } from "node:test";
import { Worker } from "node:worker_threads";

import { build } from "esbuild";
import { Miniflare } from "miniflare";

import { oneOfEach } from "./one-of-each.mjs";

const here = (path) => new URL(path, import.meta.url);
const expected = oneOfEach();

test("two threads of Node have an evaluator each, and the answers of the main thread", async (t) => {
  const program = `
    import { parentPort } from "node:worker_threads";
    import { oneOfEach } from ${JSON.stringify(here("one-of-each.mjs").href)};
    parentPort.postMessage(oneOfEach());
  `;
  const threads = [1, 2].map(() => new Worker(new URL(`data:text/javascript,${encodeURIComponent(program)}`)));
  t.after(() => Promise.all(threads.map((thread) => thread.terminate())));
  for (const [answers] of await Promise.all(threads.map((thread) => once(thread, "message")))) {
    assert.deepEqual(answers, expected);
  }
});

const WORKER = `
  import { oneOfEach } from "./one-of-each.mjs";
  import { Gate } from "gatewright/mcp";

  function refusesCodeFromText() {
    try {
      return new Function("return 1")() !== 1;
    } catch {
      return true;
    }
  }

  export default {
    fetch() {
      return Response.json({ answers: oneOfEach(), gate: typeof Gate, refusesCodeFromText: refusesCodeFromText() });
    },
  };
`;

test("workerd takes the compiled module, makes no code of text, and gets the answers of Node", async (t) => {
  const bundle = await build({
    stdin: { contents: WORKER, resolveDir: here(".").pathname },
    bundle: true,
    format: "esm",
    conditions: ["workerd", "worker", "browser"],
    loader: { ".wasm": "copy" },
    outdir: "/",
    write: false,
  });
  const [script, ...others] = bundle.outputFiles.toSorted(({ path }) => (path.endsWith(".js") ? -1 : 1));
  assert.deepEqual(
    others.map(({ path }) => path.split(".").at(-1)),
    ["wasm"],
    "one file beside the script",
  );
  assert.ok(script.contents.length < 200_000, "the evaluator is no text in the script");
  const wasm = { type: "CompiledWasm", path: basename(others[0].path), contents: others[0].contents };
  const miniflare = new Miniflare({
    modules: [{ type: "ESModule", path: "worker.js", contents: script.text }, wasm],
    compatibilityDate: "2025-01-01",
    cf: false,
  });
  t.after(() => miniflare.dispose());
  const response = await miniflare.dispatchFetch("http://localhost/");
  assert.equal(response.status, 200, response.ok ? "" : await response.text());
  const { answers, gate, refusesCodeFromText } = await response.json();
  assert.deepEqual(answers, expected);
  assert.equal(gate, "function");
  assert.equal(refusesCodeFromText, true);
});
