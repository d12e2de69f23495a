//! The browser of the page's tests: found on the machine, or installed with Debian's package manager.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::apt;
use crate::failure::{Failure, Outcome};
use crate::workspace;

/// The variable that names a browser: read here, and set for the tests.
pub(crate) const VARIABLE: &str = "GATEWRIGHT_CHROMIUM";

const HOW: &str = "install Chromium or Chrome so that `chromium` or `google-chrome` is on PATH, or set GATEWRIGHT_CHROMIUM \
                   to its path, or run `npx playwright install chromium` in tests/";

pub(crate) enum Chromium {
    At(PathBuf),
    /// The one that Playwright downloaded and finds by itself.
    OfPlaywright,
}

pub(crate) fn find_or_install() -> Outcome<Chromium> {
    if let Some(found) = find()? {
        return Ok(found);
    }
    // Ubuntu's package is the snap.
    let Some(privilege) = apt::privilege().filter(|_| !apt::is_ubuntu()) else {
        return Err(Failure::new(format!("no Chromium was found for the page's tests: {HOW}")));
    };
    apt::install(privilege, "chromium", "the page's tests", HOW)?;
    find()?.ok_or_else(|| Failure::new(format!("apt-get installed no Chromium that can be found: {HOW}")))
}

fn find() -> Outcome<Option<Chromium>> {
    if let Some(named) = env::var_os(VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from) {
        if named.is_file() {
            return Ok(Some(Chromium::At(named)));
        }
        return Err(Failure::new(format!("{VARIABLE} names `{}`, which is no file: {HOW}", named.display())));
    }
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let on_path = names.into_iter().filter_map(workspace::find_program).find(|file| !is_snap(file));
    Ok(on_path.map(Chromium::At).or_else(|| has_playwright_chromium().then_some(Chromium::OfPlaywright)))
}

/// Ubuntu's Chromium is a snap, which sees no files under /tmp and therefore not the tests' profiles.
fn is_snap(file: &Path) -> bool {
    let resolved = fs::canonicalize(file).unwrap_or_else(|_| file.to_owned());
    let is_link = resolved.starts_with("/snap") || resolved.ends_with("snap");
    is_link || fs::read_to_string(resolved).is_ok_and(|script| script.contains("/snap/bin"))
}

fn has_playwright_chromium() -> bool {
    let folder = env::var_os("PLAYWRIGHT_BROWSERS_PATH").map(PathBuf::from).or_else(|| {
        let cache = if cfg!(target_os = "macos") { "Library/Caches" } else { ".cache" };
        env::home_dir().map(|home| home.join(cache).join("ms-playwright"))
    });
    let entries = folder.and_then(|folder| fs::read_dir(folder).ok()).into_iter().flatten().flatten();
    entries.into_iter().any(|entry| entry.file_name().to_string_lossy().starts_with("chromium"))
}
