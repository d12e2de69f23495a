//! The developer's commands: `cargo xtask COMMAND`.
//!
//! Each command installs what it needs first, so that rustup, Node and git are all a machine must have, and all of it
//! goes into the project's own folders (`.tools`, `node_modules`) except the Wasm target and Chromium. A second run
//! finds everything in place.

mod apt;
mod checks;
mod chromium;
mod failure;
mod package;
mod page;
mod precache;
mod seal;
mod servers;
mod setup;
mod step;
mod tally;
mod workspace;

use std::env;
use std::process::ExitCode;

use failure::{Failure, Outcome};

const USAGE: &str = "\
usage: cargo xtask COMMAND

  setup                      install everything the other commands need
  build                      build the page into dist/
  serve [--port N] [--dev]   build the page and serve it on this machine; --dev: quick builds, reloads by itself
  first-view                 write what the page shows first into www/index.html, after a change of it
  package                    build the npm package into target/npm/
  test [STEP ...]            check everything, or only the steps named: lint native wasm npm page
  lint                       check the format, the lints and the docs
  bench [ARGUMENT ...]       measure the evaluator
  bench peers                measure it against other policy engines
  bench page                 measure the page: sizes, and Lighthouse
  bench js [GROUP ...]       measure the npm package against others: plain bytes peers counters size cold
";

fn main() -> ExitCode {
    let mut arguments = env::args().skip(1);
    let command = arguments.next();
    let rest: Vec<String> = arguments.collect();
    let outcome = match command.as_deref() {
        None | Some("help" | "--help" | "-h") => {
            print!("{USAGE}");
            Ok(())
        }
        Some("setup") => none(&rest).and_then(|()| setup::everything()),
        Some("build") => none(&rest).and_then(|()| page::build()),
        Some("first-view") => none(&rest).and_then(|()| page::write_first_view()),
        Some("serve") => page::serve(&rest),
        Some("package") => none(&rest).and_then(|()| package::package()).map(drop),
        Some("test") => checks::test(&rest),
        Some("lint") => none(&rest).and_then(|()| checks::lint()),
        Some("bench") => checks::bench(&rest),
        // Not in the usage: Trunk runs the one before and the other after each build.
        Some("bundle") => none(&rest).and_then(|()| page::bundle()),
        Some("seal") => none(&rest).and_then(|()| seal::seal_built_page()),
        Some(unknown) => Err(Failure::usage(format!("`{unknown}` is no command\n\n{}", USAGE.trim_end()))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("\nerror: {failure}");
            failure.exit_code()
        }
    }
}

/// For commands that take no arguments.
fn none(arguments: &[String]) -> Outcome {
    match arguments.first() {
        None => Ok(()),
        Some(first) => {
            Err(Failure::usage(format!("`{first}` is more than this command takes: leave it out")))
        }
    }
}
