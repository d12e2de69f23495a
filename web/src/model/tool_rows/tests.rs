use gatewright_core::import::tools::import_tools;
use gatewright_core::risk::Category;

use super::*;
use crate::model::document::Document;
use crate::model::findings::findings;

const POLICY: &str = r#"{
  "version": "1",
  "default": "deny",
  "hide": ["rotate_keys"],
  "tools": {
    "run_tests": {"limits": [{"counter": "c", "window": "minute", "max": 0, "scope": "grant"}]},
    "list_files": {},
    "delete_repo": {"deny_if": [{"conditions": []}]}
  }
}"#;

fn inventory() -> Inventory {
    let text = r#"{
        "ci": [{"name": "run_tests", "annotations": {"readOnlyHint": true}}, {"name": "list_files"}, {"name": "do_it"}],
        "more": [{"name": "list_files"}, {"name": "write_file", "annotations": {"readOnlyHint": false, "destructiveHint": true}}]
    }"#;
    Inventory::default().with(&import_tools(text, "").unwrap())
}

fn rows() -> Vec<ToolRow> {
    let (document, inventory) = (Document::new(POLICY), inventory());
    tool_rows(
        &document.parsed().source,
        &findings(&document, &inventory.definitions()),
        &inventory,
        &Catalogue::of(&inventory),
        &["gone".to_owned(), "run_tests".to_owned()],
    )
}

#[test]
fn imported_tools_come_first_and_each_is_there_once() {
    let rows = rows();
    let told: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {:?} {} {}", row.name, row.state, row.servers.join("+"), row.risk.title()))
        .collect();
    assert_eq!(
        told,
        [
            "run_tests Custom ci Execute",
            "list_files Allow ci+more Read",
            "do_it Deny ci Undecided",
            "write_file Deny more Write",
            "delete_repo Deny  Destructive",
            "gone Deny  Undecided",
            "rotate_keys Hide  Write",
        ]
    );
    assert!(rows[0].findings > 0, "a limit of 0");
    assert_eq!(rules_and_limits(rows[0].holdings.rules(), rows[0].holdings.limits), "1 limit");
    assert_eq!(rules_and_limits(rows[1].holdings.rules(), rows[1].holdings.limits), "");
}

#[test]
fn what_somebody_says_of_a_tool_counts_first() {
    let said = inventory()
        .saying("run_tests", Some(Category::Read))
        .saying("rotate_keys", Some(Category::Financial));
    let document = Document::new(POLICY);
    let rows = tool_rows(&document.parsed().source, &[], &said, &Catalogue::of(&said), &[]);
    let of = |name: &str| rows.iter().find(|row| row.name == name).unwrap().risk.clone();
    #[rustfmt::skip]
    let cases = [
        ("run_tests",   "Read",      "set by you",            "a listed tool"),
        ("rotate_keys", "Financial", "set by you",            "one that only the policy names"),
        ("delete_repo", "Destructive", "guessed from the name", "nothing was said of it"),
    ];
    for (name, title, source, why) in cases {
        let risk = of(name);
        assert_eq!((risk.title(), risk.source_in_words()), (title, source), "{why}");
    }
}

#[test]
fn rows_are_filtered_by_all_that_is_asked() {
    let rows = rows();
    let grave = rows.iter().filter(|row| row.risk.level == Level::High).count();
    assert!((1..rows.len()).contains(&grave), "some are, and some are not");
    #[rustfmt::skip]
    let cases = [
        (Filter::default(),                                                        7, "everything"),
        (Filter { text: " LIST".to_owned(), ..Filter::default() },                 1, "in the name, whatever its case"),
        (Filter { state: Some(ToolState::Deny), ..Filter::default() },             4, "denied"),
        (Filter { does: Some("Destructive"), ..Filter::default() },                1, "destructive"),
        (Filter { level: Some(Level::High), ..Filter::default() },                 grave, "grave"),
        (Filter { server: Some("more".to_owned()), ..Filter::default() },          2, "of one server"),
        (Filter { server: Some(String::new()), ..Filter::default() },              3, "of none"),
        (Filter { with_findings: true, state: Some(ToolState::Custom), ..Filter::default() }, 1, "both"),
    ];
    for (filter, expected, why) in cases {
        assert_eq!(filter.matching(&rows).len(), expected, "{why}");
        assert_eq!(filter.is_open(), expected == 7, "{why}");
    }
}

#[test]
fn a_thousand_tools_are_read_in_time() {
    let tools: Vec<String> = (0..1_000).map(|number| format!(r#"{{"name": "list_{number}"}}"#)).collect();
    let inventory = Inventory::default().with(&import_tools(&format!("[{}]", tools.join(",")), "s").unwrap());
    let document = Document::new(POLICY);
    let rows = tool_rows(&document.parsed().source, &[], &inventory, &Catalogue::of(&inventory), &[]);
    assert_eq!(rows.len(), 1_004);
}
