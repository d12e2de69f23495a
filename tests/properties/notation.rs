//! Scenarios as text and as JSON: both say all of them, and no text is too odd to be refused politely.

use gatewright_core::scenario::{Scenario, notation};
use proptest::prelude::*;

use crate::examples;
use crate::scenarios::any_scenarios;

proptest! {
    #![proptest_config(examples(400))]

    #[test]
    fn what_is_printed_is_read_as_the_same(scenario in any_scenarios()) {
        let text = notation::print(&scenario);
        let read = notation::parse(&text);
        prop_assert_eq!(read.as_ref(), Ok(&scenario), "{}", text);
        let written = serde_json::to_string(&scenario).unwrap();
        let read: Scenario = serde_json::from_str(&written).unwrap();
        prop_assert_eq!(read, scenario, "{}", written);
    }

    #[test]
    fn errors_lie_within_the_text(
        text in prop_oneof![
            any::<String>(),
            "(start|mix|ramp|loop|burst|a|b| |×|x|,|\"|\\{|\\[|\n|12/s|5|for|5m|every|to|until|on denial|\\+1s|at|#|é){0,14}",
        ]
    ) {
        match notation::parse(&text) {
            Ok(scenario) => prop_assert_eq!(notation::parse(&notation::print(&scenario)), Ok(scenario)),
            Err(error) => {
                prop_assert!(text.get(error.range.clone()).is_some(), "{:?}", error);
                prop_assert_eq!(text[..error.range.start].matches('\n').count() + 1, error.line);
                prop_assert!(!error.message.is_empty() && !error.help.is_empty());
            }
        }
    }
}
