//! States of tools: what is set is so afterwards, nothing else changes, and going back leaves no trace.

use gatewright_core::amend::{
    AmendError, ToolState, ToolStates, set_all_tools_state, set_default, set_tool_state, set_tool_states,
    tool_state,
};
use gatewright_core::diagnostic::{Code, Edit, apply};
use gatewright_core::policy::DefaultDecision;
use gatewright_core::source::{EditProblem, Node, Source, Value};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use crate::examples;

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e/~"];

const RULES: &[&str] = &[
    r#"{"conditions": []}"#,
    r#"{ "conditions": [] }"#,
    r#"{"conditions":[]}"#,
    r#"{ "conditions":[] }"#,
    r#"{"on_deny": "no", "conditions": [ ]}"#,
    r#"{"conditions": [{"path": "args.n", "op": "gt", "value": 1.50}]}"#,
    r#"{"conditions": [{"path": "args.n", "op": "gt", "value": 9007199254740993}], "x": 1}"#,
    "{}",
    "1",
];

const LIMITS: &[&str] = &[r#"{"counter": "c", "window": "minute", "max": 10, "scope": "grant"}"#, "{}", "7"];

const SPACES: &[&str] = &[
    "",
    " ",
    "\t",
    "\n",
    "\r\n",
    "\n\n",
    "/* c */",
    "/* , ] // */",
    "/* two\n lines */",
    "// c\n",
    "// , } /*\r\n  ",
    "\n  // above\n  ",
];

/// A document before it is written down.
#[derive(Clone, Debug)]
enum Tree {
    Raw(&'static str),
    Text(&'static str),
    List(Vec<Tree>),
    Object(Vec<(&'static str, Tree)>),
}

/// How it is written down.
#[derive(Clone, Debug)]
struct Style {
    line: Option<(&'static str, &'static str)>,
    /// What stands in its gaps, over and over.
    spaces: Vec<&'static str>,
}

struct Pen<'s> {
    style: &'s Style,
    text: String,
    depth: usize,
    gaps: usize,
}

impl Pen<'_> {
    fn space(&mut self) {
        if let Some(space) = self.style.spaces.get(self.gaps % self.style.spaces.len().max(1)) {
            self.text.push_str(space);
        }
        self.gaps += 1;
    }

    fn line_break(&mut self, is_first: bool) {
        match self.style.line {
            Some((end, indent)) => {
                self.text.push_str(end);
                self.text.push_str(&indent.repeat(self.depth));
            }
            None if !is_first => self.text.push(' '),
            None => {}
        }
        self.space();
    }

    fn items(&mut self, brackets: [char; 2], items: Vec<(Option<&str>, &Tree)>) {
        let count = items.len();
        self.text.push(brackets[0]);
        self.depth += 1;
        for (index, (key, value)) in items.into_iter().enumerate() {
            self.line_break(index == 0);
            if let Some(key) = key {
                self.text.push_str(&format!("{key:?}"));
                self.space();
                self.text.push_str(": ");
            }
            self.value(value);
            self.space();
            if index + 1 < count {
                self.text.push(',');
                self.space();
            }
        }
        self.depth -= 1;
        if count > 0 {
            self.line_break(true);
        } else {
            self.space();
        }
        self.text.push(brackets[1]);
    }

    fn value(&mut self, tree: &Tree) {
        match tree {
            Tree::Raw(text) => self.text.push_str(text),
            Tree::Text(text) => self.text.push_str(&format!("{text:?}")),
            Tree::List(items) => self.items(['[', ']'], items.iter().map(|item| (None, item)).collect()),
            Tree::Object(members) => {
                self.items(['{', '}'], members.iter().map(|(key, value)| (Some(*key), value)).collect());
            }
        }
    }
}

fn styles() -> impl Strategy<Value = Style> {
    let line = select(vec![None, Some(("\n", "  ")), Some(("\r\n", "\t")), Some(("\n", ""))]);
    let spaces = prop_oneof![Just(Vec::new()), vec(select(SPACES.to_vec()), 1..12)];
    (line, spaces).prop_map(|(line, spaces)| Style { line, spaces })
}

/// A tool, or `all_tools`. Of equal keys there may be two.
fn holders() -> impl Strategy<Value = Tree> {
    let rules = || vec(select(RULES.to_vec()).prop_map(Tree::Raw), 0..3).prop_map(Tree::List);
    let rule = prop_oneof![4 => rules(), 1 => Just(Tree::List(vec![Tree::Raw(RULES[0])]))];
    let limits = vec(select(LIMITS.to_vec()).prop_map(Tree::Raw), 0..3).prop_map(Tree::List);
    let field = prop_oneof![
        4 => (select(vec!["require", "deny_if", "require_approval"]), rule).boxed(),
        2 => (Just("limits"), limits).boxed(),
        1 => (Just("note"), Just(Tree::Raw("[1, 2]"))).boxed(),
    ];
    prop_oneof![
        2 => Just(Tree::Object(Vec::new())),
        12 => vec(field, 0..4).prop_map(Tree::Object),
        1 => Just(Tree::Raw("null")),
    ]
}

fn documents() -> impl Strategy<Value = String> {
    let hidden = prop_oneof![9 => select(NAMES.to_vec()), 1 => Just("*")].prop_map(Tree::Text);
    let hide = vec(hidden, 0..4).prop_map(|names| ("hide", Tree::List(names)));
    let tool = (select(NAMES.to_vec()), holders());
    let tools = vec(tool, 0..5).prop_map(|tools| ("tools", Tree::Object(tools)));
    let field = prop_oneof![
        6 => tools.boxed(),
        3 => hide.boxed(),
        2 => holders().prop_map(|own| ("all_tools", own)).boxed(),
        3 => select(vec![r#""allow""#, r#""deny""#]).prop_map(|word| ("default", Tree::Raw(word))).boxed(),
        1 => Just(("version", Tree::Raw(r#""1""#))).boxed(),
        1 => Just(("note", Tree::Raw("{ }"))).boxed(),
    ];
    (vec(field, 0..6), any::<u8>(), styles()).prop_map(|(mut fields, twice, style)| {
        if twice > 20 {
            // Most documents have each key once.
            let mut seen = Vec::new();
            fields.retain(|(key, _)| !seen.contains(key) && (seen.push(*key), true).1);
            for (key, value) in &mut fields {
                once(value, *key == "tools" || *key == "all_tools");
            }
        }
        let mut pen = Pen { style: &style, text: String::new(), depth: 0, gaps: 0 };
        pen.space();
        pen.value(&Tree::Object(fields));
        pen.space();
        pen.text
    })
}

fn once(tree: &mut Tree, also_inside: bool) {
    if let Tree::Object(members) = tree {
        let mut seen = Vec::new();
        members.retain(|(key, _)| !seen.contains(key) && (seen.push(*key), true).1);
        for (_, value) in members.iter_mut().filter(|_| also_inside) {
            once(value, true);
        }
    }
}

fn changed(text: &str, edits: &[Edit]) -> String {
    let apart = edits.windows(2).all(|pair| pair[0].end < pair[1].start);
    assert!(apart, "{edits:?}");
    let edited = apply(text, edits).unwrap();
    let faults = |text: &str| -> Vec<Code> {
        let source = Source::new(text);
        let codes = source.diagnostics().iter().map(|found| found.code);
        codes.filter(|code| *code != Code::DuplicateKey).collect()
    };
    assert_eq!(faults(&edited), [], "{text:?} became {edited:?}");
    edited
}

/// Refusals are said; only some are due.
fn is_due(error: &AmendError, text: &str, state: ToolState) {
    let states_hide_all = ToolStates::of(&Source::new(text)).of_tool("?") == ToolState::Hide;
    match error {
        AmendError::EveryToolHidden => assert!(states_hide_all, "{text}"),
        AmendError::NothingOfItsOwn => assert_eq!(state, ToolState::Custom, "{text}"),
        AmendError::Edit(error) => {
            let wrong_type = matches!(error.problem, EditProblem::WrongType { .. });
            assert!(wrong_type || error.problem == EditProblem::EqualKeys, "{error} in {text}");
        }
    }
}

fn members(node: Option<&Node>) -> Vec<(String, String)> {
    let Some(Value::Object(members)) = node.map(|node| &node.value) else { return Vec::new() };
    members.iter().map(|member| (member.key.clone(), format!("{:?}", plain(&member.node)))).collect()
}

/// A value without its place.
fn plain(node: &Node) -> serde_json::Value {
    match &node.value {
        Value::List(items) => items.iter().map(plain).collect(),
        Value::Object(members) => {
            members.iter().map(|member| serde_json::json!([member.key, plain(&member.node)])).collect()
        }
        scalar => format!("{scalar:?}").into(),
    }
}

fn has_empty(text: &str, field: &str) -> bool {
    let source = Source::new(text);
    let place = gatewright_core::pointer::Pointer::root().key(field);
    source.find(&place).is_some_and(|node| matches!(&node.value, Value::List(items) if items.is_empty()))
}

fn states() -> impl Strategy<Value = ToolState> {
    select(ToolState::ALL.to_vec())
}

proptest! {
    #![proptest_config(examples(3_000))]

    #[test]
    fn a_denied_tool_goes_back_without_a_trace(text in documents(), tool in select(NAMES.to_vec())) {
        let source = Source::new(&text);
        let before = tool_state(&source, tool);
        // Where a name stood in `hide` is not remembered there: see the history of who edits.
        if before == ToolState::Hide {
            return Ok(());
        }
        if let Ok(edits) = set_tool_state(&source, tool, ToolState::Deny) {
            let denied = changed(&text, &edits);
            let back = set_tool_state(&Source::new(&denied), tool, before).unwrap();
            prop_assert_eq!(changed(&denied, &back), text, "by way of {:?}", denied);
        }
    }

    #[test]
    fn a_hidden_tool_goes_back_without_a_trace(text in documents(), tool in select(NAMES.to_vec())) {
        let source = Source::new(&text);
        let before = tool_state(&source, tool);
        if before == ToolState::Hide || has_empty(&text, "hide") {
            return Ok(());
        }
        if let Ok(edits) = set_tool_state(&source, tool, ToolState::Hide) {
            let hidden = changed(&text, &edits);
            let back = set_tool_state(&Source::new(&hidden), tool, before).unwrap();
            prop_assert_eq!(changed(&hidden, &back), text, "by way of {:?}", hidden);
        }
    }

    #[test]
    fn an_allowed_tool_goes_back_from_approval(text in documents(), tool in select(NAMES.to_vec())) {
        let source = Source::new(&text);
        if tool_state(&source, tool) != ToolState::Allow {
            return Ok(());
        }
        if let Ok(edits) = set_tool_state(&source, tool, ToolState::Approval) {
            let asked = changed(&text, &edits);
            let back = set_tool_state(&Source::new(&asked), tool, ToolState::Allow).unwrap();
            prop_assert_eq!(changed(&asked, &back), text, "by way of {:?}", asked);
        }
    }

    #[test]
    fn a_state_that_is_set_is_so(
        text in documents(), tools in vec(select(NAMES.to_vec()), 1..5), state in states()
    ) {
        let source = Source::new(&text);
        let edits = match set_tool_states(&source, &tools, state) {
            Ok(edits) => edits,
            Err(error) => {
                is_due(&error, &text, state);
                return Ok(());
            }
        };
        let edited = changed(&text, &edits);
        let after = Source::new(&edited);
        let (old, new) = (ToolStates::of(&source), ToolStates::of(&after));
        for tool in &tools {
            prop_assert_eq!(new.of_tool(tool), state, "{} in {:?} became {:?}", tool, text, edited);
        }
        for other in NAMES.iter().filter(|name| !tools.contains(name)) {
            prop_assert_eq!(new.of_tool(other), old.of_tool(other), "{} in {:?} became {:?}", other, text, edited);
        }
        prop_assert_eq!(new.holdings_of_all_tools(), old.holdings_of_all_tools());
        // What was so already is not touched.
        if tools.iter().all(|tool| old.of_tool(tool) == state) {
            prop_assert_eq!(&edited, &text);
        }
        // Other tools and other fields say what they said.
        let tools_of = |source: &Source| {
            let place = gatewright_core::pointer::Pointer::root().key("tools");
            let mut members = members(source.find(&place));
            members.retain(|(name, _)| !tools.contains(&name.as_str()));
            members
        };
        prop_assert_eq!(tools_of(&after), tools_of(&source), "{:?} became {:?}", text, edited);
        let rest = |source: &Source| {
            let mut members = members(Some(source.root()));
            members.retain(|(name, _)| name != "tools" && name != "hide");
            members
        };
        prop_assert_eq!(rest(&after), rest(&source), "{:?} became {:?}", text, edited);
    }

    #[test]
    fn all_tools_and_the_default_are_what_is_set(text in documents(), state in states(), allow in any::<bool>()) {
        let source = Source::new(&text);
        match set_all_tools_state(&source, state) {
            Ok(edits) => {
                let edited = changed(&text, &edits);
                let after = Source::new(&edited);
                prop_assert_eq!(ToolStates::of(&after).of_all_tools(), state, "{:?}", edited);
            }
            Err(error) => is_due(&error, &text, state),
        }
        let decision = if allow { DefaultDecision::Allow } else { DefaultDecision::Deny };
        if let Ok(edits) = set_default(&source, decision) {
            let edited = changed(&text, &edits);
            prop_assert_eq!(ToolStates::of(&Source::new(&edited)).default_decision(), decision);
        }
    }
}
