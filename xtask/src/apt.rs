//! Programs that the system's package manager brings, on Debian and its like.

use std::fs;

use crate::failure::Outcome;
use crate::setup::output;
use crate::step::Step;
use crate::workspace;

#[derive(Clone, Copy)]
pub(crate) enum Privilege {
    Root,
    Sudo,
}

/// How packages can be installed here; `None` where they cannot.
pub(crate) fn privilege() -> Option<Privilege> {
    workspace::find_program("apt-get")?;
    if output("id", "-u").is_ok_and(|user| user == "0") {
        return Some(Privilege::Root);
    }
    // `-nv` asks whether sudo would do without a password, and does nothing.
    output("sudo", "-nv").is_ok().then_some(Privilege::Sudo)
}

pub(crate) fn is_ubuntu() -> bool {
    let system = fs::read_to_string("/etc/os-release").unwrap_or_default();
    system.lines().any(|line| line.trim_end() == "ID=ubuntu")
}

/// Installs a package. `what_for` ends the announcement, and `how` says what to do by hand where it fails.
pub(crate) fn install(privilege: Privilege, package: &str, what_for: &str, how: &'static str) -> Outcome {
    apt_get(privilege, format!("Reading the system's package lists, for {package}"), "update", how)?;
    let what = format!("Installing {package} with apt-get, for {what_for} (about 30 seconds, once)");
    apt_get(privilege, what, &format!("install -y --no-install-recommends {package}"), how)
}

fn apt_get(privilege: Privilege, what: String, arguments: &str, how: &'static str) -> Outcome {
    let step = match privilege {
        Privilege::Root => Step::new(what, "apt-get"),
        Privilege::Sudo => Step::new(what, "sudo").arguments("-n apt-get"),
    };
    step.arguments("-q").arguments(arguments).variable("DEBIAN_FRONTEND", "noninteractive").repair(how).run()
}
