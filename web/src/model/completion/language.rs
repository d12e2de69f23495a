//! The fields and words of a policy with a line about each: what an editor offers and explains. What they mean is the
//! evaluator's; its manual is `core/README.md`.

use super::spot::Step;

/// What an object or a list of a policy is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// The document.
    Policy,
    /// The object with a member a tool.
    Tools,
    /// What holds for one tool, or for all.
    Tool,
    /// A list of rules.
    Rules,
    /// A rule.
    Rule,
    /// The list of a rule's conditions.
    Conditions,
    /// A condition.
    Condition,
    /// A list of limits.
    Limits,
    /// A limit.
    Limit,
    /// The list of hidden tools.
    Hide,
    /// A value that a condition compares with, or what the language does not have.
    Other,
}

/// A field of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What is written as its value first; the caret goes where `|` stands.
    pub value: &'static str,
    /// Whether it must be there.
    pub is_needed: bool,
    /// A sentence about it.
    pub about: &'static str,
}

/// A word that a field takes, and a sentence about it.
pub type Word = (&'static str, &'static str);

const fn needed(name: &'static str, value: &'static str, about: &'static str) -> Field {
    Field { name, value, is_needed: true, about }
}

const fn optional(name: &'static str, value: &'static str, about: &'static str) -> Field {
    Field { name, value, is_needed: false, about }
}

const TEXT: &str = "\"|\"";
const LIST: &str = "[|]";
const OBJECT: &str = "{|}";
const PATH: &str = "\"args.|\"";

const POLICY: &[Field] = &[
    needed("version", "\"1\"", "The version of the language. The only one is \"1\"."),
    needed("default", TEXT, "What happens to a tool that `tools` does not list: \"allow\" or \"deny\"."),
    optional(
        "tools",
        OBJECT,
        "What holds for each tool, by its exact name. Under default deny, {} allows a tool.",
    ),
    optional("all_tools", OBJECT, "What holds for every call, beside what its own tool says."),
    optional(
        "hide",
        LIST,
        "Tools that are left out of tools/list and denied when called. \"*\" hides every tool.",
    ),
    optional("description", TEXT, "Free text for people."),
    optional("$schema", TEXT, "A hint for editors."),
];

const TOOL: &[Field] = &[
    optional("limits", LIST, "How much may be used in each window. Each limit must have room."),
    optional("require", LIST, "Rules that must hold. The first one that does not denies the call."),
    optional("deny_if", LIST, "Rules that deny. One without conditions denies every call."),
    optional(
        "require_approval",
        LIST,
        "Rules that ask a person. One without conditions asks for every call.",
    ),
];

const RULE: &[Field] = &[
    needed("conditions", LIST, "All of them must hold for the rule to hold. Without any, it always holds."),
    optional("on_deny", TEXT, "What the agent is told, in place of the engine's own message."),
];

const CONDITION: &[Field] = &[
    needed("path", PATH, "The argument: \"args.\" and object keys joined by dots."),
    needed("op", TEXT, "How the argument is compared with the value."),
    needed("value", "|", "What the argument is compared with."),
];

const LIMIT: &[Field] = &[
    needed("counter", TEXT, "The counter's name, which stands in logs. Each list has it once."),
    needed(
        "window",
        TEXT,
        "The span of time counted over, aligned to the UTC calendar: \"minute\", \"hour\" or \"day\".",
    ),
    needed("max", "|", "The most that fits in a window: call number max still passes, and 0 blocks always."),
    needed("scope", TEXT, "Who shares the counter: \"grant\", \"session\" or \"global\"."),
    optional("increment_from", PATH, "The argument that says what a call costs. Without it, a call costs 1."),
    optional("on_deny", TEXT, "What the agent is told, in place of the engine's own message."),
];

const DEFAULTS: &[Word] =
    &[("deny", "A tool that is not listed is denied."), ("allow", "A tool that is not listed is allowed.")];

const OPERATORS: &[Word] = &[
    ("eq", "Equal to the value, numbers by what they are worth."),
    ("neq", "Not equal to the value."),
    ("lt", "Less than the number."),
    ("lte", "Less than the number, or equal to it."),
    ("gt", "Greater than the number."),
    ("gte", "Greater than the number, or equal to it."),
    ("in", "Equal to an item of the list."),
    ("not_in", "Equal to no item of the list."),
    ("regex", "The pattern is found in the text: RE2's dialect, not anchored."),
    ("contains", "The text has the value in it, or the list has an item equal to it."),
    ("exists", "With true: there and not null. With false: absent or null."),
];

const WINDOWS: &[Word] = &[
    ("minute", "From :00 seconds to :00 seconds, UTC."),
    ("hour", "From :00:00 to :00:00, UTC."),
    ("day", "From 00:00 to 00:00, UTC."),
];

const SCOPES: &[Word] = &[
    ("grant", "Each grant has a counter of its own. A grant is one agent's access token."),
    ("session", "Each session of a grant has a counter of its own."),
    ("global", "Everyone shares one counter."),
];

impl Shape {
    /// What stands at a place.
    #[must_use]
    pub fn of(steps: &[Step]) -> Self {
        let (rest, shape) = match steps {
            [] => return Self::Policy,
            [Step::Key(key), rest @ ..] => match (key.as_str(), rest) {
                ("tools", []) => return Self::Tools,
                ("tools", [_, rest @ ..]) | ("all_tools", rest) => (rest, Self::Tool),
                ("hide", []) => return Self::Hide,
                _ => return Self::Other,
            },
            _ => return Self::Other,
        };
        let [Step::Key(list), rest @ ..] = rest else {
            return if rest.is_empty() { shape } else { Self::Other };
        };
        match (list.as_str(), rest) {
            ("limits", []) => Self::Limits,
            ("limits", [Step::Index(_)]) => Self::Limit,
            ("require" | "deny_if" | "require_approval", rest) => match rest {
                [] => Self::Rules,
                [Step::Index(_)] => Self::Rule,
                [Step::Index(_), Step::Key(key)] if key == "conditions" => Self::Conditions,
                [Step::Index(_), Step::Key(key), Step::Index(_)] if key == "conditions" => Self::Condition,
                _ => Self::Other,
            },
            _ => Self::Other,
        }
    }

    /// The fields of the object.
    #[must_use]
    pub const fn fields(self) -> &'static [Field] {
        match self {
            Self::Policy => POLICY,
            Self::Tool => TOOL,
            Self::Rule => RULE,
            Self::Condition => CONDITION,
            Self::Limit => LIMIT,
            _ => &[],
        }
    }

    /// What an item of the list is called, and what is written first.
    #[must_use]
    pub const fn item(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Rules => Some(("rule", "{ \"conditions\": [|] }")),
            Self::Conditions => {
                Some(("condition", "{ \"path\": \"args.|\", \"op\": \"eq\", \"value\": \"\" }"))
            }
            _ => None,
        }
    }

    /// The words that a field of the object takes.
    #[must_use]
    pub fn words(self, field: &str) -> &'static [Word] {
        match (self, field) {
            (Self::Policy, "default") => DEFAULTS,
            (Self::Policy, "version") => &[("1", "The only version.")],
            (Self::Condition, "op") => OPERATORS,
            (Self::Limit, "window") => WINDOWS,
            (Self::Limit, "scope") => SCOPES,
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_core::policy::Op;
    use gatewright_core::{compile, parse};

    #[test]
    fn a_place_has_its_shape() {
        let steps = |pointer: &str| -> Vec<Step> {
            let step = |token: &str| token.parse().map_or_else(|_| Step::Key(token.to_owned()), Step::Index);
            pointer.split('/').skip(1).map(step).collect()
        };
        #[rustfmt::skip]
        let cases = [
            ("",                                        Shape::Policy),
            ("/tools",                                  Shape::Tools),
            ("/tools/a",                                Shape::Tool),
            ("/tools/limits/limits",                    Shape::Limits),
            ("/all_tools",                              Shape::Tool),
            ("/all_tools/deny_if",                      Shape::Rules),
            ("/tools/a/require/0",                      Shape::Rule),
            ("/tools/a/require/0/conditions",           Shape::Conditions),
            ("/tools/a/require/0/conditions/1",         Shape::Condition),
            ("/tools/a/require/0/conditions/1/value",   Shape::Other),
            ("/tools/a/limits/2",                       Shape::Limit),
            ("/hide",                                   Shape::Hide),
            ("/x",                                      Shape::Other),
            ("/0",                                      Shape::Other),
        ];
        for (pointer, shape) in cases {
            assert_eq!(Shape::of(&steps(pointer)), shape, "{pointer}");
        }
    }

    /// The evaluator is asked about each field and word, so that none is offered that it does not take.
    #[test]
    fn the_evaluator_takes_what_is_offered() {
        for (index, field) in POLICY.iter().enumerate() {
            let text = format!("{{\"{}\": 0}}", field.name);
            let found = parse(&text).diagnostics;
            assert!(
                found.iter().all(|found| found.code.as_str() != "unknown-field"),
                "{index}: {}",
                field.name
            );
        }
        let inside = [
            (Shape::Tool, "{}"),
            (Shape::Rule, r#"{"require": [{}]}"#),
            (Shape::Limit, r#"{"limits": [{}]}"#),
            (Shape::Condition, r#"{"require": [{"conditions": [{}]}]}"#),
        ];
        for (shape, around) in inside {
            for field in shape.fields() {
                let tool = around.replacen("{}", &format!("{{\"{}\": 0}}", field.name), 1);
                let found = parse(&format!("{{\"tools\": {{\"a\": {tool}}}}}")).diagnostics;
                assert!(found.iter().all(|found| found.code.as_str() != "unknown-field"), "{}", field.name);
                let missing = parse(&format!("{{\"tools\": {{\"a\": {around}}}}}")).diagnostics;
                let is_missed = missing.iter().any(|found| {
                    found.pointer.as_str().ends_with(field.name)
                        || found.message.contains(&format!("`{}`", field.name))
                });
                assert_eq!(is_missed, field.is_needed, "{}: {missing:?}", field.name);
            }
        }
        let operators: Vec<_> = OPERATORS.iter().map(|(word, _)| *word).collect();
        assert_eq!(operators, Op::ALL.map(Op::as_str));
        for (window, _) in WINDOWS {
            for (scope, _) in SCOPES {
                let limit =
                    format!(r#"{{"counter": "c", "window": "{window}", "max": 1, "scope": "{scope}"}}"#);
                let text = format!(
                    r#"{{"version": "1", "default": "deny", "tools": {{"a": {{"limits": [{limit}]}}}}}}"#
                );
                assert!(compile(&parse(&text)).is_ok(), "{text}");
            }
        }
    }

    #[test]
    fn what_is_written_first_is_json_but_for_the_value_to_come() {
        for shape in [Shape::Policy, Shape::Tool, Shape::Rule, Shape::Condition, Shape::Limit] {
            for field in shape.fields() {
                let value = if field.value == "|" { "0".to_owned() } else { field.value.replace('|', "") };
                assert!(serde_json::from_str::<serde_json::Value>(&value).is_ok(), "{}", field.name);
            }
        }
        for shape in [Shape::Rules, Shape::Conditions] {
            let (_, value) = shape.item().unwrap();
            assert!(serde_json::from_str::<serde_json::Value>(&value.replace('|', "")).is_ok());
        }
    }
}
