// The system's Chromium, and pages for it that may load nothing but their own files.

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { delimiter, extname, join } from "node:path";

import { chromium } from "playwright-core";

/** As `cargo xtask test` finds it: the variable, else what is on the PATH, else the one that Playwright has downloaded. */
function executable() {
  const named = process.env.GATEWRIGHT_CHROMIUM;
  if (named) return named;
  const folders = (process.env.PATH ?? "").split(delimiter);
  const names = ["chromium", "chromium-browser", "google-chrome"];
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path));
}

const QUIET = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

/** Starts the browser, and stops it when the test `t` is over. */
export async function startChromium(t) {
  const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", ...QUIET];
  const browser = await chromium.launch({ executablePath: executable(), args });
  t.after(() => browser.close());
  return browser;
}

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".wasm": "application/wasm" };

/**
 * Serves files by their paths, each a text or a file of the disk, under a policy of their own content. Returns the address
 * and the list of all paths that were asked for.
 */
export async function serve(t, files, contentSecurityPolicy) {
  const asked = [];
  const server = createServer(({ url }, response) => {
    asked.push(url);
    const content = files(url);
    if (content === undefined) return response.writeHead(404).end();
    const headers = {
      "content-type": TYPES[extname(url)] ?? "text/html",
      "content-security-policy": contentSecurityPolicy,
    };
    return response.writeHead(200, headers).end(content instanceof URL ? readFileSync(content) : content);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `http://127.0.0.1:${server.address().port}`, asked };
}
