//! What was seen at an argument → the closest level that the calls bear out, and the rules that say it.
//!
//! Where an argument is there in every call, `require` holds it. Where some call leaves it out, `deny_if` does, which has
//! nothing to say of a call without it.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::shape::{Beginning, Node, OneValue, Seen, Shape, TYPES, Trouble, Why};
use super::{LearnOptions, Level, NotHeld};
use crate::amount::count;
use crate::bounds::Bounds;
use crate::legible::{clip, legible};
use crate::path::ArgPath;
use crate::policy::Op;
use crate::value::{Type, Value};

/// Each value of a set must have been seen so often on average, where not each was seen as often as asked for.
const CALLS_A_VALUE: usize = 10;
/// What a folder, a scheme, a name or a number stands before.
const BOUNDARIES: [char; 9] = ['/', '\\', ':', '@', '.', '-', '_', '=', '#'];
/// The most bytes of a beginning that a call may leave out: a pattern of those that begin otherwise is longer.
const MAX_DENIED: usize = 48;
/// The most rules of a tool that look into lists: a call may bring only so many values to look at.
const MAX_LISTS: usize = 32;
/// A part `..` of a path.
const CLIMBING: &str = r"(?:^|[/\\])\.\.(?:[/\\]|$)";

/// A rule to be.
pub(super) struct Draft {
    pub(super) path: ArgPath,
    pub(super) level: Level,
    pub(super) optional: bool,
    /// Whether it stands in `require`; else in `deny_if`.
    pub(super) required: bool,
    pub(super) conditions: Vec<(Op, Value)>,
    pub(super) on_deny: Option<String>,
    pub(super) why: String,
    /// Calls and what they show.
    pub(super) witnesses: Vec<(usize, String)>,
}

/// How an argument is held: by conditions that hold where it is as it should be, or by some that hold where it is not.
struct Held {
    level: Level,
    within: Vec<(Op, Value)>,
    outside: Vec<(Op, Value)>,
    why: String,
    witnesses: Vec<(usize, String)>,
}

/// The rules of one tool, and what they do not hold.
pub(super) struct Rules<'r> {
    options: &'r LearnOptions,
    tool: &'r str,
    /// The tool's calls that were learned from.
    calls: usize,
    shape: &'r Shape,
    lists: usize,
    pub(super) drafts: Vec<Draft>,
    pub(super) not_held: Vec<NotHeld>,
}

impl<'r> Rules<'r> {
    /// Finds the rules that hold the arguments of a tool's calls.
    pub(super) fn new(options: &'r LearnOptions, tool: &'r str, calls: usize, shape: &'r Shape) -> Self {
        let (drafts, not_held) = (Vec::new(), Vec::new());
        let mut rules = Self { options, tool, calls, shape, lists: 0, drafts, not_held };
        if let Some(root) = shape.node(0) {
            rules.below(root, "args");
        }
        rules
    }

    fn not_held(&mut self, path: &str, calls: usize, why: impl Into<String>) {
        let (tool, path) = (Some(self.tool.to_string()), Some(legible(path)));
        self.not_held.push(NotHeld { tool, path, calls, why: why.into() });
    }

    /// Holds what stands in an object; whether some of it is required. It recurses as deep as arguments may be.
    fn below(&mut self, node: &'r Node, path: &str) -> bool {
        if node.unnameable > 0 {
            let why = "A key that is empty, or has a dot in it, cannot be named by a path: what it holds is anything.";
            self.not_held(path, node.unnameable, why);
        }
        if node.is_map {
            let why = "Its keys differ from call to call, and are too many to be held one by one.";
            self.not_held(path, node.seen.calls.max(1), why);
        }
        let mut any = false;
        for child in &node.children {
            if let Some(node) = self.shape.node(*child) {
                any |= self.key(node, &format!("{path}.{}", node.name));
            }
        }
        any
    }

    fn key(&mut self, node: &'r Node, path: &str) -> bool {
        let seen = &node.seen;
        if let Some(Trouble { why, calls }) = node.trouble {
            let why = match why {
                Why::NotRecorded => "Its value was not recorded, and is not guessed.",
                Why::Unjudgeable => {
                    "It is there twice, or has half a character in it: a rule that named it would deny the call."
                }
            };
            self.not_held(path, calls, why);
            return false;
        }
        let Some(named) = ArgPath::parse(path).ok().filter(|_| path.len() <= Bounds::DEFAULT.name_bytes)
        else {
            self.not_held(path, seen.calls, "Its path is too long to be named.");
            return false;
        };
        let inside = self.below(node, path);
        if seen.calls == 0 {
            self.absent(&named, seen);
            return false;
        }
        if seen.has_only(Type::Object) && (inside || seen.calls < self.calls) {
            return inside;
        }
        let drafts = self.drafts.len();
        self.hold(&named, seen);
        inside || self.drafts.iter().skip(drafts).any(|draft| draft.required)
    }

    fn absent(&mut self, path: &ArgPath, seen: &Seen) {
        let Some((first, calls)) = seen.null else { return };
        let why = match calls {
            1 => "The one call that names it sends `null`.".to_string(),
            calls => format!("Each of the {} calls that name it sends `null`.", count(calls)),
        };
        self.drafts.push(Draft {
            path: path.clone(),
            level: Level::Absent,
            optional: true,
            required: false,
            conditions: Vec::from([(Op::Exists, Value::Bool(true))]),
            on_deny: None,
            why,
            witnesses: Vec::from([(first, "sent `null`".to_string())]),
        });
    }

    /// Holds an argument at the first level that fits.
    fn hold(&mut self, path: &ArgPath, seen: &Seen) {
        let held = self.by_value(path, seen)
            || self.by_beginning(path, seen)
            || self.by_range(path, seen)
            || self.by_type(path, seen);
        if !held {
            self.present(path, seen);
        }
    }

    /// `All 12 calls send`, or `The 7 of 12 calls that have it send`.
    fn senders(&self, seen: &Seen) -> String {
        match (seen.calls, self.calls) {
            (1, 1) => "The one call sends".to_string(),
            (1, all) => format!("The one of {} calls that has it sends", count(all)),
            (calls, all) if calls == all => format!("All {} calls send", count(calls)),
            (calls, all) => format!("The {} of {} calls that have it send", count(calls), count(all)),
        }
    }

    fn is_optional(&self, seen: &Seen) -> bool {
        seen.calls < self.calls
    }

    /// Adds a rule: to `require`, or to `deny_if` where a call may leave the argument out.
    fn add(&mut self, path: &ArgPath, seen: &Seen, held: Held) {
        let Held { level, within, outside, why, witnesses } = held;
        let optional = self.is_optional(seen);
        let conditions = if optional {
            let there = (Op::Exists, Value::Bool(true));
            [there].into_iter().chain(outside).collect()
        } else {
            within
        };
        let (path, on_deny) = (path.clone(), None);
        let required = !optional;
        self.drafts.push(Draft { path, level, optional, required, conditions, on_deny, why, witnesses });
    }

    /// A constant or a set.
    fn by_value(&mut self, path: &ArgPath, seen: &Seen) -> bool {
        let (few, seen_at_least) =
            (seen.values.few(), usize::try_from(self.options.seen).unwrap_or(usize::MAX).max(1));
        let enough = few.iter().all(|one| one.calls >= seen_at_least)
            || seen.calls >= CALLS_A_VALUE.saturating_mul(few.len()).max(seen_at_least);
        let both = seen.has_only(Type::Bool) && few.len() == 2;
        if few.is_empty() || !enough || both {
            return false;
        }
        if seen.has(Type::List) {
            self.lists += 1;
            if self.lists > MAX_LISTS {
                return false;
            }
        }
        let senders = self.senders(seen);
        let first = |value: &Value, calls: usize| match calls {
            1 => format!("sent {}, as no other", shown(value)),
            calls => format!("the first of {} that sent {}", count(calls), shown(value)),
        };
        let witnesses = few.iter().map(|one| (one.first, first(&one.value, one.calls))).collect();
        if let [one] = few {
            let (within, outside) = ((Op::Eq, one.value.clone()), (Op::Neq, one.value.clone()));
            let why = format!("{senders} {}.", shown(&one.value));
            let (within, outside) = (Vec::from([within]), Vec::from([outside]));
            self.add(path, seen, Held { level: Level::Constant, within, outside, why, witnesses });
        } else {
            let all = || Value::List(few.iter().map(|one| one.value.clone()).collect());
            let why = format!("{senders} one of {} values.", few.len());
            let (within, outside) = (Vec::from([(Op::In, all())]), Vec::from([(Op::NotIn, all())]));
            self.add(path, seen, Held { level: Level::Set, within, outside, why, witnesses });
        }
        true
    }

    fn by_beginning(&mut self, path: &ArgPath, seen: &Seen) -> bool {
        let Some(text) = seen.text.as_ref().filter(|_| seen.has_only(Type::Text)) else { return false };
        // Of one text alone, nobody knows where its beginning ends.
        if seen.values.few().len() == 1 {
            return false;
        }
        let optional = self.is_optional(seen);
        let most = if optional { MAX_DENIED } else { usize::MAX };
        let common = text.common();
        let common = common.get(..common.floor_char_boundary(most)).unwrap_or_default();
        let Some(end) = common.rfind(BOUNDARIES) else { return false };
        let prefix = common.get(..=end).unwrap_or_default();
        // A mark alone, as of a heading or a list, is no name of anything; where a path begins, it is.
        if !prefix.starts_with(['/', '\\', '.']) && !prefix.contains(char::is_alphanumeric) {
            return false;
        }
        let why =
            format!("{} texts that begin with {} and go on differently.", self.senders(seen), quoted(prefix));
        let witnesses = beginnings(text);
        let pattern = |text: String| Vec::from([(Op::Regex, Value::Text(text))]);
        let (within, outside) = (pattern(beginning(prefix)), pattern(other_beginning(prefix)));
        self.add(path, seen, Held { level: Level::Prefix, within, outside, why, witnesses });
        if optional && let Some(draft) = self.drafts.last_mut() {
            draft.on_deny = Some(format!("{} must begin with {}.", legible(path.as_str()), legible(prefix)));
        }
        // Nothing lies above the root.
        if prefix.len() > 1 && prefix.ends_with(['/', '\\']) && !text.climbs {
            self.not_climbing(path, seen, prefix, text);
        }
        true
    }

    /// Denies paths that leave a folder by `..`.
    fn not_climbing(&mut self, path: &ArgPath, seen: &Seen, folder: &str, text: &Beginning) {
        let climbing = (Op::Regex, Value::Text(CLIMBING.to_string()));
        let there = (Op::Exists, Value::Bool(true));
        let optional = self.is_optional(seen);
        let whose = match seen.calls {
            1 => "The call sends none".to_string(),
            calls => format!("None of the {} calls sends one", count(calls)),
        };
        self.drafts.push(Draft {
            path: path.clone(),
            level: Level::Prefix,
            optional,
            required: false,
            conditions: if optional { Vec::from([there, climbing]) } else { Vec::from([climbing]) },
            on_deny: Some(format!("{} must not have a part `..`.", legible(path.as_str()))),
            why: format!("A path with a part `..` leaves {}. {whose}.", quoted(folder)),
            witnesses: beginnings(text),
        });
    }

    fn by_range(&mut self, path: &ArgPath, seen: &Seen) -> bool {
        let numbers = seen.numbers.as_ref().filter(|_| seen.has_only(Type::Number) && !seen.has_odd_number);
        let Some(numbers) = numbers.filter(|numbers| numbers.least.0 != numbers.most.0) else { return false };
        let ((low, low_call), (high, high_call)) = (&numbers.least, &numbers.most);
        let why = format!("{} numbers from {} to {}.", self.senders(seen), low.as_str(), high.as_str());
        let ends = [
            (Op::Gte, Op::Lt, low, (*low_call, format!("sent {}, the least", low.as_str()))),
            (Op::Lte, Op::Gt, high, (*high_call, format!("sent {}, the most", high.as_str()))),
        ];
        let level = Level::Range;
        if self.is_optional(seen) {
            for (_, outside, end, witness) in ends {
                let outside = Vec::from([(outside, Value::Number(end.clone()))]);
                let (within, why, witnesses) = (Vec::new(), why.clone(), Vec::from([witness]));
                self.add(path, seen, Held { level, within, outside, why, witnesses });
            }
        } else {
            let mut within = Vec::new();
            let mut witnesses = Vec::new();
            for (op, _, end, witness) in ends {
                within.push((op, Value::Number(end.clone())));
                witnesses.push(witness);
            }
            self.add(path, seen, Held { level, within, outside: Vec::new(), why, witnesses });
        }
        true
    }

    fn by_type(&mut self, path: &ArgPath, seen: &Seen) -> bool {
        if seen.has_only(Type::Bool) {
            let both = || Value::List(Vec::from([Value::Bool(true), Value::Bool(false)]));
            let why = match seen.values.few() {
                [one] => format!(
                    "{} {}: too few to tell that the other is never sent.",
                    self.senders(seen),
                    one.value
                ),
                _ => format!("{} `true` or `false`.", self.senders(seen)),
            };
            let shows = |one: &OneValue| (one.first, format!("sent {}", one.value));
            let witnesses = seen.values.few().iter().map(shows).collect();
            let (within, outside) = (Vec::from([(Op::In, both())]), Vec::from([(Op::NotIn, both())]));
            self.add(path, seen, Held { level: Level::Type, within, outside, why, witnesses });
            return true;
        }
        let Some(text) = seen.text.as_ref().filter(|_| seen.has_only(Type::Text)) else { return false };
        if self.is_optional(seen) {
            return false;
        }
        let within = Vec::from([(Op::Regex, Value::Text("^(?s:.*)".to_string()))]);
        let why = match seen.values.few() {
            [_] => format!("{} a text, too seldom to tell that it is always the same.", self.senders(seen)),
            _ => format!("{} texts that begin in no way that they have in common.", self.senders(seen)),
        };
        let (level, witnesses) = (Level::Type, beginnings(text));
        self.add(path, seen, Held { level, within, outside: Vec::new(), why, witnesses });
        true
    }

    fn present(&mut self, path: &ArgPath, seen: &Seen) {
        let types: Vec<String> =
            TYPES.iter().filter(|one| seen.has(**one)).map(ToString::to_string).collect();
        let (senders, types) = (self.senders(seen), types.join(" or "));
        if self.is_optional(seen) {
            let why =
                format!("{senders} {types}, and the language has no closer rule for what may be left out.");
            return self.not_held(path.as_str(), seen.calls, why);
        }
        let within = Vec::from([(Op::Exists, Value::Bool(true))]);
        let why = format!("{senders} {types}, and the language has no closer rule for them.");
        let firsts = seen.types.iter().zip(TYPES).filter_map(|(first, one)| Some(((*first)?, one)));
        let witnesses = firsts.map(|(first, one)| (first, format!("sent {one}"))).collect();
        self.add(path, seen, Held { level: Level::Present, within, outside: Vec::new(), why, witnesses });
    }
}

/// The calls that show where texts begin to differ.
fn beginnings(text: &Beginning) -> Vec<(usize, String)> {
    let first = (text.first_call, format!("sent {}", quoted(text.first())));
    let other =
        text.other_call.map(|call| (call, format!("goes on differently after {}", quoted(text.common()))));
    [first].into_iter().chain(other).collect()
}

/// The pattern of texts that begin so.
fn beginning(prefix: &str) -> String {
    let mut pattern = String::from("^");
    for character in prefix.chars() {
        if is_special(character) {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    // What ends in an escape is told from what is left open by chance.
    if prefix.ends_with('\\') {
        pattern.push_str("(?s:.*)");
    }
    pattern
}

/// The pattern of texts that do not begin so: they are shorter, or differ at one of the places.
fn other_beginning(prefix: &str) -> String {
    let mut pattern = match prefix.chars().count().saturating_sub(1) {
        0 => String::from("^(?s:$"),
        shorter => format!("^(?s:.{{0,{shorter}}}$"),
    };
    for (place, character) in prefix.chars().enumerate() {
        pattern.push('|');
        match place {
            0 => {}
            1 => pattern.push('.'),
            place => pattern.push_str(&format!(".{{{place}}}")),
        }
        let escape = if is_special(character) || character == '-' { "\\" } else { "" };
        pattern.push_str(&format!("[^{escape}{character}]"));
    }
    pattern.push(')');
    pattern
}

/// Whether a character means something else in a pattern.
const fn is_special(character: char) -> bool {
    matches!(character, '\\' | '.' | '+' | '*' | '?' | '(' | ')' | '|' | '[' | ']' | '{' | '}' | '^' | '$')
}

/// A value for people.
fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => quoted(text),
        value => format!("`{}`", clip(&value.to_string())),
    }
}

fn quoted(text: &str) -> String {
    format!("`{}`", clip(text))
}
