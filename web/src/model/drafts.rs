//! The documents that this browser keeps: their list, their names, when they are saved, and when a snapshot is taken.
//!
//! Nothing here stores anything (see `platform::keeping`), and no document's text is here: the list is small.

use gatewright_core::Timestamp;
use serde_json::{Value, json};

use super::refusal::Refusal;

/// How many snapshots of a document are kept.
pub const SNAPSHOTS_KEPT: usize = 30;
/// How long after a change it is saved, in milliseconds: long enough for a word to be typed.
pub const SAVE_AFTER: u64 = 400;
/// The shortest time between two snapshots that are taken by themselves, in milliseconds.
const SNAPSHOT_EVERY: i64 = 60_000;
/// How long a deleted document can be brought back, in milliseconds: 30 days.
const DELETED_KEPT: i64 = 30 * 24 * 60 * 60 * 1000;
/// The longest name, in characters.
const LONGEST_NAME: usize = 80;

/// A document of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// What it is kept under; no other document ever has it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// When it was last saved.
    pub saved: Timestamp,
    /// How often it was saved. A save names the number that it follows, so that no tab writes over another.
    pub revision: u64,
    /// When it was deleted, where it is.
    pub deleted: Option<Timestamp>,
}

/// A snapshot of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotEntry {
    /// When it was taken.
    pub at: Timestamp,
    /// What was about to happen; empty where it was taken by itself.
    pub why: String,
}

/// Whether what is on the page is kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum SaveState {
    /// Nothing was changed yet, so there is nothing to keep.
    #[default]
    Untouched,
    /// A shared document is looked at.
    Shared,
    /// There are changes that are not saved yet.
    Pending,
    /// Everything is saved, since then.
    Saved(Timestamp),
    /// It could not be saved.
    Refused(Refusal),
}

impl SaveState {
    /// What the header says.
    #[must_use]
    pub fn in_words(&self, now: Timestamp) -> String {
        match self {
            Self::Untouched => "Changes will be saved in this browser".to_owned(),
            Self::Shared => "Shared, not saved here".to_owned(),
            Self::Pending => "Saving in this browser…".to_owned(),
            Self::Saved(at) => format!("Saved in this browser {}", when(*at, now)),
            Self::Refused(why) => why.of_keeping().to_owned(),
        }
    }

    /// Whether closing the page now would lose something.
    #[must_use]
    pub const fn would_lose(&self) -> bool {
        matches!(self, Self::Pending | Self::Refused(_))
    }
}

impl Draft {
    /// The entry as it is stored.
    #[must_use]
    pub fn to_json(&self) -> String {
        let entry = json!({ "id": self.id, "name": self.name, "saved": self.saved.as_millis(), "revision": self.revision });
        entry.to_string()
    }

    fn read(entry: &Value) -> Option<Self> {
        let text = |field: &str| entry.get(field).and_then(Value::as_str).map(ToOwned::to_owned);
        let time = |field: &str| entry.get(field).and_then(Value::as_i64).map(Timestamp::from_millis);
        Some(Self {
            id: text("id")?,
            name: text("name").unwrap_or_default(),
            saved: time("saved").unwrap_or_default(),
            revision: entry.get("revision").and_then(Value::as_u64).unwrap_or_default(),
            deleted: time("deleted"),
        })
    }
}

/// Reads the stored list: the document saved last comes first.
#[must_use]
pub fn read_list(json: &str) -> Vec<Draft> {
    let entries: Value = serde_json::from_str(json).unwrap_or_default();
    let mut drafts: Vec<Draft> = entries.as_array().into_iter().flatten().filter_map(Draft::read).collect();
    drafts.sort_by_key(|draft| core::cmp::Reverse(draft.saved));
    drafts
}

/// Reads the stored list of a document's snapshots, the newest first.
#[must_use]
pub fn read_snapshots(json: &str) -> Vec<SnapshotEntry> {
    let entries: Value = serde_json::from_str(json).unwrap_or_default();
    let read = |entry: &Value| {
        let at = Timestamp::from_millis(entry.get("at")?.as_i64()?);
        Some(SnapshotEntry { at, why: entry.get("why")?.as_str()?.to_owned() })
    };
    entries.as_array().into_iter().flatten().filter_map(read).collect()
}

/// Whether a snapshot is taken with a save, when the last one was taken then.
#[must_use]
pub fn snapshot_is_due(last: Option<Timestamp>, now: Timestamp) -> bool {
    // A clock that was put back must not stop snapshots until it has caught up.
    last.is_none_or(|last| now.since(last).abs() >= SNAPSHOT_EVERY)
}

/// What was deleted before this time is forgotten for good.
#[must_use]
pub fn forgotten_before(now: Timestamp) -> Timestamp {
    Timestamp::from_millis(now.as_millis().saturating_sub(DELETED_KEPT))
}

/// A name that none of the documents has: the wanted one, or that with a number before its end.
#[must_use]
pub fn unused_name(wanted: &str, drafts: &[Draft]) -> String {
    let wanted = tidy_name(wanted);
    let is_taken = |name: &str| drafts.iter().any(|draft| draft.deleted.is_none() && draft.name == name);
    if !is_taken(&wanted) {
        return wanted;
    }
    let (stem, end) = parts_of_name(&wanted);
    // One of so many numbers is free.
    let mut numbered = (2..drafts.len() + 3).map(|number| format!("{stem} {number}{end}"));
    numbered.find(|name| !is_taken(name)).unwrap_or_else(|| wanted.clone())
}

/// A document's name, and the end that says what it is.
fn parts_of_name(name: &str) -> (&str, &str) {
    let end =
        [".gatewright.json", ".jsonc", ".json"].into_iter().find(|end| name.ends_with(end)).unwrap_or("");
    name.split_at(name.len() - end.len())
}

/// A name without control characters and blanks around it, of a length that can be shown; never empty.
#[must_use]
pub fn tidy_name(typed: &str) -> String {
    let plain: String = typed.chars().filter(|letter| !letter.is_control()).take(LONGEST_NAME).collect();
    let plain = plain.trim();
    if plain.is_empty() { "Untitled".to_owned() } else { plain.to_owned() }
}

/// The name of a file for a document, with `end` in place of the end it has: what file systems refuse becomes a hyphen.
#[must_use]
pub fn file_name(document: &str, end: &str) -> String {
    let tidy = tidy_name(document);
    let letters = parts_of_name(&tidy).0.chars();
    let letters = letters
        .map(|letter| if letter.is_whitespace() || r#"/\:*?"<>|"#.contains(letter) { '-' } else { letter });
    let name: String = letters.collect();
    let name = name.trim_matches(['.', '-']);
    format!("{}{end}", if name.is_empty() { "policy" } else { name })
}

/// The name of the file that holds a document's policy alone.
#[must_use]
pub fn policy_file(document: &str) -> String {
    let end = if parts_of_name(document).1 == ".jsonc" { ".jsonc" } else { ".json" };
    file_name(document, end)
}

/// An instant for a list: the time of day, after the date where it is another day. Always UTC, and says so.
#[must_use]
pub fn when(at: Timestamp, now: Timestamp) -> String {
    let precise = at.precise_time_of_day();
    let time = precise.get(..5).unwrap_or(&precise);
    if at.date() == now.date() { format!("{time} UTC") } else { format!("{} {time} UTC", at.date()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn named(name: &str) -> Draft {
        Draft { name: name.to_owned(), ..Draft::default() }
    }

    #[test]
    fn an_entry_is_read_as_it_was_written() {
        let draft = Draft {
            id: "a".to_owned(),
            name: "ci \"runner\"".to_owned(),
            saved: at("2026-11-21T12:04:05Z"),
            revision: 7,
            deleted: None,
        };
        assert_eq!(read_list(&format!("[{}]", draft.to_json())), [draft]);
    }

    #[test]
    fn the_list_is_read_whatever_another_version_wrote() {
        let list = r#"[{"id": "old", "saved": 1, "colour": "red"}, {"name": "no id"}, 7,
                       {"id": "new", "name": "n", "saved": 2, "revision": 3, "deleted": 9}]"#;
        let drafts = read_list(list);
        let ids: Vec<&str> = drafts.iter().map(|draft| draft.id.as_str()).collect();
        assert_eq!(
            ids,
            ["new", "old"],
            "the one saved last comes first, and what is no entry is passed over"
        );
        assert_eq!(drafts[0].deleted, Some(Timestamp::from_millis(9)));
        assert!(read_list("").is_empty() && read_snapshots("{}").is_empty());
    }

    #[test]
    fn a_snapshot_a_minute() {
        let noon = at("2026-11-21T12:00:00Z");
        #[rustfmt::skip]
        let cases = [
            // last            now                                due    why
            (None,             noon,                              true,  "there is none yet"),
            (Some(noon),       at("2026-11-21T12:00:59.999Z"),    false, "a minute has not passed"),
            (Some(noon),       at("2026-11-21T12:01:00Z"),        true,  "a minute has passed"),
            (Some(noon),       at("2026-11-21T09:00:00Z"),        true,  "the clock was put back"),
        ];
        for (last, now, due, why) in cases {
            assert_eq!(snapshot_is_due(last, now), due, "{why}");
        }
    }

    #[test]
    fn no_two_documents_get_one_name() {
        let drafts = [
            named("policy"),
            named("policy 2"),
            named("a.json"),
            Draft { deleted: Some(Timestamp::default()), ..named("gone") },
        ];
        #[rustfmt::skip]
        let cases = [
            // wanted        given         why
            ("fresh",        "fresh",      "nobody has it"),
            ("policy",       "policy 3",   "the first free number"),
            ("a.json",       "a 2.json",   "the end stays the end"),
            ("gone",         "gone",       "a deleted document's name is free"),
            ("  \u{7}  ",    "Untitled",   "nothing that can be shown"),
        ];
        for (wanted, given, why) in cases {
            assert_eq!(unused_name(wanted, &drafts), given, "{why}");
        }
    }

    #[test]
    fn a_file_is_named_after_its_document() {
        #[rustfmt::skip]
        let cases = [
            // document                 file of the policy   why
            ("policy.json",             "policy.json",       "it has the end already"),
            ("ci runner",               "ci-runner.json",    "no blanks"),
            ("mine.jsonc",              "mine.jsonc",        "comments are allowed, and said to be there"),
            ("ci.gatewright.json",      "ci.json",           "a workspace was opened"),
            ("../a:b.json",             "a-b.json",          "no path, no drive"),
            (".json",                   "policy.json",       "nothing is left"),
        ];
        for (document, file, why) in cases {
            assert_eq!(policy_file(document), file, "{why}");
        }
        assert_eq!(file_name("policy.json", ".gatewright.json"), "policy.gatewright.json");
    }

    #[test]
    fn the_state_says_where_and_when() {
        let now = at("2026-11-21T12:09:00Z");
        let saved = SaveState::Saved(at("2026-11-21T12:04:58Z"));
        assert_eq!(saved.in_words(now), "Saved in this browser 12:04 UTC");
        assert_eq!(
            saved.in_words(at("2026-11-22T08:00:00Z")),
            "Saved in this browser 2026-11-21 12:04 UTC",
            "a tab left open over night"
        );
        assert!(SaveState::Pending.would_lose() && !saved.would_lose());
    }

    #[test]
    fn a_deleted_document_is_kept_for_thirty_days() {
        assert_eq!(forgotten_before(at("2026-11-30T00:00:00Z")), at("2026-10-31T00:00:00Z"));
    }
}
