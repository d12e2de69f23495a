//! Where the items of an array begin and end, byte by byte, and so the objects of a document over several lines.
//!
//! An object that stands around records is entered: of `{"resourceSpans": [{"scopeSpans": [{"spans": [...]}]}]}` the items
//! are the spans, however many there are. What stands beside such a list is not looked at. Nothing else is understood
//! here: what an item is, its reader says.

/// A place in an array or a document.
#[derive(Clone, Copy)]
pub(super) struct Nest {
    /// Lines before the one on which the item begins.
    pub(super) start: usize,
    /// Whether objects stand one after the other, and in no array.
    is_document: bool,
    /// The lists that were entered, from the outside.
    entered: [Option<&'static str>; DEEPEST],
    /// Lists and objects that are open inside of the innermost of these.
    depth: usize,
    open: Open,
    in_text: bool,
    /// Whether a backslash came just before.
    escaped: bool,
    /// The byte before this one, and the last before it that is no space.
    before: (u8, u8),
}

/// What was begun and is not over.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Nothing,
    Item,
    /// What is no object between those of a document: it ends with its line.
    Line,
    /// The object around a list that was entered, which is no item.
    Around,
}

/// Spans stand in three lists, one inside of the other, and these perhaps in an array.
const DEEPEST: usize = 3;

/// What a byte is to the item.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A part of it.
    Inside,
    /// It stands between two.
    Between,
    /// Its last.
    Ends,
    /// The first that is not its own any more.
    EndsBefore,
    /// What was kept is no item.
    Drops,
    /// The first of another, and the one before has no end.
    Breaks,
    /// The end of the array.
    Over,
}

/// The lists of records that an object of a document stands around.
const DOCUMENT: [&str; 4] = ["messages", "input", "output", "resourceSpans"];

/// So many bytes tell whether an object stands around a list.
const LOOK_AHEAD: usize = 40;

/// Whether the first bytes of a log that begins with an object are those of a document over several lines, or around a
/// list; nothing where that is not to be told yet.
pub(super) fn opens_document(begun: &[u8]) -> Option<bool> {
    let (last, before) = begun.split_last()?;
    match last {
        b'\n' => Some(before.trim_ascii() == b"{"),
        b'[' => Some(key_before(before, &DOCUMENT).is_some()),
        _ if begun.len() >= LOOK_AHEAD => Some(false),
        _ => None,
    }
}

/// The key among `keys` whose value begins behind these bytes.
fn key_before(begun: &[u8], keys: &[&'static str]) -> Option<&'static str> {
    let quoted = begun.trim_ascii_end().strip_suffix(b":")?.trim_ascii_end().strip_suffix(b"\"")?;
    keys.iter().copied().find(|key| {
        let before = quoted.strip_suffix(key.as_bytes()).and_then(|before| before.strip_suffix(b"\""));
        before.is_some_and(|before| matches!(before.trim_ascii_end().last(), None | Some(b'{' | b',')))
    })
}

impl Nest {
    const START: Self = Self {
        start: 0,
        is_document: false,
        entered: [None; DEEPEST],
        depth: 0,
        open: Open::Nothing,
        in_text: false,
        escaped: false,
        before: (0, 0),
    };

    /// Behind the bracket of an array.
    pub(super) const fn array() -> Self {
        Self::START
    }

    /// Before the first object of a document.
    pub(super) const fn document() -> Self {
        Self { is_document: true, ..Self::START }
    }

    /// Whether it may end here.
    pub(super) fn is_over(self) -> bool {
        self.is_document && self.open == Open::Nothing && self.entered == [None; DEEPEST]
    }

    /// Whether an item has begun that is one.
    pub(super) fn is_in_item(self) -> bool {
        matches!(self.open, Open::Item | Open::Line)
    }

    /// Whether what a byte is depends on the bytes before it.
    pub(super) const fn looks_back(self, byte: u8) -> bool {
        byte == b'[' && self.depth == 1 && !self.in_text
    }

    /// Goes past a byte. `begun` is what there is of the item so far, at least where it [looks back](Self::looks_back).
    pub(super) fn pass(&mut self, byte: u8, lines: usize, begun: &[u8]) -> Step {
        let (before, last) = self.before;
        self.before = (byte, if byte.is_ascii_whitespace() { last } else { byte });
        let may_stand_here = !self.in_text && matches!(last, b'[' | b',' | b':');
        if self.is_document && before == b'\n' && byte == b'{' && !self.is_over() && !may_stand_here {
            // A sound document has no object there: the one before was cut off.
            *self =
                Self { start: lines, open: Open::Item, depth: 1, before: self.before, ..Self::document() };
            return Step::Breaks;
        }
        let in_list = !self.is_document || self.entered != [None; DEEPEST];
        if self.open == Open::Nothing && !in_list && byte != b'{' && !byte.is_ascii_whitespace() {
            (self.open, self.start) = (Open::Line, lines);
        }
        if self.open == Open::Line {
            return if byte == b'\n' { self.ends() } else { Step::Inside };
        }
        if self.depth == 0 && !self.in_text {
            match byte {
                b',' | b']' if in_list => return self.end_item(byte),
                b' ' | b'\t' | b'\r' | b'\n' if self.open == Open::Nothing => return Step::Between,
                _ if self.open == Open::Nothing => (self.open, self.start) = (Open::Item, lines),
                _ => {}
            }
        }
        if self.looks_back(byte) && self.enter(begun) {
            return Step::Drops;
        }
        self.inside(byte);
        if self.depth > 0 || self.in_text {
            return Step::Inside;
        }
        if self.open == Open::Around && byte == b'}' {
            self.open = Open::Nothing;
            return Step::Drops;
        }
        if in_list { Step::Inside } else { self.ends() }
    }

    /// A record of a document ends.
    fn ends(&mut self) -> Step {
        *self = Self { before: self.before, ..Self::document() };
        Step::Ends
    }

    /// A comma or a bracket behind an item.
    fn end_item(&mut self, byte: u8) -> Step {
        let is_item = self.is_in_item();
        self.open = Open::Nothing;
        if byte == b']' {
            let Some(list) = self.entered.iter_mut().rfind(|list| list.is_some()) else { return Step::Over };
            *list = None;
            (self.open, self.depth) = (Open::Around, 1);
        }
        if is_item { Step::EndsBefore } else { Step::Drops }
    }

    /// Enters the list that begins here, where it is one of records.
    fn enter(&mut self, begun: &[u8]) -> bool {
        let innermost = self.entered.iter().rev().find_map(|list| *list);
        let keys: &[&'static str] = match innermost {
            Some("resourceSpans") => &["scopeSpans"],
            Some("scopeSpans") => &["spans"],
            Some(_) => return false,
            None if self.is_document => &DOCUMENT,
            None => &["resourceSpans"],
        };
        let Some(key) = key_before(begun, keys) else { return false };
        let Some(free) = self.entered.iter_mut().find(|list| list.is_none()) else { return false };
        *free = Some(key);
        (self.depth, self.open) = (0, Open::Nothing);
        true
    }

    /// Goes past a byte of an item.
    fn inside(&mut self, byte: u8) {
        if self.in_text {
            self.in_text = self.escaped || byte != b'"';
            self.escaped = byte == b'\\' && !self.escaped;
            return;
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}
