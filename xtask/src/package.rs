//! Building the npm package: the evaluator as Wasm with its glue into `core/js/engine/`, then the tarball.

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::failure::{Failure, Outcome};
use crate::setup;
use crate::step::Step;
use crate::workspace;

const PACKAGE: &str = "core/js";
const ENGINE: &str = "core/js/engine";
const MANUAL: &str = "core/js/docs/policy-language.md";
const TARBALLS: &str = "target/npm";

/// What every engine with reference types has. All that Binaryen knows would be refused by Node 20.
const FEATURES: &str = "--enable-bulk-memory --enable-nontrapping-float-to-int --enable-sign-ext \
                        --enable-mutable-globals --enable-reference-types --enable-multivalue";

/// Builds the package, and returns its tarball.
pub(crate) fn package() -> Outcome<PathBuf> {
    engine()?;
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        copy(&workspace::root().join(licence), &workspace::root().join(PACKAGE).join(licence))?;
    }
    manual()?;
    let folder = workspace::root().join(TARBALLS);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|error| cannot_write(&folder, &error))?;
    Step::new("Packing the npm package into target/npm/", "npm")
        .arguments("pack --silent --pack-destination")
        .argument(&folder)
        .in_folder(PACKAGE)
        .run()?;
    let tarball = fs::read_dir(&folder).ok().and_then(|mut entries| entries.next()?.ok());
    tarball.map(|entry| entry.path()).ok_or_else(|| Failure::new("`npm pack` has written no tarball"))
}

/// Compiles the evaluator and writes the two modules that hold it.
fn engine() -> Outcome {
    setup::rust()?;
    setup::wasm_bindgen()?;
    setup::npm("xtask")?;
    Step::new("Compiling the evaluator for JavaScript", "cargo")
        .arguments("build --profile npm --package gatewright --target wasm32-unknown-unknown")
        .variable("RUSTFLAGS", workspace::nameless())
        .run()?;
    let folder = workspace::root().join(ENGINE);
    let _ = fs::remove_dir_all(&folder);
    Step::new("Writing its glue", "wasm-bindgen")
        .arguments("--target bundler --no-typescript --out-dir")
        .argument(&folder)
        .argument("target/wasm32-unknown-unknown/npm/gatewright.wasm")
        .run()?;
    // `engine.js` does what this would do, and can do it again.
    let _ = fs::remove_file(folder.join("gatewright.js"));
    let wasm = folder.join("gatewright_bg.wasm");
    Step::new("Optimising it", "wasm-opt")
        .arguments("-O3")
        .arguments(FEATURES)
        .argument(&wasm)
        .argument("-o")
        .argument(&wasm)
        .run()?;
    let bytes =
        fs::read(&wasm).map_err(|error| Failure::new(format!("cannot read {}: {error}", wasm.display())))?;
    // A text needs no file system, no network and no bundler's help; workerd compiles no bytes, and takes the file.
    write(
        &folder.join("module.js"),
        &format!(
            "const text = \"{}\";\n\
             const letters = atob(text);\n\
             const bytes = new Uint8Array(letters.length);\n\
             for (let at = 0; at < bytes.length; at++) bytes[at] = letters.charCodeAt(at);\n\
             export default new WebAssembly.Module(bytes);\n",
            STANDARD.encode(bytes)
        ),
    )?;
    write(&folder.join("module.workerd.js"), "export { default } from \"./gatewright_bg.wasm\";\n")
}

/// The manual of the language, which users of the package have no other copy of.
fn manual() -> Outcome {
    let whole = workspace::read(&workspace::root().join("core/README.md"))?;
    let start = whole.find("# The policy language");
    let end = whole.find("\n# What this crate does not do");
    let manual = start.zip(end).and_then(|(start, end)| whole.get(start..end)).ok_or_else(|| {
        Failure::new("core/README.md has no chapters `The policy language` and `What this crate does not do`")
    })?;
    // What links to the crate's pages is a plain name here.
    write(&workspace::root().join(MANUAL), &manual.replace("[`", "`").replace("`]", "`"))
}

/// Installs the tarball where the package's tests find it.
pub(crate) fn install_for_tests() -> Outcome {
    let tarball = package()?;
    let home = workspace::root().join("tests/npm/node_modules/gatewright");
    // While one works on the package, this may be a link to its folder.
    let _ = fs::remove_file(&home).or_else(|_| fs::remove_dir_all(&home));
    fs::create_dir_all(&home).map_err(|error| cannot_write(&home, &error))?;
    Step::new("Installing the tarball for its tests", "tar")
        .arguments("--extract --strip-components=1 --file")
        .argument(tarball)
        .argument("--directory")
        .argument(home)
        .run()
}

fn copy(from: &Path, to: &Path) -> Outcome {
    fs::copy(from, to).map(drop).map_err(|error| cannot_write(to, &error))
}

fn write(file: &Path, text: &str) -> Outcome {
    fs::write(file, text).map_err(|error| cannot_write(file, &error))
}

fn cannot_write(file: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot write {}: {error}", file.display()))
}
