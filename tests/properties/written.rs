//! Documents as people write them, and as they do not: one for any bytes.
//!
//! The fuzz targets include this file, so that both look at the same documents.

/// Keys as they are spelled. Some are the same key.
const KEYS: &[&str] = &[
    r#""a""#,
    r#""b""#,
    r#""c""#,
    r#""tools""#,
    r#""""#,
    r#""-""#,
    r#""0""#,
    r#""1""#,
    r#""~""#,
    r#""~1""#,
    r#""/""#,
    r#""é""#,
    r#""🧪""#,
    r#""\"""#,
    r#""\\""#,
    r#""//""#,
    r#""/*""#,
    r#""\n""#,
    r#""\u0061""#,
];

const SCALARS: &[&str] =
    &["1", "\"\"", "null", "true", "-0.5e+3", "\"a, b\"", "\"{\"", "\"// no\"", "\"\\u00e9\"", "\"🧪\""];

/// What may stand anywhere between two values.
const SPACES: &[&str] = &[
    "",
    " ",
    "  ",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\n   ",
    "\r\n\t",
    "\n\n",
    "/* c */",
    "/**/",
    "/* , ] // */",
    "/* two\n lines */",
    "/* two\r\n lines */ ",
    "// c\n",
    "// c\r\n",
    "// , } /*\n  ",
    "//\n",
];

/// The document that some bytes stand for. It has no syntax error; equal keys it has if they are allowed.
pub(crate) fn document(bytes: &[u8], equal_keys: bool) -> String {
    let mut pen = Pen { bytes, text: String::new(), depth: 0, line: None, odd: 0, equal_keys };
    pen.take_style();
    pen.space();
    pen.value();
    pen.space();
    pen.text
}

struct Pen<'b> {
    bytes: &'b [u8],
    text: String,
    depth: usize,
    /// The line end and the indentation, where each value has a line of its own.
    line: Option<(&'static str, &'static str)>,
    /// In so many of eight gaps stands something odd.
    odd: u8,
    equal_keys: bool,
}

impl Pen<'_> {
    fn next(&mut self) -> usize {
        let (first, rest) = self.bytes.split_first().unwrap_or((&0, &[]));
        self.bytes = rest;
        usize::from(*first)
    }

    fn pick<T: Copy + Default>(&mut self, choices: &[T]) -> T {
        choices.get(self.next() % choices.len()).copied().unwrap_or_default()
    }

    fn take_style(&mut self) {
        self.line = match self.next() % 6 {
            0 | 1 => None,
            2 => Some(("\n", "  ")),
            3 => Some(("\n", "   ")),
            4 => Some(("\r\n", "\t")),
            _ => Some(("\n", "")),
        };
        self.odd = self.pick(&[0, 1, 3, 8]);
        if self.next() % 8 == 7 {
            self.text.push('\u{feff}');
        }
    }

    /// Something odd, or not.
    fn space(&mut self) {
        if self.odd == 0 || self.next() % 8 >= usize::from(self.odd) {
            return;
        }
        for _ in 0..=self.next() % 3 {
            let space = self.pick(SPACES);
            self.text.push_str(space);
        }
    }

    /// What stands before an item or a closing bracket.
    fn line_break(&mut self, is_first: bool) {
        match self.line {
            Some((end, indent)) => {
                self.text.push_str(end);
                self.text.push_str(&indent.repeat(self.depth));
            }
            None if !is_first => self.text.push(' '),
            None => {}
        }
        self.space();
    }

    fn value(&mut self) {
        let kind = match self.depth {
            0 => 1 + self.next() % 3,
            1..6 => self.next() % 4,
            _ => 0,
        };
        match kind {
            0 => {
                let scalar = self.pick(SCALARS);
                self.text.push_str(scalar);
            }
            1 => self.items('[', ']', false),
            _ => self.items('{', '}', true),
        }
    }

    fn items(&mut self, open: char, close: char, keyed: bool) {
        let count = self.next() % 4;
        let mut keys = Vec::new();
        self.text.push(open);
        self.depth += 1;
        for item in 0..count {
            self.line_break(item == 0);
            if keyed {
                let key = self.key(&keys);
                keys.push(key);
                self.text.push_str(key);
                self.space();
                self.text.push_str(": ");
                self.space();
            }
            self.value();
            self.space();
            if item + 1 < count {
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
        self.text.push(close);
    }

    /// A key that is not among those.
    fn key(&mut self, taken: &[&str]) -> &'static str {
        let start = self.next();
        let mut keys = KEYS.iter().cycle().skip(start % KEYS.len()).copied();
        let plain = |key: &str| key.replace("\\u0061", "a");
        let is_taken = |key: &&str| taken.iter().any(|other| plain(other) == plain(key));
        keys.find(|key| self.equal_keys || !is_taken(key)).unwrap_or_default()
    }
}
