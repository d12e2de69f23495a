//! Reads a file of tests, strictly: what `gatewright test` refuses is refused here, in the same words.

use gatewright_core::call::Outcome;
use gatewright_core::counter::Refund;
use gatewright_core::diagnostic::nearest;
use gatewright_core::pointer::Pointer;
use gatewright_core::source::{Member, Node, Source, Value};
use gatewright_core::window::WindowModel;

use super::moment::{MOMENTS, Moment};
use super::{Expectation, PolicyTest, Problem, TestCall, TestFile, Wanted};

/// What a field takes.
#[derive(Clone, Copy)]
enum Takes {
    Text,
    Number,
    Bool,
    List,
    Object,
    Moment,
    /// How often a call is made.
    Times,
    OneOf(&'static [&'static str]),
}

use Takes::{Bool, List, Number, Object, OneOf, Text, Times};

/// Fields of an object, each with what it takes; `true` where null is taken as well, for what must not be there.
type Fields = &'static [(&'static str, Takes, bool)];

const WINDOW_MODELS: &[&str] = &["calendar", "sliding"];
const REFUNDS: &[&str] = &["protocol_error", "any_error", "never"];
const OUTCOMES: &[&str] = &["ok", "tool_error", "protocol_error"];
const MAX_TIMES: u32 = 100_000;

const FILE: Fields = &[
    ("$schema", Text, false),
    ("description", Text, false),
    ("policy", Text, false),
    ("window", OneOf(WINDOW_MODELS), false),
    ("refund", OneOf(REFUNDS), false),
    ("tests", List, false),
];
const TEST: Fields = &[("name", Text, false), ("description", Text, false), ("calls", List, false)];
const CALL: Fields = &[
    ("at", Takes::Moment, false),
    ("tool", Text, false),
    ("args", Object, false),
    ("grant", Text, false),
    ("session", Text, false),
    ("approved", Bool, false),
    ("outcome", OneOf(OUTCOMES), false),
    ("times", Times, false),
    ("expect", Object, false),
];
const EXPECTED: Fields = &[
    ("decision", OneOf(&["allow", "deny", "approval"]), false),
    ("reason", Text, false),
    ("rule", Text, true),
    ("pointer", Text, true),
    ("message", Text, false),
    ("malformed", Text, true),
    ("at", Takes::Moment, false),
    ("clock_behind_ms", Number, true),
    ("retry_at", Takes::Moment, true),
    ("quota", Object, true),
];
const QUOTA: Fields = &[
    ("quota.counter", Text, false),
    ("quota.window", OneOf(&["minute", "hour", "day"]), false),
    ("quota.window_model", OneOf(&["sliding"]), true),
    ("quota.used", Number, false),
    ("quota.max", Number, false),
    ("quota.cost", Number, false),
    ("quota.remaining", Number, false),
    ("quota.window_start", Takes::Moment, false),
    ("quota.resets_at", Takes::Moment, false),
];

pub(super) fn read(text: &str) -> TestFile {
    let source = Source::new(text);
    let mut reader = Reader { source: &source, problems: Vec::new() };
    for found in source.diagnostics() {
        let (line, column) = (found.location.line, found.location.column);
        reader.problems.push(Problem { line, column, message: found.message.clone() });
    }
    if let Some(at) = first_comment(text) {
        reader
            .report(&(at..at), "a file of tests has no comments: `gatewright test` reads strict JSON".into());
    }
    let file = reader.file();
    let mut problems = reader.problems;
    problems.sort();
    TestFile { problems, ..file }
}

/// Where the first comment begins: a slash outside of texts is nothing else.
fn first_comment(text: &str) -> Option<usize> {
    let (mut in_text, mut escaped) = (false, false);
    text.bytes().position(|byte| {
        let was_escaped = std::mem::take(&mut escaped);
        match byte {
            b'\\' if in_text => escaped = !was_escaped,
            b'"' if !was_escaped => in_text = !in_text,
            b'/' => return !in_text,
            _ => {}
        }
        false
    })
}

/// The values of an object's fields that are good.
type Good<'s> = Vec<(&'static str, &'s Node)>;

fn get<'s>(good: &Good<'s>, wanted: &str) -> Option<&'s Node> {
    good.iter().find(|(field, _)| *field == wanted).map(|(_, node)| *node)
}

fn text(good: &Good<'_>, wanted: &str) -> String {
    match get(good, wanted).map(|node| &node.value) {
        Some(Value::Text(text)) => text.clone(),
        _ => String::new(),
    }
}

fn items<'s>(good: &Good<'s>, wanted: &str) -> &'s [Node] {
    match get(good, wanted).map(|node| &node.value) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

struct Reader<'s> {
    source: &'s Source,
    problems: Vec<Problem>,
}

impl<'s> Reader<'s> {
    fn report(&mut self, range: &std::ops::Range<usize>, message: String) {
        let place = self.source.location(range);
        self.problems.push(Problem { line: place.line, column: place.column, message });
    }

    fn line(&self, node: &Node) -> usize {
        self.source.location(&node.range).line
    }

    /// The good fields of an object; what is not good is reported.
    fn fields(&mut self, node: &'s Node, fields: Fields, needed: &[&str]) -> Good<'s> {
        let Value::Object(members) = &node.value else {
            if node.value != Value::Broken {
                self.report(&node.range, "expected an object".to_owned());
            }
            return Vec::new();
        };
        let good = members.iter().filter_map(|member| self.field(member, fields)).collect();
        for key in needed.iter().filter(|key| !members.iter().any(|member| member.key == **key)) {
            self.report(&node.range, format!("`{key}` is missing"));
        }
        good
    }

    fn field(&mut self, member: &'s Member, fields: Fields) -> Option<(&'static str, &'s Node)> {
        let Member { key, key_range, node } = member;
        let known = fields.iter().find(|(field, ..)| short(field) == key);
        let Some((field, takes, or_null)) = known else {
            let names: Vec<&str> = fields.iter().map(|(field, ..)| short(field)).collect();
            let near =
                nearest(key, &names).map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
            self.report(key_range, format!("unknown field `{key}`{near}"));
            return None;
        };
        if takes.fits(&node.value) || (*or_null && node.value == Value::Null) {
            return Some((field, node));
        }
        if node.value != Value::Broken {
            self.report(&node.range, format!("`{key}` takes {}", takes.in_words()));
        }
        None
    }

    fn file(&mut self) -> TestFile {
        let root = self.fields(self.source.root(), FILE, &["tests"]);
        let mut file = TestFile::default();
        if text(&root, "window") == "sliding" {
            file.options.window_model = WindowModel::Sliding;
        }
        file.options.refund = match text(&root, "refund").as_str() {
            "any_error" => Refund::AnyError,
            "never" => Refund::Never,
            _ => Refund::ProtocolError,
        };
        if let Some(tests) = get(&root, "tests").filter(|node| node.value == Value::List(Vec::new())) {
            self.report(&tests.range, "there is no test in it".to_owned());
        }
        let place = Pointer::root().key("tests");
        for (index, node) in items(&root, "tests").iter().enumerate() {
            let test = self.test(node, place.index(index));
            file.tests.push(test);
        }
        file
    }

    fn test(&mut self, node: &'s Node, pointer: Pointer) -> PolicyTest {
        let fields = self.fields(node, TEST, &["name", "calls"]);
        let calls: Vec<TestCall> = items(&fields, "calls").iter().map(|node| self.call(node)).collect();
        let expects = items(&fields, "calls").iter().any(|call| {
            matches!(&call.value, Value::Object(members) if members.iter().any(|member| member.key == "expect"))
        });
        if !expects && get(&fields, "calls").is_some() {
            self.report(&node.range, "this test expects nothing".to_owned());
        }
        PolicyTest { name: text(&fields, "name"), pointer, line: self.line(node), calls }
    }

    fn call(&mut self, node: &'s Node) -> TestCall {
        let fields = self.fields(node, CALL, &["tool"]);
        let args = get(&fields, "args").and_then(|node| self.source.text().get(node.range.clone()));
        let times = match get(&fields, "times").map(|node| &node.value) {
            Some(Value::Number(times)) => times.parse().unwrap_or(1),
            _ => 1,
        };
        let outcome = text(&fields, "outcome");
        TestCall {
            line: self.line(node),
            at: get(&fields, "at").and_then(|node| Moment::read(&node.value)),
            tool: text(&fields, "tool"),
            args: args.map(|args| args.replace(['\r', '\n'], " ")),
            grant: text(&fields, "grant"),
            session: text(&fields, "session"),
            approved: get(&fields, "approved").is_some_and(|node| node.value == Value::Bool(true)),
            outcome: Outcome::ALL.into_iter().find(|known| known.as_str() == outcome),
            times,
            expect: get(&fields, "expect").map_or_else(Vec::new, |node| self.expectations(node)),
        }
    }

    fn expectations(&mut self, node: &'s Node) -> Vec<Expectation> {
        if node.value == Value::Object(Vec::new()) {
            self.report(&node.range, "`expect` expects nothing".to_owned());
        }
        let mut expected = Vec::new();
        for (field, node) in self.fields(node, EXPECTED, &[]) {
            expected.push(Expectation { field, wanted: wanted(field, node) });
            if field == "quota" && node.value != Value::Null {
                let quota = self.fields(node, QUOTA, &[]);
                expected.extend(
                    quota.into_iter().map(|(field, node)| Expectation { field, wanted: wanted(field, node) }),
                );
            }
        }
        expected
    }
}

/// A field's name where it stands: `used` of `quota.used`.
fn short(field: &str) -> &str {
    field.rsplit('.').next().unwrap_or(field)
}

fn wanted(field: &str, node: &Node) -> Wanted {
    if matches!(short(field), "at" | "retry_at" | "window_start" | "resets_at")
        && let Some(moment) = Moment::read(&node.value)
    {
        return Wanted::Moment(moment);
    }
    match &node.value {
        Value::Text(text) => Wanted::Text(text.clone()),
        Value::Number(number) => Wanted::Number(number.clone()),
        Value::Object(_) => Wanted::Something,
        _ => Wanted::Nothing,
    }
}

impl Takes {
    fn fits(self, value: &Value) -> bool {
        match (self, value) {
            (Self::Text, Value::Text(_))
            | (Self::Number, Value::Number(_))
            | (Self::Bool, Value::Bool(_))
            | (Self::List, Value::List(_))
            | (Self::Object, Value::Object(_)) => true,
            (Self::Moment, value) => Moment::read(value).is_some(),
            (Self::Times, Value::Number(number)) => {
                number.parse().is_ok_and(|times: u32| (1..=MAX_TIMES).contains(&times))
            }
            (Self::OneOf(words), Value::Text(text)) => words.contains(&text.as_str()),
            _ => false,
        }
    }

    fn in_words(self) -> String {
        match self {
            Self::Text => "a text".to_owned(),
            Self::Number => "a number".to_owned(),
            Self::Bool => "true or false".to_owned(),
            Self::List => "a list".to_owned(),
            Self::Object => "an object".to_owned(),
            Self::Moment => MOMENTS.to_owned(),
            Self::Times => "a whole number from 1 to 100,000".to_owned(),
            Self::OneOf(words) => format!("one of {}", words.join(", ")),
        }
    }
}
