//! What would stop an attack: edits of the policy that were tried.
//!
//! An edit is offered only where the policy with it compiles, has no lint that it had not before (but that a part is not
//! portable), and lets the attack come less far than it did. The attacker knows the edited policy too.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::json;

use super::cast::{self, quoted};
use super::day::Need;
use super::{Attack, Control, Standing, Target, calls};
use crate::amend::{ToolState, ToolStates, set_default, set_tool_states};
use crate::amount::{Amount, count};
use crate::diagnostic::{Code, Edit, Fix, apply};
use crate::lint::{Lint, lint};
use crate::parse::{Parsed, parse};
use crate::pointer::Pointer;
use crate::policy::{DefaultDecision, Window};
use crate::source::{Source, Value};

/// Calls a day of all tools together: twice what a working day of eight hours needs. More, where tools have limits of
/// their own that would be superfluous beside so few.
const DAY: [u64; 3] = [1_000, 1_100, 1_500];
/// Calls a minute of all tools together: more than anybody makes by hand.
const MINUTE: u64 = 30;
/// Calls a day of a tool that spends.
const SPENDING: u64 = 20;

/// A change that may help.
pub(super) struct Candidate {
    pub(super) label: String,
    /// What it does, and what it costs.
    pub(super) words: String,
    pub(super) edits: Vec<Edit>,
}

/// The first change that helps.
pub(super) fn tried(
    attack: &Attack,
    target: &Target<'_>,
    standing: Standing,
    candidates: Vec<Candidate>,
) -> Option<Control> {
    candidates.into_iter().find_map(|candidate| {
        let text = apply(target.parsed.source.text(), &candidate.edits)?;
        if text == target.parsed.source.text() {
            return None;
        }
        let parsed = parse(&text);
        let edited = Target::new(&parsed, target.tools).ok()?.counted(target.options);
        let edited = match target.changes {
            Some(changes) => edited.pinned(changes),
            None => edited,
        };
        let then = attack.standing(&edited)?;
        let fits = then.is_better_than(standing) && !adds_findings(target, &parsed);
        let fix = Fix { label: candidate.label, edits: candidate.edits };
        fits.then_some(Control { fix, then, words: candidate.words })
    })
}

/// Whether an edited policy has more findings of some kind than it had.
fn adds_findings(target: &Target<'_>, edited: &Parsed) -> bool {
    let before = target.findings.get_or_init(|| kinds(target.parsed, target));
    let after = kinds(edited, target);
    after.iter().any(|(code, number)| *number > before.get(code).copied().unwrap_or(0))
}

fn kinds(parsed: &Parsed, target: &Target<'_>) -> BTreeMap<Code, usize> {
    let mut kinds = BTreeMap::new();
    for Lint { diagnostic, .. } in lint(parsed, Some(&target.definitions)) {
        if diagnostic.code != Code::NotPortable {
            *kinds.entry(diagnostic.code).or_default() += 1;
        }
    }
    kinds
}

/// So many calls a day of all tools together, and where that does not help, so many a minute.
pub(super) fn limits_of_all(target: &Target<'_>, need: &Need) -> Vec<Candidate> {
    let minute = ("calls_a_minute", Window::Minute, room(MINUTE, need.minute), "grant");
    let has = |window| target.parsed.policy.all_tools.limits.iter().any(|limit| limit.window == window);
    let mut sets = Vec::new();
    if has(Window::Day) {
        sets.push(Vec::from([minute]));
    }
    for day in DAY {
        let day = ("calls_a_day", Window::Day, room(day, need.day), "grant");
        sets.push(Vec::from([day]));
        sets.push(Vec::from([minute, day]));
    }
    sets.into_iter().filter_map(|set| of_all(target, &set)).collect()
}

/// So many calls a day of all tools and all grants together; where each grant has more, fewer of each as well.
pub(super) fn limit_of_all_grants(target: &Target<'_>, need: &Need) -> Vec<Candidate> {
    let of_all_grants = |day| ("calls_of_all_a_day", Window::Day, room(day, need.day), "global");
    let of_each = |day| ("calls_a_day", Window::Day, room(day, need.day), "grant");
    let [less, some, more] = DAY;
    let mut sets: Vec<Vec<NewLimit>> = DAY.into_iter().map(|day| Vec::from([of_all_grants(day)])).collect();
    sets.push(Vec::from([of_each(less), of_all_grants(some)]));
    sets.push(Vec::from([of_each(some), of_all_grants(more)]));
    sets.into_iter().filter_map(|set| of_all(target, &set)).collect()
}

type NewLimit = (&'static str, Window, u64, &'static str);

/// Limits of all tools. One that is there for the same window and the same callers is lowered, and none is raised.
fn of_all(target: &Target<'_>, limits: &[NewLimit]) -> Option<Candidate> {
    let source = &target.parsed.source;
    let place = Pointer::root().key("all_tools").key("limits");
    let there = &target.parsed.policy.all_tools.limits;
    let (mut items, mut edits) = (Vec::new(), Vec::new());
    for limit in limits {
        let (_, window, max, scope) = limit;
        let same = there.iter().position(|it| it.window == *window && it.scope.as_str() == *scope);
        match same {
            None => items.push(written(source, limit)),
            Some(index) => {
                there.get(index).filter(|it| it.max > Amount::from_whole(*max))?;
                edits.extend(source.set(&place.index(index).key("max"), &max.to_string()).ok()?);
            }
        }
    }
    if !items.is_empty() {
        let added = match source.find(&place) {
            Some(_) => source.append_items(&place, &items),
            None => source.set(&place, &format!("[{}]", items.join(", "))),
        };
        edits.extend(added.ok()?);
    }
    let told = |wanted: &dyn Fn(&str) -> bool| -> String {
        let limits = limits.iter().filter(|(.., scope)| wanted(scope));
        let told: Vec<String> =
            limits.map(|(_, window, max, _)| format!("{} a {window}", count(*max))).collect();
        told.join(" and ")
    };
    let (shared, each) = (told(&|scope| scope == "global"), told(&|scope| scope != "global"));
    let (label, words) = match (shared.is_empty(), each.is_empty()) {
        (true, _) => (
            format!("limit all tools together to {each}"),
            format!(
                "No more than {each}, over all tools, of each grant: at least twice what a normal day needs."
            ),
        ),
        (false, true) => (
            format!("limit all tools and grants together to {shared}"),
            format!(
                "No more than {shared}, over all tools, of all grants: at least twice what a normal day needs."
            ),
        ),
        (false, false) => (
            format!("limit all tools and grants together to {shared}, and each grant to {each}"),
            format!("No more than {shared}, over all tools, and of each grant no more than {each}."),
        ),
    };
    Some(Candidate { label, words, edits: sorted(edits) })
}

fn written(source: &Source, (counter, window, max, scope): &NewLimit) -> String {
    let counter = free_name(source, counter);
    format!(
        "{{ \"counter\": {}, \"window\": \"{}\", \"max\": {max}, \"scope\": \"{scope}\" }}",
        json!(counter),
        window
    )
}

/// A counter's name that the document does not have.
fn free_name(source: &Source, name: &str) -> String {
    let is_taken = |name: &str| source.text().contains(&json!(name).to_string());
    let mut free = name.to_string();
    let mut number = 2;
    while is_taken(&free) {
        free = format!("{name}_{number}");
        number += 1;
    }
    free
}

/// Room for twice what is needed, in round numbers.
fn room(least: u64, needed: u64) -> u64 {
    needed.saturating_mul(2).next_multiple_of(10).max(least)
}

/// A person is asked before each call of some tools.
fn ask_before(target: &Target<'_>, places: &[usize]) -> Option<Candidate> {
    let open: Vec<usize> = places.iter().copied().filter(|place| target.is_open(*place)).collect();
    let rule = "{ \"conditions\": [] }";
    let items = open.iter().map(|place| (target.name(*place), Vec::from([rule.to_string()]))).collect();
    let edits = add(target, "require_approval", items)?;
    let names = names(target, &open);
    Some(Candidate {
        label: format!("ask a person before {names}"),
        words: format!(
            "A person is asked before each call of {names}. Where nobody can be asked, they are denied."
        ),
        edits,
    })
}

pub(super) fn ask_before_steered(target: &Target<'_>, _: &Need) -> Vec<Candidate> {
    Vec::from_iter(ask_before(target, &calls::steered(target)))
}

pub(super) fn ask_before_destroying(target: &Target<'_>, _: &Need) -> Vec<Candidate> {
    Vec::from_iter(ask_before(target, &calls::destroyers(target)))
}

pub(super) fn ask_before_sending(target: &Target<'_>, _: &Need) -> Vec<Candidate> {
    Vec::from_iter(ask_before(target, &target.cast(cast::sends)))
}

/// So many calls a day of each tool that spends; else a person is asked.
pub(super) fn limit_spending(target: &Target<'_>, need: &Need) -> Vec<Candidate> {
    let spenders = target.cast(cast::spends);
    let max = room(SPENDING, need.day_of(spenders.iter().map(|place| target.name(*place))));
    let open: Vec<usize> = spenders.iter().copied().filter(|place| target.is_open(*place)).collect();
    let item = |place: &usize| {
        let name = target.name(*place);
        let counter = free_name(&target.parsed.source, &format!("{name}_a_day"));
        let limit = json!({ "counter": counter, "window": "day", "max": max, "scope": "grant" });
        (name, Vec::from([limit.to_string()]))
    };
    let names = names(target, &open);
    let limited = add(target, "limits", open.iter().map(item).collect()).map(|edits| Candidate {
        label: format!("limit {names} to {} a day", count(max)),
        words: format!(
            "No more than {} calls a day of each: how much one of them may spend is for a rule to say.",
            count(max)
        ),
        edits,
    });
    limited.into_iter().chain(ask_before(target, &spenders)).collect()
}

/// What is not listed is denied, and what is listed by the server and callable stays so.
pub(super) fn deny_by_default(target: &Target<'_>, _: &Need) -> Vec<Candidate> {
    let source = &target.parsed.source;
    let states = ToolStates::of(source);
    let is_new = |name: &str| {
        use crate::tool::drift::ChangeKind;
        let changes = target.changes.into_iter().flatten();
        changes.into_iter().any(|change| change.kind == ChangeKind::Added && change.tool == name)
    };
    let stay: Vec<&str> = (0..target.tools.len())
        .filter(|place| target.is_open(*place))
        .map(|place| target.name(place))
        .filter(|name| states.holdings(name).is_none() && !is_new(name))
        .collect();
    let edits = || {
        let mut edits = set_default(source, DefaultDecision::Deny).ok()?;
        if !stay.is_empty() {
            edits.extend(list_tools(
                source,
                &stay.iter().map(|name| (*name, "{}".to_string())).collect::<Vec<_>>(),
            )?);
        }
        Some(sorted(edits))
    };
    let words = match stay.len() {
        0 => "What the policy does not list is denied.".to_string(),
        1 => format!(
            "What the policy does not list is denied. {} is listed, and stays allowed.",
            quoted(stay.first().copied().unwrap_or_default())
        ),
        several => format!(
            "What the policy does not list is denied. The {} tools that could be called are listed, and stay allowed.",
            count(several)
        ),
    };
    let label = "deny what is not listed".to_string();
    Vec::from_iter(edits().map(|edits| Candidate { label, words, edits }))
}

/// Every fix of the lint that finds rules which a call evades.
pub(super) fn require_arguments(target: &Target<'_>, _: &Need) -> Vec<Candidate> {
    const MOST: usize = 50;
    let mut text = target.parsed.source.text().to_string();
    let mut required = Vec::new();
    for _ in 0..MOST {
        let found = lint(&parse(&text), Some(&target.definitions));
        let fix = found.into_iter().find_map(|found| {
            (found.diagnostic.code == Code::DenyIfEvaded).then_some(found.diagnostic.fix).flatten()
        });
        let Some(fix) = fix else { break };
        let Some(next) = apply(&text, &fix.edits).filter(|next| *next != text) else { break };
        text = next;
        required.push(fix.label);
    }
    let edits = Vec::from_iter(difference(target.parsed.source.text(), &text));
    let label = required.join("; ");
    let words =
        "Each rule then asks for the argument that it looks at: a call without it is denied.".to_string();
    if edits.is_empty() { Vec::new() } else { Vec::from([Candidate { label, words, edits }]) }
}

/// What credentials look like: of AWS, GitHub, Slack, Stripe, and private keys.
const SECRETS: &str = "AKIA[0-9A-Z]{16}|gh[pousr]_[0-9A-Za-z]{36}|xox[abpr]-[0-9A-Za-z-]{10,}|sk_live_[0-9A-Za-z]{16,}|-----BEGIN [A-Z ]*PRIVATE KEY-----";

/// A rule on each text that leaves the house.
pub(super) fn deny_secrets(target: &Target<'_>, _: &Need) -> Vec<Candidate> {
    let rule = |place: usize, name: &str| {
        let path = format!("args.{name}");
        let secret = json!({ "path": path, "op": "regex", "value": SECRETS });
        let there = json!({ "path": path, "op": "exists", "value": true });
        let schema = target.tool(place).and_then(|assessed| assessed.tool.input_schema.as_ref());
        let required = schema.and_then(|schema| schema.get("required")).and_then(serde_json::Value::as_array);
        let is_required = required.is_some_and(|names| names.iter().any(|item| item.as_str() == Some(name)));
        let conditions = if is_required { json!([secret]) } else { json!([there, secret]) };
        json!({ "conditions": conditions, "on_deny": "This looks like a credential, and it would leave the house." })
            .to_string()
    };
    let outlets = calls::outlets(target);
    let open: Vec<&(usize, Vec<&str>)> = outlets.iter().filter(|(place, _)| target.is_open(*place)).collect();
    let items = open
        .iter()
        .map(|(place, texts)| (target.name(*place), texts.iter().map(|name| rule(*place, name)).collect()));
    let edits = add(target, "deny_if", items.collect());
    let places: Vec<usize> = open.iter().map(|(place, _)| *place).collect();
    let names = names(target, &places);
    Vec::from_iter(edits.map(|edits| Candidate {
        label: format!("deny what looks like a credential in {names}"),
        words: "Texts with the keys of AWS, GitHub, Slack or Stripe in them, or a private key, are denied. Other secrets \
                look like any text."
            .to_string(),
        edits,
    }))
}

/// Hides tools; those that are listed are taken off the list, for nobody reaches their rules then.
pub(super) fn hide(target: &Target<'_>, names: &[&str]) -> Vec<Candidate> {
    let source = &target.parsed.source;
    let text = || {
        let mut text = source.text().to_string();
        let place = Pointer::root().key("tools");
        if let Some(Value::Object(members)) = source.find(&place).map(|node| &node.value) {
            let numbered =
                members.iter().enumerate().filter(|(_, member)| names.contains(&member.key.as_str()));
            let numbers: Vec<usize> = numbered.map(|(number, _)| number).collect();
            if !numbers.is_empty() {
                text = apply(&text, &source.remove_several(&place, &numbers).ok()?)?;
            }
        }
        let bare = Source::new(&text);
        apply(&text, &set_tool_states(&bare, names, ToolState::Hide).ok()?)
    };
    let edits: Vec<Edit> = text().and_then(|text| difference(source.text(), &text)).into_iter().collect();
    let told = list_in_words(names);
    if edits.is_empty() || names.is_empty() {
        return Vec::new();
    }
    Vec::from([Candidate {
        label: format!("hide {told}"),
        words: format!(
            "The agent does not see {told} any more, and calls are denied. Rules of its own go with it."
        ),
        edits,
    }])
}

/// Adds items to a list of each of some tools. Tools that are not listed are listed then, if that changes nothing else.
fn add(target: &Target<'_>, list: &str, items: Vec<(&str, Vec<String>)>) -> Option<Vec<Edit>> {
    let source = &target.parsed.source;
    let mut edits = Vec::new();
    let mut unlisted = Vec::new();
    for (tool, items) in items {
        let place = Pointer::root().key("tools").key(tool);
        let rules = place.key(list);
        let whole = format!("[{}]", items.join(", "));
        if source.find(&rules).is_some() {
            edits.extend(source.append_items(&rules, &items).ok()?);
        } else if source.find(&place).is_some() {
            edits.extend(source.set(&rules, &whole).ok()?);
        } else {
            unlisted.push((tool, format!("{{ \"{list}\": {whole} }}")));
        }
    }
    if !unlisted.is_empty() {
        edits.extend(list_tools(source, &unlisted)?);
    }
    (!edits.is_empty()).then(|| sorted(edits))
}

/// Lists tools that are not.
fn list_tools(source: &Source, tools: &[(&str, String)]) -> Option<Vec<Edit>> {
    let place = Pointer::root().key("tools");
    let edits = if source.find(&place).is_some() {
        let members: Vec<(String, String)> =
            tools.iter().map(|(name, json)| ((*name).to_owned(), json.clone())).collect();
        source.append_members(&place, &members)
    } else {
        let members: Vec<String> =
            tools.iter().map(|(name, json)| format!("{}: {json}", serde_json::Value::from(*name))).collect();
        source.set(&place, &format!("{{ {} }}", members.join(", ")))
    };
    edits.ok()
}

fn sorted(mut edits: Vec<Edit>) -> Vec<Edit> {
    edits.sort_by_key(|edit| (edit.start, edit.end));
    edits
}

/// One edit from a text to another: what stands between what they have in common; none where they are the same.
fn difference(old: &str, new: &str) -> Option<Edit> {
    let common = |pairs: &mut dyn Iterator<Item = (char, char)>| -> usize {
        pairs.take_while(|(one, other)| one == other).map(|(letter, _)| letter.len_utf8()).sum()
    };
    let start = common(&mut old.chars().zip(new.chars()));
    let (rest, changed) = (old.get(start..)?, new.get(start..)?);
    let end = common(&mut rest.chars().rev().zip(changed.chars().rev()));
    let edit = Edit {
        start,
        end: old.len().checked_sub(end)?,
        text: changed.get(..changed.len().checked_sub(end)?)?.to_string(),
    };
    (old != new).then_some(edit)
}

fn names(target: &Target<'_>, places: &[usize]) -> String {
    let names: Vec<&str> = places.iter().map(|place| target.name(*place)).collect();
    list_in_words(&names)
}

/// The first few names, and how many more there are.
pub(super) fn list_in_words(names: &[&str]) -> String {
    crate::lint::names_in_words(names)
}
