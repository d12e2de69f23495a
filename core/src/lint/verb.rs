//! What a tool's name says it does: the one place with the lists of verbs.
//!
//! A guess, and used as one: the first verb of the name decides, and a name without any says nothing.

use alloc::string::String;
use alloc::vec::Vec;

use crate::tool::ToolDefinition;

/// Verbs of tools that change something, or run what they are given.
#[rustfmt::skip]
const WRITES: &[&str] = &[
    "add", "append", "apply", "approve", "archive", "assign", "bash", "build", "buy", "cancel", "charge", "checkout",
    "clear", "clone", "close", "comment", "commit", "confirm", "copy", "create", "delete", "deploy", "destroy",
    "disable", "drop", "edit", "enable", "eval", "evaluate", "exec", "execute", "fork", "import", "insert", "install",
    "invite", "invoke", "kill", "launch", "merge", "modify", "move", "open", "patch", "pause", "pay", "post", "publish",
    "purge", "push", "put", "pytest", "rebase", "refund", "remove", "rename", "replace", "reply", "reset", "restart",
    "restore", "revoke", "rollback", "run", "save", "send", "set", "shell", "start", "stop", "submit", "terminate",
    "test", "transfer", "trigger", "truncate", "update", "upload", "upsert", "write",
];

/// Verbs of tools that only look.
#[rustfmt::skip]
const READS: &[&str] = &[
    "analyze", "check", "count", "describe", "diff", "download", "explain", "fetch", "find", "get", "inspect", "list",
    "log", "lookup", "query", "read", "retrieve", "search", "show", "stat", "status", "view", "whoami",
];

/// Whether a name says that its tool writes or runs something; none where it says nothing.
pub(super) fn writes_by_name(name: &str) -> Option<bool> {
    words(name).iter().find_map(|word| match word.as_str() {
        word if WRITES.contains(&word) => Some(true),
        word if READS.contains(&word) => Some(false),
        _ => None,
    })
}

/// Whether a tool writes or runs something. A hint that it only reads is not believed against its name.
pub(super) fn writes(name: &str, definition: Option<&ToolDefinition>) -> bool {
    let by_name = writes_by_name(name);
    match definition.map(|tool| tool.annotations.read_only_hint) {
        Some(Some(false)) => true,
        Some(Some(true)) | None => by_name == Some(true),
        // Not stated: MCP takes such a tool for one that writes.
        Some(None) => by_name != Some(false),
    }
}

/// The words of a name in lower case: `gitCreate_branch` is `git`, `create`, `branch`.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut ends = true;
    let mut lower = false;
    for character in name.chars() {
        if !character.is_ascii_alphanumeric() {
            ends = true;
            continue;
        }
        if ends || (lower && character.is_ascii_uppercase()) {
            words.push(String::new());
        }
        ends = false;
        lower = character.is_ascii_lowercase();
        if let Some(word) = words.last_mut() {
            word.push(character.to_ascii_lowercase());
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tool::Annotations;

    #[test]
    fn the_first_verb_of_a_name_decides() {
        #[rustfmt::skip]
        let cases = [
            ("run_tests",          Some(true),  "a verb first"),
            ("git_create_branch",  Some(true),  "after the server's own name"),
            ("slackPostMessage",   Some(true),  "in camel case"),
            ("API-delete-a-block", Some(true),  "among hyphens"),
            ("get_run",            Some(false), "a noun that is also a verb"),
            ("list_deploy_keys",   Some(false), "another"),
            ("pytest",             Some(true),  "a program"),
            ("customer",           None,        "no verb"),
            ("updates",            None,        "no verb either"),
            ("",                   None,        "nothing"),
        ];
        for (name, expected, why) in cases {
            assert_eq!(writes_by_name(name), expected, "{name}: {why}");
        }
    }

    #[test]
    fn a_hint_counts_where_it_is_the_cautious_one() {
        let tool = |hint| ToolDefinition {
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
            assert_eq!(writes(name, Some(&tool(hint))), expected, "{name}: {why}");
        }
        assert!(!writes("customer", None), "without a definition, no verb is no finding");
    }
}
