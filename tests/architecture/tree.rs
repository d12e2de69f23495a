//! The files of the tree, without what git ignores.

use std::fs;
use std::path::PathBuf;

/// A file's path from the top, with slashes.
pub(crate) type Place = String;

/// Folders that are built or installed.
const LEFT_OUT: &[&str] =
    &[".git", ".tools", "dist", "node_modules", "playwright-report", "target", "test-results"];

fn absolute(place: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(place)
}

/// The text of a file. A missing file fails, for a rule about nothing holds always.
pub(crate) fn read(place: &str) -> String {
    let text = fs::read_to_string(absolute(place));
    assert!(text.is_ok(), "{place} has moved or is missing: these rules look at it");
    text.unwrap_or_default()
}

/// The names at the top.
pub(crate) fn top_level() -> Vec<String> {
    names(".")
}

/// Every file below a folder.
fn files(folder: &str) -> Vec<Place> {
    let mut found = Vec::new();
    for name in names(folder).into_iter().filter(|name| !LEFT_OUT.contains(&name.as_str())) {
        let place = if folder == "." { name } else { format!("{folder}/{name}") };
        if absolute(&place).is_dir() {
            found.extend(files(&place));
        } else {
            found.push(place);
        }
    }
    found
}

/// Every file of Rust.
pub(crate) fn rust_files() -> Vec<Place> {
    files(".").into_iter().filter(|place| place.rsplit('.').next() == Some("rs")).collect()
}

/// Every file of JavaScript below a folder that somebody wrote.
pub(crate) fn javascript_files(folder: &str) -> Vec<Place> {
    let written = |place: &Place| !is_below(place, "core/js/engine");
    files(folder)
        .into_iter()
        .filter(|place| place.rsplit('.').next() == Some("js") && written(place))
        .collect()
}

/// The folders that hold a `Cargo.toml`, the top (`.`) among them.
pub(crate) fn packages() -> Vec<Place> {
    let manifests = files(".").into_iter().filter_map(|place| match place.as_str() {
        "Cargo.toml" => Some(".".to_string()),
        other => other.strip_suffix("/Cargo.toml").map(ToString::to_string),
    });
    manifests.collect()
}

pub(crate) fn is_below(place: &str, folder: &str) -> bool {
    place.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

fn names(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(absolute(folder)).into_iter().flatten().flatten();
    let mut names: Vec<String> =
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}
