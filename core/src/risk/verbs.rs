//! What names say that tools do.
//!
//! A name is a guess: its first verb decides, and what it is done to. A name without any verb says nothing.

use super::Category;
use super::lexicon::{
    AGREED, AGREES, Bits, DESTRUCTIVE, EXECUTE, FINANCIAL, HANDED, HANDS, LIGHT, MONEY, OF_MONEY, ORDERED,
    ORDERS, READ, READ_IN_TEXT, VERBS, WEAK, WRITE,
};
use super::words::Words;

/// A verb.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Verb {
    pub(super) category: Category,
    /// It means several things.
    pub(super) is_weak: bool,
    /// It only says that something is done.
    pub(super) is_light: bool,
}

/// Where in a name it is said what its tool does: the words from `first` to `last`.
#[derive(Clone, Copy)]
pub(super) struct Said {
    pub(super) category: Category,
    pub(super) is_weak: bool,
    pub(super) first: usize,
    pub(super) last: usize,
}

/// The verb that a word is, by the lists that it is in.
pub(super) fn verb(bits: Bits) -> Option<Verb> {
    let lists = [
        (READ, Category::Read),
        (WRITE, Category::Write),
        (EXECUTE, Category::Execute),
        (DESTRUCTIVE, Category::Destructive),
        (FINANCIAL, Category::Financial),
    ];
    let (_, category) = lists.into_iter().find(|(list, _)| bits.has(*list))?;
    Some(Verb { category, is_weak: bits.has(WEAK), is_light: bits.has(LIGHT) })
}

/// The verb that a word of a text is.
pub(super) fn verb_in_text(bits: Bits) -> Option<Verb> {
    let only_there = || Verb { category: Category::Read, is_weak: false, is_light: bits.has(LIGHT) };
    verb(bits).or_else(|| bits.has(READ_IN_TEXT.and(LIGHT)).then(only_there))
}

/// What the words of a name say, from one of them on if that says anything; none where nothing does.
///
/// The first verb decides, as `list` in `list_deploy_keys`. Beside it count a second one behind `or` or `and`, a verb at
/// the end where the first is also a noun (`comment_delete`), and what is done to what (`create_refund`).
pub(super) fn by_words(words: &Words, from: usize) -> Option<Said> {
    by_words_from(words, from).or_else(|| if from > 0 { by_words_from(words, 0) } else { None })
}

fn by_words_from(words: &Words, from: usize) -> Option<Said> {
    let first = (from..words.len()).find(|at| words.bits(*at).has(VERBS))?;
    let verb = self::verb(words.bits(first))?;
    let mut said = Said { category: verb.category, is_weak: verb.is_weak, first, last: first };
    while matches!(words.at(said.last + 1), "and" | "or" | "then") {
        let Some(other) = self::verb(words.bits(said.last + 2)) else { break };
        said.category = said.category.max(other.category);
        said.is_weak = said.is_weak && other.is_weak;
        said.last += 2;
    }
    if said.is_weak
        && said.last + 1 < words.len()
        && let Some(other) = self::verb(words.bits(words.end())).filter(|verb| !verb.is_weak)
    {
        // What runs or takes away does so, whatever else it does.
        let may_be_lowered = !matches!(said.category, Category::Execute | Category::Destructive);
        let lowers = may_be_lowered && other.category == Category::Read;
        if lowers || other.category > said.category {
            return Some(Said {
                category: other.category,
                is_weak: false,
                first: words.len() - 1,
                last: words.len() - 1,
            });
        }
    }
    by_object(words, said).or(Some(said))
}

/// What follows from what it is done to.
fn by_object(words: &Words, said: Said) -> Option<Said> {
    let verb = words.bits(said.last);
    // Screenshots are captured, and so are payments.
    if !matches!(said.category, Category::Write | Category::Execute) && words.at(said.last) != "capture" {
        return None;
    }
    let mut after = said.last + 1..words.len();
    // The nouns at the end that all have to do with money.
    let tail =
        (after.start..words.len()).rev().take_while(|at| words.noun(*at).has(OF_MONEY.and(MONEY))).last();
    let is_money = |at: usize| tail.is_some_and(|tail| at >= tail) && words.noun(at).has(MONEY);
    let is_agreed = |at: usize| verb.has(AGREES) && words.noun(at).has(AGREED);
    let is_ordered = |at: usize| verb.has(ORDERS) && at == words.end() && words.noun(at).has(ORDERED);
    if let Some(last) = after.clone().find(|at| is_money(*at) || is_agreed(*at) || is_ordered(*at)) {
        return Some(Said { category: Category::Financial, is_weak: false, last, ..said });
    }
    let handed = after.find(|at| verb.has(HANDS) && words.noun(*at).has(HANDED))?;
    Some(Said { category: Category::Execute, is_weak: false, last: handed, ..said })
}

/// Whether names, three or more, all begin with one word that is a noun too.
pub(super) fn have_prefix<'a>(names: impl Iterator<Item = &'a str>) -> bool {
    let mut first: Option<Words> = None;
    let mut count = 0;
    for name in names {
        let words = Words::of(name);
        if words.len() < 2 || first.as_ref().is_some_and(|first| first.at(0) != words.at(0)) {
            return false;
        }
        first.get_or_insert(words);
        count += 1;
    }
    let is_noun_too = first
        .and_then(|words| verb(words.bits(0)))
        .is_some_and(|verb| verb.is_weak && verb.category != Category::Destructive);
    count >= 3 && is_noun_too
}
