//! Names the files of a build in its service worker, and the build by what they hold.
//!
//! Two builds with the same bytes have the same name, so that nobody is told of a new version that is none. A page
//! that Trunk reloads by itself is named nothing: while developing, no file may be kept.

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::failure::{Failure, Outcome};
use crate::workspace;

const WORKER: &str = "offline.js";
const PAGE: &str = "index.html";
/// Stand in `www/offline.js` and `www/index.html`.
const BUILD: &str = "SEAL-BUILD";
const FILES: &str = "[\"SEAL-FILES\"]";
/// Part of the script that Trunk's development server puts into a page that it reloads.
const RELOADS: &str = ".well-known/trunk/ws";

/// Names a finished build in its page and in its worker.
pub(crate) fn name_build(folder: &Path) -> Outcome {
    let files = files(folder)?;
    let mut digest = Sha256::new();
    for file in &files {
        digest.update(file);
        digest.update([0]);
        digest.update(fs::read(folder.join(file)).map_err(|error| unreadable(&folder.join(file), &error))?);
    }
    let head = digest.finalize().iter().take(8).fold(0_u64, |head, byte| head << 8 | u64::from(*byte));
    let build = format!("{head:016x}");
    let page = workspace::read(&folder.join(PAGE))?;
    let name = if page.contains(RELOADS) { "" } else { &build };
    replace(folder, PAGE, &[(BUILD, name)])?;
    let list: Vec<String> = files.iter().map(|file| quoted(if file == PAGE { "./" } else { file })).collect();
    replace(folder, WORKER, &[(BUILD, &build), (FILES, &format!("[{}]", list.join(", ")))])
}

/// The files of a build, but the worker itself, which browsers fetch by themselves.
fn files(folder: &Path) -> Outcome<Vec<String>> {
    let mut found = Vec::new();
    collect(folder, "", &mut found)?;
    found.retain(|file| file != WORKER);
    found.sort_unstable();
    Ok(found)
}

fn collect(folder: &Path, prefix: &str, found: &mut Vec<String>) -> Outcome {
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, &error))?;
    for entry in entries {
        let entry = entry.map_err(|error| unreadable(folder, &error))?;
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{name}/"), found)?;
        } else {
            found.push(name);
        }
    }
    Ok(())
}

fn replace(folder: &Path, file: &str, changes: &[(&str, &str)]) -> Outcome {
    let path = folder.join(file);
    let mut text = workspace::read(&path)?;
    for (placeholder, written) in changes {
        if text.matches(placeholder).count() != 1 {
            return Err(Failure::new(format!(
                "{file} must hold {placeholder}, once: write it where it goes"
            )));
        }
        text = text.replace(placeholder, written);
    }
    fs::write(&path, text).map_err(|error| Failure::new(format!("cannot write {}: {error}", path.display())))
}

/// A file's name as a text of JavaScript.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(format!("cannot read {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    struct Build(PathBuf);

    impl Build {
        fn new(name: &str, page: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("gatewright-{name}-{}", std::process::id()));
            fs::create_dir_all(folder.join("icons")).unwrap();
            for (file, text) in [
                (PAGE, page),
                ("icons/a.svg", "<svg/>"),
                ("page.js", "1"),
                (WORKER, "const BUILD = \"SEAL-BUILD\"; const FILES = [\"SEAL-FILES\"];"),
            ] {
                fs::write(folder.join(file), text).unwrap();
            }
            Self(folder)
        }

        fn text(&self, file: &str) -> String {
            fs::read_to_string(self.0.join(file)).unwrap()
        }
    }

    impl Drop for Build {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_build_is_named_by_all_its_files() {
        let build = Build::new("named", "<meta content=SEAL-BUILD>");
        name_build(&build.0).unwrap();
        let worker = build.text(WORKER);
        assert!(worker.ends_with("const FILES = [\"icons/a.svg\", \"./\", \"page.js\"];"), "{worker}");
        let name = worker.split('"').nth(1).unwrap().to_owned();
        assert_eq!(build.text(PAGE), format!("<meta content={name}>"), "the page and its worker agree");

        let same = Build::new("same", "<meta content=SEAL-BUILD>");
        name_build(&same.0).unwrap();
        assert_eq!(same.text(WORKER), worker, "the same bytes, the same name");
        let other = Build::new("other", "<meta content=SEAL-BUILD> ");
        name_build(&other.0).unwrap();
        assert_ne!(other.text(WORKER), worker, "another byte, another name");
    }

    #[test]
    fn a_page_that_reloads_by_itself_keeps_nothing() {
        let build =
            Build::new("dev", "<meta content=\"SEAL-BUILD\"><script>'/.well-known/trunk/ws'</script>");
        name_build(&build.0).unwrap();
        assert!(build.text(PAGE).starts_with("<meta content=\"\">"));
    }

    #[test]
    fn a_page_or_worker_without_the_place_does_not_build() {
        let build = Build::new("bare", "<p>");
        assert!(name_build(&build.0).unwrap_err().to_string().contains("must hold SEAL-BUILD"));
    }
}
