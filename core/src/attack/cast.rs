//! Who plays which part: the tools at hand, each with arguments that get past the rules of the policy.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hashbrown::HashMap;
use serde_json::{Map, Value};

use super::{Target, specimen};
use crate::call::Outcome;
use crate::compile::CompiledPolicy;
use crate::counter::{Counters, Options};
use crate::evaluate::decide;
use crate::lint::Passing;
use crate::parse::Parsed;
use crate::policy::{Policy, Window};
use crate::risk::{Assessed, Category, Place, SignalKind};
use crate::scenario::{Args, CallKind, MORNING};
use crate::tool::ToolDefinition;
use crate::verdict::Decision;
use crate::worst_case::{Most, worst_cases};

/// Who attacks.
pub(super) const GRANT: &str = "agent";

/// A tool, as an attacker sees it.
#[derive(Clone, Debug)]
pub(super) struct Actor {
    /// Arguments that its schema takes, and that get past the policy's rules where some were found.
    pub(super) args: Option<Args>,
    /// Whether a first call with them is allowed.
    pub(super) is_open: bool,
    /// The most calls of a day that its limits let through.
    pub(super) a_day: u64,
    /// The same of a minute.
    pub(super) a_minute: u64,
}

/// The tools as actors, in their order.
pub(super) fn actors(
    parsed: &Parsed,
    compiled: &CompiledPolicy,
    definitions: &[ToolDefinition],
    options: Options,
) -> Vec<Actor> {
    let passing = Passing::new(parsed, definitions);
    let a_day = calls_a_day(&parsed.policy, options);
    let unlisted = a_day.get(&None).copied().unwrap_or(0);
    let actor = |tool: &ToolDefinition| {
        let given = specimen::required(tool.input_schema.as_ref());
        let (args, _) = passing.arguments(&tool.name, &given, &Map::new());
        let args = written(args);
        let is_open = is_open(compiled, &kind(&tool.name, args.clone()), options);
        let a_day = a_day.get(&Some(tool.name.as_str())).copied().unwrap_or(unlisted);
        let own = parsed.policy.tools.iter().find(|(name, _)| *name == tool.name).map(|(_, own)| own);
        let limits = own.into_iter().chain([&parsed.policy.all_tools]).flat_map(|tool| &tool.limits);
        let of_minute =
            limits.filter(|limit| limit.window == Window::Minute && limit.increment_from.is_none());
        let a_minute = of_minute.map(|limit| limit.max.whole()).min().unwrap_or(u64::MAX);
        Actor { args, is_open, a_day, a_minute }
    };
    definitions.iter().map(actor).collect()
}

/// The most calls a day of each tool that can be called; of those that are not listed under no name.
fn calls_a_day(policy: &Policy, options: Options) -> HashMap<Option<&str>, u64> {
    let names = policy.tools.iter().map(|(name, _)| (name.as_str(), name.as_str()));
    let names: HashMap<&str, &str> = names.collect();
    let worst = worst_cases(policy, options.window_model);
    let most = |most| match most {
        Most::Calls(calls) => calls,
        Most::Amount(_) | Most::Unlimited => u64::MAX,
    };
    worst
        .map(|worst| {
            let name = worst.tool.as_deref().and_then(|name| names.get(name).copied());
            (name, most(worst.calls_per_day))
        })
        .collect()
}

/// Whether a first call is allowed.
fn is_open(compiled: &CompiledPolicy, call: &CallKind, options: Options) -> bool {
    let mut counters = Counters::with_options(compiled, options);
    decide(compiled, &call.call(MORNING), &mut counters).reason.decision() == Decision::Allow
}

/// Arguments as a scenario has them; none where there are none.
pub(super) fn written(args: Map<String, Value>) -> Option<Args> {
    if args.is_empty() { None } else { Args::parse(&Value::Object(args).to_string()) }
}

/// A call of a tool by the attacker, that ends well.
pub(super) fn kind(tool: &str, args: Option<Args>) -> CallKind {
    CallKind {
        tool: tool.to_owned(),
        grant: GRANT.to_string(),
        args,
        outcome: Some(Outcome::Ok),
        ..CallKind::default()
    }
}

impl Target<'_> {
    /// The tools that play a part, each with its place in the list.
    pub(super) fn cast(&self, plays: impl Fn(&Assessed) -> bool) -> Vec<usize> {
        let all = self.tools.iter().enumerate();
        all.filter(|(_, assessed)| plays(assessed)).map(|(place, _)| place).collect()
    }

    /// Of some tools the one that lets the most through: of equals the riskiest, and then the first.
    pub(super) fn loosest(&self, places: &[usize]) -> Option<usize> {
        let key = |place: usize| {
            let (actor, assessed) = (self.actors.get(place)?, self.tools.get(place)?);
            Some((actor.is_open, actor.a_day, actor.a_minute, assessed.risk.level))
        };
        places.iter().copied().rev().max_by_key(|place| key(*place))
    }

    pub(super) fn tool(&self, place: usize) -> Option<&Assessed> {
        self.tools.get(place)
    }

    pub(super) fn name(&self, place: usize) -> &str {
        self.tools.get(place).map_or("", |assessed| assessed.tool.name.as_str())
    }

    pub(super) fn is_open(&self, place: usize) -> bool {
        self.actors.get(place).is_some_and(|actor| actor.is_open)
    }

    /// A call of a tool that gets past the rules, where there is one.
    pub(super) fn call(&self, place: usize) -> CallKind {
        kind(self.name(place), self.actors.get(place).and_then(|actor| actor.args.clone()))
    }

    /// The policy, asked for arguments that get past its rules. It is made once for an attack.
    pub(super) fn passing(&self) -> Passing<'_> {
        Passing::new(self.parsed, &self.definitions)
    }

    /// A call of a tool with some arguments as they are given, and the others so that it gets past the rules.
    pub(super) fn call_with(
        &self,
        passing: &Passing<'_>,
        place: usize,
        fixed: &Map<String, Value>,
    ) -> CallKind {
        let Some(assessed) = self.tools.get(place) else { return kind("", None) };
        let given = specimen::required(assessed.tool.input_schema.as_ref());
        let (args, _) = passing.arguments(&assessed.tool.name, &given, fixed);
        kind(&assessed.tool.name, written(args))
    }
}

/// Whether a tool does more than read, as far as is known.
pub(super) fn does_more_than_read(assessed: &Assessed) -> bool {
    assessed.risk.category != Some(Category::Read)
}

/// Whether a tool gives back text that somebody else may have written.
pub(super) fn reads(assessed: &Assessed) -> bool {
    assessed.risk.category == Some(Category::Read)
}

/// Whether it shows what things hold: files, pages, messages.
pub(super) fn shows_content(assessed: &Assessed) -> bool {
    const WORDS: &[&str] = &[
        "read", "fetch", "file", "files", "content", "contents", "page", "message", "messages", "issue",
        "snapshot",
    ];
    specimen::has_word(&assessed.tool.name, WORDS)
        && !specimen::has_word(&assessed.tool.name, &["list", "search", "info", "count"])
}

/// Whether one call can do what does not come back: it runs, destroys, or pays.
pub(super) fn is_powerful(assessed: &Assessed) -> bool {
    matches!(assessed.risk.category, Some(Category::Execute | Category::Destructive | Category::Financial))
}

/// The arguments that take an address outside: recipients and URLs.
pub(super) fn addresses(assessed: &Assessed) -> Vec<String> {
    const WORDS: &[&str] = &[
        "url",
        "uri",
        "webhook",
        "endpoint",
        "recipient",
        "recipients",
        "email",
        "to",
        "cc",
        "bcc",
        "host",
        "domain",
    ];
    arguments(assessed, SignalKind::LeavesHouse, WORDS)
}

/// The arguments that take code, a query or a command.
pub(super) fn code(assessed: &Assessed) -> Vec<String> {
    const WORDS: &[&str] = &["command", "cmd", "code", "script", "sql", "shell", "expression"];
    arguments(assessed, SignalKind::FreeCode, WORDS)
}

/// Whether what a tool is given leaves the house: it takes an address, or its name says that it sends or publishes.
pub(super) fn sends(assessed: &Assessed) -> bool {
    const WORDS: &[&str] = &[
        "send", "post", "publish", "reply", "comment", "issue", "message", "email", "mail", "tweet",
        "upload", "share", "invite", "gist", "webhook", "notify", "push", "fetch", "navigate", "browse",
        "request",
    ];
    let by_signal = assessed.risk.signals.iter().any(|signal| signal.kind == SignalKind::LeavesHouse);
    let by_name = specimen::has_word(&assessed.tool.name, WORDS)
        && (does_more_than_read(assessed) || !addresses(assessed).is_empty());
    by_signal || by_name || !addresses(assessed).is_empty()
}

/// Whether a tool destroys something, as it says or as it is called.
pub(super) fn destroys(assessed: &Assessed) -> bool {
    let says_so = assessed.tool.annotations.destructive_hint == Some(true) && does_more_than_read(assessed);
    assessed.risk.category == Some(Category::Destructive) || says_so
}

/// Whether a text that a tool is given gets out of sight: it is sent, published, or run.
pub(super) fn lets_text_out(assessed: &Assessed) -> bool {
    (sends(assessed) || is_powerful(assessed)) && !texts(&assessed.tool).is_empty()
}

pub(super) fn reads_or_sends(assessed: &Assessed) -> bool {
    reads(assessed) || sends(assessed)
}

/// Whether a tool brings in somebody's order, or is what the order is followed with.
pub(super) fn reads_or_acts(assessed: &Assessed) -> bool {
    reads(assessed) || is_powerful(assessed)
}

pub(super) fn any(_: &Assessed) -> bool {
    true
}

pub(super) fn none(_: &Assessed) -> bool {
    false
}

/// Whether a tool spends.
pub(super) fn spends(assessed: &Assessed) -> bool {
    assessed.risk.category == Some(Category::Financial)
}

/// The arguments that a signal points at, or that are called so.
fn arguments(assessed: &Assessed, kind: SignalKind, words: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for signal in assessed.risk.signals.iter().filter(|signal| signal.kind == kind) {
        if let Place::Schema(pointer) = &signal.evidence.place {
            let mut tokens = pointer.tokens();
            if tokens.next().as_deref() == Some("properties") {
                names.extend(tokens.next().map(|name| name.to_string()));
            }
        }
    }
    for (name, _) in properties(&assessed.tool) {
        if specimen::has_word(name, words) {
            names.push(name.to_string());
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}

/// The arguments of a tool, each with its schema.
pub(super) fn properties(tool: &ToolDefinition) -> impl Iterator<Item = (&str, &Value)> {
    let all =
        tool.input_schema.as_ref().and_then(|schema| schema.get("properties")).and_then(Value::as_object);
    all.into_iter().flatten().map(|(name, schema)| (name.as_str(), schema))
}

/// The arguments of a tool that take any text.
pub(super) fn texts(tool: &ToolDefinition) -> Vec<&str> {
    let is_text = |schema: &Value| {
        specimen::type_of(schema) == Some("string")
            && !["enum", "const", "pattern", "format"].iter().any(|word| schema.get(word).is_some())
    };
    properties(tool).filter(|(_, schema)| is_text(schema)).map(|(name, _)| name).collect()
}

/// A tool's name in a sentence.
pub(super) fn quoted(name: &str) -> String {
    format!("`{}`", crate::legible::legible(name))
}
