use super::super::Category::{Destructive, Execute, Financial, Read, Write};
use super::super::words::Words;
use super::*;

#[test]
fn names_fall_into_words() {
    #[rustfmt::skip]
    let cases = [
        ("git_create_branch",  "git create branch",   "snake"),
        ("API-delete-a-block", "api delete a block",  "kebab"),
        ("slackPostMessage",   "slack post message",  "camel"),
        ("listHTTPServers",    "list http servers",   "several capitals, and a word after them"),
        ("getUserIDs",         "get user ids",        "a plural of capitals"),
        ("HTTPServer",         "http server",         "capitals first"),
        ("s3Upload",           "s3 upload",           "a digit ends a word before a capital"),
        ("sha256",             "sha256",              "and belongs to it otherwise"),
        ("mcp__fs__read.file", "mcp fs read file",    "several between"),
        ("LIST_FILES",         "list files",          "all capitals"),
        ("d\u{435}lete",       "d lete",              "a Cyrillic letter makes no verb"),
        ("",                   "",                    "nothing"),
        ("__proto__",          "proto",               "nothing special"),
    ];
    for (name, words, why) in cases {
        assert_eq!(Words::of(name).iter().collect::<Vec<_>>().join(" "), words, "{name}: {why}");
    }
}

#[test]
fn names_say_what_is_done_to_what() {
    #[rustfmt::skip]
    let cases = [
        ("run_tests",             Some(Execute),     "a verb first"),
        ("list_files",            Some(Read),        "a verb that looks"),
        ("git_create_branch",     Some(Write),       "after the server's own name"),
        ("slackPostMessage",      Some(Write),       "in camel case"),
        ("API-delete-a-block",    Some(Destructive), "among hyphens"),
        ("get_run",               Some(Read),        "a noun that is also a verb"),
        ("list_deploy_keys",      Some(Read),        "another"),
        ("get_deleted",           Some(Read),        "a participle"),
        ("pytest",                Some(Execute),     "a program"),
        ("create_or_update_file", Some(Write),       "two verbs"),
        ("get_or_create_user",    Some(Write),       "the graver of two"),
        ("find_and_delete",       Some(Destructive), "the graver of two"),
        ("insert-many",           Some(Write),       "the rest is no verb"),
        ("drop-database",         Some(Destructive), "a verb of databases"),
        ("API-post-search",       Some(Read),        "a method of HTTP, and what is done with it"),
        ("post_message",          Some(Write),       "no method"),
        ("post_comment",          Some(Write),       "what follows is a noun too"),
        ("API-patch-page",        Some(Write),       "a method, and nothing else"),
        ("comment_delete",        Some(Destructive), "the noun first"),
        ("status_update",         Some(Write),       "the noun first"),
        ("commentsList",          Some(Read),        "a plural first"),
        ("log_delete",            Some(Destructive), "the graver"),
        ("run_list",              Some(Execute),     "not lowered by what may be a noun"),
        ("drop_list",             Some(Destructive), "nor here"),
        ("get_post",              Some(Read),        "a plain verb first"),
        ("read_query",            Some(Read),        "what it takes is told elsewhere"),
        ("undelete_file",         None,              "another word"),
        ("toggle_logging",        Some(Write),       "switches"),
        ("apply_migration",       Some(Execute),     "migrations are run"),
        ("apply_label",           Some(Write),       "labels are not"),
        ("send_command",          Some(Execute),     "commands are run"),
        ("deploy",                Some(Execute),     "it starts what is deployed"),
        ("execute_sql",           Some(Execute),     "it runs"),
        ("sql",                   Some(Execute),     "a language alone"),
        ("create_charge",         Some(Financial),   "money"),
        ("transfer_funds",        Some(Financial),   "money"),
        ("transfer_issue",        Some(Write),       "no money"),
        ("create_payment_link",   Some(Financial),   "a part of a payment"),
        ("send_invoice_reminder", Some(Write),       "no part of an invoice"),
        ("list_charges",          Some(Read),        "it looks at them"),
        ("get_invoice",           Some(Read),        "it looks at one"),
        ("charge_list",           Some(Read),        "the noun first"),
        ("refund",                Some(Financial),   "a verb of money"),
        ("place_order",           Some(Financial),   "orders are made"),
        ("set_sort_order",        Some(Write),       "another order"),
        ("capture_payment",       Some(Financial),   "what is captured is money"),
        ("capture_screen",        Some(Read),        "or not"),
        ("process_payment",       Some(Financial),   "money"),
        ("cancel_payment",        Some(Destructive), "it is taken back"),
        ("confirm_cost",          Some(Financial),   "a price is agreed to"),
        ("customer",              None,              "no verb"),
        ("updates",               None,              "no verb either"),
        ("",                      None,              "nothing"),
    ];
    for (name, expected, why) in cases {
        assert_eq!(Category::by_name(name), expected, "{name}: {why}");
    }
}

#[test]
fn the_words_of_a_name_are_told_as_they_stand() {
    #[rustfmt::skip]
    let cases = [
        ("git_delete_branch",     "delete"),
        ("Create_Or_Update_file", "Create_Or_Update"),
        ("stripeCreateRefund",    "CreateRefund"),
        ("comment-delete",        "delete"),
    ];
    for (name, words) in cases {
        assert_eq!(assess(&tool(name, "")).reasons[0].words, words, "{name}");
    }
}

#[test]
fn a_word_that_all_tools_of_a_server_begin_with_says_nothing() {
    let named = |names: &[&str]| {
        let tools = names.iter().map(|name| tool(name, "")).collect();
        assess_all(tools).iter().map(|it| in_short(&it.risk)).collect::<Vec<_>>().join(", ")
    };
    #[rustfmt::skip]
    let cases = [
        (&["test_list", "test_get", "test_case"][..],        "read low, read low, execute high", "a server called test; where nothing else tells, it counts"),
        (&["test_list", "test_get", "run"],                  "execute high, execute high, execute high", "not all"),
        (&["test_list", "test_get"],                         "execute high, execute high", "too few to tell"),
        (&["delete_list", "delete_item", "delete_search"],   "destructive high, destructive high, destructive high", "a plain verb is never passed over"),
        (&["drop_list", "drop_item", "drop_search"],         "destructive high, destructive high, destructive high", "nor what takes away"),
    ];
    for (names, expected, why) in cases {
        assert_eq!(named(names), expected, "{names:?}: {why}");
    }
}
