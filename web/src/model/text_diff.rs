//! Two texts, line by line: what the second has that the first has not, and the other way round.
//!
//! The shortest such script (Myers, "An O(ND) Difference Algorithm"), so that a repair shows as the line it touches.
//! Texts that differ in more than [`MOST_CHANGES`] lines are told as one block taken out and one put in: nobody reads
//! more line by line, and the time would grow with the square.

/// So many lines are told apart one by one.
const MOST_CHANGES: usize = 1_000;
/// Lines shown around a change.
const CONTEXT: usize = 3;

/// What changes between two texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextDiff {
    /// Lines that only the second has.
    pub added: usize,
    /// Lines that only the first has.
    pub removed: usize,
    /// The changes with the lines around them, in the order of the text.
    pub hunks: Vec<Hunk>,
}

/// Changes that lie close together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// The first line's number in the first text, from 1.
    pub before: usize,
    /// The same in the second.
    pub after: usize,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Who has it.
    pub side: Side,
    /// The line without its end. A carriage return, and an end that is missing, are shown: they may be all that changed.
    pub text: String,
}

/// Who has a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Both texts.
    Both,
    /// The first alone: it goes.
    Removed,
    /// The second alone: it comes.
    Added,
}

impl TextDiff {
    /// Compares two texts.
    #[must_use]
    pub fn new(before: &str, after: &str) -> Self {
        let before: Vec<&str> = before.split_inclusive('\n').collect();
        let after: Vec<&str> = after.split_inclusive('\n').collect();
        let script = script(&before, &after);
        let count = |wanted| script.iter().filter(|(side, _)| *side == wanted).count();
        Self { added: count(Side::Added), removed: count(Side::Removed), hunks: hunks(&script) }
    }

    /// Whether the texts are the same.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.hunks.is_empty()
    }

    /// How much changes: `2 lines added, 1 removed`.
    #[must_use]
    pub fn in_words(&self) -> String {
        let lines = |count: usize| format!("{count} {}", if count == 1 { "line" } else { "lines" });
        match (self.added, self.removed) {
            (0, 0) => "No line changes".to_owned(),
            (added, 0) => format!("{} added", lines(added)),
            (0, removed) => format!("{} removed", lines(removed)),
            (added, removed) => format!("{} added, {removed} removed", lines(added)),
        }
    }
}

type Script<'t> = Vec<(Side, &'t str)>;

/// Every line of both texts, in an order that leads from one to the other.
fn script<'t>(before: &[&'t str], after: &[&'t str]) -> Script<'t> {
    let start = before.iter().zip(after).take_while(|(one, other)| one == other).count();
    let (head, before) = before.split_at(start);
    let after = after.get(start..).unwrap_or_default();
    let end = before.iter().rev().zip(after.iter().rev()).take_while(|(one, other)| one == other).count();
    let (before, tail) = before.split_at(before.len() - end);
    let after = after.get(..after.len() - end).unwrap_or_default();
    let mut script: Script<'t> = head.iter().map(|line| (Side::Both, *line)).collect();
    let (mut x, mut y) = (0, 0);
    for (kept, same) in common(before, after).into_iter().chain([(before.len(), after.len())]) {
        script.extend(before.get(x..kept).unwrap_or_default().iter().map(|line| (Side::Removed, *line)));
        script.extend(after.get(y..same).unwrap_or_default().iter().map(|line| (Side::Added, *line)));
        script.extend(before.get(kept).map(|line| (Side::Both, *line)));
        (x, y) = (kept + 1, same + 1);
    }
    script.extend(tail.iter().map(|line| (Side::Both, *line)));
    script
}

/// The lines that both have, as their numbers in each, in order; none where too much differs.
///
/// Step `d` of the search holds, for each diagonal that `d` changes reach, how far down the first text they lead:
/// entry `i` is diagonal `2i - d`, so that `y = x + d - 2i`.
fn common(before: &[&str], after: &[&str]) -> Vec<(usize, usize)> {
    let mut steps: Vec<Vec<usize>> = Vec::new();
    for changes in 0..=MOST_CHANGES.min(before.len() + after.len()) {
        let mut reached = Vec::with_capacity(changes + 1);
        for i in 0..=changes {
            let (mut x, _) = arrive(steps.last(), i);
            let y = |x: usize| (x + changes).saturating_sub(2 * i);
            while x < before.len() && before.get(x) == after.get(y(x)) {
                x += 1;
            }
            reached.push(x);
            if x >= before.len() && y(x) >= after.len() {
                steps.push(reached);
                return walk_back(&steps, i);
            }
        }
        steps.push(reached);
    }
    Vec::new()
}

/// Where entry `i` of a step begins, by one more change than the step before, and the entry it comes from.
fn arrive(last: Option<&Vec<usize>>, i: usize) -> (usize, usize) {
    let entry = |index: usize| last.and_then(|last| last.get(index)).copied();
    match (i.checked_sub(1).and_then(entry), entry(i)) {
        (Some(removing), Some(adding)) if removing < adding => (adding, i),
        (Some(removing), _) => (removing + 1, i - 1),
        (None, Some(adding)) => (adding, i),
        (None, None) => (0, 0),
    }
}

fn walk_back(steps: &[Vec<usize>], mut i: usize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (changes, step) in steps.iter().enumerate().rev() {
        let end = step.get(i).copied().unwrap_or(0);
        let last = changes.checked_sub(1).and_then(|last| steps.get(last));
        let (start, from) = arrive(last, i);
        pairs.extend((start..end).rev().map(|x| (x, (x + changes).saturating_sub(2 * i))));
        i = from;
    }
    pairs.reverse();
    pairs
}

fn hunks(script: &Script<'_>) -> Vec<Hunk> {
    let changes: Vec<usize> =
        script.iter().enumerate().filter(|(_, (side, _))| *side != Side::Both).map(|(at, _)| at).collect();
    let mut hunks = Vec::new();
    let (mut before, mut after, mut told) = (1, 1, 0);
    for near in changes.chunk_by(|one, next| next - one <= 2 * CONTEXT + 1) {
        let (Some(first), Some(last)) = (near.first(), near.last()) else { continue };
        let (start, end) = (first.saturating_sub(CONTEXT), (last + 1 + CONTEXT).min(script.len()));
        advance(script.get(told..start), &mut before, &mut after);
        let lines = script.get(start..end).unwrap_or_default();
        hunks.push(Hunk {
            before,
            after,
            lines: lines.iter().map(|(side, text)| line(*side, text)).collect(),
        });
        advance(Some(lines), &mut before, &mut after);
        told = end;
    }
    hunks
}

fn advance(lines: Option<&[(Side, &str)]>, before: &mut usize, after: &mut usize) {
    for (side, _) in lines.unwrap_or_default() {
        *before += usize::from(*side != Side::Added);
        *after += usize::from(*side != Side::Removed);
    }
}

fn line(side: Side, text: &str) -> Line {
    let shown = text.strip_suffix('\n');
    let mut text = shown.unwrap_or(text).replace('\r', "␍");
    if shown.is_none() && side != Side::Both {
        text.push_str(" (no line end)");
    }
    Line { side, text }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hunks as people know them from patches.
    fn patch(before: &str, after: &str) -> String {
        let diff = TextDiff::new(before, after);
        let mut patch = String::new();
        for hunk in diff.hunks {
            patch.push_str(&format!("@{},{}", hunk.before, hunk.after));
            for line in hunk.lines {
                let mark = match line.side {
                    Side::Both => ' ',
                    Side::Removed => '-',
                    Side::Added => '+',
                };
                patch.push_str(&format!("|{mark}{}", line.text));
            }
        }
        patch
    }

    #[test]
    fn a_change_is_shown_with_its_neighbours() {
        #[rustfmt::skip]
        let cases = [
            ("a\n",                "a\n",             "",                               "nothing changes"),
            ("",                   "a\n",             "@1,1|+a",                        "a first text"),
            ("a\n",                "",                "@1,1|-a",                        "all is taken out"),
            ("a\nb\nc\n",          "a\nB\nc\n",       "@1,1| a|-b|+B| c",               "the old line comes first"),
            ("a\nb\n",             "a\nx\nb\n",       "@1,1| a|+x| b",                  "a line between two"),
            ("1\n2\n3\n4\n5\n6\n", "1\n2\n3\n4\n5\n", "@3,3| 3| 4| 5|-6",              "three lines around it"),
            ("a",                  "a\n",             "@1,1|-a (no line end)|+a",       "a line end alone"),
            ("a\r\n",              "a\n",             "@1,1|-a␍|+a",                    "a carriage return alone"),
            ("{\n}\n{\n}\n",       "{\n}\n",          "@1,1| {| }|-{|-}",               "equal lines"),
        ];
        for (before, after, expected, why) in cases {
            assert_eq!(patch(before, after), expected, "{why}");
        }
    }

    #[test]
    fn changes_far_apart_are_hunks_of_their_own() {
        let lines = |changed: &[usize]| {
            let line = |line| format!("{line}{}\n", if changed.contains(&line) { "!" } else { "" });
            (1..=30).map(line).collect::<Vec<_>>().concat()
        };
        let diff = TextDiff::new(&lines(&[]), &lines(&[5, 10, 25]));
        let starts: Vec<_> =
            diff.hunks.iter().map(|hunk| (hunk.before, hunk.after, hunk.lines.len())).collect();
        assert_eq!(starts, [(2, 2, 14), (22, 22, 8)], "lines 5 and 10 share their neighbours");
        assert_eq!(diff.in_words(), "3 lines added, 3 removed");
    }

    #[test]
    fn the_script_leads_from_one_text_to_the_other_and_is_the_shortest() {
        let mut seed = 7_u32;
        let mut text = || -> String {
            (0..12)
                .map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    ["a\n", "b\n", "c\n"][usize::try_from(seed >> 24).unwrap() % 3]
                })
                .collect()
        };
        for _ in 0..200 {
            let (before, after) = (text(), text());
            let (one, other): (Vec<_>, Vec<_>) =
                (before.split_inclusive('\n').collect(), after.split_inclusive('\n').collect());
            let script = script(&one, &other);
            let side = |not: Side| -> String {
                script.iter().filter(|(side, _)| *side != not).map(|(_, line)| *line).collect()
            };
            assert_eq!((side(Side::Added), side(Side::Removed)), (before.clone(), after.clone()));
            let kept = script.iter().filter(|(side, _)| *side == Side::Both).count();
            assert_eq!(kept, longest_common(&one, &other), "{before:?} and {after:?}");
        }
    }

    /// The textbook's table.
    fn longest_common(one: &[&str], other: &[&str]) -> usize {
        let mut row = vec![0; other.len() + 1];
        for line in one {
            let mut diagonal = 0;
            for (y, same) in other.iter().enumerate() {
                let next = if line == same { diagonal + 1 } else { row[y].max(row[y + 1]) };
                diagonal = std::mem::replace(&mut row[y + 1], next);
            }
        }
        row[other.len()]
    }

    #[test]
    fn texts_with_nothing_in_common_are_two_blocks() {
        let text = |mark: &str| (0..3_000).map(|line| format!("{mark}{line}\n")).collect::<Vec<_>>().concat();
        let diff = TextDiff::new(&text("a"), &text("b"));
        assert_eq!((diff.removed, diff.added, diff.hunks.len()), (3_000, 3_000, 1));
        let with_common = format!("{}same\n", text("a"));
        let diff = TextDiff::new(&with_common, &format!("{}same\n", text("b")));
        assert_eq!((diff.removed, diff.added), (3_000, 3_000), "a common end is seen all the same");
    }
}
