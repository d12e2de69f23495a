// The types, as a program in TypeScript sees them: all of it compiles, and what is misused does not.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const FOLDER = fileURLToPath(new URL(".", import.meta.url));
const COMPILER = fileURLToPath(new URL("node_modules/typescript/bin/tsc", import.meta.url));

/** What the compiler says of a program, the package's own declarations included. */
function compilerSays(program, ...options) {
  const strict = ["--strict", "--noEmit", "--noUnusedLocals", "--exactOptionalPropertyTypes", "--ignoreConfig"];
  const { stdout, status } = spawnSync(process.execPath, [COMPILER, ...strict, ...options, program], {
    cwd: FOLDER,
    encoding: "utf8",
  });
  return { stdout, status };
}

const RESOLUTIONS = {
  nodenext: ["--module", "nodenext", "--moduleResolution", "nodenext"],
  bundler: ["--module", "esnext", "--moduleResolution", "bundler"],
};

for (const [name, options] of Object.entries(RESOLUTIONS)) {
  test(`a program that uses the whole API compiles strictly, its misuses do not (${name})`, () => {
    const said = compilerSays(
      "types-consumer.ts",
      ...options,
      "--target",
      "es2022",
      "--lib",
      "es2022,dom",
      "--types",
      "",
    );
    assert.deepEqual(said, { stdout: "", status: 0 });
  });
}
