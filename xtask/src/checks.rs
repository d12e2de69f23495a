//! What must hold before a change is taken: `lint`, `test`, and `bench` for its speed.

use std::time::Duration;

use crate::chromium::{self, Chromium};
use crate::failure::{Failure, Outcome};
use crate::package;
use crate::page;
use crate::servers;
use crate::setup;
use crate::step::{Step, Stopwatch};
use crate::tally::{Runner, Tally};

type Check = fn(&mut Tally) -> Outcome;

/// In the order of what they cost, so that a slip is told soon.
const CHECKS: [(&str, Check); 5] =
    [("lint", |_| lint()), ("native", native), ("wasm", wasm), ("npm", npm), ("page", page_tests)];

pub(crate) fn test(names: &[String]) -> Outcome {
    if let Some(unknown) = names.iter().find(|name| !CHECKS.iter().any(|(known, _)| known == name)) {
        return Err(Failure::usage(format!(
            "`test` has no step `{unknown}`: it has lint, native, wasm, npm and page"
        )));
    }
    let wanted = CHECKS.iter().filter(|(name, _)| names.is_empty() || names.iter().any(|wish| wish == name));

    let mut tally = Tally::default();
    let mut times = Vec::new();
    let mut outcome = Ok(());
    for (name, check) in wanted {
        let watch = Stopwatch::start();
        outcome = check(&mut tally);
        times.push((*name, watch.elapsed()));
        if outcome.is_err() {
            break;
        }
    }
    print_table(&times, outcome.is_ok());
    match (&outcome, tally.is_empty()) {
        (_, false) => println!("\n{tally}"),
        (Ok(()), true) => println!("\neverything that was checked holds"),
        (Err(_), true) => (),
    }
    outcome
}

fn print_table(times: &[(&str, Duration)], all_hold: bool) {
    println!("\nstep      seconds");
    for (index, (name, time)) in times.iter().enumerate() {
        let mark = if all_hold || index + 1 < times.len() { "" } else { "  failed" };
        println!("{name:<8} {:>8.1}{mark}", time.as_secs_f64());
    }
    let total: Duration = times.iter().map(|(_, time)| time).sum();
    println!("{:<8} {:>8.1}", "total", total.as_secs_f64());
}

pub(crate) fn lint() -> Outcome {
    setup::rust()?;
    setup::target(setup::BARE_WASM)?;
    let cargo = |what: &str, arguments: &str| Step::new(what, "cargo").arguments(arguments);
    cargo("Checking the format", "fmt --all --check").repair("run `cargo fmt --all`").run()?;
    cargo(
        "Checking the format of the peers' benchmark",
        "fmt --check --manifest-path core/benches/peers/Cargo.toml",
    )
    .repair("run `cargo fmt --manifest-path core/benches/peers/Cargo.toml`")
    .run()?;
    cargo("Linting everything natively", "clippy --workspace --all-targets -- -D warnings").run()?;
    cargo("Proving that the evaluator needs no standard library", "check -p gatewright-core")
        .argument(format!("--target={}", setup::BARE_WASM))
        .run()?;
    cargo(
        "Linting the page for Wasm",
        "clippy -p gatewright-web --target wasm32-unknown-unknown -- -D warnings",
    )
    .run()?;
    cargo(
        "Linting the evaluator for JavaScript",
        "clippy -p gatewright --target wasm32-unknown-unknown -- -D warnings",
    )
    .run()?;
    cargo("Checking the evaluator's docs", "doc --no-deps -p gatewright-core")
        .variable("RUSTDOCFLAGS", "-D warnings")
        .run()
}

fn native(tally: &mut Tally) -> Outcome {
    Step::new("Testing everything natively", "cargo")
        .arguments("test --workspace --no-fail-fast")
        .run_counting(Runner::Cargo, tally)
}

fn wasm(tally: &mut Tally) -> Outcome {
    setup::rust()?;
    setup::wasm_bindgen()?;
    Step::new("Testing the evaluator as Wasm, in Node", "cargo")
        .arguments("test -p gatewright-tests --test conformance --target wasm32-unknown-unknown")
        .run_counting(Runner::Cargo, tally)
}

fn npm(tally: &mut Tally) -> Outcome {
    setup::npm("tests/npm")?;
    servers::redis()?;
    let python = servers::python()?;
    let chromium = chromium::find_or_install()?;
    package::install_for_tests()?;
    let step = Step::new("Testing the npm package, from its tarball", "node")
        .arguments("--test --test-reporter=spec tests/npm/")
        .variable("GATEWRIGHT_PYTHON", python);
    match chromium {
        Chromium::At(path) => step.variable(chromium::VARIABLE, path),
        Chromium::OfPlaywright => step,
    }
    .run_counting(Runner::Node, tally)
}

fn page_tests(tally: &mut Tally) -> Outcome {
    setup::npm("tests")?;
    let chromium = chromium::find_or_install()?;
    // The page is held against the package's command, before real servers.
    setup::npm("tests/npm")?;
    package::install_for_tests()?;
    page::build()?;
    let step =
        Step::new("Testing the page in Chromium", "npx").arguments("--no playwright test").in_folder("tests");
    let step = match chromium {
        Chromium::At(path) => step.variable(chromium::VARIABLE, path),
        Chromium::OfPlaywright => step,
    };
    step.run_counting(Runner::Playwright, tally)
}

pub(crate) fn bench(arguments: &[String]) -> Outcome {
    if arguments.first().is_some_and(|first| first == "page") {
        return bench_page();
    }
    let step = measuring(arguments)?;
    if arguments.first().is_some_and(|first| first == "js") {
        setup::npm("core/js/bench")?;
        package::package()?;
    }
    step.run()
}

/// The built page: its sizes, and what Lighthouse says of it.
fn bench_page() -> Outcome {
    setup::npm("web/bench")?;
    let chromium = chromium::find_or_install()?;
    page::build()?;
    let step =
        Step::new("Measuring the page in Chromium (about 2 minutes)", "node").arguments("web/bench/main.js");
    match chromium {
        Chromium::At(path) => step.variable(chromium::VARIABLE, path),
        Chromium::OfPlaywright => step,
    }
    .run()
}

/// What measures: the evaluator alone, or it or the npm package beside peers.
fn measuring(arguments: &[String]) -> Outcome<Step> {
    if let Some((first, rest)) = arguments.split_first()
        && first == "peers"
    {
        crate::none(rest)?;
        // Its own folder, for its packages are not those of the tree.
        return Ok(Step::new("Measuring the evaluator against its peers", "cargo").arguments(
            "run --release --manifest-path core/benches/peers/Cargo.toml --target-dir target/peers",
        ));
    }
    if let Some((first, rest)) = arguments.split_first()
        && first == "js"
    {
        // The garbage of one contestant is swept before the turn of the next.
        let step = Step::new("Measuring the npm package against its peers", "node");
        let step = step.arguments("--expose-gc core/js/bench/main.js");
        return Ok(rest.iter().fold(step, Step::argument));
    }
    let step = Step::new("Measuring the evaluator", "cargo").arguments("bench -p gatewright-core");
    let step = if arguments.is_empty() { step } else { step.argument("--") };
    Ok(arguments.iter().fold(step, Step::argument))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_are_measured_only_where_they_are_named() {
        let peers =
            "cargo run --release --manifest-path core/benches/peers/Cargo.toml --target-dir target/peers";
        let many = "`small` is more than this command takes: leave it out";
        #[rustfmt::skip]
        let cases: [(&[&str], Result<&str, &str>, &str); 7] = [
            // arguments          runs                                                  why
            (&[],                 Ok("cargo bench -p gatewright-core"),                 "the evaluator alone"),
            (&["simulation"],     Ok("cargo bench -p gatewright-core -- simulation"),   "arguments go to its benchmarks"),
            (&["simulation", "peers"], Ok("cargo bench -p gatewright-core -- simulation peers"), "only the first word names the peers"),
            (&["peers"],          Ok(peers),                                            "a package of its own"),
            (&["js"],             Ok("node --expose-gc core/js/bench/main.js"),         "the npm package"),
            (&["js", "size"],     Ok("node --expose-gc core/js/bench/main.js size"),    "arguments go to its benchmark"),
            (&["peers", "small"], Err(many),                                            "the peers are measured together or not at all"),
        ];
        for (arguments, expected, why) in cases {
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            let line =
                measuring(&arguments).map(|step| step.command_line()).map_err(|failure| failure.to_string());
            assert_eq!(line.as_deref().map_err(String::as_str), expected, "{why}");
        }
    }
}
