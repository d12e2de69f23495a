// What is downloaded.

import { readFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const own = (name) => new URL(`../${name}`, import.meta.url);
const cedar = (name) => new URL(`node_modules/@cedar-policy/cedar-wasm/esm/${name}`, import.meta.url);
const zen = (name) => new URL(`node_modules/@gorules/zen-engine-wasm/dist/${name}`, import.meta.url);

/** Comments included, as they are shipped. */
const ROOT = ["index.js", "policy.js", "slots.js", "engine.js", "plan.js"];

const PARTS = [
  ["gatewright, Wasm", [own("engine/gatewright_bg.wasm")]],
  ["gatewright, the root's own modules", ROOT.map(own)],
  ["gatewright, wasm-bindgen's glue", [own("engine/gatewright_bg.js")]],
  ["cedar-wasm, Wasm", [cedar("cedar_wasm_bg.wasm")]],
  ["cedar-wasm, glue", [cedar("cedar_wasm_bg.js")]],
  ["zen-engine-wasm, Wasm", [zen("zen_engine_wasm_bg.wasm")]],
  ["zen-engine-wasm, glue", [zen("zen_engine_wasm.js")]],
];

/** Rows of a name, and of bytes: raw, with gzip, with brotli. */
export function sizes() {
  return PARTS.map(([name, files]) => {
    const bytes = Buffer.concat(files.map((file) => readFileSync(file)));
    const brotli = brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
    return { name, raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotli.length };
  });
}
