use gatewright_core::import::tools::import_tools;

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
        &["gone".to_owned(), "run_tests".to_owned()],
    )
}

#[test]
fn imported_tools_come_first_and_each_is_there_once() {
    let rows = rows();
    let told: Vec<String> = rows
        .iter()
        .map(|row| format!("{} {:?} {} {}", row.name, row.state, row.servers.join("+"), row.badge.word()))
        .collect();
    assert_eq!(
        told,
        [
            "run_tests Custom ci Execute",
            "list_files Allow ci+more Read",
            "do_it Deny ci Not stated",
            "write_file Deny more Destructive",
            "delete_repo Deny  Destructive",
            "gone Deny  Not stated",
            "rotate_keys Hide  Not stated",
        ]
    );
    assert!(rows[0].findings > 0, "a limit of 0");
    assert_eq!(rules_and_limits(rows[0].holdings.rules(), rows[0].holdings.limits), "1 limit");
    assert_eq!(rules_and_limits(rows[1].holdings.rules(), rows[1].holdings.limits), "");
}

#[test]
fn a_badge_says_who_says_so() {
    let hints = |read_only_hint, destructive_hint| Annotations {
        read_only_hint,
        destructive_hint,
        ..Annotations::default()
    };
    #[rustfmt::skip]
    let cases = [
        // name        said by you             its annotations            word           who
        ("run_tests",  None,                   hints(Some(true), None),   "Execute",     BadgeSource::NameAgainstAnnotation),
        ("customer",   None,                   hints(Some(true), None),   "Read",        BadgeSource::Annotation),
        ("list_files", None,                   hints(None, Some(true)),   "Destructive", BadgeSource::Annotation),
        ("list_files", None,                   hints(None, None),         "Read",        BadgeSource::Name),
        ("customer",   None,                   hints(None, None),         "Not stated",  BadgeSource::Nobody),
        ("run_tests",  Some(Effect::Reads),    hints(None, None),         "Read",        BadgeSource::You),
        ("delete_it",  None,                   hints(Some(false), Some(false)), "Write", BadgeSource::Annotation),
    ];
    for (name, said, hints, word, source) in cases {
        let badge = Badge::new(name, said, hints);
        assert_eq!((badge.word(), badge.source), (word, source), "{name}: {hints:?}");
        assert!(!badge.source_in_words().contains("safe"));
    }
}

#[test]
fn rows_are_filtered_by_all_that_is_asked() {
    let rows = rows();
    #[rustfmt::skip]
    let cases = [
        (Filter::default(),                                                        7, "everything"),
        (Filter { text: " LIST".to_owned(), ..Filter::default() },                 1, "in the name, whatever its case"),
        (Filter { state: Some(ToolState::Deny), ..Filter::default() },             4, "denied"),
        (Filter { badge: Some("Destructive"), ..Filter::default() },               2, "destructive"),
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
    let rows = tool_rows(&document.parsed().source, &[], &inventory, &[]);
    assert_eq!(rows.len(), 1_004);
}
