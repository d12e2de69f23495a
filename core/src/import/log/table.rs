//! A table of calls, with commas between (CSV, RFC 4180): `timestamp,server,tool,arguments`.
//!
//! The first row names the columns, in any order and case. One of them is `tool`, and one more must be known: `timestamp`
//! (or `time`, `at`, `ts`), `server`, `arguments` (or `args`), `grant`, `session`, `outcome`, `approved`. Without a column
//! of arguments, these are unknown; an empty cell is a call without any. A cell in quotes may hold commas, line ends, and
//! quotes that are doubled.

use alloc::borrow::Cow;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::object::Object;
use super::records::{Found, Records};
use super::{Format, Unit};
use crate::call::{Arguments, Outcome};
use crate::time::Timestamp;

/// Where the cells of a row are that matter, in this order.
const NAMES: [&[&str]; 8] = [
    &["tool"],
    &["timestamp", "time", "at", "ts"],
    &["server"],
    &["arguments", "args"],
    &["grant"],
    &["session"],
    &["outcome"],
    &["approved"],
];

/// Which column is where: for each of the names, its place.
#[derive(Clone, Copy)]
pub(super) struct Columns([Option<usize>; NAMES.len()]);

impl Columns {
    /// Reads the first row of a table; nothing where it is none.
    pub(super) fn of(row: &[u8]) -> Option<Self> {
        let row = core::str::from_utf8(row).ok()?;
        // A name is short: of what is not a table no more is looked at.
        let cells = cells(row.trim()).filter(|cells| cells.len() <= 100)?;
        let place = |names: &&[&str]| {
            cells.iter().position(|cell| names.iter().any(|name| cell.trim().eq_ignore_ascii_case(name)))
        };
        let mut columns = [None; NAMES.len()];
        for (column, names) in columns.iter_mut().zip(&NAMES) {
            *column = place(names);
        }
        let found = columns.iter().flatten().count();
        (columns.first().is_some_and(Option::is_some) && found > 1).then_some(Self(columns))
    }
}

/// A place in a row.
#[derive(Clone, Copy, Default)]
pub(super) struct Quotes {
    /// Whether a cell has begun.
    in_cell: bool,
    /// Whether it stands in quotes that are open.
    open: bool,
    /// Whether its quotes were closed just before: another would be a quote of its own.
    closed: bool,
}

impl Quotes {
    /// Goes past a byte: whether the row ends before it.
    pub(super) fn pass(&mut self, byte: u8) -> bool {
        let closed = core::mem::take(&mut self.closed);
        match byte {
            b'"' if self.open => (self.open, self.closed) = (false, true),
            b'"' => self.open = closed || !self.in_cell,
            _ if self.open => {}
            b'\n' => return true,
            b',' => {
                self.in_cell = false;
                return false;
            }
            _ => {}
        }
        self.in_cell = true;
        false
    }
}

impl Records {
    /// What follows is a table.
    pub(super) fn table(&mut self) {
        self.log.unit = Unit::Rows;
        self.log.formats.push(Format::Table);
    }

    /// Takes a row.
    pub(super) fn row(&mut self, columns: Columns, row: &[u8]) -> Result<(), String> {
        if row.trim_ascii().is_empty() {
            return Ok(());
        }
        self.log.lines += 1;
        let row = core::str::from_utf8(row).map_err(|_| "not UTF-8".to_string())?;
        let cells = cells(row).ok_or("a cell in quotes does not end")?;
        let [tool, time, server, arguments, grant, session, outcome, approved] =
            columns.0.map(|column| column.map(|place| cells.get(place).map_or("", |cell| cell.trim())));
        let tool = tool.filter(|tool| !tool.is_empty()).ok_or("no tool")?;
        let at = match time {
            None => None,
            Some("") => return Err("no time".to_string()),
            Some(time) => Some(instant(time).ok_or("the time cannot be read")?),
        };
        let arguments = match arguments {
            None => Arguments::Unknown,
            Some("") => Arguments::None,
            Some(text) if text.starts_with('{') && Object::read(text).is_ok() => Arguments::Text(text),
            Some(_) => return Err("the arguments are not an object".to_string()),
        };
        let outcome = match outcome {
            None | Some("") => None,
            Some(name) => {
                let named = Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == name);
                Some(named.ok_or("the outcome is none of `ok`, `tool_error`, `protocol_error`")?)
            }
        };
        let named = |cell: Option<&'_ str>| cell.filter(|name| !name.is_empty()).map(ToString::to_string);
        let (server, grant) = (named(server), named(grant));
        let found = Found {
            tool,
            server: server.as_deref(),
            arguments,
            at,
            grant: grant.as_deref(),
            session: session.unwrap_or_default(),
            approved: approved.is_some_and(|approved| approved.eq_ignore_ascii_case("true")),
        };
        if let (Some(index), Some(outcome)) = (self.push(&found), outcome) {
            let at = self.log.calls.get(index).map(|call| call.at).unwrap_or_default();
            self.log.calls.ended(index, outcome, at);
        }
        Ok(())
    }
}

/// The cells of a row; nothing where the last one does not end.
fn cells(row: &str) -> Option<Vec<Cow<'_, str>>> {
    let mut found = Vec::new();
    let mut rest = row.trim_end_matches(['\r', '\n']);
    loop {
        let cell;
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut text = String::new();
            let mut inside = quoted;
            loop {
                let (part, after) = inside.split_once('"')?;
                text.push_str(part);
                let Some(more) = after.strip_prefix('"') else {
                    inside = after;
                    break;
                };
                text.push('"');
                inside = more;
            }
            // What follows the quotes up to the comma belongs to no cell; lenient readers keep it.
            let end = inside.find(',').unwrap_or(inside.len());
            let (tail, after) = inside.split_at_checked(end)?;
            text.push_str(tail);
            cell = Cow::Owned(text);
            rest = after;
        } else {
            let end = rest.find(',').unwrap_or(rest.len());
            let (plain, after) = rest.split_at_checked(end)?;
            cell = Cow::Borrowed(plain);
            rest = after;
        }
        found.push(cell);
        match rest.strip_prefix(',') {
            Some(after) => rest = after,
            None => return Some(found),
        }
    }
}

/// A time: RFC 3339, or milliseconds since 1970.
fn instant(text: &str) -> Option<Timestamp> {
    match text.parse::<i64>() {
        Ok(millis) => Some(Timestamp::from_millis(millis)).filter(|at| at.as_millis() == millis),
        Err(_) => Timestamp::parse(text),
    }
}
