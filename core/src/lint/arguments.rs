//! Arguments that make up a call to show a finding.
//!
//! Values are tried, not derived: those that the conditions name, those beside them, those of the schema. What comes
//! out was asked of every rule that the call meets, so that it does what it is shown for; where nothing was found, a
//! finding stands without a call.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::{Map, Number, Value, json};

use super::document::{Ask, Document, Place, RuleAt, Stage};
use super::sample;
use super::schema::{Schema, Sent};
use crate::operator::{Answer, Test};
use crate::path::ArgPath;
use crate::value::{Allowance, Argument};

/// The most items of a list that are tried.
const TRIED: usize = 20;

/// What a call is to look like.
#[derive(Default)]
pub(super) struct Wish<'w, 'a> {
    /// Conditions that hold.
    pub(super) hold: Vec<&'w Ask<'a>>,
    /// Arguments that have a value.
    pub(super) set: Vec<(&'w ArgPath, Value)>,
    /// Arguments that are not there.
    pub(super) leave_out: Vec<&'w ArgPath>,
}

impl Wish<'_, '_> {
    /// The arguments that have a value, and no others.
    pub(super) fn only(&self) -> Option<Map<String, Value>> {
        let mut args = Map::new();
        for (path, value) in &self.set {
            put(&mut args, path, value.clone())?;
        }
        Some(args)
    }
}

impl<'a> Document<'a> {
    /// Arguments with which a call gets past every rule; its limits are not looked at.
    pub(super) fn passing(&self, place: &Place<'a>, wish: &Wish<'_, 'a>) -> Option<Map<String, Value>> {
        let args = self.arguments(place, wish)?;
        self.passes(place, &args).then_some(args)
    }

    /// Arguments that a wish asks for, and with which a call gets past every `require`.
    pub(super) fn arguments(&self, place: &Place<'a>, wish: &Wish<'_, 'a>) -> Option<Map<String, Value>> {
        let required = self.rules_met(place, Stage::Require).flat_map(|rule| &rule.asks);
        let asks: Vec<&Ask<'a>> = required.chain(wish.hold.iter().copied()).collect();
        // Each condition is compared with each, and then every rule is asked.
        let rules = place.rules.len() + self.all.rules.len();
        if !self.afford(rules + asks.len() * asks.len()) {
            return None;
        }
        let schema = place.schema();
        let mut args = wish.only()?;
        let mut done: Vec<&ArgPath> = wish.set.iter().map(|(path, _)| *path).collect();
        for ask in &asks {
            let path = &ask.condition.path;
            if done.contains(&path) {
                continue;
            }
            done.push(path);
            let same: Vec<&Ask<'a>> =
                asks.iter().copied().filter(|other| other.condition.path == *path).collect();
            if same.iter().all(|ask| matches!(ask.test, Test::Exists(false))) {
                continue;
            }
            if wish.leave_out.contains(&path) {
                return None;
            }
            let value = candidates(&same, schema.as_ref(), path)
                .into_iter()
                .find(|value| same.iter().all(|ask| ask_parsed(&ask.test, Some(value)) == Answer::Yes))?;
            put(&mut args, path, value)?;
        }
        Some(args)
    }

    /// Whether a call gets past every rule.
    pub(super) fn passes(&self, place: &Place<'a>, args: &Map<String, Value>) -> bool {
        let required = self.rules_met(place, Stage::Require);
        let refusing = [Stage::DenyIf, Stage::RequireApproval];
        let mut refusing = refusing.into_iter().flat_map(|stage| self.rules_met(place, stage));
        required.into_iter().all(|rule| rule.asks.iter().all(|ask| answer(ask, args) == Answer::Yes))
            && refusing.all(|rule| lets_by(rule, args))
    }

    /// Any arguments with which a call gets past every rule; none at all where there are none.
    pub(super) fn any_passing(&self, place: &Place<'a>) -> Map<String, Value> {
        self.passing(place, &Wish::default()).unwrap_or_default()
    }
}

/// Whether a rule that refuses where it holds lets a call by.
fn lets_by(rule: &RuleAt<'_>, args: &Map<String, Value>) -> bool {
    let answers: Vec<Answer> = rule.asks.iter().map(|ask| answer(ask, args)).collect();
    answers.contains(&Answer::No) && answers.iter().all(|answer| matches!(answer, Answer::Yes | Answer::No))
}

fn answer(ask: &Ask<'_>, args: &Map<String, Value>) -> Answer {
    let found = ask.condition.path.keys().try_fold(None::<&Value>, |at, key| {
        let members = match at {
            None => Some(args),
            Some(value) => value.as_object(),
        };
        members.and_then(|members| members.get(key)).map(Some)
    });
    ask_parsed(&ask.test, found.flatten())
}

/// What a condition answers to a parsed argument. One that cannot be read is one that nobody sends.
pub(super) fn ask_parsed(test: &Test, found: Option<&Value>) -> Answer {
    let argument = found.and_then(|found| Argument::of(found, true, &mut Allowance::AMPLE.clone()).ok());
    test.ask(&argument.unwrap_or(Argument::Missing))
}

/// What a condition answers to a value of a policy; nothing where the value cannot be sent exactly.
pub(super) fn answer_to(test: &Test, value: &crate::value::Value) -> Option<Answer> {
    let sent = json_of(value)?;
    Some(ask_parsed(test, Some(&sent)))
}

/// A policy's value as an argument; nothing where it cannot be sent exactly.
pub(super) fn json_of(value: &crate::value::Value) -> Option<Value> {
    let sent = serde_json::to_value(value).ok()?;
    let same = crate::value::Value::of(&sent, &mut Allowance::AMPLE.clone()).is_ok_and(|sent| sent == *value);
    same.then_some(sent)
}

/// Puts a value at a path; nothing where something else stands in the way.
fn put(args: &mut Map<String, Value>, path: &ArgPath, value: Value) -> Option<()> {
    let keys: Vec<&str> = path.keys().collect();
    let (last, way) = keys.split_last()?;
    let mut at = args;
    for key in way {
        at = at.entry(key.to_string()).or_insert_with(|| json!({})).as_object_mut()?;
    }
    let before = at.insert(last.to_string(), value);
    before.is_none().then_some(())
}

/// Values to try, those that a server would take first.
fn candidates<'a>(asks: &[&Ask<'a>], schema: Option<&Schema<'a>>, path: &'a ArgPath) -> Vec<Value> {
    let mut values = Vec::new();
    for ask in asks {
        values.extend(of_test(&ask.test));
    }
    let Some(schema) = schema else {
        values.extend(plain());
        return values;
    };
    let shapes = match schema.at(path) {
        Sent::Shapes(shapes) => shapes,
        Sent::Anything | Sent::Never { .. } => Vec::new(),
    };
    values.extend(schema.values(&shapes).unwrap_or_default());
    values.extend(plain());
    let taken = |value: &Value| shapes.iter().any(|shape| schema.takes(shape, value));
    let (mut first, rest): (Vec<Value>, Vec<Value>) = values.into_iter().partition(taken);
    first.extend(rest);
    first
}

/// One of each type.
fn plain() -> [Value; 6] {
    [json!("x"), json!(1), json!(true), json!(["x"]), json!({}), json!("y")]
}

/// Values that a condition names, or that stand beside those.
pub(super) fn of_test(test: &Test) -> Vec<Value> {
    match test {
        Test::Eq(value) => json_of(value).into_iter().collect(),
        Test::In(items) => items.iter().take(TRIED).filter_map(json_of).collect(),
        Test::Lt(number) | Test::Lte(number) | Test::Gt(number) | Test::Gte(number) => {
            beside(number.as_str())
        }
        Test::Regex(pattern) => sample::matching(pattern).map(Value::from).into_iter().collect(),
        Test::Contains(value) => {
            let value = json_of(value);
            let part = value.clone().filter(Value::is_string);
            part.into_iter().chain(value.map(|value| json!([value]))).collect()
        }
        Test::Neq(_) | Test::NotIn(_) | Test::Exists(_) => Vec::new(),
    }
}

/// A number, and what is one above, one below, and half way to nothing.
fn beside(number: &str) -> Vec<Value> {
    if let Ok(whole) = number.parse::<i64>() {
        let near = [Some(whole), whole.checked_add(1), whole.checked_sub(1)];
        return near.into_iter().flatten().map(Value::from).collect();
    }
    let Ok(number) = serde_json::from_str::<f64>(number) else { return Vec::new() };
    let near = [number + 1.0, number, number - 1.0, number / 2.0];
    near.into_iter().filter_map(Number::from_f64).map(Value::Number).collect()
}
