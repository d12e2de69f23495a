//! Rust text as far as names go: words and signs, without comments, strings and in-file tests.

/// A word, or one sign (`::` is one).
#[derive(Clone, Debug)]
pub(crate) struct Token {
    text: String,
    pub(crate) line: usize,
}

impl Token {
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    fn is_word(&self) -> bool {
        self.text.starts_with(is_word_character)
    }
}

/// A path as it is named, groups taken apart: `a::{b, c}` is `a::b` and `a::c`. One word is a path too.
#[derive(Debug)]
pub(crate) struct Path {
    pub(crate) segments: Vec<String>,
    pub(crate) line: usize,
}

fn is_word_character(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The words and signs of a file. What stands in quotes is left out, and so are comments.
pub(crate) fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut line = 1;
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = comment(rest).or_else(|| quoted(rest)).unwrap_or_else(|| {
            let word = rest.find(|character| !is_word_character(character)).unwrap_or(rest.len());
            let length = if rest.starts_with("::") { 2 } else { word.max(first.len_utf8()) };
            if let Some(text) = rest.get(..length).filter(|_| !first.is_whitespace()) {
                found.push(Token { text: text.to_string(), line });
            }
            length
        });
        let (done, after) = rest.split_at(length);
        line += done.matches('\n').count();
        rest = after;
    }
    found
}

/// The length of the comment that begins here. Block comments nest.
fn comment(rest: &str) -> Option<usize> {
    if rest.starts_with("//") {
        return Some(rest.find('\n').unwrap_or(rest.len()));
    }
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        let here = rest.get(at..)?;
        match here {
            _ if here.starts_with("/*") => depth += 1,
            _ if here.starts_with("*/") && depth > 0 => depth -= 1,
            _ if depth == 0 => return (at > 0).then_some(at),
            _ if here.is_empty() => return Some(rest.len()),
            _ => {
                at += here.chars().next().map_or(1, char::len_utf8);
                continue;
            }
        }
        at += 2;
    }
}

/// The length of the string or character that begins here, its prefix included. A lifetime is neither.
fn quoted(rest: &str) -> Option<usize> {
    if let Some(inner) = rest.strip_prefix('\'') {
        let mut characters = inner.char_indices();
        let (_, first) = characters.next()?;
        let close = if first == '\\' {
            inner.char_indices().skip(2).find(|(_, character)| *character == '\'')
        } else {
            characters.next().filter(|(_, character)| *character == '\'')
        };
        return close.map(|(at, _)| at + 2);
    }
    let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|prefix| {
        rest.strip_prefix(prefix)
            .is_some_and(|rest| rest.starts_with('"') || (prefix.ends_with('r') && opens_raw(rest)))
    })?;
    let body = rest.get(prefix.len()..)?;
    if prefix.ends_with('r') {
        let hashes = body.find('"')?;
        let close = format!("\"{}", "#".repeat(hashes));
        let end = body.get(hashes + 1..)?.find(&close)?;
        return Some(prefix.len() + hashes + 1 + end + close.len());
    }
    let mut escaped = false;
    let end = body.char_indices().skip(1).find(|(_, character)| {
        let closes = *character == '"' && !escaped;
        escaped = *character == '\\' && !escaped;
        closes
    });
    Some(end.map_or(rest.len(), |(at, _)| prefix.len() + at + 1))
}

fn opens_raw(rest: &str) -> bool {
    rest.trim_start_matches('#').starts_with('"')
}

/// Leaves out what stands under `#[cfg(test)]`: the item up to its semicolon or closing brace.
pub(crate) fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mark = ["#", "[", "cfg", "(", "test", ")", "]"];
    let mut kept = Vec::new();
    let mut rest = tokens;
    while let Some((first, after)) = rest.split_first() {
        let head = rest.get(..mark.len()).unwrap_or_default();
        if head.iter().map(Token::text).eq(mark) {
            let item = rest.get(mark.len()..).unwrap_or_default();
            rest = item.get(item_length(item)..).unwrap_or_default();
        } else {
            kept.push(first.clone());
            rest = after;
        }
    }
    kept
}

fn item_length(item: &[Token]) -> usize {
    let mut depth = 0_usize;
    for (index, token) in item.iter().enumerate() {
        match token.text() {
            "{" | "(" | "[" => depth += 1,
            "}" if depth == 1 => return index + 1,
            "}" | ")" | "]" => depth = depth.saturating_sub(1),
            ";" if depth == 0 => return index + 1,
            _ => {}
        }
    }
    item.len()
}

/// The modules that are declared, in order.
pub(crate) fn declared_modules(tokens: &[Token]) -> Vec<String> {
    let declarations = tokens.windows(3).filter_map(|found| match found {
        [keyword, name, after]
            if keyword.text() == "mod" && name.is_word() && [";", "{"].contains(&after.text()) =>
        {
            Some(name.text().to_string())
        }
        _ => None,
    });
    declarations.collect()
}

/// Every path that is named.
pub(crate) fn paths(tokens: &[Token]) -> Vec<Path> {
    let mut found = Vec::new();
    let mut rest = tokens;
    while let Some((first, after)) = rest.split_first() {
        rest = if first.is_word() { path(rest, &[], &mut found) } else { after };
    }
    found
}

/// Takes the path that begins here, `before` being what a group stands behind, and returns what follows it.
fn path<'t>(mut rest: &'t [Token], before: &[String], found: &mut Vec<Path>) -> &'t [Token] {
    let mut segments = before.to_vec();
    let line = rest.first().map_or(0, |token| token.line);
    while let Some((word, after)) =
        rest.split_first().filter(|(word, _)| word.is_word() || word.text() == "*")
    {
        segments.push(word.text().to_string());
        rest = after;
        match after {
            [colons, open, inner @ ..] if colons.text() == "::" && open.text() == "{" => {
                return group(inner, &segments, found);
            }
            [colons, next, ..] if colons.text() == "::" && (next.is_word() || next.text() == "*") => {
                rest = after.get(1..).unwrap_or_default();
            }
            _ => break,
        }
    }
    found.push(Path { segments, line });
    rest
}

fn group<'t>(mut rest: &'t [Token], before: &[String], found: &mut Vec<Path>) -> &'t [Token] {
    while let Some((first, after)) = rest.split_first() {
        rest = match first.text() {
            "}" => return after,
            _ if first.is_word() || first.text() == "*" => path(rest, before, found),
            _ => after,
        };
    }
    rest
}

#[test]
fn names_are_found_and_nothing_else() {
    #[rustfmt::skip]
    let cases = [
        ("use a::b;",                              "use a::b",             "a path"),
        ("use a::{b, c::{self, d}, *};",           "use a::b a::c::self a::c::d a::*", "groups are taken apart"),
        ("// a::b\n/* c /* d */ e */ f",           "f",                    "comments, also nested ones"),
        (r##"x("a::b \" c", r#"d"e"#, b"f", 'g', '\'', '"') y"##, "x y", "strings and characters"),
        ("fn f<'a>(x: &'a str) -> char { '}' }",   "fn f a x a str char",  "a lifetime is no character"),
        ("r\"a\\\" b",                             "b",                    "a raw string has no escapes"),
        ("a::<b::c>(d)",                           "a b::c d",             "types inside a path"),
        ("a #[cfg(test)] mod t { b::c({}) } d",    "a d",                  "tests of a file"),
        ("a #[cfg(test)]\nmod tests; d",           "a d",                  "tests of another file"),
        ("#[cfg(test)] fn f(x: [u8; 2]) { a } b",  "b",                    "a semicolon inside brackets ends nothing"),
        ("a /= b",                                 "a b",                  "a sign"),
    ];
    for (text, expected, why) in cases {
        let named: Vec<String> =
            paths(&without_tests(&tokens(text))).iter().map(|path| path.segments.join("::")).collect();
        assert_eq!(named.join(" "), expected, "{text}: {why}");
    }
    assert_eq!(tokens("a\n\"\n\"\nb").iter().map(|token| token.line).collect::<Vec<_>>(), [1, 4]);
    assert_eq!(declared_modules(&tokens("pub mod a; mod b { mod c; } use mod_d;")), ["a", "b", "c"]);
}
