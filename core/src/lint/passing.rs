//! Calls that get past the rules of a policy: what somebody sends who knows them.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Map, Value, json};

use super::arguments::Wish;
use super::document::{Document, Place, RuleAt, Stage};
use super::schema::{Schema, Sent};
use crate::operator::Test;
use crate::parse::Parsed;
use crate::path::ArgPath;
use crate::tool::ToolDefinition;

/// A policy without errors, asked for arguments that its rules let through.
pub(crate) struct Passing<'a>(Document<'a>);

impl<'a> Passing<'a> {
    pub(crate) fn new(parsed: &'a Parsed, tools: &'a [ToolDefinition]) -> Self {
        Self(Document::new(parsed, Some(tools)))
    }

    /// Arguments for a call of a tool: what its rules ask for, over that what is `given` where nothing is asked for,
    /// and `fixed` whatever is asked for. Whether a call with them gets past every rule, comes with them.
    pub(crate) fn arguments(
        &self,
        tool: &str,
        given: &Map<String, Value>,
        fixed: &Map<String, Value>,
    ) -> (Map<String, Value>, bool) {
        let place = self.place(tool);
        let asked = self.0.arguments(place, &Wish::default()).unwrap_or_default();
        let with = |given: &Map<String, Value>| {
            let mut args = asked.clone();
            for (name, value) in given {
                args.entry(name.clone()).or_insert_with(|| value.clone());
            }
            for limit in place.limits.iter().chain(&self.0.all.limits) {
                if let Some(path) = &limit.limit.increment_from {
                    count_one(&mut args, path);
                }
            }
            args.extend(fixed.iter().map(|(name, value)| (name.clone(), value.clone())));
            let passes = self.0.passes(place, &args);
            (args, passes)
        };
        let (args, passes) = with(given);
        if passes {
            return (args, true);
        }
        // What was given may be what a rule refuses.
        let (bare, passes) = with(&Map::new());
        if passes { (bare, true) } else { (args, false) }
    }

    /// Calls that a rule of `deny_if` is meant for, with its argument in another form that the tool's schema would take:
    /// left out, null, as text, in a list, in an object. At most some.
    pub(crate) fn dodges(
        &self,
        given: &dyn Fn(&str) -> Map<String, Value>,
    ) -> Vec<(String, Map<String, Value>)> {
        const MOST: usize = 200;
        let mut found = Vec::new();
        for place in self.0.tools.iter().filter(|place| place.reachable) {
            let Some(tool) = place.tool else { continue };
            for rule in self.0.rules_met(place, Stage::DenyIf).filter(|rule| !rule.asks.is_empty()) {
                for args in self.dodges_of(place, rule, &given(tool)) {
                    if found.len() < MOST {
                        found.push((tool.to_string(), args));
                    }
                }
            }
        }
        found
    }

    fn dodges_of(
        &self,
        place: &Place<'a>,
        rule: &RuleAt<'a>,
        given: &Map<String, Value>,
    ) -> Vec<Map<String, Value>> {
        let wish = Wish { hold: rule.asks.iter().collect(), ..Wish::default() };
        let Some(mut refused) = self.0.arguments(place, &wish) else { return Vec::new() };
        for (name, value) in given {
            refused.entry(name.clone()).or_insert_with(|| value.clone());
        }
        let schema = place.schema();
        let mut forms = Vec::new();
        for ask in &rule.asks {
            let path = &ask.condition.path;
            let Some(value) = path.find(&refused).cloned() else { continue };
            let on_path = || rule.asks.iter().filter(|other| other.condition.path == *path);
            // A rule that says itself that the argument may be missing is meant so.
            let may_be_missing = !on_path().any(|ask| matches!(ask.test, Test::Exists(_)))
                && schema.as_ref().is_none_or(|schema| !schema.requires(path));
            if may_be_missing {
                forms.extend(with(&refused, path, None));
                forms.extend(with(&refused, path, Some(Value::Null)));
            }
            let mut others = Vec::from([json!([value]), json!({ "value": value })]);
            if value.is_number() {
                others.push(Value::from(value.to_string()));
            }
            let taken = others.into_iter().filter(|form| takes(schema.as_ref(), path, form));
            forms.extend(taken.filter_map(|form| with(&refused, path, Some(form))));
        }
        forms
    }

    /// What holds for a tool: of one that is not listed, what holds for all.
    fn place(&self, tool: &str) -> &Place<'a> {
        self.0.tools.iter().find(|place| place.tool == Some(tool)).unwrap_or(&self.0.all)
    }
}

/// Puts the smallest cost at a path where nothing stands there.
fn count_one(args: &mut Map<String, Value>, path: &ArgPath) {
    if path.find(args).is_some() {
        return;
    }
    let mut at = args;
    let mut keys = path.keys().peekable();
    while let Some(key) = keys.next() {
        if keys.peek().is_none() {
            at.insert(key.to_string(), Value::from(1));
            return;
        }
        let next = at.entry(key.to_string()).or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(next) = next else { return };
        at = next;
    }
}

/// Whether a schema may take a value at a path.
fn takes<'a>(schema: Option<&Schema<'a>>, path: &'a ArgPath, value: &Value) -> bool {
    let Some(schema) = schema else { return true };
    match schema.at(path) {
        Sent::Anything => true,
        Sent::Shapes(shapes) => shapes.iter().any(|shape| schema.takes(shape, value)),
        Sent::Never { .. } => false,
    }
}

/// The same arguments with another value at a path, or without one.
fn with(args: &Map<String, Value>, path: &ArgPath, value: Option<Value>) -> Option<Map<String, Value>> {
    let mut args = args.clone();
    let keys: Vec<&str> = path.keys().collect();
    let (last, way) = keys.split_last()?;
    let mut at = &mut args;
    for key in way {
        at = at.get_mut(*key)?.as_object_mut()?;
    }
    match value {
        Some(value) => at.insert((*last).to_string(), value),
        None => at.remove(*last),
    };
    Some(args)
}
