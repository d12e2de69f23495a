//! The servers that the npm package is tested with, beside those from npm: Redis, and an MCP server written in Python.

use std::fs;
use std::path::PathBuf;

use crate::apt;
use crate::failure::{Failure, Outcome};
use crate::setup::output;
use crate::step::Step;
use crate::workspace;

const REDIS: &str = "redis-server";
const HOW_REDIS: &str = "install Redis so that `redis-server` is on PATH";
const HOW_PYTHON: &str = "install Python 3.10 or newer with `venv` so that `python3` is on PATH";

/// What the tests take from Python's registry, by its exact version.
const GIT_SERVER: &str = "mcp-server-git==2026.10.19";

/// Redis, installed by the system's package manager where there is none.
pub(crate) fn redis() -> Outcome {
    if workspace::find_program(REDIS).is_some() {
        return Ok(());
    }
    let Some(privilege) = apt::privilege() else {
        return Err(Failure::new(format!("no Redis was found for the npm package's tests: {HOW_REDIS}")));
    };
    apt::install(privilege, REDIS, "the npm package's tests", HOW_REDIS)
}

/// The MCP server for git, in a Python environment of its own. Returns the folder of its programs.
pub(crate) fn python() -> Outcome<PathBuf> {
    let home = workspace::tools().join("python");
    let programs = home.join("bin");
    // Written last, it tells that the environment is complete.
    let stamp = home.join("installed.txt");
    if fs::read_to_string(&stamp).is_ok_and(|installed| installed == GIT_SERVER) {
        return Ok(programs);
    }
    let _ = fs::remove_dir_all(&home);
    // Debian's Python brings `venv` as a package of its own.
    if output("python3", "-m ensurepip --version").is_err()
        && let Some(privilege) = apt::privilege()
    {
        apt::install(privilege, "python3-venv", "the npm package's tests", HOW_PYTHON)?;
    }
    Step::new("Making a Python environment in .tools", "python3")
        .arguments("-m venv")
        .argument(&home)
        .repair(HOW_PYTHON)
        .run()?;
    Step::new("Installing the MCP server for git into it (about 20 seconds, once)", "python3")
        .arguments("-m pip --quiet --disable-pip-version-check --python")
        .argument(programs.join("python3"))
        .arguments("install")
        .argument(GIT_SERVER)
        .run()?;
    fs::write(&stamp, GIT_SERVER)
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", stamp.display())))?;
    Ok(programs)
}
