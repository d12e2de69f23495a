//! What hostile input is held to.
//!
//! A document or a message beyond a bound is refused with a clear error; nothing is cut short and judged all the same.

/// The bounds of a policy document and of a message. Every one is inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of a policy document: 1 MiB.
    pub document_bytes: usize,
    /// How deep lists and objects are nested, in a document and in a message: 64.
    pub depth: usize,
    /// Findings that are told of a document; beyond it, their number: 50.
    pub findings: usize,
    /// Rules and limits of a document, taken together: 10,000.
    pub rules: usize,
    /// Bytes of the name of a tool or a counter, and of a path: 1,024. Each stands in the ids of many rules.
    pub name_bytes: usize,
    /// Rules, limits and arguments under `all_tools`, times the tools that have some of their own: 1,000,000.
    pub shared_rules: usize,
    /// Conditions of one rule: 64.
    pub conditions: usize,
    /// Items of the list of an `in` or `not_in`: 10,000.
    pub list_items: usize,
    /// Bytes of one pattern: 1,000.
    pub pattern_bytes: usize,
    /// Bytes of memory that one pattern may take once it is compiled: 256 KiB. What matching adds has a bound of its own.
    pub pattern_memory: usize,
    /// The same of all patterns of a document: 16 MiB.
    pub patterns_memory: usize,
    /// Bytes of one message: 16 MiB.
    pub message_bytes: usize,
    /// Keys of a message, and keys of its `params`: 64. Arguments have as many as they like.
    pub message_keys: usize,
    /// Values inside those arguments of a message that rules look into, taken together: 10,000.
    pub judged_values: usize,
}

impl Bounds {
    /// The bounds that hold where no others are given.
    pub const DEFAULT: Self = Self {
        document_bytes: 1 << 20,
        depth: 64,
        findings: 50,
        rules: 10_000,
        name_bytes: 1_024,
        shared_rules: 1_000_000,
        conditions: 64,
        list_items: 10_000,
        pattern_bytes: 1_000,
        pattern_memory: 256 << 10,
        patterns_memory: 16 << 20,
        message_bytes: 16 << 20,
        message_keys: 64,
        judged_values: 10_000,
    };
}

impl Default for Bounds {
    fn default() -> Self {
        Self::DEFAULT
    }
}
