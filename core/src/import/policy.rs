//! What people paste in place of a policy → a policy, with a report of what it says otherwise.
//!
//! Read are the words of `PolicyLayer`'s catalogue (`rate_limit: {max: 10, window: 60}`, `action: deny`, `reason`), its
//! older YAML (`rules` with windows in seconds), Intercept's YAML, Claude Code's permission rules, and lists of allowed
//! tools as several clients and gateways write them; YAML or JSON.
//!
//! Nothing is guessed silently, and nothing opens a gate: what has no equivalent is refused in the policy that comes out,
//! and listed by line with the reason. Two texts in two languages hardly ever mean the same everywhere. Where they do
//! not, a call proves it: what its makers publish of a dialect is played by an interpreter of its own, and calls at the
//! edges of every rule are judged both ways ([`Compared`]). That none differs is said of the calls tried, and of no others.
//!
//! A policy is no dialect, nor is a list of tools, a log or prose: for these there is [`Unread::NoDialect`].

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;

use serde::Serialize;

use crate::amount::count;
use crate::compile::{CompiledPolicy, compile};
use crate::diagnostic::{Code, Diagnostic, Location};
use crate::legible::legible;
use crate::parse::parse;
use crate::pointer::Pointer;
use crate::policy::{Policy, ToolPolicy};
use crate::scenario::Scenario;
use crate::source::Source;
use crate::verdict::Decision;

mod candidates;
pub(crate) mod compare;
pub(crate) mod convert;
mod lists;
mod names;
mod nodes;
mod permissions;
mod play;
pub(crate) mod print;
mod recognise;
pub(crate) mod why;
mod written;
mod yaml;

use compare::{Evaluator, Facts, Judge, Tools, compare, tools_of};
use names::Names;
use play::Player;
use written::Document;

/// A language that says which tools may be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialect {
    /// The words of the questions and answers on `PolicyLayer`'s catalogue pages: `rate_limit`, `action`, `reason`.
    CatalogueWords,
    /// The catalogue's older YAML: `rules` with `action` and `rate_limit: {max, window}`, the window in seconds.
    CatalogueYaml,
    /// The policy files of Intercept, `PolicyLayer`'s proxy (its `POLICY.md`, version 1).
    Intercept,
    /// The permission rules of Claude Code's settings: `allow`, `ask`, `deny` with `mcp__server__tool`.
    ClaudeCode,
    /// Names of tools that may be called, as a list or under `allowed_tools` and its kin.
    AllowedTools,
}

/// What a reader is told that the text does not say.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReadOptions<'a> {
    /// What the text is written in. Left out: told by what it holds.
    pub dialect: Option<Dialect>,
    /// The server that the policy is for, where a text has rules for several: `github` of `mcp__github__get_issue`.
    pub server: Option<&'a str>,
    /// The tool that a fragment without a name is about.
    pub tool: Option<&'a str>,
    /// The tools that are known to be there: names to which patterns such as `mcp__github__get_*` are applied.
    pub tools: &'a [&'a str],
}

/// A text of a dialect as a policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Converted {
    /// What it was written in.
    pub dialect: Dialect,
    /// The policy, as JSON text of two spaces an indent, ending in a line end. It compiles.
    pub policy: String,
    /// What was carried over as it was, in the order of the text.
    pub carried: Vec<Carried>,
    /// What was not, in the order of the text.
    pub lost: Vec<Lost>,
    /// Calls that were judged by both.
    pub compared: Compared,
}

/// A part of the text that says the same in the policy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Carried {
    /// Where it stands in the text.
    pub location: Location,
    /// What stands there, short and fit to be shown.
    pub what: String,
    /// What it has become, in the policy.
    pub pointer: Pointer,
}

/// A part of the text that has no equivalent, and what stands in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lost {
    /// Where it stands in the text.
    pub location: Location,
    /// What stands there, short and fit to be shown.
    pub what: String,
    /// Why it cannot be carried over: a sentence.
    pub reason: String,
    /// What was done instead, never less strict: a sentence.
    pub instead: String,
}

/// How two policies, each in its own language, were held against each other, and what came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Compared {
    /// How many calls both judged.
    pub calls: u64,
    /// In how many sequences, each from empty counters.
    pub sequences: u64,
    /// What was tried: `each of 4 tools`, `arguments left out, null, of another type`.
    pub kinds: Vec<String>,
    /// What was not tried, where something was left out.
    pub untried: Vec<String>,
    /// One call for each cause of a difference, the first that was found.
    pub differences: Vec<DifferingCall>,
}

/// A call on which the two disagree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DifferingCall {
    /// The calls up to it, and it as the last.
    pub scenario: Scenario,
    /// The tool that is called.
    pub tool: String,
    /// The arguments, as JSON text.
    pub arguments: String,
    /// What the text that was given decides.
    pub before: Decision,
    /// What the text that came out decides.
    pub after: Decision,
    /// How many further calls differ for the same cause.
    pub more: u64,
    /// Why they differ: a sentence.
    pub why: String,
}

/// Why a text did not become a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is none of the dialects, or not the one that it was said to be: why, as a sentence.
    NoDialect(String),
    /// It is one of them, and cannot be read.
    Broken {
        /// Which.
        dialect: Dialect,
        /// Where it breaks off.
        location: Location,
        /// Why, as a sentence.
        message: String,
    },
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 5] =
        [Self::CatalogueWords, Self::CatalogueYaml, Self::Intercept, Self::ClaudeCode, Self::AllowedTools];

    /// Its name, as reports for machines have it: `claude-code`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CatalogueWords => "catalogue-words",
            Self::CatalogueYaml => "catalogue-yaml",
            Self::Intercept => "intercept",
            Self::ClaudeCode => "claude-code",
            Self::AllowedTools => "allowed-tools",
        }
    }

    /// Its name for people, within a sentence: `Claude Code's permission rules`.
    #[must_use]
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::CatalogueWords => "the catalogue's words",
            Self::CatalogueYaml => "the catalogue's YAML",
            Self::Intercept => "Intercept's YAML",
            Self::ClaudeCode => "Claude Code's permission rules",
            Self::AllowedTools => "a list of allowed tools",
        }
    }
}

/// The dialect of a text, told by what it holds and no more: whether all of it can be read is told by [`read`], which
/// takes longer.
///
/// ```
/// use gatewright_core::import::policy::{Dialect, recognised};
/// assert_eq!(recognised("create_issue:\n  rate_limit: {max: 10, window: 60}\n"), Some(Dialect::CatalogueWords));
/// assert_eq!(recognised("{\"version\": \"1\", \"default\": \"deny\"}"), None, "a policy is no dialect");
/// ```
#[must_use]
pub fn recognised(text: &str) -> Option<Dialect> {
    match recognise::recognise(text, None) {
        Ok(read) => Some(read.dialect),
        Err(Unread::Broken { dialect, .. }) => Some(dialect),
        Err(Unread::NoDialect(_)) => None,
    }
}

impl Compared {
    /// What was tried and what came of it, in a few sentences.
    #[must_use]
    pub fn in_words(&self) -> String {
        let mut words = match self.differences.as_slice() {
            [] if self.calls == 0 => return "No call was judged by both.".to_string(),
            [] => "No call was found whose decision differs.".to_string(),
            [_] => "A call is decided otherwise.".to_string(),
            several => format!("Calls are decided otherwise, for {} causes.", several.len()),
        };
        words.push_str(&format!(
            " {} calls in {} sequences were tried: {}.",
            count(self.calls),
            count(self.sequences),
            self.kinds.join("; ")
        ));
        if !self.untried.is_empty() {
            words.push_str(&format!(" Not tried: {}.", self.untried.join("; ")));
        }
        words
    }
}

/// Reads a text in one of the dialects.
///
/// ```
/// use gatewright_core::import::policy::{Dialect, ReadOptions, read};
/// let pasted = "create_issue:\n  rate_limit: {max: 10, window: 60}\n";
/// let converted = read(pasted, &ReadOptions::default()).unwrap();
/// assert_eq!(converted.dialect, Dialect::CatalogueWords);
/// assert!(converted.policy.contains(r#""window": "minute", "max": 10, "scope": "grant""#));
/// assert!(read(&converted.policy, &ReadOptions::default()).is_err(), "a policy is no dialect");
/// ```
///
/// # Errors
///
/// That it is in none of the dialects; or that it is in one and breaks off.
pub fn read(text: &str, options: &ReadOptions<'_>) -> Result<Converted, Unread> {
    let recognise::Read { dialect, yaml } = recognise::recognise(text, options.dialect)?;
    let mut report = Report::new(&yaml.source);
    let spoken = Spoken::of(dialect, &yaml, options, &mut report);
    if spoken.is_silent() {
        return Err(recognise::not_this(dialect));
    }
    if let Some(second) = &yaml.second {
        report.lose(
            second,
            "only the first document of a text is read",
            "nothing: what follows is not carried over",
        );
    }
    let mut policy = spoken.convert(dialect, options, &mut report);
    let (text, compiled) = compiling(&mut policy, &mut report);
    let (carried, lost) = report.finish();
    let tools = spoken.tools(&policy, options);
    let why = |kind: compare::Kind, probe: &compare::Probe, before: Decision, after: Decision| {
        let closed = policy.tools.iter().find(|(name, _)| *name == probe.tool).map(|(_, tool)| tool);
        if [closed, Some(&policy.all_tools)].into_iter().flatten().any(convert::is_closed) {
            return "A rule of this tool could not be carried over, and its calls are denied instead."
                .to_string();
        }
        why::why(dialect, kind, before, after)
    };
    let shared = Facts::of(&[&policy.all_tools]);
    let mut after = Evaluator::new(&compiled);
    let compared = compare(&mut *spoken.judge(dialect), &mut after, &tools, &shared, &why);
    Ok(Converted { dialect, policy: text, carried, lost, compared })
}

/// What a text says, in the words of its dialect.
pub(crate) enum Spoken {
    Rules(Box<Document>),
    Names(Names),
}

impl Spoken {
    fn of(dialect: Dialect, yaml: &yaml::Yaml, options: &ReadOptions<'_>, report: &mut Report<'_>) -> Self {
        let root = yaml.source.root();
        match dialect {
            Dialect::ClaudeCode => Self::Names(permissions::read(root, options, report)),
            Dialect::AllowedTools => Self::Names(lists::read(root, options, report)),
            _ => {
                let document = written::Reader { odd: &yaml.odd }.document(root, options.tool);
                Self::Rules(Box::new(document))
            }
        }
    }

    /// Whether it says nothing at all.
    fn is_silent(&self) -> bool {
        match self {
            Self::Rules(document) => !document.whole && document.tools.is_empty(),
            Self::Names(names) => !names.has_list,
        }
    }

    fn convert(&self, dialect: Dialect, options: &ReadOptions<'_>, report: &mut Report<'_>) -> Policy {
        match self {
            Self::Rules(document) => convert::convert(document, dialect, report),
            Self::Names(names) => names::convert(names, options, report),
        }
    }

    /// An interpreter of it.
    pub(crate) fn judge(&self, dialect: Dialect) -> Box<dyn Judge + '_> {
        match self {
            Self::Rules(document) => Box::new(Player::new(document, dialect)),
            Self::Names(names) => Box::new(names.clone()),
        }
    }

    /// The tools to try, with what either says of them.
    fn tools(&self, policy: &Policy, options: &ReadOptions<'_>) -> Tools {
        let mut tools = tools_of(policy);
        match self {
            Self::Rules(document) => {
                for tool in document.tools.iter().filter(|tool| !["*", ""].contains(&tool.name.as_str())) {
                    tools.entry(tool.name.clone()).or_default().tests.extend(written::tests(tool));
                }
            }
            Self::Names(names) => {
                for name in names.named().into_iter().chain(options.tools.iter().copied()) {
                    tools.entry(name.to_string()).or_default();
                }
            }
        }
        tools
    }
}

/// Reads a text of ours back, to be judged by what its language means.
pub(crate) fn spoken(text: &str, dialect: Dialect, options: &ReadOptions<'_>) -> Option<Spoken> {
    let read = recognise::recognise(text, Some(dialect)).ok()?;
    let mut report = Report::new(&read.yaml.source);
    Some(Spoken::of(dialect, &read.yaml, options, &mut report))
}

/// The policy's text and its compiled form. What does not compile closes the tool that it stands in.
fn compiling(policy: &mut Policy, report: &mut Report<'_>) -> (String, CompiledPolicy) {
    loop {
        let text = print::print(policy);
        let parsed = parse(&text);
        let found = match compile(&parsed) {
            Ok(compiled) => return (text, compiled),
            Err(found) => found,
        };
        report.close(policy, &found);
    }
}

/// What is told of a conversion while it goes on.
pub(crate) struct Report<'s> {
    source: &'s Source,
    carried: Vec<Carried>,
    lost: Vec<Lost>,
}

impl<'s> Report<'s> {
    pub(crate) const fn new(source: &'s Source) -> Self {
        Self { source, carried: Vec::new(), lost: Vec::new() }
    }

    /// What stands in a place, in a line.
    fn shown(&self, place: &Range<usize>) -> String {
        let whole = self.source.text().get(place.clone()).unwrap_or("").trim();
        let (first, more) = match whole.split_once('\n') {
            Some((first, _)) => (first, " …"),
            None => (whole, ""),
        };
        format!("{}{more}", legible(first.trim_end()))
    }

    pub(crate) fn carry(&mut self, place: &Range<usize>, pointer: Pointer) {
        let what = self.shown(place);
        self.carry_as(place, what, pointer);
    }

    pub(crate) fn carry_as(&mut self, place: &Range<usize>, what: String, pointer: Pointer) {
        self.carried.push(Carried { location: self.source.location(place), what, pointer });
    }

    pub(crate) fn lose(&mut self, place: &Range<usize>, reason: &str, instead: &str) {
        let (location, what) = (self.source.location(place), self.shown(place));
        let (reason, instead) = (sentence(reason), sentence(instead));
        self.lost.push(Lost { location, what, reason, instead });
    }

    /// Closes the tools in which a policy has errors.
    fn close(&mut self, policy: &mut Policy, found: &[Diagnostic]) {
        let places: Vec<(Pointer, &Diagnostic)> = found
            .iter()
            .filter(|found| found.code != Code::TooManyErrors)
            .map(|found| (found.pointer.clone(), found))
            .collect();
        let mut closed = false;
        for (pointer, diagnostic) in places {
            let mut tokens = pointer.tokens();
            let (first, second) = (tokens.next(), tokens.next());
            let tool = match (first.as_deref(), second) {
                (Some("all_tools"), _) => Some(&mut policy.all_tools),
                (Some("tools"), Some(name)) => {
                    policy.tools.iter_mut().find(|(tool, _)| *tool == name).map(|(_, tool)| tool)
                }
                _ => None,
            };
            let Some(tool) = tool else { continue };
            let root = self.source.root().range.clone();
            let place =
                self.carried.iter().find(|carried| pointer.as_str().starts_with(carried.pointer.as_str()));
            let place = place.map_or(root, |carried| carried.location.start..carried.location.end);
            let only_closed = {
                let mut only = ToolPolicy::default();
                convert::close(&mut only);
                only
            };
            if *tool == only_closed {
                continue;
            }
            *tool = only_closed;
            closed = true;
            self.lose(&place, &diagnostic.message, "every call that it is about is denied");
        }
        if !closed {
            // What is wrong is wrong with the whole: then nothing is allowed.
            let root = self.source.root().range.clone();
            let message = found.first().map_or("", |found| found.message.as_str());
            self.lose(&root, message, "every call is denied");
            *policy = convert::empty_policy();
        }
        let gone = |carried: &Carried| policy_has(policy, &carried.pointer);
        self.carried.retain(gone);
    }

    pub(crate) fn finish(mut self) -> (Vec<Carried>, Vec<Lost>) {
        self.carried.sort_by_key(|carried| carried.location.start);
        self.lost.sort_by_key(|lost| lost.location.start);
        (self.carried, self.lost)
    }
}

/// Whether a policy has something at a place.
fn policy_has(policy: &Policy, pointer: &Pointer) -> bool {
    Source::new(&print::print(policy)).find(pointer).is_some()
}

/// A sentence, from words that begin as one inside another does.
pub(crate) fn sentence(words: &str) -> String {
    let mut characters = words.chars();
    let Some(first) = characters.next() else { return String::new() };
    let mut sentence: String = first.to_uppercase().chain(characters).collect();
    if !sentence.ends_with('.') {
        sentence.push('.');
    }
    sentence
}

#[cfg(test)]
pub(crate) mod tests;
