// Bundles each module into target/modules/, and the styles into target/styles/, where Trunk takes them from; and holds
// each module to its budget.
//
// The page loads a module when it is first needed, so none of them counts to what the first view waits for.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { buildParserFile } from "@lezer/generator";
import { build } from "esbuild";

/** Each module, and the most that it may weigh: kilobytes of 1,024 bytes, as gzip leaves it. */
const BUDGETS = { editor: 140, engine: 1, keeping: 8 };

const here = dirname(fileURLToPath(import.meta.url));
const built = join(here, "../../target/modules");
const styles = join(here, "../../target/styles/page.css");

/** A grammar is imported like the parser that it describes. */
const grammars = {
  name: "grammars",
  setup(bundler) {
    bundler.onLoad({ filter: /\.grammar$/ }, async ({ path }) => {
      const { parser } = buildParserFile(await readFile(path, "utf8"), { fileName: path });
      return { contents: parser, loader: "js", resolveDir: here };
    });
  },
};

/** The licence of every package that went into the bundles: theirs asks that it goes along. */
async function licences(inputs) {
  const packages = new Set(inputs.flatMap((input) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []));
  const texts = [...packages].sort().map(async (name) => {
    const text = await readFile(join(here, "node_modules", name, "LICENSE"), "utf8");
    return `${name}\n\n${text.trim()}\n`;
  });
  return (await Promise.all(texts)).join("\n\n");
}

/** Writes a file unless it says the same already: Trunk watches. */
async function write(file, contents) {
  await mkdir(dirname(file), { recursive: true });
  const before = await readFile(file).catch(() => null);
  if (!before?.equals(contents)) await writeFile(file, contents);
}

/** What every bundle has in common. */
const COMMON = {
  absWorkingDir: here,
  bundle: true,
  minify: true,
  charset: "utf8",
  legalComments: "none",
  write: false,
  logLevel: "warning",
};

const { metafile, outputFiles } = await build({
  ...COMMON,
  entryPoints: Object.keys(BUDGETS).map((name) => `${name}.js`),
  outdir: built,
  format: "esm",
  target: "es2022",
  metafile: true,
  plugins: [grammars],
});
await write(join(built, "licences.txt"), Buffer.from(await licences(Object.keys(metafile.inputs))));
for (const { path, contents } of outputFiles) {
  const name = basename(path);
  await write(path, contents);
  const kilobytes = gzipSync(contents, { level: 9 }).length / 1024;
  const budget = BUDGETS[name.replace(/\.js$/, "")];
  console.log(`    ${name}: ${kilobytes.toFixed(1)} KB of ${budget} KB, gzip`);
  if (kilobytes > budget) {
    console.error(`error: ${name} is larger than its budget: take something out, or raise the budget in build.js and say why`);
    process.exitCode = 1;
  }
}

const styled = await build({ ...COMMON, entryPoints: ["../styles/index.css"], outfile: styles });
for (const { path, contents } of styled.outputFiles) await write(path, contents);
