//! A policy → what other programs enforce: Intercept's YAML, Claude Code's permission rules.
//!
//! The same report as on the way in ([`Converted`](crate::import::policy::Converted)): what was carried over, what was
//! not and what stands in its place, and a call whose decision differs. The text that comes out is read back, and judged by
//! what its language means.
//!
//! What has no equivalent is denied there, or made stricter. Claude Code's rules can neither look at arguments nor count
//! calls, and there a person is asked instead.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use crate::compile::compile;
use crate::diagnostic::{Diagnostic, Location};
use crate::import::policy::compare::{Evaluator, Facts, Kind, Probe, compare, tools_of};
use crate::import::policy::why::why;
use crate::import::policy::{Carried, Compared, Dialect, Lost, ReadOptions, sentence, spoken};
use crate::legible::legible;
use crate::parse::Parsed;
use crate::pointer::Pointer;
use crate::verdict::Decision;

mod claude_code;
mod intercept;

/// A policy in another language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// The language: [`Intercept`](Dialect::Intercept) or [`ClaudeCode`](Dialect::ClaudeCode).
    pub dialect: Dialect,
    /// The text, ending in a line end.
    pub text: String,
    /// What was carried over; `location` is in the policy, and so is `pointer`.
    pub carried: Vec<Carried>,
    /// What was not; `location` is in the policy.
    pub lost: Vec<Lost>,
    /// Calls that were judged by both: `before` is the policy's decision.
    pub compared: Compared,
}

/// What an export is told that a policy does not say.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExportOptions<'a> {
    /// The server that the policy is for, as Claude Code's configuration names it.
    pub server: &'a str,
    /// The tools that are known to be there.
    pub tools: &'a [&'a str],
}

/// Why a policy was not exported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unexported {
    /// It does not compile.
    Errors(Vec<Diagnostic>),
    /// What is missing, or in the way: a sentence.
    Unable(String),
}

/// Writes a policy in another language.
///
/// ```
/// use gatewright_core::export::{ExportOptions, export};
/// use gatewright_core::import::policy::Dialect;
/// let policy = gatewright_core::parse(r#"{"version": "1", "default": "deny", "hide": ["rm"], "tools": {"ls": {}}}"#);
/// let options = ExportOptions { server: "files", ..ExportOptions::default() };
/// let exported = export(&policy, Dialect::ClaudeCode, &options).unwrap();
/// assert!(exported.text.contains(r#""allow": ["mcp__files__ls"]"#));
/// assert!(exported.text.contains(r#""deny": ["mcp__files__rm"]"#));
/// ```
///
/// # Errors
///
/// What is wrong with the policy; that a language is only read, or that a server's name is missing.
pub fn export(parsed: &Parsed, to: Dialect, options: &ExportOptions<'_>) -> Result<Exported, Unexported> {
    let compiled = compile(parsed).map_err(Unexported::Errors)?;
    let mut report = Report { parsed, carried: Vec::new(), lost: Vec::new() };
    let text = match to {
        Dialect::Intercept => intercept::write(&parsed.policy, &mut report),
        Dialect::ClaudeCode => {
            let server = options.server;
            let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte);
            if server.is_empty() || !server.bytes().all(is_name) {
                let why =
                    "Claude Code's rules need the name of the server, of letters, digits, `_`, `-` and `.`.";
                return Err(Unexported::Unable(why.to_string()));
            }
            claude_code::write(&parsed.policy, options, &mut report)
        }
        _ => {
            return Err(Unexported::Unable(
                "A policy is exported to Intercept or to Claude Code.".to_string(),
            ));
        }
    };
    let read = ReadOptions { server: Some(options.server), ..ReadOptions::default() };
    let compared = match spoken(&text, to, &read) {
        None => Compared::default(),
        Some(spoken) => {
            let mut tools = tools_of(&parsed.policy);
            for tool in options.tools {
                tools.entry((*tool).to_string()).or_default();
            }
            let shared = Facts::of(&[&parsed.policy.all_tools]);
            let mut before = Evaluator::new(&compiled);
            let reason =
                |kind: Kind, _: &Probe, before: Decision, after: Decision| why(to, kind, after, before);
            compare(&mut before, &mut *spoken.judge(to), &tools, &shared, &reason)
        }
    };
    let Report { mut carried, mut lost, .. } = report;
    carried.sort_by_key(|carried| carried.location.start);
    lost.sort_by_key(|lost| lost.location.start);
    Ok(Exported { dialect: to, text, carried, lost, compared })
}

/// What is told of an export while it goes on.
struct Report<'p> {
    parsed: &'p Parsed,
    carried: Vec<Carried>,
    lost: Vec<Lost>,
}

impl Report<'_> {
    fn place(&self, pointer: &Pointer) -> (Location, String) {
        let source = &self.parsed.source;
        let range = source.find(pointer).map_or(0..0, |node| node.range.clone());
        let whole = source.text().get(range.clone()).unwrap_or("");
        let (first, more) = whole.split_once('\n').map_or((whole, ""), |(first, _)| (first, " …"));
        let mut what = legible(first.trim_end());
        what.push_str(more);
        (source.location(&range), what)
    }

    fn carry(&mut self, pointer: Pointer) {
        let (location, what) = self.place(&pointer);
        self.carried.push(Carried { location, what, pointer });
    }

    fn lose(&mut self, pointer: &Pointer, reason: &str, instead: &str) {
        let (location, what) = self.place(pointer);
        self.lost.push(Lost { location, what, reason: sentence(reason), instead: sentence(instead) });
    }
}

#[cfg(test)]
mod tests;
