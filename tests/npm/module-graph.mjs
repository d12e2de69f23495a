// Which modules of the installed package lead to which.

import { existsSync, readFileSync, readdirSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** Where the package is installed. */
export const PACKAGE = fileURLToPath(new URL("node_modules/gatewright", import.meta.url));

export const MANIFEST = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8"));

/** A file's imports, exports from elsewhere, and imports on demand; a template stands for every file that it can mean. */
const IMPORT =
  /(?:^|[;}\s])(?:import|export)\s*(?:[\w*{}\s,$]+\sfrom\s*)?["']([^"']+)["']|\bimport\(\s*(["'`])(.+?)\2\s*\)/g;

/** The files of the package, relative to its folder. */
export function filesOf(folder = PACKAGE) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name))).sort();
}

/** The specifiers that a module imports, and its code without comments. */
export function readModule(file) {
  const text = readFileSync(join(PACKAGE, file), "utf8");
  const code = text.length > 500_000 ? text : text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/(^|\s)\/\/.*$/gm, "$1");
  const specifiers = Array.from(code.matchAll(IMPORT), ([, stated, , asked]) => stated ?? asked);
  return { code, specifiers };
}

/** Every file of the package that some of its files lead to, and whatever else these import. `conditions`: as of Node. */
export function reach(entries, conditions = ["default"]) {
  const files = new Set();
  const outside = new Set();
  const open = [...entries];
  while (open.length > 0) {
    const file = open.pop();
    if (files.has(file)) continue;
    files.add(file);
    if (!file.endsWith(".js")) continue;
    for (const specifier of readModule(file).specifiers) {
      if (!/^[.#]/.test(specifier)) outside.add(specifier);
      else open.push(...resolved(specifier, file, conditions));
    }
  }
  return { files: [...files].sort(), outside: [...outside].sort() };
}

function resolved(specifier, from, conditions) {
  if (specifier.startsWith("#")) {
    const targets = MANIFEST.imports[specifier];
    return [targets[conditions.find((condition) => condition in targets)].slice(2)];
  }
  const path = relative(PACKAGE, resolve(PACKAGE, dirname(from), specifier));
  if (!path.includes("${")) {
    if (!existsSync(join(PACKAGE, path))) throw new Error(`${from} imports ${specifier}, which is not there`);
    return [path];
  }
  const [before, after] = path.split(/\$\{[^}]*\}/);
  return filesOf().filter(
    (file) => file.startsWith(before) && file.endsWith(after) && !file.slice(before.length).includes("/"),
  );
}
