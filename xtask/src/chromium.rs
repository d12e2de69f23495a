//! The browser of the page's tests: found on the machine, or installed with Debian's package manager.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Outcome};
use crate::setup::output;
use crate::step::Step;
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
    let Some(privilege) = debian_privilege() else {
        return Err(Failure::new(format!("no Chromium was found for the page's tests: {HOW}")));
    };
    apt_get(privilege, "Reading Debian's package lists, for Chromium", "update")?;
    apt_get(
        privilege,
        "Installing Chromium with apt-get, for the page's tests (about 30 seconds, once)",
        "install -y --no-install-recommends chromium",
    )?;
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

#[derive(Clone, Copy)]
enum Privilege {
    Root,
    Sudo,
}

/// How packages can be installed here; `None` where they cannot, or where the package would be the snap.
fn debian_privilege() -> Option<Privilege> {
    workspace::find_program("apt-get")?;
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    if system.lines().any(|line| line.trim_end() == "ID=ubuntu") {
        return None;
    }
    if output("id", "-u").is_ok_and(|user| user == "0") {
        return Some(Privilege::Root);
    }
    // `-nv` asks whether sudo would do without a password, and does nothing.
    output("sudo", "-nv").is_ok().then_some(Privilege::Sudo)
}

fn apt_get(privilege: Privilege, what: &str, arguments: &str) -> Outcome {
    let step = match privilege {
        Privilege::Root => Step::new(what, "apt-get"),
        Privilege::Sudo => Step::new(what, "sudo").arguments("-n apt-get"),
    };
    step.arguments("-q").arguments(arguments).variable("DEBIAN_FRONTEND", "noninteractive").repair(HOW).run()
}
