//! What a tool does to the world, by its own word or by its name: the one place with the lists of verbs.
//!
//! Neither is known. A hint is the server's own word, and nobody has checked it; a name is a guess: its first verb
//! decides, and a name without any says nothing. Nothing here says that a tool is safe.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Annotations, ToolDefinition};

/// What a tool does, from the mildest to the gravest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// It only looks.
    Reads,
    /// It changes something.
    Writes,
    /// It runs what it is given, or starts something that does.
    Runs,
    /// It takes something away that does not come back by itself.
    Destroys,
}

/// Verbs of tools that take something away.
#[rustfmt::skip]
const DESTROYS: &[&str] = &[
    "cancel", "clear", "delete", "destroy", "drop", "erase", "kill", "purge", "remove", "reset", "revoke", "rollback",
    "terminate", "truncate", "uninstall", "wipe",
];

/// Verbs of tools that run what they are given.
#[rustfmt::skip]
const RUNS: &[&str] = &[
    "bash", "build", "deploy", "eval", "evaluate", "exec", "execute", "install", "invoke", "launch", "pytest",
    "restart", "run", "shell", "start", "test", "trigger",
];

/// Verbs of tools that change something.
#[rustfmt::skip]
const WRITES: &[&str] = &[
    "add", "append", "apply", "approve", "archive", "assign", "buy", "charge", "checkout", "clone", "close", "comment",
    "commit", "confirm", "copy", "create", "disable", "edit", "enable", "fork", "import", "insert", "invite", "merge",
    "modify", "move", "open", "patch", "pause", "pay", "post", "publish", "push", "put", "rebase", "refund", "rename",
    "replace", "reply", "restore", "save", "send", "set", "stop", "submit", "transfer", "update", "upload", "upsert",
    "write",
];

/// Verbs of tools that only look.
#[rustfmt::skip]
const READS: &[&str] = &[
    "analyze", "check", "count", "describe", "diff", "download", "explain", "fetch", "find", "get", "inspect", "list",
    "log", "lookup", "query", "read", "retrieve", "search", "show", "stat", "status", "view", "whoami",
];

impl Effect {
    /// What a name says; none where it says nothing.
    ///
    /// ```
    /// use gatewright_core::tool::Effect;
    /// assert_eq!(Effect::by_name("git_delete_branch"), Some(Effect::Destroys));
    /// assert_eq!(Effect::by_name("customer"), None);
    /// ```
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        let lists =
            [(READS, Self::Reads), (WRITES, Self::Writes), (RUNS, Self::Runs), (DESTROYS, Self::Destroys)];
        words(name).iter().find_map(|word| {
            let list = lists.iter().find(|(verbs, _)| verbs.contains(&word.as_str()));
            list.map(|(_, effect)| *effect)
        })
    }

    /// What a tool says of itself, unverified; none where it says nothing that would tell.
    #[must_use]
    pub const fn by_hints(hints: Annotations) -> Option<Self> {
        match (hints.read_only_hint, hints.destructive_hint) {
            (Some(true), _) => Some(Self::Reads),
            (_, Some(true)) => Some(Self::Destroys),
            (Some(false), _) | (None, Some(false)) => Some(Self::Writes),
            (None, None) => None,
        }
    }
}

/// Whether a name says that its tool writes or runs something; none where it says nothing.
fn writes_by_name(name: &str) -> Option<bool> {
    Effect::by_name(name).map(|effect| effect > Effect::Reads)
}

/// Whether a tool writes or runs something. A hint that it only reads is not believed against its name.
pub(crate) fn writes(name: &str, definition: Option<&ToolDefinition>) -> bool {
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
    fn what_a_tool_does_is_told_apart() {
        #[rustfmt::skip]
        let by_name = [
            ("list_files",   Some(Effect::Reads)),    ("write_file",   Some(Effect::Writes)),
            ("run_tests",    Some(Effect::Runs)),     ("delete_file",  Some(Effect::Destroys)),
            ("get_deleted",  Some(Effect::Reads)),    ("customer",     None),
        ];
        for (name, expected) in by_name {
            assert_eq!(Effect::by_name(name), expected, "{name}");
        }
        let hints = |read_only_hint, destructive_hint| {
            Effect::by_hints(Annotations { read_only_hint, destructive_hint, ..Annotations::default() })
        };
        #[rustfmt::skip]
        let by_hints = [
            (Some(true),  None,        Some(Effect::Reads),    "it changes nothing"),
            (Some(true),  Some(true),  Some(Effect::Reads),    "what only reads destroys nothing"),
            (Some(false), Some(true),  Some(Effect::Destroys), "it may"),
            (None,        Some(true),  Some(Effect::Destroys), "it may"),
            (Some(false), None,        Some(Effect::Writes),   "whether it destroys is not stated"),
            (None,        Some(false), Some(Effect::Writes),   "not stated is not read-only"),
            (None,        None,        None,                   "nothing is stated"),
        ];
        for (read_only, destructive, expected, why) in by_hints {
            assert_eq!(hints(read_only, destructive), expected, "{why}");
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
