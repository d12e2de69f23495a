use super::*;
use crate::tool::Annotations;

#[test]
fn the_first_verb_of_a_name_decides() {
    use Category::{Destructive, Execute, Financial, Read, Write};
    #[rustfmt::skip]
    let cases = [
        ("run_tests",          Some(Execute),     "a verb first"),
        ("list_files",         Some(Read),        "a verb that looks"),
        ("git_create_branch",  Some(Write),       "after the server's own name"),
        ("slackPostMessage",   Some(Write),       "in camel case"),
        ("API-delete-a-block", Some(Destructive), "among hyphens"),
        ("get_run",            Some(Read),        "a noun that is also a verb"),
        ("list_deploy_keys",   Some(Read),        "another"),
        ("get_deleted",        Some(Read),        "a participle"),
        ("pytest",             Some(Execute),     "a program"),
        ("pay",                Some(Financial),   "money"),
        ("customer",           None,              "no verb"),
        ("updates",            None,              "no verb either"),
        ("",                   None,              "nothing"),
    ];
    for (name, expected, why) in cases {
        assert_eq!(Category::by_name(name), expected, "{name}: {why}");
    }
}

#[test]
fn a_hint_counts_where_it_is_the_cautious_one() {
    let tool = |name: &str, hint| ToolDefinition {
        name: name.to_string(),
        annotations: Annotations { read_only_hint: hint, ..Annotations::default() },
        ..ToolDefinition::default()
    };
    #[rustfmt::skip]
    let cases = [
        ("run",      Some(true),  true,  "it says that it only reads, and its name says otherwise"),
        ("customer", Some(true),  false, "nothing speaks against it"),
        ("list",     Some(false), true,  "it says itself that it writes"),
        ("list",     None,        false, "not stated, and its name only reads"),
        ("customer", None,        true,  "nothing is stated at all"),
    ];
    for (name, hint, expected, why) in cases {
        assert_eq!(writes(name, Some(&tool(name, hint))), expected, "{name}: {why}");
    }
    assert!(!writes("customer", None), "without a definition, no verb is no finding");
}
