//! A recommended policy as it is offered: what each choice comes to, and what it would change, line by line with its why.

use std::collections::BTreeMap;

use gatewright_core::amount::count;
use gatewright_core::recommend::{Advice, Choice, Figures, Recommended, Treatment, advise, recommend};
use gatewright_core::risk::Assessed;
use gatewright_core::source::Source;
use gatewright_core::verdict::shown_name;

use super::text_diff::TextDiff;

/// What a choice comes to, a number for each of [`ROWS`].
pub type Column = [String; 7];

/// What the numbers of a [`Column`] say.
pub const ROWS: [&str; 7] = [
    "Tools allowed",
    "Tools limited",
    "Tools that need approval",
    "Tools hidden",
    "Tools denied",
    "Most calls a UTC day of the limited tools, for each grant",
    "Calls of a working day that pass",
];

/// A change that is offered.
#[derive(Clone, Debug, PartialEq)]
pub struct Proposal {
    /// The policy's text after it.
    pub text: String,
    /// What it changes.
    pub diff: TextDiff,
    /// Why a line is there, by its number in the text, from 1.
    pub notes: BTreeMap<usize, String>,
    /// What becomes of the tools, by their names.
    pub fates: Vec<Fate>,
}

/// What becomes of a tool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fate {
    /// Its name, fit to be shown.
    pub tool: String,
    /// What becomes of it, in a word.
    pub word: &'static str,
    /// Why, and what cannot be held, a sentence each.
    pub why: Vec<String>,
}

/// What the choice comes to for some tools.
#[must_use]
pub fn column(tools: &[Assessed], choice: Choice) -> Column {
    let figures = recommend(tools, choice).figures(tools);
    let Figures { allowed, limited, approval, hidden, denied, limited_a_day, passing, working_day } = figures;
    let day = if limited == 0 { "none".to_owned() } else { count(limited_a_day) };
    let passing = format!("{} of {}", count(passing), count(working_day));
    [count(allowed), count(limited), count(approval), count(hidden), count(denied), day, passing]
}

/// The policy that tools deserve, in the place of another (`anew`), or with what that says of other tools.
///
/// # Errors
///
/// Why the policy cannot be changed, a sentence without its full stop.
pub fn for_tools(tools: &[Assessed], choice: Choice, policy: &str, anew: bool) -> Result<Proposal, String> {
    let recommendation = recommend(tools, choice);
    let recommended = if anew {
        recommendation.alone()
    } else {
        recommendation.onto(policy).map_err(|error| error.to_string())?
    };
    Ok(proposal(policy, recommended, &recommendation.tools))
}

/// The rule that one tool deserves, in a policy of which nothing else changes.
///
/// # Errors
///
/// Why the policy cannot be changed, a sentence without its full stop.
pub fn for_tool(tool: &Assessed, choice: Choice, policy: &str) -> Result<Proposal, String> {
    let advice = advise(tool, choice);
    let recommended = advice.onto(policy).map_err(|error| error.to_string())?;
    Ok(proposal(policy, recommended, std::slice::from_ref(&advice)))
}

fn proposal(policy: &str, recommended: Recommended, tools: &[Advice]) -> Proposal {
    let Recommended { policy: text, lines } = recommended;
    let source = Source::new(&text);
    let starts: Vec<usize> = text.match_indices('\n').map(|(at, _)| at).collect();
    let mut notes: BTreeMap<usize, String> = BTreeMap::new();
    // What is denied stands nowhere: its reason is told with the tool.
    let of_all =
        |line: &gatewright_core::recommend::Line| line.pointer.as_str() == "/default" && line.tool.is_some();
    for line in lines.iter().filter(|line| !of_all(line)) {
        let Some(place) = source.find(&line.pointer).map(|node| node.range.start) else { continue };
        let number = starts.partition_point(|end| *end < place) + 1;
        let note = notes.entry(number).or_default();
        if !note.is_empty() {
            note.push(' ');
        }
        note.push_str(&line.why);
    }
    let fates = tools.iter().map(fate).collect();
    Proposal { diff: TextDiff::new(policy, &text), notes, fates, text }
}

fn fate(advice: &Advice) -> Fate {
    let word = match advice.treatment {
        Treatment::Allow => "Allow",
        Treatment::Limit => "Limit",
        Treatment::Approval => "Needs approval",
        Treatment::Hide => "Hide",
        Treatment::Deny => "Deny",
    };
    let why = std::iter::once(&advice.why).chain(&advice.not_held).cloned().collect();
    Fate { tool: shown_name(&advice.tool), word, why }
}

#[cfg(test)]
mod tests {
    use gatewright_core::risk::assess_all;
    use gatewright_core::tool::read_tools;
    use gatewright_core::{compile, lint, parse};

    use super::*;
    use crate::model::text_diff::Side;

    const POLICY: &str = r#"// Reviewed.
{
  "version": "1",
  "default": "deny",
  "tools": {
    "kept": {},
    "write_file": {}
  }
}
"#;

    fn tools() -> Vec<Assessed> {
        let list = r#"[{"name": "list_files", "description": "Lists files."},
            {"name": "write_file", "description": "Writes a file."},
            {"name": "run_tests", "description": "Runs the tests."},
            {"name": "delete_file", "description": "Deletes a file."}, {"name": "customer"}]"#;
        assess_all(read_tools(list).unwrap())
    }

    #[test]
    fn every_line_that_comes_has_its_why() {
        for choice in Choice::ALL {
            let offered = for_tools(&tools(), choice, POLICY, true).unwrap();
            assert!(compile(&parse(&offered.text)).is_ok(), "{choice:?}");
            let brings = offered.text.lines().enumerate().filter(|(_, line)| {
                line.contains("\"max\"") || line.contains("\": {}") || line.trim() == "\"delete_file\""
            });
            for (number, line) in brings {
                assert!(
                    offered.notes.contains_key(&(number + 1)),
                    "{}: {line}\n{:?}",
                    choice.as_str(),
                    offered.notes
                );
            }
            assert_eq!(offered.fates.len(), 5);
            assert!(offered.fates.iter().all(|fate| fate.why.iter().all(|why| why.ends_with('.'))));
        }
    }

    #[test]
    fn what_the_policy_says_of_other_tools_stays_where_it_is_asked_to() {
        let kept = for_tools(&tools(), Choice::Balanced, POLICY, false).unwrap();
        assert!(kept.text.starts_with("// Reviewed.") && kept.text.contains("\"kept\": {}"), "{}", kept.text);
        let removed: usize = kept
            .diff
            .hunks
            .iter()
            .flat_map(|hunk| &hunk.lines)
            .filter(|line| line.side == Side::Removed)
            .count();
        assert_eq!(removed, kept.diff.removed);
        let anew = for_tools(&tools(), Choice::Balanced, POLICY, true).unwrap();
        assert!(!anew.text.contains("kept"), "{}", anew.text);
        let definitions: Vec<_> = tools().into_iter().map(|assessed| assessed.tool).collect();
        let found: Vec<_> =
            lint(&parse(&anew.text), Some(&definitions)).iter().map(|found| found.diagnostic.code).collect();
        assert_eq!(found, []);
        let again = for_tools(&tools(), Choice::Balanced, &anew.text, false).unwrap();
        assert!(again.diff.is_empty(), "what is so already is not changed: {:?}", again.diff);
    }

    #[test]
    fn the_rule_of_one_tool_changes_nothing_else() {
        let tool = tools().remove(1);
        let offered = for_tool(&tool, Choice::Balanced, POLICY).unwrap();
        assert!(offered.text.contains("write_file_rate") && offered.text.contains("\"kept\": {}"));
        assert!(!offered.text.contains("list_files"), "{}", offered.text);
        assert!(!offered.notes.is_empty());
        assert_eq!(offered.fates.len(), 1);
        assert!(for_tool(&tool, Choice::Balanced, "{").is_err(), "a broken text cannot be changed");
    }

    #[test]
    fn choices_stand_side_by_side_in_numbers() {
        let columns = Choice::ALL.map(|choice| column(&tools(), choice));
        for column in &columns {
            let tools: usize = column[..5].iter().map(|number| number.parse::<usize>().unwrap()).sum();
            assert_eq!(tools, 5, "each tool is counted once: {column:?}");
            assert!(column[6].contains(" of "), "{column:?}");
        }
        assert_ne!(columns[0], columns[2], "strict is not permissive");
    }
}
