//! What hands do to tools in the list: one or several at once, as the smallest edits of the text, and what each step is
//! called.

use gatewright_core::amend::{AmendError, Holdings, ToolState, ToolStates, set_tool_states};
use gatewright_core::diagnostic::{Edit, apply};
use gatewright_core::pointer::Pointer;
use gatewright_core::policy::DefaultDecision;
use gatewright_core::source::{EditError, Source, Value};
use gatewright_core::verdict::shown_name;

use super::rules::value::quoted;
use super::tool_rows::rules_and_limits;

/// The words of the states, each with its shape and the key that sets it.
pub const STATES: [(ToolState, &str, &str, char); 5] = [
    (ToolState::Allow, "Allow", "●", 'A'),
    (ToolState::Deny, "Deny", "■", 'D'),
    (ToolState::Hide, "Hide", "◌", 'H'),
    (ToolState::Approval, "Needs approval", "◆", 'P'),
    (ToolState::Custom, "Custom", "◐", 'C'),
];

/// A state in words.
#[must_use]
pub fn state_word(state: ToolState) -> &'static str {
    STATES.iter().find(|(known, ..)| *known == state).map_or("", |(_, word, ..)| word)
}

/// The state that a key sets.
#[must_use]
pub fn state_of_key(key: &str) -> Option<ToolState> {
    let mut letters = key.chars();
    let letter = letters.next().filter(|_| letters.next().is_none())?.to_ascii_uppercase();
    STATES.iter().find(|(.., known)| *known == letter).map(|(state, ..)| *state)
}

/// A state that is to be set.
#[derive(Debug)]
pub struct Setting {
    /// What the step is called: `run_tests: Deny`.
    pub label: String,
    /// What makes it so, or why it cannot be.
    pub edits: Result<Vec<Edit>, AmendError>,
    /// The state that the tools had, where they had one.
    pub before: Option<ToolState>,
}

/// Sets a state of some tools. The label says what goes that is more than a state.
#[must_use]
pub fn set_states(source: &Source, tools: &[String], state: ToolState) -> Setting {
    let names: Vec<&str> = tools.iter().map(String::as_str).collect();
    let states = ToolStates::of(source);
    let edits = set_tool_states(source, &names, state);
    let subject = match tools {
        [one] => shown_name(one),
        several => format!("{} tools", several.len()),
    };
    let mut label = format!("{subject}: {}", state_word(state));
    // What is only put in takes nothing away.
    let cuts = edits.as_ref().ok().filter(|edits| edits.iter().any(|edit| edit.start < edit.end));
    if let Some(text) = cuts.and_then(|edits| apply(source.text(), edits)) {
        let after = Source::new(&text);
        let after = ToolStates::of(&after);
        let sum = |states: &ToolStates<'_>| {
            let own = names.iter().map(|name| states.holdings(name).unwrap_or_default());
            own.fold((0, 0), |(rules, limits), own: Holdings| {
                (rules + own.conditional(), limits + own.limits)
            })
        };
        let (before, after) = (sum(&states), sum(&after));
        let gone = rules_and_limits(before.0.saturating_sub(after.0), before.1.saturating_sub(after.1));
        if !gone.is_empty() {
            label.push_str(&format!(", {gone} taken away"));
        }
    }
    let first = names.first().map(|name| states.of_tool(name));
    let before = first.filter(|first| names.iter().all(|name| states.of_tool(name) == *first));
    Setting { label, edits, before }
}

/// A state that was set, for as long as nothing else happens.
#[derive(Clone, Debug)]
pub struct LastSetting {
    /// The tools it was set of.
    pub tools: Vec<String>,
    /// The state that they had.
    pub before: ToolState,
    /// What the step is called.
    pub label: String,
    /// The text that it made.
    pub text: std::sync::Arc<str>,
}

impl LastSetting {
    /// Whether setting this state now is going back over that step, which gives the same bytes whatever they were.
    #[must_use]
    pub fn leads_back(
        &self,
        tools: &[String],
        state: ToolState,
        last_done: Option<&str>,
        text: &str,
    ) -> bool {
        self.before == state
            && self.tools == tools
            && last_done == Some(self.label.as_str())
            && *self.text == *text
    }
}

/// Lists a tool, with nothing held against it.
pub fn add_tool(source: &Source, name: &str) -> Result<Vec<Edit>, EditError> {
    source.set(&Pointer::root().key("tools").key(name), "{}")
}

/// Adds a limit to each of some tools that may be called, and tells how many those are: to limit a tool that is denied
/// or hidden would change nothing, and to list it would allow it.
pub fn add_limits(
    source: &Source,
    tools: &[String],
    max: u64,
    window: &str,
) -> (usize, Result<Vec<Edit>, EditError>) {
    let states = ToolStates::of(source);
    let is_callable = |tool: &&String| !matches!(states.of_tool(tool), ToolState::Deny | ToolState::Hide);
    let tools: Vec<&String> = tools.iter().filter(is_callable).collect();
    (tools.len(), limits(source, &states, &tools, max, window))
}

fn limits(
    source: &Source,
    states: &ToolStates<'_>,
    tools: &[&String],
    max: u64,
    window: &str,
) -> Result<Vec<Edit>, EditError> {
    let place = Pointer::root().key("tools");
    let mut edits = Vec::new();
    let mut unlisted = Vec::new();
    for tool in tools {
        let list = place.key(tool).key("limits");
        let counter = quoted(&free_counter(source, &list, tool, window));
        let limit = format!(
            "{{ \"counter\": {counter}, \"window\": \"{window}\", \"max\": {max}, \"scope\": \"grant\" }}"
        );
        match (states.holdings(tool), source.find(&list).map(|node| &node.value)) {
            (None, _) => unlisted.push(((*tool).clone(), format!("{{ \"limits\": [{limit}] }}"))),
            (_, None) => edits.extend(source.set(&list, &format!("[{limit}]"))?),
            (_, Some(Value::List(items))) => edits.extend(source.insert_item(&list, items.len(), &limit)?),
            (_, Some(_)) => return source.insert_item(&list, 0, &limit),
        }
    }
    debug_assert!(unlisted.is_empty() || states.default_decision() == DefaultDecision::Allow);
    match (source.find(&place), unlisted.as_slice()) {
        (_, []) => {}
        (Some(_), _) => edits.extend(source.append_members(&place, &unlisted)?),
        (None, members) => {
            let lines = members.iter().map(|(name, own)| format!("  {}: {own}", quoted(name)));
            let lines = lines.collect::<Vec<_>>().join(",\n");
            edits.extend(source.set(&place, &format!("{{\n{lines}\n}}"))?);
        }
    }
    edits.sort_by_key(|edit| edit.start);
    Ok(edits)
}

/// A counter's name that the list does not have.
fn free_counter(source: &Source, list: &Pointer, tool: &str, window: &str) -> String {
    let is_taken = |name: &str| {
        let limits = source.find(list).map(|node| &node.value);
        let Some(Value::List(items)) = limits else { return false };
        (0..items.len()).any(|number| {
            let counter = source.find(&list.index(number).key("counter")).map(|node| &node.value);
            matches!(counter, Some(Value::Text(counter)) if counter == name)
        })
    };
    let first = if window == "minute" { format!("{tool}_rate") } else { format!("{tool}_per_{window}") };
    let more = (2..).map(|number| format!("{first}_{number}"));
    core::iter::once(first.clone()).chain(more).find(|name| !is_taken(name)).unwrap_or(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_step_says_what_it_does_and_what_goes() {
        let text = r#"{"version": "1", "default": "deny", "tools": {
            "a": {"limits": [{}], "require": [{"conditions": [1]}]}, "b": {"deny_if": [{"conditions": []}]}, "c": {}
        }}"#;
        #[rustfmt::skip]
        let cases = [
            (&["a"][..],      ToolState::Allow,    "a: Allow, 1 rule, 1 limit taken away", Some(ToolState::Custom)),
            (&["a"][..],      ToolState::Deny,     "a: Deny",                             Some(ToolState::Custom)),
            (&["a"][..],      ToolState::Approval, "a: Needs approval, 1 rule taken away", Some(ToolState::Custom)),
            (&["b"][..],      ToolState::Allow,    "b: Allow",                            Some(ToolState::Deny)),
            (&["a", "b"][..], ToolState::Hide,     "2 tools: Hide",                       None),
        ];
        for (tools, state, label, before) in cases {
            let setting = set_states(&Source::new(text), &names(tools), state);
            assert_eq!((setting.label.as_str(), setting.before), (label, before));
            assert!(setting.edits.is_ok(), "{label}");
        }
    }

    #[test]
    fn the_state_before_the_last_step_undoes_it() {
        let last = LastSetting {
            tools: names(&["a"]),
            before: ToolState::Hide,
            label: "a: Allow".to_owned(),
            text: "{}".into(),
        };
        #[rustfmt::skip]
        let cases = [
            (&["a"][..], ToolState::Hide, Some("a: Allow"), "{}",  true,  "as it was"),
            (&["b"][..], ToolState::Hide, Some("a: Allow"), "{}",  false, "another tool"),
            (&["a"][..], ToolState::Deny, Some("a: Allow"), "{}",  false, "another state"),
            (&["a"][..], ToolState::Hide, Some("Typing"),   "{}",  false, "another step was made since"),
            (&["a"][..], ToolState::Hide, Some("a: Allow"), "{ }", false, "the text is another"),
        ];
        for (tools, state, done, text, expected, why) in cases {
            assert_eq!(last.leads_back(&names(tools), state, done, text), expected, "{why}");
        }
    }

    #[test]
    fn limits_are_added_to_what_may_be_called() {
        let all = names(&["a", "b", "c", "x"]);
        let added = |text: &str| {
            let (count, edits) = add_limits(&Source::new(text), &all, 5, "minute");
            (count, apply(text, &edits.unwrap()).unwrap())
        };
        let (count, text) = added(
            r#"{"default": "deny", "tools": {"a": {}, "b": {"limits": [{"counter": "b_rate"}]}, "c": {"deny_if": [{"conditions": []}]}}}"#,
        );
        assert_eq!(count, 2, "c is denied, and x is not listed");
        assert_eq!(
            text,
            r#"{"default": "deny", "tools": {"a": {"limits": [{ "counter": "a_rate", "window": "minute", "max": 5, "scope": "grant" }]}, "b": {"limits": [{"counter": "b_rate"}, { "counter": "b_rate_2", "window": "minute", "max": 5, "scope": "grant" }]}, "c": {"deny_if": [{"conditions": []}]}}}"#
        );
        let (count, text) = added(r#"{"default": "allow", "tools": {"a": {}}}"#);
        assert_eq!(count, 4);
        assert!(Source::new(&text).diagnostics().is_empty(), "{text}");
        assert!(text.contains(r#""x": { "limits": [{ "counter": "x_rate""#), "{text}");
        let (_, text) = added(r#"{"default": "allow"}"#);
        assert!(Source::new(&text).diagnostics().is_empty(), "{text}");
    }

    #[test]
    fn each_state_has_its_key() {
        assert_eq!(state_of_key("d"), Some(ToolState::Deny));
        assert_eq!(state_of_key("P"), Some(ToolState::Approval));
        assert_eq!((state_of_key("x"), state_of_key("Delete"), state_of_key("")), (None, None, None));
        assert!(ToolState::ALL.iter().all(|state| !state_word(*state).is_empty()));
    }
}
