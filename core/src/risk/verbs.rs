//! The words of names, and the one list of verbs: what a name says that its tool does.
//!
//! A name is a guess: its first verb decides, and a name without any says nothing.

use alloc::string::String;
use alloc::vec::Vec;

use super::Category;

/// Verbs of tools that move money.
#[rustfmt::skip]
const FINANCIAL: &[&str] = &[
    "buy", "charge", "donate", "invoice", "pay", "payout", "purchase", "refund", "sell", "withdraw",
];

/// Verbs of tools that take something away.
#[rustfmt::skip]
const DESTRUCTIVE: &[&str] = &[
    "cancel", "clear", "delete", "destroy", "drop", "erase", "kill", "purge", "remove", "reset", "revoke", "rollback",
    "terminate", "truncate", "uninstall", "wipe",
];

/// Verbs of tools that run what they are given.
#[rustfmt::skip]
const EXECUTE: &[&str] = &[
    "bash", "build", "deploy", "eval", "evaluate", "exec", "execute", "install", "invoke", "launch", "pytest",
    "restart", "run", "shell", "start", "test", "trigger",
];

/// Verbs of tools that change something.
#[rustfmt::skip]
const WRITE: &[&str] = &[
    "add", "append", "apply", "approve", "archive", "assign", "checkout", "clone", "close", "comment",
    "commit", "confirm", "copy", "create", "disable", "edit", "enable", "fork", "import", "insert", "invite", "merge",
    "modify", "move", "open", "patch", "pause", "post", "publish", "push", "put", "rebase", "rename",
    "replace", "reply", "restore", "save", "send", "set", "stop", "submit", "transfer", "update", "upload", "upsert",
    "write",
];

/// Verbs of tools that only look.
#[rustfmt::skip]
const READ: &[&str] = &[
    "analyze", "check", "count", "describe", "diff", "download", "explain", "fetch", "find", "get", "inspect", "list",
    "log", "lookup", "query", "read", "retrieve", "search", "show", "stat", "status", "view", "whoami",
];

/// What a name says; none where it says nothing.
pub(super) fn by_name(name: &str) -> Option<Category> {
    let lists = [
        (READ, Category::Read),
        (WRITE, Category::Write),
        (EXECUTE, Category::Execute),
        (DESTRUCTIVE, Category::Destructive),
        (FINANCIAL, Category::Financial),
    ];
    words(name).iter().find_map(|word| {
        let list = lists.iter().find(|(verbs, _)| verbs.contains(&word.as_str()));
        list.map(|(_, category)| *category)
    })
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
