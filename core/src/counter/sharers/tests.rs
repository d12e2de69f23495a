use alloc::vec::Vec;

use super::*;

const fn grant(grant: &str) -> Name<'_> {
    Name { grant, session: None }
}

const fn session<'a>(grant: &'a str, session: &'a str) -> Name<'a> {
    Name { grant, session: Some(session) }
}

#[test]
fn each_name_has_a_number_of_its_own() {
    let mut sharers = Sharers::default();
    let names = [grant("a"), grant("b"), grant(""), session("a", ""), session("a", "b"), session("", "a")];
    let numbers: Vec<u32> = names.iter().map(|name| sharers.number(name).unwrap()).collect();
    assert_eq!(numbers, [0, 1, 2, 3, 4, 5], "a grant is none of its sessions");
    for (name, number) in names.iter().zip(&numbers) {
        assert_eq!(sharers.number(name), Some(*number), "{name:?} is known");
        assert!(matches!(sharers.find(*name), Sharer::Known(known) if known == *number), "{name:?}");
    }
    assert_eq!((sharers.len(), sharers.iter().count()), (6, 6));
    assert!(matches!(sharers.find(session("b", "a")), Sharer::New(_)));
}

#[test]
fn who_is_forgotten_leaves_a_number_behind() {
    let mut sharers = Sharers::default();
    for name in ["a", "b", "c"] {
        sharers.number(&grant(name));
    }
    sharers.keep(&HashSet::from_iter([1]));
    assert_eq!(sharers.len(), 1);
    assert!(matches!(sharers.find(grant("a")), Sharer::New(_)), "a is forgotten");
    assert!(matches!(sharers.find(grant("b")), Sharer::Known(1)), "b is kept");
    let mut numbers: Vec<u32> =
        ["d", "a", "e"].iter().map(|name| sharers.number(&grant(name)).unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [0, 2, 3], "the numbers that are free, then one more");
    assert_eq!(sharers.len(), 4);
}

#[test]
fn the_last_caller_is_who_it_would_be_without_a_memory() {
    let checks = |by_grant, by_session| Checks { by_grant, by_session, ..Checks::default() };
    let mut sharers = Sharers::default();
    let callers = [("a", ""), ("a", "s"), ("b", "s"), ("", ""), ("b", "s")];
    for round in 0..4 {
        for (caller, session) in callers.into_iter().flat_map(|caller| [caller, caller, caller]) {
            for checks in [checks(true, false), checks(false, true), checks(true, true), checks(false, false)]
            {
                let expected = alloc::format!("{:?}", sharers.caller(&checks, caller, session));
                let found = alloc::format!("{:?}", sharers.next_caller(&checks, caller, session));
                assert_eq!(found, expected, "{round}: {caller} {session}");
            }
            // Who was new is known from here on.
            sharers.number(&Name { grant: caller, session: Some(session) });
            if round > 0 {
                sharers.number(&grant(caller));
            }
        }
        // Two are forgotten, and their numbers go to others.
        sharers.keep(&HashSet::from_iter([0, 3]));
        sharers.number(&grant("d"));
    }
}
