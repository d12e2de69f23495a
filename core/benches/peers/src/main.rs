//! What a decision costs the evaluator and its peers, as ratios within one run. See `core/benches/README.md`.
//!
//! Every contestant decides by the same rules, and nothing is timed before all of them decided alike.

mod agreement;
mod calls;
mod casbin;
mod cedar;
mod cel;
mod contestant;
mod governor;
mod ours;
mod policy;
mod regorus;
mod rounds;

use std::process::ExitCode;

use contestant::{Contestant, Counter, Decide, Outcome, Prepare};
use rounds::{Cost, measure};

/// The first is the one with whom the others are compared.
const CONTESTANTS: [Contestant; 7] = [
    ours::OURS,
    cedar::CEDAR,
    regorus::MACHINE,
    regorus::INTERPRETER,
    cel::CEL,
    casbin::LINES,
    casbin::MATCHER,
];
const COUNTERS: [Counter; 4] = [ours::COUNTER, governor::DIRECT, governor::KEYED, governor::TWO_KEYED];

/// Both have room for a call in each millisecond.
const PER_MINUTE: u32 = 100_000;
const PER_DAY: u32 = 144_000_000;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Outcome<()> {
    println!("{}", versions());
    let cases = agreement::on_calls(&CONTESTANTS)?;
    agreement::on_limits(&COUNTERS)?;
    println!("all decide alike on {cases} calls from each form of input");
    for (size, call) in calls::timed() {
        println!("\n{size}: a message of {} bytes", call.message().len());
        println!("{:<22} {:>19} {:>19} {:>19}", "ns/decision", "own types", "parsed value", "text");
        let costs = |form: fn(&Contestant) -> Prepare| {
            let runners = CONTESTANTS.iter().map(|contestant| form(contestant)(&call));
            measure(&mut runners.collect::<Outcome<Vec<Decide>>>()?)
        };
        let own = costs(|contestant| contestant.own)?;
        let parsed = costs(|contestant| contestant.parsed)?;
        let text = costs(|contestant| contestant.text)?;
        for (((contestant, own), parsed), text) in CONTESTANTS.iter().zip(own).zip(parsed).zip(text) {
            println!("{:<22} {} {} {}", contestant.name, cell(&own), cell(&parsed), cell(&text));
        }
    }
    println!("\nlimits alone");
    println!("{:<22} {:>19}  per", "ns/call", "");
    let runners = COUNTERS.iter().map(counting);
    let costs = measure(&mut runners.collect::<Outcome<Vec<Decide>>>()?)?;
    for (counter, cost) in COUNTERS.iter().zip(costs) {
        println!("{:<22} {}  {}", counter.name, cell(&cost), counter.limits);
    }
    Ok(())
}

/// Goes on counting from turn to turn, a call in each millisecond.
fn counting(counter: &Counter) -> Outcome<Decide> {
    let (mut count, mut at) = ((counter.prepare)(PER_MINUTE, PER_DAY)?, 0);
    Ok(Box::new(move |times| {
        let start = at;
        at += times;
        count(start..at)
    }))
}

fn cell(cost: &Cost) -> String {
    let ratio = format!("x{:.*}", if cost.ratio < 10.0 { 2 } else { 0 }, cost.ratio);
    format!("{:>9.*} {ratio:>9}", usize::from(cost.nanos < 100.0), cost.nanos)
}

/// The peers, as they are locked.
fn versions() -> String {
    let lock = include_str!("../Cargo.lock");
    let names = ["cedar-policy", "regorus", "cel", "casbin", "governor"];
    let version = |name: &str| {
        let (_, rest) = lock.split_once(&format!("\nname = \"{name}\"\nversion = \""))?;
        rest.split('"').next()
    };
    names.map(|name| format!("{name} {}", version(name).unwrap_or("?"))).join(", ")
}
