//! Where things are: the root of the tree, its files, and the PATH that child processes see.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};

/// The folder of the workspace's `Cargo.toml`, wherever the command was typed.
pub(crate) fn root() -> &'static Path {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    own.parent().unwrap_or(own)
}

/// Where `cargo install` puts the pinned tools.
pub(crate) fn tools() -> PathBuf {
    root().join(".tools")
}

/// Flags of the compiler without which a build would hold the folder where this machine keeps its crates, and be another
/// on the next one.
pub(crate) fn nameless() -> String {
    let home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| env::home_dir().map(|home| home.join(".cargo"))).unwrap_or_default();
    let crates = home.join("registry").join("src");
    let registries = fs::read_dir(&crates).into_iter().flatten().flatten().map(|entry| entry.path());
    // Of several that fit the last is taken.
    let folders = std::iter::once(crates.clone()).chain(registries);
    let flags = folders.map(|folder| format!("--remap-path-prefix={}=crates", folder.display()));
    flags.collect::<Vec<_>>().join(" ")
}

/// The project's own tools come before those of the machine, so that a build is the same everywhere.
pub(crate) fn path() -> OsString {
    let own = [tools().join("bin"), root().join("xtask/node_modules/.bin")];
    let machine = env::var_os("PATH").unwrap_or_default();
    // Joining fails only for a folder with a separator in its name; the machine's PATH is then all that can be had.
    env::join_paths(own.into_iter().chain(env::split_paths(&machine))).unwrap_or(machine)
}

/// The first file of this name on the machine's PATH.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let machine = env::var_os("PATH")?;
    env::split_paths(&machine).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// A file of the project as text.
pub(crate) fn read(file: &Path) -> Outcome<String> {
    fs::read_to_string(file).map_err(|error| Failure::new(format!("cannot read {}: {error}", file.display())))
}

/// The version of a package that `Cargo.lock` holds.
pub(crate) fn locked_version(package: &str) -> Outcome<String> {
    version_in(&read(&root().join("Cargo.lock"))?, package).ok_or_else(|| {
        Failure::new(format!(
            "Cargo.lock has no package `{package}`: run `cargo update --workspace` to complete it"
        ))
    })
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name).skip(1);
    lines.next()?.strip_prefix("version = \"")?.strip_suffix('"').map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_from_the_lock() {
        let lock = "[[package]]\nname = \"wasm-bindgen-macro\"\nversion = \"0.2.1\"\n\n\
                    [[package]]\nname = \"wasm-bindgen\"\nversion = \"0.2.129\"\n";
        #[rustfmt::skip]
        let cases = [
            // package           version         why
            ("wasm-bindgen",     Some("0.2.129"), "a longer name with the same start is another package"),
            ("wasm-bindgen-cli", None,            "what is not locked has no version"),
        ];
        for (package, version, why) in cases {
            assert_eq!(version_in(lock, package).as_deref(), version, "{why}");
        }
    }
}
