//! What the beginning of a description says that its tool does.
//!
//! Only its first sentence is read for that, since what follows tells when to use the tool, what it gives, and what other
//! tools are for. Nothing here understands a text: the verb that it begins with decides, and the verbs that are joined to
//! that one with a comma, `and` or `or`. What is denied (`does not delete`, `never modifies`) does not count.

use alloc::string::String;
use alloc::vec::Vec;

use super::Category;
use super::lexicon::{Bits, LOOKED_FOR, look_up, look_up_stem};
use super::verbs::{Verb, verb_in_text};

/// Bytes of a description that are looked at; a first sentence is rarely longer than a tenth of it.
const MOST: usize = 1_200;
/// Words of the first sentence that are looked at.
const MOST_WORDS: usize = 60;

/// A description, as far as it is read.
pub(super) struct Sentence<'a> {
    /// The first sentence.
    text: &'a str,
    /// All that is read, in lower case.
    lowered: String,
    /// Where the first sentence begins in it.
    start: usize,
    words: Vec<Word>,
}

/// A word, and whether a comma stands before it.
#[derive(Clone, Copy)]
struct Word {
    from: usize,
    to: usize,
    follows_comma: bool,
    is_shouted: bool,
    plain: Bits,
    stem: Bits,
}

/// What a description says, and the words that say so.
pub(super) struct Told<'a> {
    pub(super) category: Category,
    pub(super) words: &'a str,
    /// Its first word may be a noun, or mean several things.
    pub(super) is_weak: bool,
}

impl<'a> Sentence<'a> {
    pub(super) fn of(description: &'a str) -> Self {
        let read = head(description, MOST);
        // `Notion | Retrieve a user`: what stands before the bar says whose tool it is.
        let start = read.get(..read.len().min(40)).and_then(|head| head.find(" | ")).map_or(0, |bar| bar + 3);
        let rest = read.get(start..).unwrap_or_default();
        let start = start + (rest.len() - rest.trim_start().len());
        let text = first_sentence(rest.trim_start());
        let mut sentence =
            Self { text, lowered: read.to_ascii_lowercase(), start, words: Vec::with_capacity(16) };
        sentence.split();
        sentence
    }

    fn split(&mut self) {
        let bytes = self.text.as_bytes();
        let mut from = None;
        let mut follows_comma = false;
        for at in 0..=bytes.len() {
            let byte = bytes.get(at).copied().unwrap_or(b' ');
            if byte.is_ascii_alphanumeric() || byte == b'\'' || byte >= 0x80 {
                from = from.or(Some(at));
                continue;
            }
            if let Some(from) = from.take() {
                let word = self.text.get(from..at).unwrap_or_default();
                let is_shouted = word.len() > 1 && !word.bytes().any(|byte| byte.is_ascii_lowercase());
                let lowered = self.lowered.as_bytes();
                let lowered = lowered.get(self.start + from..self.start + at).unwrap_or_default();
                let (plain, stem) = (look_up(lowered), look_up_stem(lowered));
                self.words.push(Word { from, to: at, follows_comma, is_shouted, plain, stem });
                follows_comma = false;
                if self.words.len() == MOST_WORDS {
                    break;
                }
            }
            follows_comma |= matches!(byte, b',' | b'/' | b':');
        }
    }

    fn word(&self, index: usize) -> &str {
        let place = self.words.get(index).map(|word| (self.start + word.from, self.start + word.to));
        place.and_then(|(from, to)| self.lowered.get(from..to)).unwrap_or_default()
    }

    /// The first word of the first sentence, in lower case, that is in one of the lists.
    pub(super) fn first(&self, of: Bits) -> Option<&str> {
        self.words.iter().position(|word| word.plain.has(of)).map(|at| self.word(at))
    }

    /// Whether some word of it, whatever its ending, is in one of the lists.
    pub(super) fn any(&self, of: Bits) -> bool {
        self.words.iter().any(|word| word.plain.and(word.stem).has(of))
    }

    /// The text from one word on, as far as it tells what is done: five words or up to a comma.
    fn from(&self, first: usize, at_least: usize) -> &'a str {
        let mut last = first;
        while last < at_least || last - first < 4 {
            match self.words.get(last + 1) {
                Some(next) if last < at_least || !next.follows_comma => last += 1,
                _ => break,
            }
        }
        let (Some(from), Some(to)) = (self.words.get(first), self.words.get(last)) else { return self.text };
        self.text.get(from.from..to.to).unwrap_or(self.text)
    }

    /// What the first sentence says that the tool does; none where it begins with no verb.
    pub(super) fn told(&self) -> Option<Told<'a>> {
        let first = self.beginning();
        let (mut lead, is_third) = self.verb(first)?;
        let mut last = first;
        if lead.is_light {
            let (object, at) = self.object(first)?;
            (lead, last) = (Verb { category: object, ..lead }, at);
        }
        let mut category = lead.category;
        let mut at = first + 1;
        while let Some(word) = self.words.get(at) {
            let is_joined = word.follows_comma || matches!(self.word(at - 1), "and" | "or" | "then" | "also");
            if is_joined
                && !word.is_shouted
                && let Some((other, its_third)) = self.verb(self.past_adverbs(at))
                && !other.is_weak
                && !other.is_light
                && its_third == is_third
                && other.category > category
            {
                (category, last) = (other.category, self.past_adverbs(at));
            }
            at += 1;
        }
        Some(Told {
            category,
            words: self.from(first, last),
            is_weak: lead.is_weak && !is_third && category == lead.category,
        })
    }

    /// The verb at a place, and whether it has the ending of the third person.
    fn verb(&self, at: usize) -> Option<(Verb, bool)> {
        let word = self.words.get(at)?;
        let plain = verb_in_text(word.plain).map(|verb| (verb, false));
        plain.or_else(|| verb_in_text(word.stem).map(|verb| (verb, true)))
    }

    /// What is done, where the verb says only that something is: `run a find query`, `perform click`, `make edits`.
    fn object(&self, light: usize) -> Option<(Category, usize)> {
        let runs = self.word(light).starts_with("run") || self.word(light).starts_with("execute");
        for at in light + 1..light + 6 {
            let word = self.word(at);
            if word.is_empty() || self.words.get(at).is_some_and(|word| word.follows_comma) {
                break;
            }
            if is_denial(word) {
                return None;
            }
            if runs && self.words.get(at).is_some_and(|word| word.plain.and(word.stem).has(LOOKED_FOR)) {
                return Some((Category::Read, at));
            }
            if !runs && let Some((verb, _)) = self.verb(at).filter(|(verb, _)| !verb.is_light) {
                return Some((verb.category, at));
            }
        }
        runs.then_some((Category::Execute, light))
    }

    /// The first word that is not about the tool as such: `This tool allows you to quickly …`.
    fn beginning(&self) -> usize {
        let mut at = 0;
        while at < 12 {
            let (word, next) = (self.word(at), self.word(at + 1));
            let is_about_people =
                matches!(next, "you" | "the" | "users" | "user" | "agents" | "clients" | "to");
            at = match word {
                "this" | "tool" | "tools" | "function" | "a" | "an" | "the" | "you" | "to" | "that"
                | "which" | "can" | "will" | "use" | "used" | "it" | "for" | "please" | "auto" | "is"
                | "deprecated" | "user" | "users" | "agents" | "clients" => at + 1,
                "allow" | "allows" | "let" | "lets" | "enable" | "enables" | "help" | "helps"
                    if is_about_people =>
                {
                    at + 1
                }
                _ if self.past_adverbs(at) > at => at + 1,
                _ => return at,
            };
        }
        at
    }

    fn past_adverbs(&self, mut at: usize) -> usize {
        while matches!(self.word(at), "also" | "then" | "optionally")
            || (self.word(at).ends_with("ly") && !matches!(self.word(at), "apply" | "reply"))
        {
            at += 1;
        }
        at
    }

    /// Where one of some phrases, in lower case, stands and is not denied; as it is written. `starts` are the letters that
    /// they begin with.
    pub(super) fn phrase(&self, description: &'a str, phrases: &[&str], starts: &[u8]) -> Option<&'a str> {
        let bytes = self.lowered.as_bytes();
        let mut is_inside = false;
        for (at, byte) in bytes.iter().enumerate() {
            let begins = !is_inside && starts.contains(byte);
            is_inside = byte.is_ascii_alphanumeric();
            let is_there =
                |phrase: &&str| bytes.get(at..).is_some_and(|rest| rest.starts_with(phrase.as_bytes()));
            if begins && phrases.iter().any(is_there) && !self.is_denied(at) {
                // To the end of the word, and the three after it.
                let rest = description.get(at..self.lowered.len())?;
                let end = rest.char_indices().filter(|(_, it)| it.is_whitespace() || *it == '.').nth(3);
                return rest.get(..end.map_or(rest.len(), |(end, _)| end));
            }
        }
        None
    }

    /// Whether one of the three words before a place denies what follows.
    fn is_denied(&self, at: usize) -> bool {
        let before = self.lowered.get(at.saturating_sub(40)..at).unwrap_or_default();
        let words = before.rsplit(|it: char| !it.is_ascii_alphanumeric() && it != '\'');
        words.filter(|word| !word.is_empty()).take(3).any(is_denial)
    }

    /// Whether it says that it only reads.
    pub(super) fn claims_to_read(&self, description: &'a str) -> bool {
        let claims = ["read-only", "readonly", "read only", "select query", "select statement"];
        self.phrase(description, &claims, b"rs").is_some()
    }
}

/// Whether a word denies what comes after it.
fn is_denial(word: &str) -> bool {
    matches!(word, "not" | "never" | "no" | "nothing" | "without" | "cannot") || word.ends_with("n't")
}

/// The beginning of a text, at most so many bytes.
pub(super) fn head(text: &str, most: usize) -> &str {
    let mut end = text.len().min(most);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// Up to the first full stop, question or line that ends a sentence.
fn first_sentence(text: &str) -> &str {
    let bytes = text.as_bytes();
    let ends = |at: usize| match bytes.get(at) {
        Some(b'\n') => true,
        Some(b'.' | b'!' | b'?' | b';') => bytes.get(at + 1).is_none_or(u8::is_ascii_whitespace),
        _ => false,
    };
    let end = (0..bytes.len()).find(|at| ends(*at)).unwrap_or(bytes.len());
    text.get(..end).unwrap_or_default()
}
