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
    /// Whether an item has begun.
    is_begun: bool,
    /// Whether the object that is open stands around a list that was entered, and is no item.
    is_around: bool,
    in_text: bool,
    /// Whether a backslash came just before.
    escaped: bool,
    /// Whether a line just began.
    on_new_line: bool,
    /// The last byte that is no space.
    last: u8,
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
        is_begun: false,
        is_around: false,
        in_text: false,
        escaped: false,
        on_new_line: false,
        last: 0,
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
        self.is_document && !self.is_begun && self.entered == [None; DEEPEST]
    }

    /// Whether an item has begun that is one.
    pub(super) const fn is_in_item(self) -> bool {
        self.is_begun && !self.is_around
    }

    /// Whether what a byte is depends on the bytes before it.
    pub(super) const fn looks_back(self, byte: u8) -> bool {
        byte == b'[' && self.depth == 1 && !self.in_text
    }

    /// Goes past a byte. `begun` is what there is of the item so far, at least where it [looks back](Self::looks_back).
    pub(super) fn pass(&mut self, byte: u8, lines: usize, begun: &[u8]) -> Step {
        let on_new_line = core::mem::replace(&mut self.on_new_line, byte == b'\n');
        let last = self.last;
        if !byte.is_ascii_whitespace() {
            self.last = byte;
        }
        let may_stand_here = !self.in_text && matches!(last, b'[' | b',' | b':');
        if self.is_document && on_new_line && byte == b'{' && !self.is_over() && !may_stand_here {
            // A sound document has no object there: the one before was cut off.
            *self = Self { start: lines, is_begun: true, depth: 1, last: byte, ..Self::document() };
            return Step::Breaks;
        }
        let in_list = !self.is_document || self.entered != [None; DEEPEST];
        if self.depth == 0 && !self.in_text {
            match byte {
                b',' | b']' if in_list => return self.end_item(byte),
                b' ' | b'\t' | b'\r' | b'\n' if !self.is_begun => return Step::Between,
                _ if !self.is_begun => (self.is_begun, self.start) = (true, lines),
                _ => {}
            }
        }
        if self.looks_back(byte) && self.enter(begun) {
            return Step::Drops;
        }
        self.inside(byte);
        if self.depth > 0 || self.in_text && !(byte == b'\n' && !in_list) {
            return Step::Inside;
        }
        if self.is_around && byte == b'}' {
            (self.is_begun, self.is_around) = (false, false);
            return Step::Drops;
        }
        if !in_list && (byte == b'}' || byte == b'\n') {
            *self = Self { on_new_line: byte == b'\n', ..Self::document() };
            return Step::Ends;
        }
        Step::Inside
    }

    /// A comma or a bracket behind an item.
    fn end_item(&mut self, byte: u8) -> Step {
        let is_item = self.is_in_item();
        (self.is_begun, self.is_around) = (false, false);
        if byte == b']' {
            let Some(list) = self.entered.iter_mut().rfind(|list| list.is_some()) else { return Step::Over };
            *list = None;
            (self.is_begun, self.is_around, self.depth) = (true, true, 1);
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
        (self.depth, self.is_begun, self.is_around) = (0, false, false);
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
