//! What a condition compares with, as something to be typed: its kind and its text.
//!
//! A number stays the text that it is spelled as: it never becomes a floating-point one. What is half typed is no
//! value: [`Kind::json`] then gives nothing, and the document stays as it is.

use gatewright_core::amount::Amount;
use gatewright_core::bounds::Bounds;
use gatewright_core::number::Number;
use gatewright_core::path::ArgPath;
use gatewright_core::pattern::{PatternError, Patterns};
use gatewright_core::policy::Op;
use gatewright_core::source::{Node, Source, Value as Written};

/// The most items of a list that are shown one by one; a longer list is shown as JSON.
const MOST_ITEMS: usize = 40;

/// The kinds of values, as people choose them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// None is written.
    #[default]
    Missing,
    /// A number, as it is spelled.
    Number,
    /// Text.
    Text,
    /// `true` or `false`
    YesNo,
    /// `null`
    Null,
    /// A list whose items are shown one by one.
    List,
    /// Anything, as JSON.
    Json,
}

/// A value to be shown and typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// Its kind.
    pub kind: Kind,
    /// What stands in its field: a text as it reads, everything else as JSON.
    pub text: String,
    /// The items of a list.
    pub items: Vec<Value>,
}

impl Kind {
    /// The kind by the name that a choice gives it.
    #[must_use]
    pub fn named(name: &str) -> Self {
        [Self::Number, Self::Text, Self::YesNo, Self::Null, Self::List]
            .into_iter()
            .find(|kind| kind.name() == name)
            .unwrap_or(Self::Json)
    }

    /// Its name in a choice.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Missing => "",
            Self::Number => "number",
            Self::Text => "text",
            Self::YesNo => "yes or no",
            Self::Null => "null",
            Self::List => "list",
            Self::Json => "JSON",
        }
    }

    /// The JSON of what stands in the field of such a value; nothing where that is not one.
    #[must_use]
    pub fn json(self, text: &str) -> Option<String> {
        let trimmed = text.trim();
        match self {
            Self::Missing => None,
            Self::Number => Number::parse(trimmed).map(|_| trimmed.to_owned()),
            Self::Text => Some(quoted(text)),
            Self::YesNo => matches!(trimmed, "true" | "false").then(|| trimmed.to_owned()),
            Self::Null => Some("null".to_owned()),
            Self::List | Self::Json => {
                Source::new(trimmed).diagnostics().is_empty().then(|| trimmed.to_owned())
            }
        }
    }

    /// What a new value of the kind is.
    const fn plain(self) -> &'static str {
        match self {
            Self::Number => "0",
            Self::Text => "\"\"",
            Self::YesNo => "true",
            Self::Missing | Self::Null => "null",
            Self::List => "[]",
            Self::Json => "{}",
        }
    }
}

impl Value {
    /// Reads a value of the document.
    #[must_use]
    pub fn of(node: &Node, source: &Source) -> Self {
        Self::read(node, source, true)
    }

    fn read(node: &Node, source: &Source, may_be_list: bool) -> Self {
        let json = source.text().get(node.range.clone()).unwrap_or_default();
        let (kind, text) = match &node.value {
            Written::Number(number) => (Kind::Number, number.clone()),
            // A field of one line would swallow the others.
            Written::Text(text) if text.contains(char::is_control) => (Kind::Json, json.to_owned()),
            Written::Text(text) => (Kind::Text, text.clone()),
            Written::Bool(_) => (Kind::YesNo, json.to_owned()),
            Written::Null => (Kind::Null, json.to_owned()),
            Written::List(items) if may_be_list && items.len() <= MOST_ITEMS => (Kind::List, json.to_owned()),
            Written::List(_) | Written::Object(_) | Written::Broken => (Kind::Json, json.to_owned()),
        };
        let items = match &node.value {
            Written::List(items) if kind == Kind::List => {
                items.iter().map(|item| Self::read(item, source, false)).collect()
            }
            _ => Vec::new(),
        };
        Self { kind, text, items }
    }

    /// The value as JSON.
    #[must_use]
    pub fn json(&self) -> String {
        self.kind.json(&self.text).unwrap_or_else(|| self.text.clone())
    }

    /// The value as one of another kind where that says the same: 10 and "10". Else what such a value begins as.
    #[must_use]
    pub fn as_kind(&self, kind: Kind) -> String {
        if kind == self.kind {
            return self.json();
        }
        self.converted(kind).unwrap_or_else(|| kind.plain().to_owned())
    }

    /// The value as an operator takes it where that says the same; else as it is, to be mended by who wrote it.
    #[must_use]
    pub fn for_op(&self, op: Op) -> String {
        let wanted = kinds_for(op);
        if wanted.contains(&self.kind) || self.kind == Kind::Json && op != Op::Exists && !is_list(op) {
            return self.json();
        }
        let first = wanted.first().copied().unwrap_or_default();
        // A value says nothing about whether an argument is there.
        if op == Op::Exists || self.kind == Kind::Missing {
            return first.plain().to_owned();
        }
        wanted.iter().find_map(|kind| self.converted(*kind)).unwrap_or_else(|| self.json())
    }

    fn converted(&self, kind: Kind) -> Option<String> {
        match (self.kind, kind) {
            (Kind::Missing, _) => None,
            (Kind::List, Kind::List) => Some(self.json()),
            (Kind::Json, Kind::List) if self.text.starts_with('[') => Some(self.json()),
            (_, Kind::List) => Some(format!("[{}]", self.json())),
            (Kind::List, kind) => match self.items.as_slice() {
                [only] if only.kind == kind => Some(only.json()),
                _ if kind == Kind::Json => Some(self.json()),
                _ => None,
            },
            (Kind::Number | Kind::YesNo, Kind::Text) => Some(quoted(&self.text)),
            (Kind::Text, Kind::Number | Kind::YesNo) => kind.json(&self.text),
            (_, Kind::Json) => Some(self.json()),
            _ => None,
        }
    }
}

/// The kinds of values that an operator takes, the likeliest first.
#[must_use]
pub const fn kinds_for(op: Op) -> &'static [Kind] {
    match op {
        Op::Lt | Op::Lte | Op::Gt | Op::Gte => &[Kind::Number],
        Op::Regex => &[Kind::Text],
        Op::Exists => &[Kind::YesNo],
        Op::In | Op::NotIn => &[Kind::List],
        Op::Eq | Op::Neq | Op::Contains => &[Kind::Text, Kind::Number, Kind::YesNo, Kind::Null, Kind::Json],
    }
}

const fn is_list(op: Op) -> bool {
    matches!(op, Op::In | Op::NotIn)
}

/// An operator by how it is written.
#[must_use]
pub fn op_named(name: &str) -> Option<Op> {
    Op::ALL.into_iter().find(|op| op.as_str() == name)
}

/// Why a text is not the most that a limit lets through.
pub fn amount_check(text: &str) -> Result<(), String> {
    let takes = "It takes a number from 0 to 10^15, with at most nine digits after the point.";
    Amount::parse(text.trim()).map(|_| ()).map_err(|_| takes.to_owned())
}

/// Why a text is no name.
pub fn name_check(text: &str) -> Result<(), String> {
    if text.is_empty() { Err("It takes a name.".to_owned()) } else { Ok(()) }
}

/// Why a text is not the path of an argument.
pub fn path_check(text: &str) -> Result<(), String> {
    let takes = "It takes args. and keys joined by dots, such as args.filter.owner.";
    ArgPath::parse(text).map(|_| ()).map_err(|error| format!("The path {}. {takes}", error.in_words()))
}

/// Why a text is no number.
pub fn number_check(text: &str) -> Result<(), String> {
    let json = Kind::Number.json(text);
    json.map(|_| ()).ok_or_else(|| "It takes a number, such as 10 or 0.5.".to_owned())
}

/// Why a text is no JSON.
pub fn json_check(text: &str) -> Result<(), String> {
    match Source::new(text.trim()).diagnostics().first() {
        None => Ok(()),
        Some(found) => Err(format!("It takes JSON: {}.", found.message)),
    }
}

/// Why a text is no pattern.
pub fn pattern_check(text: &str) -> Result<(), String> {
    match Patterns::new(Bounds::DEFAULT).pattern(text) {
        Ok(_) => Ok(()),
        Err(PatternError { message, help: Some(help), .. }) => {
            Err(format!("It is no pattern: {message}; {help}."))
        }
        Err(PatternError { message, .. }) => Err(format!("It is no pattern: {message}.")),
    }
}

/// A text as JSON spells it.
#[must_use]
pub fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Value {
        let source = Source::new(json);
        Value::of(source.root(), &source)
    }

    #[test]
    fn a_value_has_a_kind_and_a_text() {
        #[rustfmt::skip]
        let cases = [
            ("9007199254740993",   Kind::Number, "9007199254740993", "as it is spelled"),
            ("1.50e3",             Kind::Number, "1.50e3",           "as it is spelled"),
            (r#""a\u0062""#,       Kind::Text,   "ab",               "as it reads"),
            (r#""a\nb""#,          Kind::Json,   r#""a\nb""#,        "text of several lines is spelled"),
            ("true",               Kind::YesNo,  "true",             "yes"),
            ("null",               Kind::Null,   "null",             "nothing"),
            (r#"["a", 1]"#,        Kind::List,   r#"["a", 1]"#,      "a list"),
            (r#"{"a": [1]}"#,      Kind::Json,   r#"{"a": [1]}"#,    "an object"),
        ];
        for (json, kind, text, why) in cases {
            let found = value(json);
            assert_eq!((found.kind, found.text.as_str()), (kind, text), "{why}");
        }
        let items: Vec<Kind> = value(r#"["a", 1, [2], {}]"#).items.iter().map(|item| item.kind).collect();
        assert_eq!(items, [Kind::Text, Kind::Number, Kind::Json, Kind::Json], "lists in lists are JSON");
        let long = format!("[{}0]", "0,".repeat(MOST_ITEMS));
        assert_eq!(value(&long).kind, Kind::Json, "a long list is JSON");
    }

    #[test]
    fn what_is_half_typed_is_no_value() {
        #[rustfmt::skip]
        let cases = [
            (Kind::Number, " 10 ",  Some("10"),      "spaces around it"),
            (Kind::Number, "1.",    None,            "half a number"),
            (Kind::Number, "",      None,            "nothing"),
            (Kind::Number, "1,000", None,            "thousands separated"),
            (Kind::Number, "9007199254740993", Some("9007199254740993"), "every digit"),
            (Kind::Text,   " a\"",  Some(r#"" a\"""#), "any text is one, spaces included"),
            (Kind::YesNo,  "true",  Some("true"),    "yes"),
            (Kind::YesNo,  "yes",   None,            "not JSON's word"),
            (Kind::Json,   "{",     None,            "half an object"),
            (Kind::Json,   " [1] ", Some("[1]"),     "a list"),
        ];
        for (kind, text, expected, why) in cases {
            assert_eq!(kind.json(text).as_deref(), expected, "{text}: {why}");
        }
    }

    #[test]
    fn what_cannot_be_written_is_told_why() {
        #[rustfmt::skip]
        let cases = [
            (amount_check("1.50"),   "",                                                                       "an amount"),
            (amount_check("-1"),     "It takes a number from 0 to 10^15, with at most nine digits after the point.", "below 0"),
            (path_check("args.a.b"), "",                                                                       "a path"),
            (path_check("args."),    "The path has an empty key. It takes args. and keys joined by dots, such as args.filter.owner.", "half a path"),
            (number_check("1e"),     "It takes a number, such as 10 or 0.5.",                                  "half a number"),
            (json_check("[1]"),      "",                                                                       "a list"),
            (pattern_check("^a+$"),  "",                                                                       "a pattern"),
            (name_check(""),         "It takes a name.",                                                       "no name"),
        ];
        for (found, expected, why) in cases {
            assert_eq!(found.err().unwrap_or_default(), expected, "{why}");
        }
        let half = pattern_check("(a").unwrap_err();
        assert!(half.starts_with("It is no pattern: ") && half.ends_with('.'), "{half}");
        assert!(json_check("{").unwrap_err().starts_with("It takes JSON: "));
    }

    #[test]
    fn a_value_goes_along_to_another_operator_where_it_says_the_same() {
        #[rustfmt::skip]
        let cases = [
            // value          operator     expected             why
            ("50000",         Op::Lt,      "50000",             "a number stays"),
            (r#""50000""#,    Op::Gt,      "50000",             "text that is a number"),
            (r#""usd""#,      Op::Gt,      r#""usd""#,          "text that is none is kept"),
            (r#""usd""#,      Op::In,      r#"["usd"]"#,        "a list of one"),
            (r#"["usd"]"#,    Op::Eq,      r#""usd""#,          "and back"),
            ("[1]",           Op::Regex,   "[1]",               "not the text of a number in a list"),
            (r#"["a", "b"]"#, Op::Eq,      r#"["a", "b"]"#,     "no one of two is chosen"),
            ("10",            Op::Regex,   r#""10""#,           "a number as text"),
            ("10",            Op::Exists,  "true",              "whether it is there is another question"),
            ("true",          Op::Gt,      "true",              "kept, to be mended"),
            ("{}",            Op::Neq,     "{}",                "an object is compared as a whole"),
            ("{}",            Op::In,      "[{}]",              "or with others"),
            ("{}",            Op::Gt,      "{}",                "kept, to be mended"),
        ];
        for (json, op, expected, why) in cases {
            assert_eq!(value(json).for_op(op), expected, "{json} {op}: {why}");
        }
        assert_eq!(Value::default().for_op(Op::Gt), "0", "where there was no value");
    }

    #[test]
    fn a_value_of_another_kind_begins_plain_or_says_the_same() {
        #[rustfmt::skip]
        let cases = [
            ("10",        Kind::Text,   r#""10""#, "a number as text"),
            (r#""10""#,   Kind::Number, "10",      "and back"),
            (r#""x""#,    Kind::Number, "0",       "no number in it"),
            ("true",      Kind::Null,   "null",    "nothing is nothing"),
            (r#""true""#, Kind::YesNo,  "true",    "a word of JSON"),
            (r#""x""#,    Kind::Json,   r#""x""#,  "the same, as JSON"),
            ("10",        Kind::Number, "10",      "the same kind"),
        ];
        for (json, kind, expected, why) in cases {
            assert_eq!(value(json).as_kind(kind), expected, "{json}: {why}");
        }
    }
}
