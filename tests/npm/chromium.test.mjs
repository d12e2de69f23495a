// The package in a browser: on a page and in a worker, under a content security policy that knows no `eval`.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { build } from "esbuild";

import { serve, startChromium } from "./chromium.mjs";
import { oneOfEach } from "./one-of-each.mjs";

const NOTHING_ELSE = "default-src 'none'; worker-src 'self'; script-src 'self' 'wasm-unsafe-eval'";
const here = (path) => new URL(path, import.meta.url);

/** Without a bundler, a page says itself where the package's names lead to. */
const IMPORT_MAP = JSON.stringify({
  imports: { gatewright: "/gatewright/index.js", "#module": "/gatewright/engine/module.js" },
});
const PAGE = `<!doctype html><script type="importmap">${IMPORT_MAP}</script><script type="module" src="/page.js"></script>`;
const TELL =
  "(told) => document.body.append(Object.assign(document.createElement('output'), { value: JSON.stringify(told) }))";
const PAGE_SCRIPT = `import { oneOfEach } from "/one-of-each.js"; (${TELL})(oneOfEach());`;

const WORKER_PAGE = '<!doctype html><script type="module" src="/page.js"></script>';
const WORKER_PAGE_SCRIPT = `
  const worker = new Worker("/worker.js", { type: "module" });
  worker.onmessage = ({ data }) => (${TELL})(data);
  worker.onerror = ({ message }) => (${TELL})(message ?? "the worker did not start");
`;
const WORKER_SCRIPT = 'import { oneOfEach } from "./one-of-each.mjs"; postMessage(oneOfEach());';

/** Opens a page, and returns what it found out, with everything that it complained of and asked for. */
async function opened(t, files, contentSecurityPolicy) {
  const { address, asked } = await serve(t, files, contentSecurityPolicy);
  const browser = await startChromium(t);
  const page = await browser.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  const elsewhere = [];
  page.on("request", (request) => request.url().startsWith(address) || elsewhere.push(request.url()));
  await page.goto(`${address}/`);
  const told = await page.textContent("output", { timeout: 20_000 }).catch((error) => complaints.push(error.message));
  return {
    answers: complaints.length === 0 && JSON.parse(told),
    complaints,
    asked: asked.filter((path) => path !== "/favicon.ico"),
    elsewhere,
  };
}

test("a page imports the package as it is installed, and gets the answers of Node", async (t) => {
  const files = (path) => {
    if (path === "/") return PAGE;
    if (path === "/page.js") return PAGE_SCRIPT;
    if (path === "/one-of-each.js") return here("one-of-each.mjs");
    return path.startsWith("/gatewright/") ? here(`node_modules${path}`) : undefined;
  };
  const hash = createHash("sha256").update(IMPORT_MAP).digest("base64");
  const { answers, complaints, asked, elsewhere } = await opened(t, files, `${NOTHING_ELSE} 'sha256-${hash}'`);
  assert.deepEqual(complaints, []);
  assert.deepEqual(answers, oneOfEach());
  assert.deepEqual(elsewhere, []);
  assert.equal(new Set(asked).size, asked.length, "no file is asked for twice");
  assert.ok(asked.includes("/gatewright/engine/module.js"));
  assert.deepEqual(
    asked.filter((path) => path.endsWith(".wasm")),
    [],
    "the evaluator comes within a module",
  );
});

test("a module worker gets the answers of Node, and asks for nothing but its own file", async (t) => {
  const { outputFiles } = await build({
    stdin: { contents: WORKER_SCRIPT, resolveDir: here(".").pathname },
    bundle: true,
    format: "esm",
    platform: "browser",
    minify: true,
    write: false,
  });
  const texts = { "/": WORKER_PAGE, "/page.js": WORKER_PAGE_SCRIPT, "/worker.js": outputFiles[0].text };
  const { answers, complaints, asked, elsewhere } = await opened(t, (path) => texts[path], NOTHING_ELSE);
  assert.deepEqual(complaints, []);
  assert.deepEqual(answers, oneOfEach());
  assert.deepEqual(elsewhere, []);
  assert.deepEqual(asked, ["/", "/page.js", "/worker.js"]);
});
