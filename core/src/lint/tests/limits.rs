use super::*;

const SERVER: &str = r#"[
    {"name": "customer", "annotations": {"readOnlyHint": true}},
    {"name": "ledger", "annotations": {"readOnlyHint": false}},
    {"name": "run", "annotations": {"readOnlyHint": true}}
]"#;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    (Code::MaxZero, "run.limits: c day 0 grant",                    "", &["/tools/run/limits/0/max"], "nothing fits"),
    (Code::MaxZero, "all_tools.limits: c day 0 grant ; run",        "", &["/all_tools/limits/0/max"], "for all tools"),
    (Code::MaxZero, "run.limits: c day 0 grant amount",             "", &["/tools/run/limits/0/max"], "of costs"),
    (Code::MaxZero, "run.limits: c day 1 grant",                    "", &[], "one call fits"),
    (Code::MaxZero, "hide: run ; run.limits: c day 0 grant",        "", &[], "hidden"),

    (Code::CostNeverFits, "run.limits: c day 0.5 grant",            "", &["/tools/run/limits/0/max"], "half a call"),
    (Code::CostNeverFits, "run.limits: c day 1 grant",              "", &[], "one call"),
    (Code::CostNeverFits, "run.limits: c day 0 grant",              "", &[], "told as zero"),
    (Code::CostNeverFits, "run.limits: c day 0.5 grant amount",     "", &[], "half an amount may be sent"),

    (Code::LimitNeverDecides, "run.limits: a minute 10 grant ; run.limits: b hour 1000 grant", "", &["/tools/run/limits/1"], "600 an hour at most"),
    (Code::LimitNeverDecides, "run.limits: a minute 10 grant ; run.limits: b hour 600 grant",  "", &["/tools/run/limits/1"], "600 itself"),
    (Code::LimitNeverDecides, "run.limits: a minute 10 grant ; run.limits: b hour 599 grant",  "", &[], "the 600th is refused"),
    (Code::LimitNeverDecides, "run.limits: a minute 10.9 grant ; run.limits: b hour 600 grant", "", &["/tools/run/limits/1"], "a fraction of a call is none"),
    (Code::LimitNeverDecides, "run.limits: a minute 10 grant ; run.limits: b hour 5 grant",    "", &["/tools/run/limits/0"], "5 an hour are reached first"),
    (Code::LimitNeverDecides, "run.limits: a minute 10 grant ; run.limits: b hour 11 grant",   "", &[], "both are felt"),
    (Code::LimitNeverDecides, "run.limits: a hour 10 grant ; run.limits: b day 240 grant",     "", &["/tools/run/limits/1"], "24 hours"),
    (Code::LimitNeverDecides, "run.limits: a minute 1 grant ; run.limits: b day 1440 grant",   "", &["/tools/run/limits/1"], "1,440 minutes"),
    (Code::LimitNeverDecides, "run.limits: a day 5 grant ; run.limits: b day 5 grant",         "", &["/tools/run/limits/1"], "of two alike, the second"),
    (Code::LimitNeverDecides, "run.limits: a day 9 grant ; run.limits: b day 5 grant",         "", &["/tools/run/limits/0"], "the larger"),
    (Code::LimitNeverDecides, "run.limits: a minute 10 session ; run.limits: b hour 1000 grant", "", &[], "a grant has many sessions"),
    (Code::LimitNeverDecides, "run.limits: a minute 10 global ; run.limits: b hour 1000 grant", "", &["/tools/run/limits/1"], "a grant is one of all"),
    (Code::LimitNeverDecides, "run.limits: a minute 10 session ; run.limits: b hour 5 grant",  "", &["/tools/run/limits/0"], "a session is one of a grant's"),
    (Code::LimitNeverDecides, "run.limits: a minute 10 grant ; run.limits: b hour 5 session",  "", &[], "a grant has many sessions"),
    (Code::LimitNeverDecides, "run.limits: a minute 10 grant ; run.limits: b hour 1000 grant amount", "", &[], "calls and amounts"),
    (Code::LimitNeverDecides, "run.limits: a minute 10.5 grant amount ; run.limits: b hour 629 grant amount", "", &[], "630 an hour at most"),
    (Code::LimitNeverDecides, "run.limits: a minute 10.5 grant amount ; run.limits: b hour 630 grant amount", "", &["/tools/run/limits/1"], "amounts have fractions"),
    (Code::LimitNeverDecides, "run.limits: a minute 10 grant amount ; run.limits: b hour 600 grant cents", "", &[], "two amounts"),
    (Code::LimitNeverDecides, "all_tools.limits: a minute 5 grant ; run.limits: b minute 10 grant ; read", "", &["/tools/run/limits/0"], "all tools are reached first"),
    (Code::LimitNeverDecides, "all_tools.limits: a minute 10 grant ; run.limits: b minute 5 grant ; read", "", &[], "other tools count too"),
    (Code::LimitNeverDecides, "all_tools.limits: a minute 5 grant ; run.limits: b minute 10 grant amount", "", &[], "calls and amounts"),
    (Code::LimitNeverDecides, "run.limits: a minute 10 grant ; read.limits: b hour 1000 grant", "", &[], "two tools"),
    (Code::LimitNeverDecides, "run.deny_if: always ; run.limits: a day 5 grant",               "", &["/tools/run/limits/0"], "no call gets there"),

    (Code::NoDayLimit, "run.limits: c minute 10 grant",             "", &["/tools/run/limits/0"], "14,400 a day"),
    (Code::NoDayLimit, "run.limits: c hour 10 grant",               "", &["/tools/run/limits/0"], "240 a day"),
    (Code::NoDayLimit, "run.limits: c minute 10 grant ; run.limits: d hour 100 grant", "", &["/tools/run/limits/1"], "the tighter one"),
    (Code::NoDayLimit, "run.limits: c minute 10 grant ; run.limits: d day 100 grant", "", &[], "limited per day"),
    (Code::NoDayLimit, "run.limits: c minute 10 grant ; all_tools.limits: d day 100 grant", "", &[], "with all tools together"),
    (Code::NoDayLimit, "run",                                       "", &[], "no limit at all is another matter"),
    (Code::NoDayLimit, "read_file.limits: c minute 10 grant",       "", &[], "it only reads"),
    (Code::NoDayLimit, "customer.limits: c minute 10 grant",        "", &[], "the name says nothing"),
    (Code::NoDayLimit, "get_run.limits: c minute 10 grant",         "", &[], "a noun"),
    (Code::NoDayLimit, "run.limits: c minute 0 grant",              "", &[], "told as zero"),
    (Code::NoDayLimit, "all_tools.limits: c minute 60 grant ; run ; write_file ; read_file", "", &["/all_tools/limits/0"], "held by all_tools only, told once"),
    (Code::NoDayLimit, "all_tools.limits: c minute 60 grant ; read_file", "", &[], "nothing writes"),
    (Code::NoDayLimit, "hide: run ; run.limits: c minute 10 grant", "", &[], "hidden"),
    (Code::NoDayLimit, "run.limits: c minute 10 grant amount",      "", &["/tools/run/limits/0"], "an amount"),
    (Code::NoDayLimit, "ledger.limits: c minute 10 grant",          SERVER, &["/tools/ledger/limits/0"], "it says itself that it writes"),
    (Code::NoDayLimit, "customer.limits: c minute 10 grant",        SERVER, &[], "it says that it only reads"),
    (Code::NoDayLimit, "run.limits: c minute 10 grant",             SERVER, &["/tools/run/limits/0"], "its name says otherwise"),

    (Code::SameCounterName, "run.limits: c day 5 grant ; read.limits: c day 5 grant", "", &["/tools/read/limits/0/counter"], "two counters"),
    (Code::SameCounterName, "all_tools.limits: c day 5 grant ; read.limits: c day 5 grant", "", &["/tools/read/limits/0/counter"], "with all_tools"),
    (Code::SameCounterName, "a.limits: c day 5 grant ; b.limits: c hour 5 grant ; d.limits: c day 5 grant", "",
        &["/tools/b/limits/0/counter", "/tools/d/limits/0/counter"], "each after the first"),
    (Code::SameCounterName, "run.limits: c day 5 grant ; read.limits: d day 5 grant", "", &[], "two names"),
    (Code::SameCounterName, "run.limits: c day 5 grant ; read.limits: C day 5 grant", "", &[], "names are case-sensitive"),
];

#[test]
fn messages_count() {
    #[rustfmt::skip]
    let cases = [
        (Code::NoDayLimit, "run.limits: c minute 10 grant", "without a limit per day, this lets through 14,400 calls of `run` a day for each grant"),
        (Code::NoDayLimit, "run.limits: c hour 10 global",  "without a limit per day, this lets through 240 calls of `run` a day"),
        (Code::NoDayLimit, "run.limits: c minute 10 grant ; all_tools.limits: d hour 20 grant", "without a limit per day, this lets through 480 calls of `run` a day for each grant"),
        (Code::LimitNeverDecides, "run.limits: a minute 10 grant ; run.limits: b hour 1000 grant",
            "`b` never refuses a call that `a` lets by: 10 per minute are at most 600 per hour"),
        (Code::LimitNeverDecides, "run.limits: a minute 10 grant ; run.limits: b hour 5 grant",
            "`a` never refuses a call that `b` lets by: that is 5 per hour already"),
        (Code::SameCounterName, "run.limits: c day 5 grant ; read.limits: c hour 5 grant",
            "`c` of `read` is another counter than `c` of `run`, and counts per hour where that counts per day"),
        (Code::CostNeverFits, "run.limits: c day 0.5 grant", "each call costs 1 and `max` is 0.5: every call is denied"),
    ];
    for (code, short, message) in cases {
        assert_eq!(first(code, short, "").diagnostic.message, message);
    }
}

#[test]
fn a_day_of_calls_is_spread_over_it() {
    let day = first(Code::NoDayLimit, "run.limits: c minute 10 grant", "").scenario.unwrap();
    assert_eq!(day["blocks"][0]["times"], 14_400);
    assert_eq!(day["blocks"][0]["every_ms"], 6_000);
    let many = first(Code::NoDayLimit, "run.limits: c minute 1000000 grant", "").scenario.unwrap();
    assert_eq!(many["blocks"][0]["times"], 100_000, "no more than can be run at once");
}
