//! What Intercept and the catalogue's words decide, as their makers publish it: an interpreter of its own, beside the
//! evaluator, so that the two can be held against each other.
//!
//! Intercept after its `POLICY.md` and `internal/engine`, `internal/proxy` and `internal/state` of its repository: windows
//! aligned to the UTC calendar, one counter for all who call, numbers and text compared by how they print. The catalogue
//! after its pages: so many calls in so many seconds of a session, counted back from each call.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::Value as Json;

use super::Dialect;
use super::compare::{Judge, Probe};
use super::convert::length;
use super::written::{Action, Condition, Document, Rule, Span, State};
use crate::pattern::Patterns;
use crate::policy::{DefaultDecision, Op, Window};
use crate::value::Value;
use crate::verdict::Decision;

pub(super) struct Player<'d> {
    document: &'d Document,
    dialect: Dialect,
    patterns: Patterns,
    /// Counters of calendar windows: what they hold, and the window's first second.
    counters: BTreeMap<String, (i128, i64)>,
    /// The instants of the calls that a limit in seconds let through.
    instants: BTreeMap<String, Vec<i64>>,
}

impl<'d> Player<'d> {
    pub(super) fn new(document: &'d Document, dialect: Dialect) -> Self {
        let patterns = Patterns::new(crate::bounds::Bounds::DEFAULT);
        Self { document, dialect, patterns, counters: BTreeMap::new(), instants: BTreeMap::new() }
    }

    fn rules(&self, tool: &str) -> Vec<(&'d Rule, &'d str)> {
        let of = |name: &str| {
            let found = self.document.tools.iter().find(|tool| tool.name == name);
            let rules = found.map_or(&[][..], |tool| tool.rules.as_slice());
            rules.iter().map(|rule| (rule, found.map_or("", |tool| tool.name.as_str()))).collect::<Vec<_>>()
        };
        let mut rules = of(tool);
        if tool != "*" {
            rules.extend(of("*"));
        }
        rules
    }

    /// What a counter holds now.
    fn current(&self, key: &str, window: Window, now: i64) -> i128 {
        let start = start(window, now);
        self.counters.get(key).filter(|(_, since)| *since == start).map_or(0, |(held, _)| *held)
    }

    fn holds(&mut self, condition: &Condition, probe: &Probe) -> bool {
        let actual = if let Some(key) = condition.path.strip_prefix("state.") {
            let found = self.document.tools.iter().flat_map(|tool| {
                let scope = scope(&tool.name);
                tool.rules.iter().filter_map(move |rule| Some((scope, rule.state.as_ref()?)))
            });
            let window = found
                .filter(|(scope, state)| key == format!("{scope}.{}", state.counter))
                .map(|(_, state)| state.window)
                .next();
            let held = window.map_or(0, |window| self.current(key, window, probe.second()));
            Some(Json::from(i64::try_from(held).unwrap_or(i64::MAX)))
        } else {
            resolve(&probe.arguments, condition.path.strip_prefix("args.").unwrap_or(&condition.path))
                .cloned()
        };
        if condition.op == Op::Exists {
            let there = actual.is_some_and(|value| !value.is_null());
            return condition.value == Value::Bool(there);
        }
        actual.is_some_and(|actual| self.compare(condition.op, &actual, &condition.value))
    }

    fn compare(&mut self, op: Op, actual: &Json, expected: &Value) -> bool {
        let ordered = |test: fn(f64, f64) -> bool| match (actual.as_f64(), double(expected)) {
            (Some(actual), Some(expected)) => test(actual, expected),
            _ => false,
        };
        let is_in = || matches!(expected, Value::List(items) if items.iter().any(|item| equal(actual, item)));
        match op {
            Op::Eq => equal(actual, expected),
            Op::Neq => !equal(actual, expected),
            Op::In => is_in(),
            Op::NotIn => !is_in(),
            Op::Lt => ordered(|left, right| left < right),
            Op::Lte => ordered(|left, right| left <= right),
            Op::Gt => ordered(|left, right| left > right),
            Op::Gte => ordered(|left, right| left >= right),
            Op::Regex => match (actual, expected) {
                (Json::String(text), Value::Text(pattern)) => {
                    self.patterns.pattern(pattern).is_ok_and(|found| found.is_found_in(text) == Some(true))
                }
                _ => false,
            },
            Op::Contains => match (actual, expected) {
                (Json::String(text), Value::Text(part)) => text.contains(part.as_str()),
                (Json::Array(items), expected) => items.iter().any(|item| equal(item, expected)),
                _ => false,
            },
            Op::Exists => false,
        }
    }

    /// Takes room from every counter of the rules, or from none.
    fn reserve(&mut self, rules: &[(&Rule, &str)], probe: &Probe) -> bool {
        let mut taken: Vec<(String, i128, i64)> = Vec::new();
        let mut seconds = Vec::new();
        for (rule, tool) in rules {
            if let Some(limit) = &rule.limit {
                match limit.per {
                    Span::Window(window) if self.dialect == Dialect::Intercept => {
                        let key = format!("{}._rate_{window}", scope(tool));
                        let held = self.current(&key, window, probe.second()) + 1;
                        if held > i128::from(limit.max) {
                            return false;
                        }
                        taken.push((key, held, start(window, probe.second())));
                    }
                    per => {
                        let span = match per {
                            Span::Window(window) => length(window),
                            Span::Seconds(seconds) => seconds,
                        };
                        let key = format!("{tool} {span} {} {}", probe.grant, probe.session);
                        let since = probe.at_ms - i64::try_from(span).unwrap_or(i64::MAX / 1000) * 1000;
                        let earlier = self.instants.get(&key).map_or(0, |instants| {
                            instants.iter().filter(|instant| **instant > since).count()
                        });
                        if u64::try_from(earlier).unwrap_or(u64::MAX) >= limit.max {
                            return false;
                        }
                        seconds.push(key);
                    }
                }
            }
            if let Some(state) = &rule.state {
                let Some(amount) = amount(state, probe) else { return false };
                let Some(limit) = limit(rule, state, tool) else { continue };
                let key = format!("{}.{}", scope(tool), state.counter);
                let held = self.current(&key, state.window, probe.second()) + amount;
                if held > limit {
                    return false;
                }
                taken.push((key, held, start(state.window, probe.second())));
            }
        }
        for (key, held, since) in taken {
            self.counters.insert(key, (held, since));
        }
        for key in seconds {
            self.instants.entry(key).or_default().push(probe.at_ms);
        }
        true
    }
}

impl Judge for Player<'_> {
    fn restart(&mut self) {
        self.counters.clear();
        self.instants.clear();
    }

    fn decide(&mut self, probe: &Probe) -> Option<Decision> {
        let document = self.document;
        if document.hide.iter().any(|(name, _)| name == "*" || *name == probe.tool) {
            return Some(Decision::Deny);
        }
        let is_listed = document.tools.iter().any(|tool| tool.name == probe.tool);
        match &document.default {
            Some((DefaultDecision::Deny, _)) if !is_listed => return Some(Decision::Deny),
            None if !is_listed && (!document.whole || self.dialect != Dialect::Intercept) => return None,
            _ => {}
        }
        let has_own = document.all_tools.is_some()
            || !document.closing.is_empty()
            || document.tools.iter().any(|tool| tool.name == probe.tool && !tool.own.is_empty());
        let rules = self.rules(&probe.tool);
        if has_own || rules.iter().any(|(rule, _)| rule.problem.is_some()) {
            return None;
        }
        let mut asks = false;
        for (rule, _) in &rules {
            let holds = rule.conditions.iter().all(|condition| self.holds(condition, probe));
            match rule.action {
                Action::Deny => return Some(Decision::Deny),
                Action::Evaluate if !holds => return Some(Decision::Deny),
                Action::Approval => asks |= holds,
                Action::Evaluate | Action::Allow => {}
            }
        }
        if asks {
            return Some(Decision::Approval);
        }
        Some(if self.reserve(&rules, probe) { Decision::Allow } else { Decision::Deny })
    }
}

fn scope(tool: &str) -> &str {
    if tool == "*" { "_global" } else { tool }
}

/// The first second of the window that a second lies in.
fn start(window: Window, second: i64) -> i64 {
    let length = i64::try_from(length(window)).unwrap_or(60);
    second.div_euclid(length) * length
}

fn resolve<'a>(arguments: &'a serde_json::Map<String, Json>, path: &str) -> Option<&'a Json> {
    let mut keys = path.split('.');
    let first = arguments.get(keys.next()?)?;
    keys.try_fold(first, |value, key| value.as_object()?.get(key))
}

/// What a call adds; nothing where its argument is no number.
fn amount(state: &State, probe: &Probe) -> Option<i128> {
    let Some(path) = &state.increment_from else { return Some(i128::from(state.increment)) };
    let value = resolve(&probe.arguments, path.strip_prefix("args.")?)?.as_f64()?;
    Some(truncated(value))
}

#[expect(clippy::cast_possible_truncation, reason = "Intercept cuts to whole numbers too")]
const fn truncated(value: f64) -> i128 {
    value as i128
}

/// What a counter may hold: by the first condition of its rule that bounds it.
fn limit(rule: &Rule, state: &State, tool: &str) -> Option<i128> {
    let own = format!("state.{}.{}", scope(tool), state.counter);
    let mut bounds = rule.conditions.iter().filter(|condition| condition.path == own);
    bounds.find_map(|condition| {
        let value = truncated(double(&condition.value)?);
        match condition.op {
            Op::Lt => Some(value - 1),
            Op::Lte => Some(value),
            _ => None,
        }
    })
}

fn double(value: &Value) -> Option<f64> {
    if let Value::Number(number) = value { number.as_str().parse().ok() } else { None }
}

/// Equal as numbers where both are; else where they print alike.
fn equal(actual: &Json, expected: &Value) -> bool {
    match (actual.as_f64(), double(expected)) {
        #[expect(clippy::float_cmp, reason = "Intercept compares doubles")]
        (Some(actual), Some(expected)) => actual == expected,
        _ => printed(actual) == printed_value(expected),
    }
}

/// As Go's `%v` prints what it has decoded of JSON.
pub(super) fn printed(value: &Json) -> String {
    match value {
        Json::Null => "<nil>".to_string(),
        Json::Bool(value) => value.to_string(),
        Json::Number(number) => number.as_f64().map_or_else(String::new, printed_double),
        Json::String(text) => text.clone(),
        Json::Array(items) => format!("[{}]", items.iter().map(printed).collect::<Vec<_>>().join(" ")),
        Json::Object(fields) => {
            let mut pairs: Vec<String> =
                fields.iter().map(|(key, value)| format!("{key}:{}", printed(value))).collect();
            pairs.sort_unstable();
            format!("map[{}]", pairs.join(" "))
        }
    }
}

/// The same for a value of the policy file, whose whole numbers stay whole.
pub(super) fn printed_value(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) if number.as_str().contains(['.', 'e', 'E']) => {
            double(value).map_or_else(String::new, printed_double)
        }
        Value::Number(number) => number.as_str().to_string(),
        Value::Text(text) => text.clone(),
        Value::List(items) => format!("[{}]", items.iter().map(printed_value).collect::<Vec<_>>().join(" ")),
        Value::Object(fields) => {
            let mut pairs: Vec<String> =
                fields.iter().map(|(key, value)| format!("{key}:{}", printed_value(value))).collect();
            pairs.sort_unstable();
            format!("map[{}]", pairs.join(" "))
        }
    }
}

/// The shortest digits; with an exponent below 10^-4 and from 10^6 on.
fn printed_double(value: f64) -> String {
    let short = format!("{value:e}");
    let Some((mantissa, exponent)) = short.split_once('e') else { return short };
    let power: i32 = exponent.parse().unwrap_or(0);
    if !(-4..6).contains(&power) {
        let sign = if power < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", power.unsigned_abs());
    }
    format!("{value}")
}
