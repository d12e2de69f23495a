//! A text in another language of policies, and what it becomes as one.
//!
//! The text that was brought stays beside what it became, letter by letter. Every sentence is the evaluator's.

use std::sync::Arc;

use gatewright_core::amount::count;
use gatewright_core::diagnostic::Location;
use gatewright_core::export::{ExportOptions, Exported, Unexported, export};
use gatewright_core::import::policy::{
    Carried, Compared, Converted, Dialect, Lost, ReadOptions, Unread, read, recognised,
};
use gatewright_core::legible::legible;

use super::document::GoodVersion;
use super::inventory::Inventory;

/// A text that was brought in another language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brought {
    /// Where it comes from.
    pub name: String,
    /// The text.
    pub text: Arc<str>,
    /// What it is written in.
    pub dialect: Dialect,
}

impl Brought {
    /// A text, where it is in a known language that is not the page's own.
    #[must_use]
    pub fn of(name: &str, text: &str) -> Option<Self> {
        let dialect = recognised(text)?;
        Some(Self { name: name.to_owned(), text: Arc::from(text), dialect })
    }

    /// The text as a policy, for the tools at hand; `tool` is the one that is looked at.
    ///
    /// # Errors
    ///
    /// A sentence for people: where it breaks off, and why.
    pub fn converted(&self, inventory: &Inventory, tool: Option<&str>) -> Result<Converted, String> {
        let tools = names(inventory);
        let server = Some(only_server(inventory)).filter(|name| !name.is_empty());
        let options = ReadOptions { dialect: Some(self.dialect), server, tool, tools: &tools };
        read(&self.text, &options).map_err(|unread| match unread {
            Unread::NoDialect(why) => why,
            Unread::Broken { location, message, .. } => {
                format!("Line {}: {}.", count(location.line), message.trim_end_matches('.'))
            }
        })
    }
}

/// The good version of a policy in another language, for a server of this name.
///
/// # Errors
///
/// A sentence for people: what is missing, or in the way.
pub fn exported(
    version: &GoodVersion,
    inventory: &Inventory,
    dialect: Dialect,
    server: &str,
) -> Result<Exported, String> {
    let options = ExportOptions { server, tools: &names(inventory) };
    export(&version.parsed, dialect, &options).map_err(|unexported| match unexported {
        Unexported::Errors(found) => found.first().map(ToString::to_string).unwrap_or_default(),
        Unexported::Unable(why) => why,
    })
}

/// The name of the one server that was imported; empty where there are none or several.
#[must_use]
pub fn only_server(inventory: &Inventory) -> &str {
    match inventory.servers.as_slice() {
        [only] => &only.name,
        _ => "",
    }
}

fn names(inventory: &Inventory) -> Vec<&str> {
    inventory.tools().filter_map(|(_, tool)| tool.get("name").and_then(|name| name.as_str())).collect()
}

/// What a conversion says of itself, whichever way it went.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What was carried over, a line each.
    pub carried: Vec<String>,
    /// What was not: what stands there, and what was done instead.
    pub lost: Vec<(String, String)>,
    /// How both were held against each other.
    pub compared: Compared,
}

impl Report {
    /// The report of a conversion.
    #[must_use]
    pub fn new(carried: &[Carried], lost: &[Lost], compared: &Compared) -> Self {
        let carried = carried
            .iter()
            .map(|one| format!("{}: {} → {}", line(&one.location), one.what, legible(one.pointer.as_str())));
        let lost = lost.iter().map(|one| {
            (format!("{}: {}", line(&one.location), one.what), format!("{} {}", one.reason, one.instead))
        });
        Self { carried: carried.collect(), lost: lost.collect(), compared: compared.clone() }
    }
}

fn line(location: &Location) -> String {
    format!("Line {}", count(location.line))
}

#[cfg(test)]
mod tests {
    use gatewright_core::import::tools::import_tools;

    use super::*;
    use crate::model::catalogue::Catalogue;
    use crate::model::document::Document;
    use crate::model::samples;
    use crate::model::templates::TEMPLATES;

    const CLAUDE: &str = r#"{"permissions": {"allow": ["mcp__github__get_issue", "mcp__github__list_*"], "deny": ["mcp__github__delete_repo"]}}"#;

    #[test]
    fn what_is_a_policy_already_is_no_text_of_another_language() {
        let mut texts: Vec<String> = samples::SAMPLES.iter().map(|sample| sample.text.to_owned()).collect();
        texts.extend(TEMPLATES.iter().map(|template| template.text(&Catalogue::default())));
        texts.extend(
            ["", "{}", "hello", "[1, 2]", r#"{"tools": [{"name": "a"}]}"#, r#"{"at": 0, "tool": "a"}"#]
                .map(str::to_owned),
        );
        // Half typed, it is none either.
        let first = samples::FIRST.text;
        texts.extend([
            first.replace(']', ""),
            first.replace("10,", "10,,"),
            first.replacen('"', "", 1),
            format!("{first}}}"),
        ]);
        for text in texts {
            assert_eq!(Brought::of("a.json", &text), None, "{text}");
        }
    }

    #[test]
    fn patterns_are_applied_to_the_imported_tools() {
        let brought = Brought::of("settings.json", CLAUDE).unwrap();
        assert_eq!(brought.dialect, Dialect::ClaudeCode);
        let alone = brought.converted(&Inventory::default(), None).unwrap();
        assert!(!alone.policy.contains("list_issues"), "{}", alone.policy);
        let report = Report::new(&alone.carried, &alone.lost, &alone.compared);
        assert_eq!(report.lost.len(), 1, "{report:?}");
        assert!(report.lost[0].0.starts_with("Line 1: ") && report.lost[0].0.contains("mcp__github__list_*"));
        assert!(
            report.carried.iter().any(|line| line.ends_with("→ /tools/get_issue")),
            "{:?}",
            report.carried
        );

        let list = import_tools(r#"[{"name": "list_issues"}, {"name": "get_issue"}]"#, "github").unwrap();
        let known = brought.converted(&Inventory::default().with(&list), None).unwrap();
        assert!(known.policy.contains("list_issues"), "{}", known.policy);
        assert!(Document::new(&known.policy).errors().is_empty());
    }

    #[test]
    fn a_policy_goes_out_with_what_is_lost_on_the_way() {
        let document = Document::new(samples::FIRST.text);
        let version = document.good().unwrap();
        let none = Inventory::default();
        let intercept = exported(version, &none, Dialect::Intercept, "").unwrap();
        assert!(intercept.text.contains("run_tests"), "{}", intercept.text);
        let why = exported(version, &none, Dialect::ClaudeCode, "").unwrap_err();
        assert!(why.contains("name of the server"), "{why}");
        let claude = exported(version, &none, Dialect::ClaudeCode, "ci").unwrap();
        assert!(claude.text.contains("mcp__ci__run_tests"), "{}", claude.text);
        let report = Report::new(&claude.carried, &claude.lost, &claude.compared);
        assert!(!report.lost.is_empty(), "its rules cannot count calls");
    }

    #[test]
    fn a_text_that_breaks_off_is_told_with_its_line() {
        let broken = "version: \"1\"\ntools:\n  create_issue:\n    rules:\n      - name: [\n        rate_limit: \"5/minute\n";
        let brought = Brought::of("policy.yaml", broken).unwrap();
        let why = brought.converted(&Inventory::default(), None).unwrap_err();
        assert!(why.starts_with("Line ") && why.ends_with('.'), "{why}");
    }
}
