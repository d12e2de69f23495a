//! All arguments of a call, whatever rules look at.
//!
//! What [`read_arguments`] leaves out for want of a rule is handed over here, key by key, to whoever looks for the rules
//! that fit. The text is held to the same grammar and the same depth.

use alloc::borrow::Cow;
use alloc::format;
use alloc::vec::Vec;

use super::arguments::read_arguments;
use super::scanner::Scanner;
use super::{DEPTH_IN_MESSAGE, Malformed};
use crate::bounds::Bounds;
use crate::path::{ArgPath, PathTree};
use crate::value::{Argument, Value};

/// What stands at a key.
pub(crate) enum Found<'m> {
    Null,
    Bool(bool),
    /// As it is written.
    Number(&'m str),
    /// Nothing where half a pair of surrogates stands in it.
    Text(Option<Cow<'m, str>>),
    /// As it is written.
    List(&'m str),
    /// What is in it comes next.
    Object,
}

/// Who is told of arguments.
pub(crate) trait Visitor {
    /// The number of the key in the object that has the number `parent`, the arguments object being 0; nothing where it
    /// does not matter what stands there. A key without a name has half a pair of surrogates in it.
    fn key(&mut self, parent: usize, name: Option<&str>) -> Option<usize>;

    /// What stands at the key that has this number.
    fn found(&mut self, key: usize, found: Found<'_>);
}

/// Tells of all arguments, in the order of the text. After an error, what was told is worth nothing.
pub(crate) fn walk_arguments(
    text: &str,
    bounds: &Bounds,
    visitor: &mut impl Visitor,
) -> Result<(), Malformed> {
    let mut scanner = Scanner::new(text, DEPTH_IN_MESSAGE, bounds);
    scanner.space();
    if scanner.peek() != Some(b'{') {
        return Err(Malformed::ArgumentsNotAnObject);
    }
    object(&mut scanner, 0, visitor)?;
    if scanner.at_end() { Ok(()) } else { Err(Malformed::TrailingBytes) }
}

/// It recurses as deep as the bounds allow.
fn object(scanner: &mut Scanner<'_>, number: usize, visitor: &mut impl Visitor) -> Result<(), Malformed> {
    scanner.open(b'{')?;
    let mut first = true;
    while scanner.next_before(b'}', first)? {
        first = false;
        let name = scanner.key()?.read().ok();
        let Some(key) = visitor.key(number, name.as_deref()) else {
            scanner.skip()?;
            continue;
        };
        let start = scanner.place();
        let found = match scanner.peek() {
            Some(b'{') => {
                visitor.found(key, Found::Object);
                object(scanner, key, visitor)?;
                continue;
            }
            Some(b'[') => {
                scanner.skip()?;
                Found::List(scanner.since(start))
            }
            Some(b'"') => Found::Text(scanner.string()?.read().ok()),
            Some(b'-' | b'0'..=b'9') => Found::Number(scanner.number()?),
            first => {
                scanner.skip()?;
                match first {
                    Some(b't') => Found::Bool(true),
                    Some(b'f') => Found::Bool(false),
                    _ => Found::Null,
                }
            }
        };
        visitor.found(key, found);
    }
    Ok(())
}

/// The items of a list's JSON text; nothing where a rule that looks into it would refuse the call.
pub(crate) fn read_list(text: &str, bounds: &Bounds) -> Option<Vec<Value>> {
    let mut tree = PathTree::EMPTY;
    tree.add(&ArgPath::parse("args.list").ok()?, true);
    let mut items = None;
    let arguments = format!("{{\"list\":{text}}}");
    read_arguments(&arguments, &tree, bounds, &mut |_, argument| {
        if let Argument::List(list) = argument {
            items = list;
        }
    })
    .ok()?;
    items
}
