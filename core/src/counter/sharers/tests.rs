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
