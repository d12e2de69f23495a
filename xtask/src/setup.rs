//! What the commands need on a machine that has only rustup, Node and git.
//!
//! Every function looks first and installs only what is missing, so that it may be called before each step.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::chromium;
use crate::failure::{Failure, Outcome};
use crate::servers;
use crate::step::Step;
use crate::workspace;

const TRUNK: &str = "0.21.14";
const WASM: &str = "wasm32-unknown-unknown";
/// Wasm without a standard library: what compiles for it is `no_std` in truth, its dependencies included.
pub(crate) const BARE_WASM: &str = "wasm32v1-none";

/// For `cargo xtask setup`: what all the other commands need.
pub(crate) fn everything() -> Outcome {
    target(BARE_WASM)?;
    page()?;
    npm("tests")?;
    npm("tests/npm")?;
    servers::redis()?;
    servers::python()?;
    chromium::find_or_install()?;
    println!("everything is in place");
    Ok(())
}

/// What builds the page.
pub(crate) fn page() -> Outcome {
    rust()?;
    trunk()?;
    wasm_bindgen()?;
    npm("xtask")?;
    npm("www/modules")?;
    crates()
}

/// Trunk builds offline, so what it compiles must be here before.
fn crates() -> Outcome {
    if output("cargo", "fetch --locked --offline").is_ok() {
        return Ok(());
    }
    Step::new("Fetching the crates that Cargo.lock names", "cargo").arguments("fetch --locked").run()
}

/// The Wasm target and the components of the toolchain in use; rustup does not add them by itself everywhere.
pub(crate) fn rust() -> Outcome {
    target(WASM)?;
    let sysroot = sysroot()?;
    for (component, program) in [("clippy", "cargo-clippy"), ("rustfmt", "rustfmt")] {
        if !sysroot.join("bin").join(program).with_extension(std::env::consts::EXE_EXTENSION).is_file() {
            let step = Step::new(format!("Adding the Rust component {component}"), "rustup");
            step.arguments("component add").argument(component).run()?;
        }
    }
    Ok(())
}

/// A target of the toolchain in use.
pub(crate) fn target(name: &str) -> Outcome {
    if sysroot()?.join("lib/rustlib").join(name).join("lib").is_dir() {
        return Ok(());
    }
    Step::new(format!("Adding the Rust target {name}"), "rustup").arguments("target add").argument(name).run()
}

fn sysroot() -> Outcome<PathBuf> {
    output("rustc", "--print=sysroot").map(PathBuf::from)
}

fn trunk() -> Outcome {
    tool("Trunk", "trunk", "trunk", TRUNK, "2 minutes")
}

/// The command line must be of the very version of the crate: the two speak a format of their own.
pub(crate) fn wasm_bindgen() -> Outcome {
    let version = workspace::locked_version("wasm-bindgen")?;
    tool("wasm-bindgen's command line", "wasm-bindgen-cli", "wasm-bindgen", &version, "1 minute")
}

fn tool(name: &str, package: &str, program: &str, version: &str, time: &str) -> Outcome {
    let folder = workspace::tools();
    let installed = folder.join("bin").join(program).with_extension(std::env::consts::EXE_EXTENSION);
    let is_wanted = |printed: String| printed.split_whitespace().any(|word| word == version);
    if output(&installed.to_string_lossy(), "--version").is_ok_and(is_wanted) {
        return Ok(());
    }
    let build = folder.join("build");
    Step::new(format!("Installing {name} {version} into .tools (about {time}, once)"), "cargo")
        .arguments("install --locked --force --no-default-features --root")
        .argument(&folder)
        .argument(format!("{package}@{version}"))
        // Compiled once and run for seconds: a quick build is worth more than a quick program.
        .variable("CARGO_PROFILE_RELEASE_LTO", "off")
        .variable("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .variable("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
        .variable("CARGO_TARGET_DIR", &build)
        .repair("the messages above say why; a C compiler (`cc`) must be installed")
        .run()?;
    fs::remove_dir_all(&build).map_err(|error| {
        Failure::new(format!("cannot remove {}: {error}; remove it by hand", build.display()))
    })
}

/// The npm packages of a folder, exactly as its lock names them.
pub(crate) fn npm(folder: &str) -> Outcome {
    let home = workspace::root().join(folder);
    let lock = workspace::read(&home.join("package-lock.json"))?;
    // A copy of the lock, written last, tells that these packages were installed, and completely.
    let stamp = home.join("node_modules/.installed-lock.json");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    Step::new(format!("Installing the npm packages of {folder}/ (about 10 seconds, once)"), "npm")
        .arguments("ci --no-audit --no-fund")
        .in_folder(folder)
        .run()?;
    fs::write(&stamp, lock)
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", stamp.display())))
}

/// What a program prints.
pub(crate) fn output(program: &str, arguments: &str) -> Outcome<String> {
    let told = Command::new(program)
        .args(arguments.split_whitespace())
        .current_dir(workspace::root())
        .stderr(Stdio::null())
        .output();
    match told {
        Ok(told) if told.status.success() => Ok(String::from_utf8_lossy(&told.stdout).trim().to_owned()),
        Ok(told) => Err(Failure::new(format!("`{program} {arguments}` ended with {}", told.status))),
        Err(error) => Err(Failure::new(format!("`{program}` could not be run: {error}"))),
    }
}
