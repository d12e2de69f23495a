//! The attacks that lie in a list of tools: what is read off definitions, and off what changed since they were pinned.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::cast::quoted;
use super::control::{Candidate, hide, list_in_words};
use super::day::Need;
use super::{Finding, Made, Reading, Standing, Target, reading};
use crate::amount::count;
use crate::risk::{Assessed, Evidence, Place};
use crate::tool::drift::{Change, ChangeKind, PartKind};

/// Whether a tool's definition speaks to the model.
pub(super) fn speaks_to_the_model(assessed: &Assessed) -> bool {
    !reading::read(&assessed.tool).is_empty()
}

/// The tools whose definitions speak to the model.
fn poisoned(target: &Target<'_>) -> Vec<Finding> {
    target.definitions.iter().flat_map(reading::read).collect()
}

/// The names in some findings, each once, in their order.
fn tools_of(findings: &[Finding]) -> Vec<&str> {
    let mut names: Vec<&str> = Vec::new();
    for finding in findings {
        if names.last() != Some(&finding.tool.as_str()) {
            names.push(&finding.tool);
        }
    }
    names
}

/// So many of some definitions are before the agent.
fn standing(seen: usize, of: usize) -> Standing {
    match seen {
        0 => Standing::Stopped { at: None },
        _ if seen == of => Standing::NotStopped { of },
        allowed => Standing::Limited { allowed, of },
    }
}

pub(super) fn tool_poisoning(target: &Target<'_>) -> Made {
    let findings = poisoned(target);
    let names = tools_of(&findings);
    if names.is_empty() {
        return Made::Impossible(
            "No definition has words in it that are known to speak to the model instead of people.",
        );
    }
    let seen: Vec<&str> = names.iter().copied().filter(|name| !target.compiled.hides(name)).collect();
    let standing = standing(seen.len(), names.len());
    let words = match seen.len() {
        0 => format!(
            "The agent does not see {}: what their definitions say reaches no model.",
            list_in_words(&names)
        ),
        1 => format!(
            "The agent reads the definition of {}, whether it may call the tool or not.",
            list_in_words(&seen)
        ),
        _ => format!(
            "The agent reads the definitions of {}, whether it may call the tools or not.",
            list_in_words(&seen)
        ),
    };
    let advice = match standing {
        Standing::Stopped { .. } => None,
        _ => Some("Read these definitions, and ask who wrote them, before anything is called.".to_string()),
    };
    let tools = names.iter().map(ToString::to_string).collect();
    Made::Read(Reading { standing, words, tools, findings, advice })
}

pub(super) fn hide_poisoned(target: &Target<'_>, _: &Need) -> Vec<Candidate> {
    let findings = poisoned(target);
    let seen: Vec<&str> =
        tools_of(&findings).into_iter().filter(|name| !target.compiled.hides(name)).collect();
    hide(target, &seen)
}

/// The tools that changed since they were pinned.
fn changed<'t>(target: &'t Target<'_>) -> impl Iterator<Item = &'t Change> {
    let changes = target.changes.into_iter().flatten();
    changes.into_iter().filter(|change| change.kind == ChangeKind::Changed)
}

/// Whether a tool of this name can be called.
fn is_open(target: &Target<'_>, name: &str) -> bool {
    target.definitions.iter().position(|tool| tool.name == name).is_some_and(|place| target.is_open(place))
}

pub(super) fn rug_pull(target: &Target<'_>) -> Made {
    let open = (0..target.definitions.len()).filter(|place| target.is_open(*place)).count();
    let of = target.definitions.len();
    if of == 0 {
        return Made::Impossible("There are no tools.");
    }
    let read = |standing, words: String, advice: Option<&str>| {
        let tools = changed(target).map(|change| change.tool.clone()).collect();
        let findings = changed(target).flat_map(findings_of).collect();
        Made::Read(Reading { standing, words, tools, findings, advice: advice.map(ToString::to_string) })
    };
    let tools = if of == 1 { "1 tool".to_string() } else { format!("{} tools", count(of)) };
    if open == 0 {
        let words = format!("None of {tools} can be called without a person, whatever its definition says.");
        return read(Standing::Stopped { at: None }, words, None);
    }
    if target.changes.is_none() {
        let words = format!(
            "Nothing of {tools} is pinned: a definition that changes after somebody has read it is not seen, and {} can be called.",
            count(open)
        );
        let advice = "Pin the definitions, and compare each later list with the pins before it is used.";
        return read(Standing::NotStopped { of: open }, words, Some(advice));
    }
    let all: Vec<&str> = changed(target).map(|change| change.tool.as_str()).collect();
    let callable: Vec<&str> = all.iter().copied().filter(|name| is_open(target, name)).collect();
    match (all.len(), callable.len()) {
        (0, _) => {
            let words = format!("Of {tools} no definition changed since it was pinned.");
            read(Standing::Stopped { at: None }, words, None)
        }
        (_, 0) => {
            let words = format!("{} changed since it was pinned, and cannot be called.", list_in_words(&all));
            read(Standing::Stopped { at: None }, words, None)
        }
        (all_changed, open) => {
            let words = format!(
                "{} changed since it was pinned, and can be called as before: a policy knows tools by their names.",
                list_in_words(&callable)
            );
            let advice = "Read what changed. What is right, pin again.";
            read(standing(open, all_changed), words, Some(advice))
        }
    }
}

/// What changed of a tool, as findings in its definition.
fn findings_of(change: &Change) -> Vec<Finding> {
    let finding = |place, words: &str, why: String| Finding {
        tool: change.tool.clone(),
        evidence: Evidence { place, words: words.to_string(), why },
    };
    if change.parts.is_empty() {
        let why = format!(
            "The definition of {} has another hash than the one it was pinned by.",
            quoted(&change.tool)
        );
        return Vec::from([finding(Place::Name, "", why)]);
    }
    let place = |kind| match kind {
        PartKind::Description => Place::Description,
        PartKind::Arguments | PartKind::Results => Place::Schema(crate::pointer::Pointer::root()),
        PartKind::Title | PartKind::Annotations => Place::Annotations,
    };
    let parts = change.parts.iter();
    parts
        .map(|part| finding(place(part.kind), &part.words, "This changed since it was pinned.".to_string()))
        .collect()
}

pub(super) fn hide_changed(target: &Target<'_>, _: &Need) -> Vec<Candidate> {
    let names: Vec<&str> =
        changed(target).map(|change| change.tool.as_str()).filter(|name| is_open(target, name)).collect();
    hide(target, &names)
}
