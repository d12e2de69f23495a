//! What hands do to rules and limits, as the smallest edits of the text.
//!
//! Each gesture is one step. Numbers and names are written by the rows themselves, through `Source::set`; here is what
//! takes more: what is new, what moves, what goes, and what has to change along.

use gatewright_core::diagnostic::{Edit, apply};
use gatewright_core::pointer::Pointer;
use gatewright_core::policy::Op;
use gatewright_core::source::{EditError, EditProblem, Node, Source, Value as Written};

use super::value::{Kind, Value, quoted};
use super::{List, above};
use crate::model::splice::Splice;

/// The edits of one gesture, or why it cannot be made.
pub type Gesture = Result<Vec<Edit>, EditError>;

/// The limits that are offered, by what is not limited yet: window, the end of the counter's name, how many calls.
const OFFERS: [(&str, &str, &str); 3] =
    [("minute", "rate", "10"), ("day", "per_day", "1000"), ("hour", "per_hour", "100")];

/// Sets a text; an empty one goes, with its field.
pub fn set_optional_text(source: &Source, place: &Pointer, text: &str) -> Gesture {
    match (text.is_empty(), source.find(place)) {
        (true, None) => Ok(Vec::new()),
        (true, Some(_)) => source.remove(place),
        (false, _) => source.set(place, &quoted(text)),
    }
}

/// Adds a limit to the tool, or to all tools, at a place: for a window that has none yet, with a counter of its own.
pub fn add_limit(source: &Source, place: &Pointer) -> Gesture {
    let list = place.key(List::Limits.name());
    let windows = texts(source, &list, "window");
    let is_free = |(window, _, _): &&(&str, &str, &str)| !windows.iter().any(|known| known == window);
    let (window, ending, max) = OFFERS.iter().find(is_free).copied().unwrap_or(OFFERS[0]);
    let tool = place.tokens().nth(1).map_or_else(|| "all_tools".to_owned(), std::borrow::Cow::into_owned);
    let counter = fresh_counter(source, &format!("{tool}_{ending}"));
    let fields = [
        ("counter", quoted(&counter)),
        ("window", quoted(window)),
        ("max", max.to_owned()),
        ("scope", quoted("grant")),
    ];
    append(source, &list, &object(source, &fields))
}

/// Adds a rule with one condition, or, without an argument, one that always holds.
pub fn add_rule(source: &Source, place: &Pointer, list: List, path: Option<&str>) -> Gesture {
    let condition = path.map_or_else(String::new, new_condition);
    let rule = if is_in_lines(source) && !condition.is_empty() {
        format!("{{\n  \"conditions\": [\n    {condition}\n  ]\n}}")
    } else {
        format!("{{ \"conditions\": [{condition}] }}")
    };
    append(source, &place.key(list.name()), &rule)
}

/// Adds a condition at the end of a rule.
pub fn add_condition(source: &Source, rule: &Pointer, path: &str) -> Gesture {
    append(source, &rule.key("conditions"), &new_condition(path))
}

/// Adds two conditions: at least, and at most. The numbers are JSON.
pub fn add_between(source: &Source, rule: &Pointer, path: &str, least: &str, most: &str) -> Gesture {
    let list = rule.key("conditions");
    in_turn(
        source,
        &[&|source| append(source, &list, &condition(path, Op::Gte, least)), &|source| {
            append(source, &list, &condition(path, Op::Lte, most))
        }],
    )
}

/// Puts another of the same after an item of a list. A limit's counter gets a name of its own.
pub fn copy(source: &Source, item: &Pointer) -> Gesture {
    let (list, index) = parent(item)?;
    let node = source.find(item).ok_or_else(|| missing(item))?;
    let json = source.text().get(node.range.clone()).unwrap_or_default();
    let place = list.index(index + 1);
    let counter = text_of(source, &item.key("counter"));
    in_turn(
        source,
        &[&|source| source.insert_item(&list, index + 1, json), &|source| match &counter {
            Some(counter) if is_limit(item) => {
                source.set(&place.key("counter"), &quoted(&fresh_counter(source, counter)))
            }
            _ => Ok(Vec::new()),
        }],
    )
}

/// Takes an item out of its list. A list of limits or rules that is empty then goes too, if nobody left a comment in it,
/// and so does an empty `all_tools`; a tool stays listed.
pub fn take_away(source: &Source, item: &Pointer) -> Gesture {
    let (list, _) = parent(item)?;
    let is_rule = list.tokens().last().is_some_and(|last| last == "conditions");
    if is_rule || !is_blank_without(source, item, &list) {
        return source.remove(item);
    }
    let all_tools = Pointer::root().key("all_tools");
    if above(&list) == all_tools && is_blank_without(source, &list, &all_tools) {
        return source.remove(&all_tools);
    }
    source.remove(&list)
}

/// Takes a field away, where it is.
pub fn take_field_away(source: &Source, place: &Pointer) -> Gesture {
    if source.find(place).is_some() { source.remove(place) } else { Ok(Vec::new()) }
}

/// Moves an item of a list up or down by one.
pub fn shift(source: &Source, item: &Pointer, up: bool) -> Gesture {
    let (list, index) = parent(item)?;
    let first = if up { index.checked_sub(1) } else { Some(index) };
    first.map_or(Ok(Vec::new()), |first| source.swap_items(&list, first))
}

/// Gives a condition another operator, and its value the form that goes with it where that says the same.
pub fn set_operator(source: &Source, condition: &Pointer, value: &Value, op: Op) -> Gesture {
    in_turn(
        source,
        &[&|source| source.set(&condition.key("op"), &quoted(op.as_str())), &|source| {
            source.set(&condition.key("value"), &value.for_op(op))
        }],
    )
}

/// Makes a value one of another kind.
pub fn set_kind(source: &Source, place: &Pointer, value: &Value, kind: Kind) -> Gesture {
    source.set(place, &value.as_kind(kind))
}

/// Adds an item to the list that a condition compares with, of the kind of its last.
pub fn add_item(source: &Source, list: &Pointer, value: &Value) -> Gesture {
    let kind = value.items.last().map_or(Kind::Text, |last| last.kind);
    append(source, list, &Value::default().as_kind(kind))
}

/// Sums up an argument in place of counting calls; without one, counts calls.
pub fn set_cost(source: &Source, limit: &Pointer, path: Option<&str>) -> Gesture {
    let place = limit.key("increment_from");
    match path {
        Some(path) => source.set(&place, &quoted(path)),
        None => take_field_away(source, &place),
    }
}

/// Steps that are made one after the other, as edits of the first text.
fn in_turn(source: &Source, steps: &[&dyn Fn(&Source) -> Gesture]) -> Gesture {
    let mut now = source.clone();
    for step in steps {
        let edits = step(&now)?;
        if let Some(text) = apply(now.text(), &edits).filter(|_| !edits.is_empty()) {
            now = Source::new(&text);
        }
    }
    let splice = Splice::between(source.text(), now.text());
    let edit = |splice: Splice| Edit {
        start: splice.start,
        end: splice.start + splice.removed.len(),
        text: splice.inserted,
    };
    Ok(splice.map(edit).into_iter().collect())
}

/// Puts an item at the end of a list, which is made where there is none.
fn append(source: &Source, list: &Pointer, json: &str) -> Gesture {
    match source.find(list).map(|node| &node.value) {
        Some(Written::List(items)) => source.insert_item(list, items.len(), json),
        // What else stands there is no list: that is said.
        Some(_) => source.insert_item(list, 0, json),
        None if json.contains('\n') => {
            let lines: Vec<String> = json.lines().map(|line| format!("  {line}")).collect();
            source.set(list, &format!("[\n{}\n]", lines.join("\n")))
        }
        None => source.set(list, &format!("[{json}]")),
    }
}

fn new_condition(path: &str) -> String {
    condition(path, Op::Exists, "true")
}

fn condition(path: &str, op: Op, value: &str) -> String {
    format!("{{ \"path\": {}, \"op\": \"{op}\", \"value\": {value} }}", quoted(path))
}

/// An object as the document would write it: over several lines where it has any.
fn object(source: &Source, fields: &[(&str, String)]) -> String {
    let members: Vec<String> = fields.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
    if is_in_lines(source) {
        format!("{{\n  {}\n}}", members.join(",\n  "))
    } else {
        format!("{{ {} }}", members.join(", "))
    }
}

fn is_in_lines(source: &Source) -> bool {
    source.text().trim().contains('\n')
}

/// The name, or the first of `name_2`, `name_3`… that no counter of the document has.
fn fresh_counter(source: &Source, name: &str) -> String {
    let mut counters = Vec::new();
    collect_counters(source.root(), &mut counters);
    let is_free = |candidate: &String| !counters.contains(&candidate.as_str());
    let numbered = (2..).map(|number| format!("{name}_{number}"));
    std::iter::once(name.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
}

fn collect_counters<'s>(node: &'s Node, counters: &mut Vec<&'s str>) {
    match &node.value {
        Written::Object(members) => {
            for member in members {
                match &member.node.value {
                    Written::Text(name) if member.key == "counter" => counters.push(name),
                    _ => collect_counters(&member.node, counters),
                }
            }
        }
        Written::List(items) => items.iter().for_each(|item| collect_counters(item, counters)),
        _ => {}
    }
}

/// The texts that the items of a list have as one of their fields.
fn texts(source: &Source, list: &Pointer, field: &str) -> Vec<String> {
    let Some(Node { value: Written::List(items), .. }) = source.find(list) else { return Vec::new() };
    (0..items.len()).filter_map(|index| text_of(source, &list.index(index).key(field))).collect()
}

fn text_of(source: &Source, place: &Pointer) -> Option<String> {
    match &source.find(place)?.value {
        Written::Text(text) => Some(text.clone()),
        _ => None,
    }
}

fn is_limit(item: &Pointer) -> bool {
    above(item).tokens().last().is_some_and(|list| list == List::Limits.name())
}

/// Whether nothing is left in a list or an object once something in it is gone, not even a comment.
fn is_blank_without(source: &Source, inner: &Pointer, outer: &Pointer) -> bool {
    let edits = source.remove(inner).unwrap_or_default();
    let Some(less) = apply(source.text(), &edits).map(|text| Source::new(&text)) else { return false };
    let range = less.find(outer).map(|node| node.range.start + 1..node.range.end.saturating_sub(1));
    range.and_then(|range| less.text().get(range)).is_some_and(|inside| inside.trim().is_empty())
}

/// The list that an item stands in, and its number there.
fn parent(item: &Pointer) -> Result<(Pointer, usize), EditError> {
    let index = item.tokens().last().and_then(|token| token.parse().ok());
    index.map(|index| (above(item), index)).ok_or_else(|| missing(item))
}

fn missing(place: &Pointer) -> EditError {
    EditError { pointer: place.clone(), problem: EditProblem::Missing }
}
