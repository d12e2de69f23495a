//! The words that count, each list of them once: the one list of verbs, and the nouns that change what they mean.
//!
//! A word is looked up once, whatever is asked of it: it is found by a hash that is made at compile time, and what it is in
//! is a set of [`Bits`].

/// The lists that a word is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Bits(u64);

impl Bits {
    pub(super) const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether one of them is one of those.
    pub(super) const fn has(self, any: Self) -> bool {
        self.0 & any.0 != 0
    }
}

pub(super) const READ: Bits = Bits(1 << 0);
pub(super) const WRITE: Bits = Bits(1 << 1);
pub(super) const EXECUTE: Bits = Bits(1 << 2);
pub(super) const DESTRUCTIVE: Bits = Bits(1 << 3);
pub(super) const FINANCIAL: Bits = Bits(1 << 4);
pub(super) const READ_IN_TEXT: Bits = Bits(1 << 5);
pub(super) const WEAK: Bits = Bits(1 << 6);
pub(super) const LIGHT: Bits = Bits(1 << 7);
pub(super) const LOOKED_FOR: Bits = Bits(1 << 8);
pub(super) const AGREES: Bits = Bits(1 << 9);
pub(super) const AGREED: Bits = Bits(1 << 10);
pub(super) const ORDERS: Bits = Bits(1 << 11);
pub(super) const ORDERED: Bits = Bits(1 << 12);
pub(super) const HANDS: Bits = Bits(1 << 13);
pub(super) const HANDED: Bits = Bits(1 << 14);
pub(super) const TELLS_OF: Bits = Bits(1 << 15);
pub(super) const SENDS: Bits = Bits(1 << 16);
pub(super) const MONEY: Bits = Bits(1 << 17);
pub(super) const OF_MONEY: Bits = Bits(1 << 18);
pub(super) const HOLDS_MUCH: Bits = Bits(1 << 19);
pub(super) const MANY: Bits = Bits(1 << 20);
pub(super) const PATHS: Bits = Bits(1 << 21);
pub(super) const SECRETS: Bits = Bits(1 << 22);
pub(super) const OF_SECRETS: Bits = Bits(1 << 23);
pub(super) const RUN_WHOLE: Bits = Bits(1 << 24);
pub(super) const CODE: Bits = Bits(1 << 25);
pub(super) const CODE_WHEN_RUN: Bits = Bits(1 << 26);
pub(super) const LANGUAGES: Bits = Bits(1 << 27);
pub(super) const ADDRESSES: Bits = Bits(1 << 28);
pub(super) const RECIPIENTS: Bits = Bits(1 << 29);
pub(super) const MARKUP: Bits = Bits(1 << 30);
pub(super) const TEXTS: Bits = Bits(1 << 31);
pub(super) const AMOUNTS: Bits = Bits(1 << 32);
pub(super) const CURRENCIES: Bits = Bits(1 << 33);
pub(super) const ACTIONS: Bits = Bits(1 << 34);
pub(super) const FLAGS: Bits = Bits(1 << 35);

/// All verbs of names.
pub(super) const VERBS: Bits = READ.and(WRITE).and(EXECUTE).and(DESTRUCTIVE).and(FINANCIAL);

#[rustfmt::skip]
const LISTS: &[(Bits, &[&str])] = &[
    // Verbs of tools that only look.
    (READ, &[
        "analyse", "analyze", "audit", "browse", "calculate", "capture", "cat", "check", "compare", "compute",
        "convert", "count", "describe", "detect", "diagnose", "diff", "discover", "download", "echo",
        "enumerate", "estimate", "examine", "explain", "extract", "fetch", "find", "get", "glob", "grep",
        "identify", "inspect", "introspect", "list", "locate", "log", "lookup", "ls", "monitor", "observe",
        "peek", "ping", "poll", "preview", "query", "read", "recall", "retrieve", "scan", "screenshot",
        "search", "see", "show", "snapshot", "stat", "status", "summarize", "tail", "validate", "verify",
        "view", "wait", "whoami",
    ]),
    // Verbs of tools that change something.
    (WRITE, &[
        "accept", "acknowledge", "activate", "add", "adjust", "alter", "annotate", "append", "apply", "approve",
        "archive", "assign", "attach", "authenticate", "authorize", "block", "book", "bookmark", "change",
        "checkout", "click", "clone", "close", "comment", "commit", "complete", "compress", "configure",
        "confirm", "connect", "copy", "create", "deactivate", "decline", "disable", "disconnect", "dismiss",
        "drag", "duplicate", "edit", "emulate", "enable", "encrypt", "enqueue", "export", "fill", "finalize",
        "flag", "follow", "fork", "forward", "grant", "gzip", "handle", "hover", "import", "increment", "index",
        "init", "initialize", "insert", "invite", "issue", "join", "label", "leave", "link", "lock", "login",
        "logout", "mark", "merge", "mkdir", "modify", "mount", "move", "mute", "navigate", "notify", "open",
        "overwrite", "patch", "pause", "pin", "place", "post", "press", "process", "promote", "provision",
        "publish", "push", "put", "queue", "rate", "react", "rebase", "record", "refresh", "regenerate",
        "register", "reject", "release", "remember", "rename", "reopen", "reorder", "replace", "reply",
        "reschedule", "resize", "restore", "resume", "retry", "revert", "rotate", "save", "schedule", "scroll",
        "select", "send", "set", "settle", "share", "sign", "snooze", "stage", "star", "stop", "store",
        "submit", "subscribe", "switch", "sync", "tag", "tap", "toggle", "touch", "transfer", "type",
        "unarchive", "unassign", "undo", "unlock", "unpin", "unstage", "unsubscribe", "untag", "update",
        "upgrade", "upload", "upsert", "vote", "write", "zip",
    ]),
    // Verbs of tools that run what they are given.
    (EXECUTE, &[
        "bash", "build", "call", "cmd", "compile", "debug", "deploy", "dispatch", "eval", "evaluate", "exec",
        "execute", "install", "interpret", "invoke", "launch", "npm", "npx", "pip", "powershell", "pytest",
        "python", "reboot", "restart", "run", "shell", "spawn", "sql", "start", "sudo", "terminal", "test",
        "trigger",
    ]),
    // Verbs of tools that take something away.
    (DESTRUCTIVE, &[
        "abort", "ban", "cancel", "clear", "decommission", "del", "delete", "deprovision", "destroy", "discard",
        "drop", "empty", "erase", "evict", "expunge", "flush", "forget", "kill", "nuke", "prune", "purge",
        "remove", "reset", "revoke", "rm", "rmdir", "rollback", "shred", "terminate", "trash", "truncate",
        "uninstall", "unlink", "unpublish", "unregister", "wipe",
    ]),
    // Verbs of tools that move money.
    (FINANCIAL, &[
        "bid", "buy", "charge", "deposit", "donate", "invoice", "pay", "payout", "purchase", "refund",
        "reimburse", "repay", "sell", "spend", "trade", "withdraw",
    ]),
    // Verbs that only descriptions begin with.
    (READ_IN_TEXT, &[
        "access", "demonstrate", "display", "look", "obtain", "output", "provide", "return",
    ]),
    // Verbs above that are nouns too, or mean several things: another verb beside them tells more.
    (WEAK, &[
        "archive", "audit", "bid", "block", "book", "bookmark", "build", "call", "charge", "check", "checkout",
        "clear", "comment", "commit", "count", "debug", "deploy", "deposit", "diff", "download", "drop",
        "empty", "export", "flag", "fork", "handle", "import", "index", "invoice", "issue", "label", "link",
        "lock", "log", "match", "open", "patch", "place", "post", "process", "purchase", "query", "queue",
        "rate", "record", "refund", "release", "run", "scan", "schedule", "set", "share", "shell", "snapshot",
        "sql", "stage", "star", "start", "stat", "status", "store", "switch", "tag", "terminal", "test",
        "trade", "transfer", "trigger", "type", "upload", "view", "vote", "wait",
    ]),
    // Verbs that say only that something is done: the noun after them says what.
    (LIGHT, &[
        "do", "execute", "make", "perform", "run", "take",
    ]),
    // What is done without a change: a query is run, a search is made.
    (LOOKED_FOR, &[
        "aggregation", "lookup", "query", "search",
    ]),
    // Verbs by which somebody agrees.
    (AGREES, &[
        "accept", "approve", "confirm",
    ]),
    // What is agreed to.
    (AGREED, &[
        "bid", "claim", "contract", "cost", "estimate", "offer", "order", "price", "quote",
    ]),
    // Verbs by which orders are made.
    (ORDERS, &[
        "create", "make", "place", "submit",
    ]),
    // What is ordered.
    (ORDERED, &[
        "order", "trade",
    ]),
    // Verbs by which something is handed over to be run.
    (HANDS, &[
        "apply", "post", "send", "submit", "write",
    ]),
    // What is handed over so.
    (HANDED, &[
        "code", "command", "job", "migration", "pipeline", "script", "sql", "workflow",
    ]),
    // Verbs that tell something of a query or of code, and do not run it.
    (TELLS_OF, &[
        "analyse", "analyze", "check", "compare", "convert", "describe", "diff", "explain", "format", "grep",
        "lint", "parse", "search", "summarize", "validate", "verify",
    ]),
    // Verbs of tools that send what they are given to somebody.
    (SENDS, &[
        "email", "forward", "invite", "mail", "message", "notify", "post", "publish", "reply", "send", "share",
    ]),
    // Nouns that stand for money changing hands.
    (MONEY, &[
        "balance", "charge", "checkout", "deposit", "donation", "fund", "invoice", "loan", "money", "payment",
        "payout", "payroll", "purchase", "refund", "subscription", "trade", "transfer", "withdrawal",
    ]),
    // What a money noun may be a part of and still mean money: `payment_link`, but not `invoice_reminder`.
    (OF_MONEY, &[
        "batch", "draft", "intent", "item", "link", "method", "order", "request", "run", "session",
    ]),
    // What holds much: with it goes all that is in it.
    (HOLDS_MUCH, &[
        "account", "bucket", "cluster", "collection", "database", "db", "directory", "disk", "drive",
        "environment", "folder", "instance", "mailbox", "namespace", "org", "organization", "partition",
        "project", "repo", "repository", "schema", "server", "site", "table", "tenant", "volume", "workspace",
    ]),
    // Words by which one call deals with many things.
    (MANY, &[
        "all", "batch", "bulk", "every", "everything", "many", "mass", "multiple",
    ]),
    // Files and folders.
    (PATHS, &[
        "cwd", "dir", "directory", "file", "filename", "filepath", "folder", "path", "pathname", "workdir",
    ]),
    // Secrets.
    (SECRETS, &[
        "apikey", "authorization", "cookie", "credential", "jwt", "otp", "passphrase", "passwd", "password",
        "pat", "secret",
    ]),
    // Words that make a `key` or a `token` a secret.
    (OF_SECRETS, &[
        "access", "admin", "anon", "api", "auth", "authentication", "bearer", "deploy", "encryption", "private",
        "publishable", "refresh", "secret", "service", "session", "signing", "ssh",
    ]),
    // What is run by what it is given to.
    (RUN_WHOLE, &[
        "cmd", "command", "cypher", "graphql", "pipeline", "powershell", "shell", "sparql", "sql", "statement",
    ]),
    // What is code, and is run only by tools that run things.
    (CODE, &[
        "code", "expression", "javascript", "js", "lambda", "macro", "program", "python", "script", "snippet",
    ]),
    // What is code where it is deployed.
    (CODE_WHEN_RUN, &[
        "content", "function",
    ]),
    // Languages of queries that do more than search.
    (LANGUAGES, &[
        "cypher", "graphql", "kql", "mql", "promql", "select", "sparql", "sql",
    ]),
    // Addresses.
    (ADDRESSES, &[
        "callback", "domain", "endpoint", "host", "hostname", "href", "uri", "url", "webhook", "website",
    ]),
    // Somebody to send to.
    (RECIPIENTS, &[
        "addressee", "bcc", "cc", "channel", "email", "invitee", "mailto", "phone", "recipient",
    ]),
    // Markup.
    (MARKUP, &[
        "css", "handlebars", "html", "jinja", "markup", "mjml", "mustache", "svg", "template", "xml",
    ]),
    // Texts that are written for somebody.
    (TEXTS, &[
        "body", "caption", "comment", "content", "data", "description", "html", "insight", "instruction",
        "markdown", "message", "note", "payload", "prompt", "query", "reason", "sql", "summary", "text", "title",
    ]),
    // Amounts.
    (AMOUNTS, &[
        "amount", "budget", "price", "sum", "total",
    ]),
    // What makes an amount one of money.
    (CURRENCIES, &[
        "currency", "recurrence",
    ]),
    // Names of arguments that say which of several things a tool is to do.
    (ACTIONS, &[
        "act", "action", "command", "method", "op", "operation", "subcommand", "verb",
    ]),
    // Words of flags by which something that is there goes away.
    (FLAGS, &[
        "clobber", "delete", "destroy", "drop", "force", "overwrite", "purge", "remove", "wipe",
    ]),
];

/// Of the table; more than twice as many as there are words.
const SLOTS: usize = 2_048;

#[expect(clippy::indexing_slicing, reason = "at compile time, where what is out of bounds does not compile")]
const COUNT: usize = {
    let mut count = 0;
    let mut list = 0;
    while list < LISTS.len() {
        count += LISTS[list].1.len();
        list += 1;
    }
    count
};

/// Words with their lists, and where in them a hash leads to, counted from 1.
struct Table {
    words: [(&'static str, Bits); COUNT],
    slots: [u16; SLOTS],
}

static TABLE: Table = table();

/// FNV-1a, folded.
const fn hash(word: &[u8]) -> usize {
    let mut hash = 0x811c_9dc5_u32;
    let mut left = word;
    while let Some((first, rest)) = left.split_first() {
        hash = (hash ^ *first as u32).wrapping_mul(0x0100_0193);
        left = rest;
    }
    (hash ^ (hash >> 15)) as usize % SLOTS
}

#[expect(clippy::indexing_slicing, reason = "at compile time, where what is out of bounds does not compile")]
const fn same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

#[expect(clippy::indexing_slicing, reason = "at compile time, where what is out of bounds does not compile")]
#[expect(clippy::cast_possible_truncation, reason = "there are fewer words than slots")]
const fn table() -> Table {
    let mut table = Table { words: [("", Bits(0)); COUNT], slots: [0; SLOTS] };
    let (mut list, mut count) = (0, 0);
    while list < LISTS.len() {
        let (bits, words) = LISTS[list];
        let mut each = 0;
        while each < words.len() {
            let word = words[each];
            let mut slot = hash(word.as_bytes());
            while table.slots[slot] != 0
                && !same(table.words[table.slots[slot] as usize - 1].0.as_bytes(), word.as_bytes())
            {
                slot = (slot + 1) % SLOTS;
            }
            if table.slots[slot] == 0 {
                table.words[count] = (word, bits);
                count += 1;
                table.slots[slot] = count as u16;
            } else {
                let known = table.slots[slot] as usize - 1;
                table.words[known].1 = table.words[known].1.and(bits);
            }
            each += 1;
        }
        list += 1;
    }
    table
}

/// The lists that a word, in lower case, is in.
pub(super) fn look_up(word: &[u8]) -> Bits {
    // No word is longer than `initialize` and `authentication`.
    if word.len() < 2 || word.len() > 16 {
        return Bits::default();
    }
    let mut slot = hash(word);
    while let Some((known, bits)) = TABLE
        .slots
        .get(slot)
        .and_then(|at| usize::from(*at).checked_sub(1))
        .and_then(|at| TABLE.words.get(at))
    {
        if known.as_bytes() == word {
            return *bits;
        }
        slot = (slot + 1) % SLOTS;
    }
    Bits::default()
}

/// The lists that a word is in without the ending of a plural or of the third person: `creates` as `create`, `matches` as
/// `match`, `applies` as `apply`.
pub(super) fn look_up_stem(word: &[u8]) -> Bits {
    let Some(plain) = word.strip_suffix(b"s").filter(|stem| stem.len() > 1 && !stem.ends_with(b"s")) else {
        return Bits::default();
    };
    let mut bits = look_up(plain);
    if let Some(long) = plain.strip_suffix(b"e") {
        bits = bits.and(look_up(long));
        if let Some(stem) = long.strip_suffix(b"i").filter(|stem| stem.len() < 15) {
            let mut with_y = [b'y'; 16];
            for (to, from) in with_y.iter_mut().zip(stem) {
                *to = *from;
            }
            bits = bits.and(look_up(with_y.get(..=stem.len()).unwrap_or_default()));
        }
    }
    bits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_in_its_lists_and_no_verb_is_in_two() {
        for (bits, words) in LISTS {
            assert!(words.is_sorted_by(|one, other| one < other), "{words:?}");
            for word in *words {
                assert!(look_up(word.as_bytes()).has(*bits), "{word}");
            }
        }
        let verbs = [READ, WRITE, EXECUTE, DESTRUCTIVE, FINANCIAL];
        for (_, words) in LISTS {
            for word in *words {
                let bits = look_up(word.as_bytes());
                assert!(verbs.iter().filter(|verb| bits.has(**verb)).count() <= 1, "{word}");
            }
        }
        const { assert!(COUNT * 2 < SLOTS, "the table is too full to be quick") };
    }

    #[test]
    fn endings_are_taken_off() {
        #[rustfmt::skip]
        let cases = [
            ("creates", WRITE, true), ("matches", READ, false), ("applies", WRITE, true), ("fetches", READ, true),
            ("address", ADDRESSES, false), ("us", WRITE, false), ("files", PATHS, true), ("create", WRITE, false),
        ];
        for (word, bits, expected) in cases {
            assert_eq!(look_up_stem(word.as_bytes()).has(bits), expected, "{word}");
        }
        for word in ["", "s", "es", "ies", "aaaaaaaaaaaaaaaaaaaaaaies", "nothing"] {
            assert_eq!(look_up_stem(word.as_bytes()), Bits::default(), "{word}");
        }
    }
}
