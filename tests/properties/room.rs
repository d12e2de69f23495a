//! A store that is full: who is refused, what that opens, and when there is room again.

use gatewright_core::counter::{MAX_INSTANTS, MAX_SHARERS};
use gatewright_core::{
    CompiledPolicy, Counters, Decision, Options, Outcome, Reason, Ruling, Settled, Timestamp, ToolCall,
    WindowModel, compile, decide, evaluate, parse,
};

const MINUTE: i64 = 60_000;
const DAY: i64 = 86_400_000;
const SLIDING: Options =
    Options { window_model: WindowModel::Sliding, refund: gatewright_core::Refund::ProtocolError };

/// A limit's window, scope and `max`.
type Limit = (&'static str, &'static str, u32);
const PLENTY: u32 = 1_000_000;

fn limited(tools: &[(&str, &[Limit])]) -> CompiledPolicy {
    let tool = |(name, limits): &(&str, &[Limit])| {
        let limit = |(index, (window, scope, max)): (usize, &Limit)| {
            format!(r#"{{"counter": "c{index}", "window": "{window}", "max": {max}, "scope": "{scope}"}}"#)
        };
        let limits: Vec<String> = limits.iter().enumerate().map(limit).collect();
        format!(r#""{name}": {{"limits": [{}]}}"#, limits.join(", "))
    };
    let tools: Vec<String> = tools.iter().map(tool).collect();
    let text = format!(r#"{{"version": "1", "default": "deny", "tools": {{{}}}}}"#, tools.join(", "));
    compile(&parse(&text)).unwrap()
}

struct Store {
    policy: CompiledPolicy,
    counters: Counters,
}

impl Store {
    fn new(tools: &[(&str, &[Limit])], options: Options) -> Self {
        let policy = limited(tools);
        let counters = Counters::with_options(&policy, options);
        Self { policy, counters }
    }

    fn call(&mut self, tool: &str, grant: &str, session: &str, at: i64) -> Ruling {
        let at = Timestamp::from_millis(at);
        decide(
            &self.policy,
            &ToolCall { tool, grant, session, at, ..ToolCall::default() },
            &mut self.counters,
        )
    }

    /// Calls that are allowed and never end.
    fn fill(&mut self, tool: &str, calls: usize, mut caller: impl FnMut(usize) -> (String, String, i64)) {
        for number in 0..calls {
            let (grant, session, at) = caller(number);
            assert_eq!(self.call(tool, &grant, &session, at).reason(), Reason::Allowed, "{tool} {number}");
        }
    }
}

#[test]
fn sessions_fill_the_store_and_leave_it() {
    let mut store = Store::new(&[("a", &[("day", "session", 1)])], Options::default());
    store.fill("a", MAX_SHARERS, |number| ("ci".to_string(), number.to_string(), 0));
    let refused = evaluate(
        &store.policy,
        &ToolCall { tool: "a", grant: "ci", session: "new", ..ToolCall::default() },
        &mut store.counters,
    );
    assert_eq!((refused.decision, refused.reason), (Decision::Deny, Reason::TooManyCounters));
    assert!(refused.message.contains("more grants, sessions or calls are at work than can be counted"));
    assert_eq!(store.call("a", "ci", "7", 0).reason(), Reason::Limit, "those that are counted are judged");
    assert_eq!(
        store.call("a", "dev", "7", 0).reason(),
        Reason::TooManyCounters,
        "a session of another grant"
    );
    assert_eq!(store.call("a", "ci", "new", DAY - 1).reason(), Reason::TooManyCounters);
    assert_eq!(store.call("a", "ci", "new", DAY).reason(), Reason::Allowed, "the day has ended");
    assert_eq!(store.counters.export().matches("\"uses\"").count(), 1, "and its sessions are forgotten");
}

#[test]
fn grants_and_sessions_fill_the_store_together() {
    let tools: &[(&str, &[Limit])] = &[
        ("a", &[("day", "grant", 3), ("day", "session", 3)]),
        ("g", &[("day", "grant", 3)]),
        ("all", &[("day", "global", 3)]),
    ];
    let mut store = Store::new(tools, Options::default());
    store.fill("a", MAX_SHARERS / 2 - 1, |number| (number.to_string(), String::new(), 0));
    assert_eq!(store.call("g", "new", "", 0).reason(), Reason::Allowed, "the last but one");
    assert_eq!(
        store.call("a", "newer", "", 0).reason(),
        Reason::TooManyCounters,
        "a grant and its session are two"
    );
    assert_eq!(store.call("a", "new", "", 0).reason(), Reason::Allowed, "a session of a known grant is one");
    assert_eq!(store.call("g", "newer", "", 0).reason(), Reason::TooManyCounters, "full");
    assert_eq!(
        store.call("a", "0", "1", 0).reason(),
        Reason::TooManyCounters,
        "also for a session of a known grant"
    );
    assert_eq!(store.call("a", "0", "", 0).reason(), Reason::Allowed, "what is known goes on");
    assert_eq!(store.call("all", "newer", "", 0).reason(), Reason::Allowed, "everyone takes no place");
}

/// A call that needs two places and finds one must not make the next, which needs one, wait.
#[test]
fn a_call_that_needs_more_places_keeps_nobody_out() {
    let tools: &[(&str, &[Limit])] = &[
        ("two", &[("day", "grant", 1), ("day", "session", 1)]),
        ("day", &[("day", "grant", 1)]),
        ("minute", &[("minute", "grant", 1)]),
    ];
    for asks_first in [false, true] {
        let mut store = Store::new(tools, Options::default());
        store.fill("day", MAX_SHARERS - 1, |number| (number.to_string(), String::new(), 0));
        store.fill("minute", 1, |_| ("passing".to_string(), String::new(), 0));
        if asks_first {
            assert_eq!(store.call("two", "new", "", MINUTE).reason(), Reason::TooManyCounters);
        }
        let ruling = store.call("day", "newer", "", MINUTE);
        assert_eq!(ruling.reason(), Reason::Allowed, "asks first: {asks_first}");
    }
}

/// Who never tells how calls ended must not keep others out for good.
#[test]
fn calls_without_an_answer_hold_no_place_once_their_windows_have_ended() {
    let limits: &[Limit] = &[("minute", "grant", 1), ("minute", "session", 1)];
    for options in [Options::default(), SLIDING] {
        let mut store = Store::new(&[("a", limits)], options);
        let first = store.call("a", "first", "", 0).reservation().unwrap();
        store.fill("a", MAX_SHARERS / 2 - 1, |number| (number.to_string(), String::new(), 0));
        assert_eq!(store.call("a", "new", "", MINUTE - 1).reason(), Reason::TooManyCounters);
        let new = store.call("a", "new", "", MINUTE);
        assert_eq!(new.reason(), Reason::Allowed, "{options:?}");
        let Store { policy, counters } = &mut store;
        let restored = Counters::restore(policy, &counters.export()).unwrap();
        assert_eq!(restored.export(), counters.export());
        assert_eq!(counters.settle(policy, first, Outcome::ProtocolError), Settled::NothingHeld);
        let again = counters.settle(policy, new.reservation().unwrap(), Outcome::ProtocolError);
        assert_eq!(again, Settled::Refunded, "the charge of whoever took the place is not given back");
    }
}

/// As many instants as are remembered: nearly all of tool `many`, the last ones of `one`.
fn full_of_instants() -> Store {
    const LIMITS: usize = 100;
    let tools: &[(&str, &[Limit])] = &[
        ("many", &[("day", "global", PLENTY); LIMITS]),
        ("one", &[("day", "global", PLENTY)]),
        ("minute", &[("minute", "global", PLENTY)]),
    ];
    let mut store = Store::new(tools, SLIDING);
    let calls = MAX_INSTANTS / LIMITS - 1;
    store.fill("many", calls, |number| (String::new(), String::new(), i64::try_from(number).unwrap()));
    store.fill("one", LIMITS - 1, |number| {
        (String::new(), String::new(), i64::try_from(calls + number).unwrap())
    });
    store
}

#[test]
fn instants_of_sliding_windows_fill_the_store_and_leave_it() {
    let mut store = full_of_instants();
    assert_eq!(store.call("minute", "", "", 10_100).reason(), Reason::Allowed, "the last instant that fits");
    assert_eq!(store.call("one", "", "", 10_101).reason(), Reason::TooManyCounters);
    assert_eq!(
        store.call("many", "", "", DAY - 1).reason(),
        Reason::TooManyCounters,
        "a call with many limits"
    );
    assert_eq!(store.call("one", "", "", 10_101).reason(), Reason::TooManyCounters, "which changed nothing");
    assert_eq!(
        store.call("one", "", "", 10_100 + MINUTE).reason(),
        Reason::Allowed,
        "one instant has left its minute"
    );
    assert_eq!(store.call("one", "", "", DAY - 1).reason(), Reason::TooManyCounters);
    assert_eq!(
        store.call("many", "", "", DAY).reason(),
        Reason::Allowed,
        "one call with many limits has left its day"
    );
}

/// A grant whose window has ended would make place; but then there is no room for the instants of the call.
#[test]
fn a_call_denied_for_want_of_instants_opens_no_gate() {
    const LIMITS: usize = 100;
    let tools: &[(&str, &[Limit])] = &[
        ("passing", &[("minute", "grant", 1)]),
        ("day", &[("day", "grant", 1)]),
        ("many", &[("day", "global", PLENTY); LIMITS]),
        ("two", &[("day", "grant", 1), ("day", "global", PLENTY)]),
    ];
    let mut store = Store::new(tools, SLIDING);
    store.fill("passing", 1, |_| ("passing".to_string(), String::new(), 0));
    store.fill("day", MAX_SHARERS - 1, |number| (number.to_string(), String::new(), 0));
    let calls = (MAX_INSTANTS - MAX_SHARERS) / LIMITS;
    store.fill("many", calls, |number| (String::new(), String::new(), i64::try_from(number).unwrap()));
    assert_eq!(store.call("two", "new", "", MINUTE).reason(), Reason::TooManyCounters);
    assert_eq!(store.call("passing", "passing", "", MINUTE - 1).reason(), Reason::Limit);
    assert_eq!(
        store.call("day", "new", "", MINUTE).reason(),
        Reason::Allowed,
        "one place and one instant are free"
    );
}

#[test]
fn a_caller_that_is_known_keeps_its_counters_where_others_make_room() {
    let mut store = Store::new(
        &[("pay", &[("day", "grant", 1), ("day", "session", 1)]), ("other", &[("day", "session", PLENTY)])],
        Options::default(),
    );
    store.fill("pay", 1, |_| ("g".to_owned(), "s".to_owned(), 0));
    store.fill("other", MAX_SHARERS - 2, |number| ("h".to_owned(), format!("x{number}"), 0));
    let allowed: Vec<bool> = ["n1", "n2", "n3"]
        .map(|session| store.call("pay", "g", session, DAY).decision() == Decision::Allow)
        .into();
    assert_eq!(allowed, [true, false, false], "one a day for each grant, whatever the session");
    let text = store.counters.export();
    assert!(Counters::restore(&store.policy, &text).is_ok(), "what was exported is whole");
}
