//! One line of JSON-RPC, read strictly: the call that is in it, or why it cannot be judged.
//!
//! What is judged must be what the tool's server reads, whichever parser that server has. So the grammar of the whole
//! line is checked, also of the parts that no rule looks at, and whatever two parsers could read in two ways is
//! refused, not guessed: a key that is there twice, a key that some take for another, half a pair of surrogates, a
//! message over several lines. Who forwards a call forwards the very bytes that were judged.
//!
//! This module knows no policy. It says what tool is called, and later fills the slots of the paths that the rules of
//! that tool name.

mod arguments;
mod envelope;
mod malformed;
mod part;
mod scanner;
mod text;
mod tool_list;
mod walk;

use alloc::borrow::Cow;
use alloc::string::String;
use alloc::vec::Vec;

use smallvec::SmallVec;

pub(crate) use self::arguments::read_arguments;
use self::arguments::read_object;
pub use self::envelope::{CallParts, Envelope, Member, id_key, read_envelope};
pub use self::malformed::Malformed;
use self::part::Part;
use self::scanner::Scanner;
use self::text::{Text, is_twin};
pub(crate) use self::tool_list::{ListedTool, read_tool_list};
pub(crate) use self::walk::{Found, Visitor, read_list, walk_arguments};
use crate::bounds::Bounds;
use crate::call::Arguments;
use crate::path::PathTree;
use crate::value::Argument;

/// The method that is judged.
const TOOLS_CALL: &str = "tools/call";

/// The keys of a message that JSON-RPC gives a meaning, and of which a twin is refused.
///
/// A twin of `method` or `params` would be another call to a server that ignores case, a twin of `id` another
/// answer, and a twin of `jsonrpc` perhaps another protocol.
const ENVELOPE_KEYS: [&str; 4] = ["method", "params", "id", "jsonrpc"];

/// The keys of an answer of which a twin is refused. In a message with a `method` it means nothing.
const ANSWER_KEYS: [&str; 2] = ["result", "error"];

/// The keys of `params` that are judged, and of which a twin is refused.
const PARAMS_KEYS: [&str; 2] = ["name", "arguments"];

/// Arguments stand in `params`, which stands in the message.
const DEPTH_IN_MESSAGE: usize = 2;

/// What a line holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line<'m> {
    /// A call of a tool.
    ToolCall(ToolCallLine<'m>),
    /// Another message: a request of another method, a notification, an answer.
    Other,
}

/// A call of a tool, as its line says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolCallLine<'m> {
    /// The JSON text of the call's id: a whole number, or a string with its quotes and escapes.
    pub id: &'m str,
    /// The tool's name.
    pub tool: Cow<'m, str>,
    /// The JSON text of the arguments object, for [`read_arguments`]. None where the call has none.
    pub(crate) arguments: Option<&'m str>,
}

impl<'m> ToolCallLine<'m> {
    /// What the tool is called with.
    #[must_use]
    pub fn arguments(&self) -> Arguments<'m> {
        self.arguments.map_or(Arguments::None, Arguments::Text)
    }
}

/// Reads one line: a JSON-RPC message, with or without its line break.
///
/// Keys are compared as they read: `"m\u0065thod"` is `method`. No key of the message may be there twice, and of a
/// call, none of `params`. Keys of a message that JSON-RPC does not know are ignored. A message without `method` is an
/// answer, and is left alone like every message that calls no tool; only its grammar and its keys are checked.
///
/// ```
/// use gatewright_core::bounds::Bounds;
/// use gatewright_core::message::{Line, Malformed, read_line};
///
/// let line = br#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"ping"}}"#;
/// let Ok(Line::ToolCall(call)) = read_line(line, &Bounds::DEFAULT) else { panic!() };
/// assert_eq!((call.id, &*call.tool), ("7", "ping"));
///
/// let twice = br#"{"id":7,"method":"ping","method":"tools/call"}"#;
/// assert_eq!(read_line(twice, &Bounds::DEFAULT), Err(Malformed::DuplicateKey));
/// ```
pub fn read_line<'m>(line: &'m [u8], bounds: &Bounds) -> Result<Line<'m>, Malformed> {
    outline(line, bounds)?.judged()
}

/// Reads one line, and of a call also the arguments, as [`read_arguments`] does.
///
/// `tree_of` gives the paths that the rules of a tool name; nothing where there are none. Where a message says its
/// method, its tool and its arguments in this order, as most senders do, one pass does it all; otherwise the arguments
/// are read again at the end. After an error, and where the line holds no call, what was handed over is worth nothing.
pub(crate) fn read_call<'m, 't>(
    line: &'m [u8],
    bounds: &Bounds,
    tree_of: impl Fn(&str) -> Option<&'t PathTree>,
    fill: &mut impl FnMut(usize, Argument<'m>),
) -> Result<Line<'m>, Malformed> {
    let mut done = false;
    let line = read_message(line, bounds, &mut |tool, scanner| {
        done = true;
        match tree_of(tool) {
            Some(tree) => read_object(scanner, tree, bounds, fill),
            None => scanner.skip(),
        }
    })?
    .judged()?;
    if let Line::ToolCall(ToolCallLine { tool, arguments: Some(text), .. }) = &line
        && !done
        && let Some(tree) = tree_of(tool)
    {
        read_arguments(text, tree, bounds, fill)?;
    }
    Ok(line)
}

/// The JSON text of the id by which a refused line can be answered: where it is a call, and its id can be read.
#[must_use]
pub fn answer_id<'m>(line: &'m [u8], bounds: &Bounds) -> Option<&'m str> {
    let message = outline(line, bounds).ok()?;
    message.id.filter(|id| message.is_call() && check_id(id).is_ok())
}

/// Reads a message without looking into the arguments of a call.
fn outline<'m>(line: &'m [u8], bounds: &Bounds) -> Result<Message<'m>, Malformed> {
    read_message(line, bounds, &mut |_, scanner| scanner.skip())
}

/// Reads a message. `arguments` goes past the arguments of a call whose tool is known by then.
fn read_message<'m>(
    line: &'m [u8],
    bounds: &Bounds,
    arguments: &mut impl FnMut(&str, &mut Scanner<'m>) -> Result<(), Malformed>,
) -> Result<Message<'m>, Malformed> {
    if line.len() > bounds.message_bytes {
        return Err(Malformed::TooLong);
    }
    let text = core::str::from_utf8(line).map_err(|_| Malformed::NotUtf8)?;
    let mut scanner = Scanner::new(text, 0, bounds);
    scanner.space();
    // Before and after a message, an empty line is no message.
    scanner.broken = false;
    let first = scanner.peek();
    let mut message = Message::default();
    if first == Some(b'{') {
        message.read(&mut scanner, bounds, arguments)?;
    } else {
        scanner.skip()?;
    }
    let broken = scanner.broken;
    match first {
        _ if !scanner.at_end() => Err(Malformed::TrailingBytes),
        Some(b'[') => Err(Malformed::Batch),
        Some(b'{') if broken => Err(Malformed::ManyLines),
        Some(b'{') => Ok(message),
        _ => Err(Malformed::NotAnObject),
    }
}

/// What is known of a message once it has been read.
#[derive(Default)]
struct Message<'m> {
    method: Option<Cow<'m, str>>,
    id: Option<&'m str>,
    params: Option<Result<Params<'m>, Malformed>>,
    params_part: Option<Part<'m>>,
    result: Option<Part<'m>>,
    error: Option<Part<'m>>,
}

impl<'m> Message<'m> {
    /// Fills in a fresh message in its place: it is too large to be moved for each line.
    fn read(
        &mut self,
        scanner: &mut Scanner<'m>,
        bounds: &Bounds,
        arguments: &mut impl FnMut(&str, &mut Scanner<'m>) -> Result<(), Malformed>,
    ) -> Result<(), Malformed> {
        scanner.open(b'{')?;
        let mut keys = Keys::new(bounds);
        let (mut first, mut is_like_another_answer) = (true, false);
        while scanner.next_before(b'}', first)? {
            first = false;
            let key = scanner.key()?;
            let start = scanner.place();
            match keys.add(key)? {
                "method" if scanner.peek() != Some(b'"') => {
                    return Err(Malformed::MethodNotText);
                }
                "method" => self.method = Some(scanner.string()?.read()?),
                "id" => {
                    scanner.skip()?;
                    self.id = Some(scanner.since(start));
                }
                "params" => {
                    let is_call = self.is_call();
                    self.params = Some(Params::read(scanner, bounds, &mut |tool, scanner| {
                        if is_call { arguments(tool, scanner) } else { scanner.skip() }
                    })?);
                    self.params_part = Some(Part { start, text: scanner.since(start) });
                }
                "result" => {
                    scanner.skip()?;
                    self.result = Some(Part { start, text: scanner.since(start) });
                }
                "error" => {
                    scanner.skip()?;
                    self.error = Some(Part { start, text: scanner.since(start) });
                }
                "jsonrpc" => scanner.skip()?,
                key if ENVELOPE_KEYS.iter().any(|name| is_twin(key, name)) => {
                    return Err(Malformed::TwinKey);
                }
                key => {
                    is_like_another_answer |= ANSWER_KEYS.iter().any(|name| is_twin(key, name));
                    scanner.skip()?;
                }
            }
        }
        if is_like_another_answer && self.method.is_none() { Err(Malformed::TwinKey) } else { Ok(()) }
    }

    fn is_call(&self) -> bool {
        self.method.as_deref() == Some(TOOLS_CALL)
    }

    fn judged(self) -> Result<Line<'m>, Malformed> {
        if !self.is_call() {
            return Ok(Line::Other);
        }
        let id = self.id.ok_or(Malformed::NoId)?;
        check_id(id)?;
        let Params { name, arguments } = self.params.ok_or(Malformed::NoParams)??;
        let tool = name.ok_or(Malformed::NoName)?;
        Ok(Line::ToolCall(ToolCallLine { id, tool, arguments }))
    }
}

/// An id is text or a whole number, as the Model Context Protocol has it. A number that is spelled with a fraction or
/// an exponent is refused even where it is whole, and so is `-0`: not every server would answer it by the same id.
fn check_id(json: &str) -> Result<(), Malformed> {
    if let Some(text) = Text::quoted(json) {
        return text.read().map(drop);
    }
    let digits = json.strip_prefix('-').unwrap_or(json);
    let whole = digits.bytes().all(|byte| byte.is_ascii_digit()) && json != "-0";
    if whole { Ok(()) } else { Err(Malformed::IdNotAnId) }
}

/// What is judged of `params`.
#[derive(Default)]
struct Params<'m> {
    name: Option<Cow<'m, str>>,
    arguments: Option<&'m str>,
}

impl<'m> Params<'m> {
    /// Goes past `params`. The outer error is one of grammar, which refuses any message; the inner one refuses a call.
    fn read(
        scanner: &mut Scanner<'m>,
        bounds: &Bounds,
        arguments: &mut impl FnMut(&str, &mut Scanner<'m>) -> Result<(), Malformed>,
    ) -> Result<Result<Self, Malformed>, Malformed> {
        if scanner.peek() != Some(b'{') {
            scanner.skip()?;
            return Ok(Err(Malformed::ParamsNotAnObject));
        }
        scanner.open(b'{')?;
        let (mut params, mut keys) = (Self::default(), Keys::new(bounds));
        let (mut first, mut wrong) = (true, None);
        while scanner.next_before(b'}', first)? {
            first = false;
            let key = scanner.key()?;
            let start = scanner.place();
            if wrong.is_some() {
                scanner.skip()?;
                continue;
            }
            let key = keys.add(key);
            match (key, &params.name) {
                (Ok("name"), _) if scanner.peek() == Some(b'"') => {
                    match scanner.string()?.read() {
                        Ok(name) => params.name = Some(name),
                        Err(problem) => wrong = Some(problem),
                    }
                    continue;
                }
                (Ok("arguments"), Some(name)) if scanner.peek() == Some(b'{') => arguments(name, scanner)?,
                _ => scanner.skip()?,
            }
            wrong = params.take(key, scanner.since(start)).err();
        }
        Ok(wrong.map_or(Ok(params), Err))
    }

    /// Takes a member other than a name that is text.
    fn take(&mut self, key: Result<&str, Malformed>, value: &'m str) -> Result<(), Malformed> {
        match key? {
            "name" => return Err(Malformed::NameNotText),
            "arguments" if value.starts_with('{') => self.arguments = Some(value),
            "arguments" => return Err(Malformed::ArgumentsNotAnObject),
            key if PARAMS_KEYS.iter().any(|name| is_twin(key, name)) => return Err(Malformed::TwinKey),
            _ => {}
        }
        Ok(())
    }
}

/// The keys of one object, which must differ. There are few, so that each is compared with all.
struct Keys<'m> {
    plain: SmallVec<[&'m str; 8]>,
    /// Those that are spelled with escapes, as they read.
    escaped: Vec<String>,
    most: usize,
}

impl<'m> Keys<'m> {
    fn new(bounds: &Bounds) -> Self {
        Self { plain: SmallVec::new(), escaped: Vec::new(), most: bounds.message_keys }
    }

    /// What the next key says.
    fn add(&mut self, key: Text<'m>) -> Result<&str, Malformed> {
        if self.plain.len() + self.escaped.len() >= self.most {
            return Err(Malformed::TooManyKeys);
        }
        if key.escaped {
            let key = key.read()?.into_owned();
            self.must_be_new(&key)?;
            self.escaped.push(key);
            return Ok(self.escaped.last().map_or("", String::as_str));
        }
        self.must_be_new(key.raw)?;
        self.plain.push(key.raw);
        Ok(key.raw)
    }

    fn must_be_new(&self, key: &str) -> Result<(), Malformed> {
        let met = self.plain.contains(&key) || self.escaped.iter().any(|other| other == key);
        if met { Err(Malformed::DuplicateKey) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
