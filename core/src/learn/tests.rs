extern crate std;
use super::*;
use crate::import::log::import_log;
#[test]
fn by_hand() {
    let Ok(path) = std::env::var("LEARN") else { return };
    let hold_out = std::env::var("HOLD").ok().and_then(|h| h.parse().ok()).unwrap_or(0);
    let log = import_log(&std::fs::read_to_string(path).unwrap());
    std::println!("{}", log.in_words());
    let options = LearnOptions { hold_out, ..LearnOptions::default() };
    let start = std::time::Instant::now();
    let learned = learn(&log.calls, options);
    std::println!("{:?}", start.elapsed());
    std::println!("{}\n{}", learned.policy, learned.words);
    for line in &learned.lines {
        std::println!(
            "{} {} {:?}",
            line.pointer.as_str(),
            line.why,
            line.witnesses.iter().map(|w| (w.call, &w.shows)).collect::<Vec<_>>()
        );
    }
    for not in &learned.not_held {
        std::println!("NOT {not:?}");
    }
    std::println!("{:#?}", learned.held_out);
    for lint in crate::lint(&crate::parse(&learned.policy), None) {
        std::println!(
            "LINT {:?} {} {}",
            lint.diagnostic.code,
            lint.diagnostic.pointer.as_str(),
            lint.diagnostic.message
        );
    }
}
