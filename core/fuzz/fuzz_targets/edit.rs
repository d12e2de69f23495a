//! Any change of any text is made as it was asked for, or refused with a sentence.
//!
//! The rules are those of `tests/properties`, which tries them on fewer texts.

#![no_main]

use arbitrary::Arbitrary;
use gatewright_core::source::Source;
use libfuzzer_sys::fuzz_target;

#[path = "../../../tests/properties/edit_rules.rs"]
mod edit_rules;
#[path = "../../../tests/properties/written.rs"]
mod written;

use edit_rules::{Wish, holds, stays_as_it_is};
use written::document;

#[derive(Arbitrary, Debug)]
struct Input<'b> {
    text: Text<'b>,
    json: Text<'b>,
    kind: u8,
    which: u8,
    tokens: Vec<Token<'b>>,
    index: u8,
    key: Token<'b>,
}

/// Most texts are good documents, for a broken one is only refused.
#[derive(Arbitrary, Debug)]
enum Text<'b> {
    Written(&'b [u8]),
    WithEqualKeys(&'b [u8]),
    Any(&'b str),
}

#[derive(Arbitrary, Debug)]
enum Token<'b> {
    Key(&'b str),
    A,
    B,
    Dash,
    Index(u8),
}

impl Text<'_> {
    fn text(&self) -> String {
        match self {
            Self::Written(bytes) => document(bytes, false),
            Self::WithEqualKeys(bytes) => document(bytes, true),
            Self::Any(text) => (*text).to_string(),
        }
    }
}

impl Token<'_> {
    fn text(&self) -> String {
        match self {
            Self::Key(key) => (*key).to_string(),
            Self::A => "a".to_string(),
            Self::B => "b".to_string(),
            Self::Dash => "-".to_string(),
            Self::Index(index) => (index % 4).to_string(),
        }
    }
}

fuzz_target!(|input: Input<'_>| {
    let text = input.text.text();
    let wish = Wish {
        kind: input.kind,
        which: input.which.into(),
        tokens: input.tokens.iter().map(Token::text).collect(),
        index: input.index.into(),
        key: input.key.text(),
        json: input.json.text(),
    };
    holds(&text, &wish.of(&Source::new(&text)));
    stays_as_it_is(&text);
});
