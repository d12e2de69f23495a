//! The one list of verbs: what tools do, by the words that say so.

use super::Category;
use super::words::{Words, holds, stems};

/// Verbs of tools that move money.
#[rustfmt::skip]
const FINANCIAL: &[&str] = &[
    "bid", "buy", "charge", "deposit", "donate", "invoice", "pay", "payout", "purchase", "refund", "reimburse", "repay",
    "sell", "spend", "trade", "withdraw",
];

/// Verbs of tools that take something away.
#[rustfmt::skip]
const DESTRUCTIVE: &[&str] = &[
    "abort", "ban", "cancel", "clear", "decommission", "del", "delete", "deprovision", "destroy", "discard", "drop",
    "empty", "erase", "evict", "expunge", "flush", "forget", "kill", "nuke", "prune", "purge", "remove",
    "reset", "revoke", "rm", "rmdir", "rollback", "shred", "terminate", "trash", "truncate", "uninstall", "unlink",
    "unpublish", "unregister", "wipe",
];

/// Verbs of tools that run what they are given.
#[rustfmt::skip]
const EXECUTE: &[&str] = &[
    "bash", "build", "call", "cmd", "compile", "debug", "deploy", "dispatch", "eval", "evaluate", "exec", "execute",
    "install", "interpret", "invoke", "launch", "npm", "npx", "pip", "powershell", "pytest", "python", "reboot",
    "restart", "run", "shell", "spawn", "sql", "start", "sudo", "terminal", "test", "trigger",
];

/// Verbs of tools that change something.
#[rustfmt::skip]
const WRITE: &[&str] = &[
    "accept", "acknowledge", "activate", "add", "adjust", "alter", "annotate", "append", "apply", "approve", "archive",
    "assign", "attach", "authenticate", "authorize", "block", "book", "bookmark", "change", "checkout", "click", "clone",
    "close", "comment", "commit", "complete", "compress", "configure", "confirm", "connect", "copy", "create",
    "deactivate", "decline", "disable", "disconnect", "dismiss", "drag", "duplicate", "edit", "emulate", "enable",
    "encrypt", "enqueue", "export", "fill", "finalize", "flag", "follow", "fork", "forward", "grant", "gzip", "handle", "hover",
    "import", "increment", "index", "init", "initialize", "insert", "invite", "issue", "join", "label", "leave", "link", "lock",
    "login", "logout", "mark", "merge", "mkdir", "modify", "mount", "move", "mute", "navigate", "notify", "open", "overwrite", "patch",
    "pause", "pin", "place", "post", "press", "process", "promote", "provision", "publish", "push", "put", "queue", "rate", "react",
    "rebase", "record", "refresh", "regenerate", "register", "reject", "release", "remember", "rename", "reopen",
    "reorder", "replace", "reply", "reschedule", "resize", "restore", "resume", "retry", "revert", "rotate", "save",
    "schedule", "scroll", "select", "send", "set", "settle", "share", "sign", "snooze", "stage", "star", "stop", "store", "submit",
    "subscribe", "switch", "sync", "tag", "tap", "toggle", "touch", "transfer", "type", "unarchive", "unassign", "undo",
    "unlock", "unpin", "unstage", "unsubscribe", "untag", "update", "upgrade", "upload", "upsert", "vote", "write",
    "zip",
];

/// Verbs of tools that only look.
#[rustfmt::skip]
const READ: &[&str] = &[
    "analyse", "analyze", "audit", "browse", "calculate", "capture", "cat", "check", "compare", "compute", "convert", "count",
    "describe", "detect", "diagnose", "diff", "discover", "download", "echo", "enumerate", "estimate", "examine",
    "explain", "extract", "fetch", "find", "get", "glob", "grep", "identify", "inspect", "introspect", "list", "locate",
    "log", "lookup", "ls", "monitor", "observe", "peek", "ping", "poll", "preview", "query", "read", "recall", "retrieve",
    "scan", "screenshot", "search", "see", "show", "snapshot", "stat", "status", "summarize", "tail", "validate", "verify",
    "view", "wait", "whoami",
];

/// Verbs that only descriptions begin with.
#[rustfmt::skip]
const READ_IN_TEXT: &[&str] = &["access", "demonstrate", "display", "look", "obtain", "output", "provide", "return"];

/// Verbs above that are nouns too, or mean several things: another verb beside them tells more.
#[rustfmt::skip]
const WEAK: &[&str] = &[
    "archive", "audit", "bid", "block", "book", "bookmark", "build", "call", "charge", "check", "checkout", "clear",
    "comment", "commit", "count", "debug", "deploy", "deposit", "diff", "download", "drop", "empty", "export", "flag", "fork",
    "handle", "import", "index", "invoice", "issue", "label", "link", "lock", "log", "match", "open", "patch", "place", "post", "process", "purchase",
    "query", "queue", "rate", "record", "refund", "release", "run", "scan", "schedule", "set", "share", "shell",
    "snapshot", "sql", "stage", "star", "start", "stat", "status", "store", "switch", "tag", "terminal", "test", "trade",
    "transfer", "trigger", "type", "upload", "view", "vote", "wait",
];

/// Verbs that say only that something is done: the noun after them says what.
const LIGHT: &[&str] = &["do", "execute", "make", "perform", "run", "take"];

/// What is done without a change: a query is run, a search is made.
const LOOKED_FOR: &[&str] = &["aggregation", "lookup", "query", "search"];

/// Nouns that stand for money changing hands.
#[rustfmt::skip]
const MONEY: &[&str] = &[
    "balance", "charge", "checkout", "deposit", "donation", "fund", "invoice", "loan", "money", "payment", "payout",
    "payroll", "purchase", "refund", "subscription", "trade", "transfer", "withdrawal",
];

/// What a money noun may be a part of and still mean money: `payment_link`, but not `invoice_reminder`.
#[rustfmt::skip]
const OF_MONEY: &[&str] =
    &["batch", "draft", "intent", "item", "link", "method", "order", "request", "run", "session"];

/// Verbs by which somebody agrees, and what is agreed to.
const AGREES: &[&str] = &["accept", "approve", "confirm"];
const AGREED: &[&str] = &["bid", "claim", "contract", "cost", "estimate", "offer", "order", "price", "quote"];

/// Verbs by which orders are made.
const ORDERS: &[&str] = &["create", "make", "place", "submit"];
const ORDERED: &[&str] = &["order", "trade"];

/// Verbs by which something is handed over to be run, and what is.
const HANDS: &[&str] = &["apply", "post", "send", "submit", "write"];
#[rustfmt::skip]
const HANDED: &[&str] = &["code", "command", "job", "migration", "pipeline", "script", "sql", "workflow"];

/// A verb.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Verb {
    pub(super) category: Category,
    /// It means several things.
    pub(super) is_weak: bool,
    /// It only says that something is done.
    pub(super) is_light: bool,
}

/// Where in a name it is said what its tool does: the words from `first` to `last`.
#[derive(Clone, Copy)]
pub(super) struct Said {
    pub(super) category: Category,
    pub(super) is_weak: bool,
    pub(super) first: usize,
    pub(super) last: usize,
}

const LISTS: [(&[&str], Category); 5] = [
    (READ, Category::Read),
    (WRITE, Category::Write),
    (EXECUTE, Category::Execute),
    (DESTRUCTIVE, Category::Destructive),
    (FINANCIAL, Category::Financial),
];

/// The verb that a word of a name is.
pub(super) fn verb(word: &str) -> Option<Verb> {
    let (_, category) = LISTS.iter().find(|(list, _)| holds(list, word))?;
    Some(Verb { category: *category, is_weak: holds(WEAK, word), is_light: holds(LIGHT, word) })
}

/// The verb that a word of a text is, and whether it has the ending of the third person.
pub(super) fn verb_in_text(word: &str) -> Option<(Verb, bool)> {
    let light = Verb { category: Category::Read, is_weak: true, is_light: true };
    let plain = |word: &str| match verb(word) {
        None if holds(READ_IN_TEXT, word) => {
            Some(Verb { category: Category::Read, is_weak: false, is_light: false })
        }
        None if holds(LIGHT, word) => Some(light),
        found => found,
    };
    if let Some(found) = plain(word) {
        return Some((found, false));
    }
    stems(word).find_map(|stem| {
        let (_, category) = LISTS.iter().find(|(list, _)| stem.is_in(list)).copied().or_else(|| {
            (stem.is_in(READ_IN_TEXT) || stem.is_in(LIGHT)).then_some((READ_IN_TEXT, Category::Read))
        })?;
        Some((Verb { category, is_weak: stem.is_in(WEAK), is_light: stem.is_in(LIGHT) }, true))
    })
}

/// Whether a noun is something that is looked for.
pub(super) fn is_looked_for(word: &str) -> bool {
    super::words::holds_noun(LOOKED_FOR, word)
}

/// What the words of a name say, from one of them on if that says anything; none where nothing does.
///
/// The first verb decides, as `list` in `list_deploy_keys`. Beside it count a second one behind `or` or `and`, a verb at
/// the end where the first is also a noun (`comment_delete`), and what is done to what (`create_refund`).
pub(super) fn by_words(words: &Words, from: usize) -> Option<Said> {
    by_words_from(words, from).or_else(|| if from > 0 { by_words_from(words, 0) } else { None })
}

fn by_words_from(words: &Words, from: usize) -> Option<Said> {
    let (first, verb) = (from..words.len()).find_map(|at| Some((at, self::verb(words.at(at))?)))?;
    let mut said = Said { category: verb.category, is_weak: verb.is_weak, first, last: first };
    while matches!(words.at(said.last + 1), "and" | "or" | "then") {
        let Some(other) = self::verb(words.at(said.last + 2)) else { break };
        said.category = said.category.max(other.category);
        said.is_weak = said.is_weak && other.is_weak;
        said.last += 2;
    }
    if said.is_weak
        && said.last + 1 < words.len()
        && let Some(other) = self::verb(words.last()).filter(|verb| !verb.is_weak)
    {
        // What runs or takes away does so, whatever else it does.
        let may_be_lowered = !matches!(said.category, Category::Execute | Category::Destructive);
        let lowers = may_be_lowered && other.category == Category::Read;
        if lowers || other.category > said.category {
            return Some(Said {
                category: other.category,
                is_weak: false,
                first: words.len() - 1,
                last: words.len() - 1,
            });
        }
    }
    by_object(words, said).or(Some(said))
}

/// What follows from what it is done to.
fn by_object(words: &Words, said: Said) -> Option<Said> {
    let verb = words.at(said.last);
    // Screenshots are captured, and so are payments.
    if !matches!(said.category, Category::Write | Category::Execute) && verb != "capture" {
        return None;
    }
    let noun = |at: usize, list| super::words::holds_noun(list, words.at(at));
    let at_end = words.len().checked_sub(1)?;
    let money = (said.last + 1..words.len()).find(|at| {
        noun(*at, MONEY) && (*at..at_end).all(|before| noun(before + 1, OF_MONEY) || noun(before + 1, MONEY))
    });
    let agreed = || holds(AGREES, verb).then(|| (said.last + 1..words.len()).find(|at| noun(*at, AGREED)));
    let ordered = || (holds(ORDERS, verb) && noun(at_end, ORDERED)).then_some(at_end);
    if let Some(last) = money.or_else(|| agreed().flatten()).or_else(ordered).filter(|last| *last > said.last)
    {
        return Some(Said { category: Category::Financial, is_weak: false, last, ..said });
    }
    let handed = (said.last + 1..words.len()).find(|at| noun(*at, HANDED));
    handed.filter(|_| holds(HANDS, verb)).map(|last| Said {
        category: Category::Execute,
        is_weak: false,
        last,
        ..said
    })
}

/// Whether names, three or more, all begin with one word that is a noun too.
pub(super) fn have_prefix<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let mut first: Option<Words> = None;
    let mut count = 0;
    for name in names {
        let words = Words::of(name);
        if words.len() < 2 || first.as_ref().is_some_and(|first| first.at(0) != words.at(0)) {
            return false;
        }
        first.get_or_insert(words);
        count += 1;
    }
    let is_noun_too = first
        .and_then(|words| verb(words.at(0)))
        .is_some_and(|verb| verb.is_weak && verb.category != Category::Destructive);
    count >= 3 && is_noun_too
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_sorted_and_no_verb_is_in_two() {
        let nouns: [&[&str]; 9] =
            [READ_IN_TEXT, WEAK, LIGHT, LOOKED_FOR, MONEY, OF_MONEY, AGREES, AGREED, HANDED];
        for list in LISTS.iter().map(|(list, _)| *list).chain(nouns).chain([HANDS, ORDERS, ORDERED]) {
            assert!(list.is_sorted_by(|a, b| a < b), "{list:?}");
        }
        for (list, category) in LISTS {
            for word in list {
                assert_eq!(verb(word).map(|verb| verb.category), Some(category), "{word}");
            }
        }
    }
}
