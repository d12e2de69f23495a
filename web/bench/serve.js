// Serves a folder with compression, as a host of the page does.
import { readFileSync } from "node:fs";
import http from "node:http";
import { extname } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".txt": "text/plain; charset=utf-8",
};

/** Serves on a free loopback port. Each file is compressed once, as well as brotli can. */
export async function serve(folder) {
  const compressed = new Map();
  const server = http.createServer((request, response) => {
    const path = new URL(request.url, "http://localhost").pathname;
    const file = path === "/" ? "/index.html" : path;
    try {
      if (!compressed.has(file)) {
        const params = { [constants.BROTLI_PARAM_QUALITY]: 11 };
        compressed.set(file, brotliCompressSync(readFileSync(folder + file), { params }));
      }
    } catch {
      response.writeHead(404).end();
      return;
    }
    const isBuilt = /-[0-9a-f]{8,}/.test(file);
    response.writeHead(200, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "content-encoding": "br",
      "cache-control": isBuilt ? "public, max-age=31536000, immutable" : "no-cache",
    });
    response.end(compressed.get(file));
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    address: `http://127.0.0.1:${server.address().port}/`,
    close: () => new Promise((closed) => server.close(closed)),
  };
}
