//! Logs: a proxy's own is replayed to the decisions that the proxy gave, in whatever pieces it comes.

use gatewright_core::import::log::{LogReader, import_log};
use gatewright_core::simulate::simulate_with;
use gatewright_core::{CompiledPolicy, Decision, Options, Reason, ReservationId, ToolCall};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::driver::{Driver, options};
use crate::examples;
use crate::sketch::{Call, Event, events, sketches};

/// A proxy that writes down what it decides.
struct Proxy<'p> {
    driver: Driver<'p>,
    log: Vec<Value>,
    /// What it decided in the end, by the number of the call in the log. None: not for the policy's reasons.
    decisions: Vec<Option<(Decision, Reason)>>,
    /// The reservations, each with the number of its call.
    held: Vec<(ReservationId, usize)>,
    now: i64,
}

impl<'p> Proxy<'p> {
    fn new(policy: &'p CompiledPolicy, options: Options) -> Self {
        let driver = Driver::new(policy, options);
        Self { driver, log: Vec::new(), decisions: Vec::new(), held: Vec::new(), now: 0 }
    }

    fn decide(&mut self, call: &Call, number: usize, approved: bool) -> Decision {
        let asked = ToolCall { approved, ..call.parsed() };
        let verdict = self.driver.call(&asked);
        self.held.extend(verdict.reservation.map(|reservation| (reservation, number)));
        let mut record = json!({
            "at": if number.is_multiple_of(2) { call.at } else { verdict.at.as_millis() },
            "call": format!("run-{number}"), "tool": call.tool, "grant": call.grant, "session": call.session,
            "decision": verdict.decision, "reason": verdict.reason, "rule": verdict.rule, "approved": approved,
        });
        if let Some(args) = &call.args {
            record["args"] = json!(args);
        }
        self.log.push(record);
        let readable = verdict.reason != Reason::Malformed;
        self.decisions[number] = readable.then_some((verdict.decision, verdict.reason));
        verdict.decision
    }

    fn each(&mut self, event: &Event) {
        match event {
            Event::Call(call) => {
                self.now = call.at;
                self.decisions.push(None);
                self.decide(call, self.decisions.len() - 1, call.approved);
            }
            Event::Settle { which, outcome } => {
                let which = which % (self.held.len() + 1);
                let Some((_, number)) = self.held.get(which).copied() else { return };
                self.driver.settle(which, *outcome);
                self.log.push(json!({"at": self.now, "call": format!("run-{number}"), "outcome": outcome}));
            }
        }
    }
}

fn lines(log: &[Value]) -> String {
    let lines: Vec<String> = log.iter().map(Value::to_string).collect();
    lines.join("\n")
}

proptest! {
    #![proptest_config(examples(250))]

    #[test]
    fn a_proxys_log_replays_to_the_same_decisions(
        sketch in sketches(), events in events(), options in options(), patience in 1..4_usize
    ) {
        let policy = sketch.compiled();
        let mut proxy = Proxy::new(&policy, options);
        let mut asked: Vec<(Call, usize)> = Vec::new();
        for (place, event) in events.iter().enumerate() {
            // A person takes a while, and other calls go on.
            if place % patience == 0 && let Some((call, number)) = asked.pop() {
                proxy.decide(&call.at(proxy.now), number, true);
            }
            proxy.each(event);
            if let (Event::Call(call), Some(Some((Decision::Approval, _)))) = (event, proxy.decisions.last()) {
                asked.push((call.clone(), proxy.decisions.len() - 1));
            }
        }
        let log = import_log(&lines(&proxy.log));
        prop_assert_eq!(log.unreadable, 0);
        let run = simulate_with(&policy, &log.calls, options);
        let replayed: Vec<_> = run.reason.iter().map(|reason| (reason.decision(), *reason)).collect();
        prop_assert_eq!(replayed, in_the_order_of_decisions(&proxy));
    }

    #[test]
    fn a_log_reads_the_same_in_pieces(
        sketch in sketches(), events in events(), options in options(), cuts in vec(any::<Index>(), 0..12),
        in_array in any::<bool>(), break_at in any::<Index>(), byte in any::<u8>()
    ) {
        let policy = sketch.compiled();
        let mut proxy = Proxy::new(&policy, options);
        for event in &events {
            proxy.each(event);
        }
        let text = if in_array { json!(proxy.log).to_string() } else { lines(&proxy.log) };
        let mut bytes = format!("\u{feff}{text}").into_bytes();
        let place = break_at.index(bytes.len());
        bytes[place] = byte;
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len())).collect();
        places.sort_unstable();
        let (mut pieces, mut whole) = (LogReader::default(), LogReader::default());
        let mut start = 0;
        for end in places.into_iter().chain([bytes.len()]) {
            pieces.feed(&bytes[start..end]);
            start = end;
        }
        whole.feed(&bytes);
        let (pieces, whole) = (pieces.finish(), whole.finish());
        prop_assert_eq!(pieces.in_words(), whole.in_words());
        prop_assert_eq!(pieces.first_unreadable, whole.first_unreadable);
        prop_assert!((0..whole.calls.len()).all(|index| pieces.calls.get(index) == whole.calls.get(index)));
    }
}

/// The last decision on each call, where it stands in the log.
fn in_the_order_of_decisions(proxy: &Proxy<'_>) -> Vec<(Decision, Reason)> {
    let number = |record: &Value| -> Option<usize> {
        record.get("decision")?;
        record["call"].as_str()?.strip_prefix("run-")?.parse().ok()
    };
    let order: Vec<usize> = proxy.log.iter().filter_map(number).collect();
    let is_last = |place: usize| !order[place + 1..].contains(&order[place]);
    let last = (0..order.len()).filter(|place| is_last(*place));
    last.filter_map(|place| proxy.decisions[order[place]]).collect()
}
