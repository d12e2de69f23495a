//! The commands of the page: one list, which the palette filters and the sheet of shortcuts shows.
//!
//! How a command is done is not known here.

use std::borrow::Cow;

use super::view::{Dialog, Tab};

/// A command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// What it does, as a person reads it.
    pub title: Cow<'static, str>,
    /// Its shortcut, as it is printed; empty where it has none.
    pub keys: &'static str,
    /// What happens.
    pub action: Action,
}

/// What a command does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Opens what stands in front of the page.
    Open(Dialog),
    /// Shows the policy in a form.
    Show(Tab),
    /// Presses the button with this id. The command is left out where the page has no such button.
    Press(&'static str),
    /// Shows a tool.
    Tool(String),
    /// Puts a template in place of the policy, by its number.
    Template(usize),
    /// Shows the next finding, or the one before.
    Finding(bool),
    /// Undoes the last step, or makes it again.
    Undo(bool),
    /// Performs every attack.
    Attack,
    /// Saves the policy as a file.
    Save,
    /// Goes to the next part of the page.
    NextPane,
    /// Chooses the colours.
    Theme(&'static str),
    /// A key of a part of the page, told in the sheet of shortcuts and done there.
    Told,
}

const fn open(dialog: Dialog, title: &'static str) -> Command {
    command(Action::Open(dialog), title, "")
}

const fn command(action: Action, title: &'static str, keys: &'static str) -> Command {
    Command { title: Cow::Borrowed(title), keys, action }
}

/// The commands that are always there, in the order of the list.
const FIXED: [Command; 31] = [
    command(Action::Undo(true), "Undo", "Ctrl Z"),
    command(Action::Undo(false), "Redo", "Ctrl Y"),
    command(Action::Finding(true), "Next finding", "F8"),
    command(Action::Finding(false), "Previous finding", "Shift F8"),
    open(Dialog::Templates, "Start from a template"),
    open(Dialog::Compare, "Compare with another policy"),
    open(Dialog::Tests, "Policy tests"),
    command(Action::Press("add-test"), "Add the selected call as a test", ""),
    command(Action::Attack, "Run all attacks", ""),
    open(Dialog::ImportTools, "Import tools"),
    open(Dialog::Recommend, "Recommend a policy"),
    open(Dialog::Share, "Share by link"),
    open(Dialog::Documents, "Documents in this browser"),
    open(Dialog::Snapshots, "Earlier versions"),
    open(Dialog::Export, "Export"),
    command(Action::Save, "Save as a file", "Ctrl S"),
    command(Action::Show(Tab::Visual), "Show the visual editor", ""),
    command(Action::Show(Tab::Json), "Show the policy as JSON", ""),
    command(Action::Show(Tab::Words), "Show the policy in words", ""),
    command(Action::Show(Tab::Split), "Show controls and text side by side", ""),
    command(Action::Press("copy-words"), "Copy the policy in words as Markdown", ""),
    command(Action::Theme("light"), "Light colours", ""),
    command(Action::Theme("dark"), "Dark colours", ""),
    command(Action::Theme("system"), "Colours as the system has them", ""),
    command(Action::Open(Dialog::Shortcuts), "Keyboard shortcuts", "?"),
    command(Action::Told, "Search or run a command", "Ctrl K"),
    command(Action::NextPane, "Next pane", "F6"),
    command(Action::Told, "Allow, deny, hide, or ask for approval: a tool in the list", "A D H P"),
    command(Action::Told, "Next or previous call of the dry run", "← →"),
    command(Action::Told, "Next or previous window, on a lane", "↑ ↓"),
    command(Action::Told, "Next or previous denial of the dry run", "N P"),
];

/// Every command: the fixed ones, then a tool and a template each.
pub fn commands<'n>(
    tools: impl IntoIterator<Item = &'n str>,
    templates: impl IntoIterator<Item = &'static str>,
) -> Vec<Command> {
    let mut commands = FIXED.to_vec();
    let entry = |action, title: String| Command { title: title.into(), keys: "", action };
    commands.extend(
        tools.into_iter().map(|tool| entry(Action::Tool(tool.to_owned()), format!("Go to tool {tool}"))),
    );
    let templates = templates.into_iter().enumerate();
    commands.extend(
        templates.map(|(number, name)| entry(Action::Template(number), format!("Start from {name}"))),
    );
    commands
}

/// The commands that have a shortcut, for the sheet.
pub fn shortcuts() -> impl Iterator<Item = &'static Command> {
    static ALL: [Command; 31] = FIXED;
    ALL.iter().filter(|command| !command.keys.is_empty())
}

/// The numbers of the titles that a query finds, the best first; all of them for no query.
///
/// Each word of the query must be found: best at the start of a word, else inside of one, else as letters in order.
pub fn matches<'t>(query: &str, titles: impl IntoIterator<Item = &'t str>) -> Vec<usize> {
    let query = query.to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let mut found: Vec<(u32, usize)> = Vec::new();
    for (number, title) in titles.into_iter().enumerate() {
        let title = title.to_lowercase();
        let scores = words.iter().map(|word| score(word, &title));
        if let Some(score) = scores.sum::<Option<u32>>() {
            found.push((score, number));
        }
    }
    found.sort_by_key(|(score, number)| (std::cmp::Reverse(*score), *number));
    found.into_iter().map(|(_, number)| number).collect()
}

/// How well a word is found in a title; none where it is not. Both are in small letters.
fn score(word: &str, title: &str) -> Option<u32> {
    if let Some(at) = title.find(word) {
        let before = title.get(..at).and_then(|before| before.chars().next_back());
        return Some(match before {
            None => 4,
            Some(before) if !before.is_alphanumeric() => 3,
            Some(_) => 2,
        });
    }
    let mut rest = title.chars();
    word.chars().all(|wanted| rest.any(|letter| letter == wanted)).then_some(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_finds_what_was_meant_first() {
        let titles =
            ["Undo", "Next finding", "Go to tool run_tests", "Go to tool list_runs", "Start from run"];
        #[rustfmt::skip]
        let cases: [(&str, &[usize], &str); 8] = [
            ("",        &[0, 1, 2, 3, 4], "no query leaves all in order"),
            ("undo",    &[0],             "the whole title"),
            ("UND",     &[0],             "capitals do not matter"),
            ("run",     &[2, 3, 4],       "the start of a word, in the list's order"),
            ("start run", &[4],           "every word must be found"),
            ("tests",   &[2],             "the second part of a name"),
            ("nfd",     &[1],             "letters in order"),
            ("zebra",   &[],              "nothing"),
        ];
        for (query, expected, why) in cases {
            assert_eq!(matches(query, titles), expected, "{query}: {why}");
        }
        assert_eq!(
            matches("st", ["best", "list", "Start"]),
            [2, 0, 1],
            "the start of a word is better than inside"
        );
    }

    #[test]
    fn every_tool_and_template_has_a_command_and_every_shortcut_one_meaning() {
        let all = commands(["a", "b"], ["Read-only agent"]);
        assert_eq!(all.len(), FIXED.len() + 3);
        assert_eq!(all.last().map(|last| &*last.title), Some("Start from Read-only agent"));
        let mut keys: Vec<_> = shortcuts().map(|command| command.keys).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }
}
