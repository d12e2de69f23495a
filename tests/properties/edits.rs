//! Edits of documents: what was asked for happens, and nothing else does.

use gatewright_core::diagnostic::apply;
use gatewright_core::pointer::Pointer;
use gatewright_core::source::{Source, Value as Written};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::Value;

use crate::edit_rules::{Wish, collect, comments, holds, stays_as_it_is};
use crate::examples;
use crate::written::document;

const TOKENS: &[&str] = &["a", "b", "new", "limits", "0", "1", "2", "-", "", "~1", "é", "01"];

const VALUES: &[&str] = &[
    "1",
    "{}",
    "[]",
    " null // beside the value",
    "{\"a\": [1, 2]}",
    "{\n  \"x\": [\n    1,\n    {}\n  ]\n}",
    "{\r\n\t\"x\": 1 // why\r\n}",
    "[1,\n 2]",
    "nul",
];

/// Two neighbours of a list change places; every other value is where it was, and no comment is lost.
fn changes_places(text: &str, source: &Source, list: &Pointer, first: usize) {
    let edited = apply(text, &source.swap_items(list, first).unwrap()).unwrap();
    let after = Source::new(&edited);
    assert_eq!(after.diagnostics(), [], "{text:?} became {edited:?}");
    let values = |source: &Source, place: &Pointer| match &source.find(place).unwrap().value {
        Written::List(items) => {
            items.iter().map(|item| source.text()[item.range.clone()].to_string()).collect()
        }
        _ => Vec::new(),
    };
    let mut expected = values(source, list);
    expected.swap(first, first + 1);
    assert_eq!(values(&after, list), expected, "{text:?} became {edited:?}");
    let sorted = |text: &str| {
        let mut all: Vec<String> =
            comments(text).into_iter().map(|comment| text[comment].trim_end().to_string()).collect();
        all.sort();
        all
    };
    assert_eq!(sorted(&edited), sorted(text), "{text:?} became {edited:?}");
    let inked = |text: &str| text.chars().filter(|found| !found.is_whitespace()).count();
    assert_eq!(inked(&edited), inked(text), "{text:?} became {edited:?}");
}

fn documents() -> impl Strategy<Value = String> {
    vec(any::<u8>(), 0..150).prop_map(|bytes| document(&bytes, false))
}

fn wishes() -> impl Strategy<Value = Wish> {
    let tokens = vec(select(TOKENS.to_vec()).prop_map(str::to_string), 0..4);
    let key = select(TOKENS.to_vec()).prop_map(str::to_string);
    let json = prop_oneof![select(VALUES.to_vec()).prop_map(str::to_string), documents()];
    (any::<u8>(), any::<usize>(), tokens, any::<usize>(), key, json)
        .prop_map(|(kind, which, tokens, index, key, json)| Wish { kind, which, tokens, index, key, json })
}

/// Documents as a formatter writes them, with the spaces of their style.
fn neat(value: &Value, style: &Style, indent: &str) -> String {
    let inner = format!("{indent}{}", style.unit);
    let items: Vec<String> = match value {
        Value::Array(items) => items.iter().map(|item| neat(item, style, &inner)).collect(),
        Value::Object(members) => {
            members.iter().map(|(key, value)| format!("\"{key}\": {}", neat(value, style, &inner))).collect()
        }
        scalar => return scalar.to_string(),
    };
    let is_flat = |item: &Value| !item.is_array() && !item.is_object();
    let on_one_line = !style.in_lines || value.as_array().is_some_and(|items| items.iter().all(is_flat));
    let text = match (items.is_empty(), on_one_line) {
        (true, _) => String::new(),
        (false, true) => items.join(", "),
        (false, false) => {
            let items = items.join(&format!(",{}{inner}", style.line_end));
            format!("{0}{inner}{items}{0}{indent}", style.line_end)
        }
    };
    if value.is_array() { format!("[{text}]") } else { format!("{{{text}}}") }
}

#[derive(Clone, Debug)]
struct Style {
    in_lines: bool,
    unit: &'static str,
    line_end: &'static str,
}

fn styles() -> impl Strategy<Value = Style> {
    let style = (any::<bool>(), select(vec!["  ", "   ", "\t"]), select(vec!["\n", "\r\n"]));
    style.prop_map(|(in_lines, unit, line_end)| Style { in_lines, unit, line_end })
}

fn objects() -> impl Strategy<Value = Value> {
    let key = || select(vec!["a", "b", "c", "d"]).prop_map(str::to_string);
    let leaf = any::<u8>().prop_map(Value::from);
    let tree = leaf.prop_recursive(4, 24, 4, move |inner| {
        let object = vec((key(), inner.clone()), 0..4);
        prop_oneof![
            vec(inner, 0..4).prop_map(Value::from),
            object.prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    });
    // Two members at the least, for a whole document that is empty shows no style.
    let rest = [("y", Value::from(1)), ("z", Value::from(2))].map(|(key, value)| (key.to_string(), value));
    vec((key(), tree), 0..4)
        .prop_map(move |members| Value::Object(members.into_iter().chain(rest.clone()).collect()))
}

proptest! {
    #![proptest_config(examples(3_000))]

    #[test]
    fn an_edit_does_what_it_says_and_nothing_else(text in documents(), wish in wishes()) {
        let source = Source::new(&text);
        prop_assert_eq!(source.diagnostics(), &[], "{:?}", text);
        holds(&text, &wish.of(&source));
    }

    #[test]
    fn a_document_with_equal_keys_is_edited_beside_them(bytes in vec(any::<u8>(), 0..150), wish in wishes()) {
        let text = document(&bytes, true);
        holds(&text, &wish.of(&Source::new(&text)));
    }

    #[test]
    fn any_text_is_edited_or_refused(text in "[\\[\\]{},:\"a1 \n/*]{0,24}", wish in wishes()) {
        holds(&text, &wish.of(&Source::new(&text)));
        stays_as_it_is(&text);
    }

    #[test]
    fn a_value_set_to_what_it_says_stays(text in documents()) {
        stays_as_it_is(&text);
    }

    #[test]
    fn neighbours_of_a_list_change_places(text in documents()) {
        let source = Source::new(&text);
        let mut places = Vec::new();
        collect(source.root(), &Pointer::root(), &mut places);
        for (place, node) in places {
            let Written::List(items) = &node.value else { continue };
            for first in 1..items.len() {
                changes_places(&text, &source, &place, first - 1);
            }
        }
    }

    /// In a document that is written evenly, to and fro leaves no trace.
    #[test]
    fn neighbours_that_change_places_twice_are_where_they_were(value in objects(), style in styles()) {
        let text = neat(&value, &style, "");
        let source = Source::new(&text);
        let mut places = Vec::new();
        collect(source.root(), &Pointer::root(), &mut places);
        for (place, node) in places {
            let Written::List(items) = &node.value else { continue };
            for first in 1..items.len() {
                let once = Source::new(&apply(&text, &source.swap_items(&place, first - 1).unwrap()).unwrap());
                let twice = apply(once.text(), &once.swap_items(&place, first - 1).unwrap());
                prop_assert_eq!(twice.as_deref(), Some(text.as_str()), "by way of {:?}", once.text());
            }
        }
    }

    /// Taken out and put back where it was, in a document that is written evenly.
    #[test]
    fn a_member_put_back_leaves_no_trace(value in objects(), style in styles(), which in any::<Index>()) {
        let text = neat(&value, &style, "");
        let source = Source::new(&text);
        let mut places = Vec::new();
        collect(source.root(), &Pointer::root(), &mut places);
        let (object, node) = &places[which.index(places.len())];
        let count = match &node.value {
            Written::Object(members) => members.len(),
            Written::List(items) => items.len(),
            _ => 0,
        };
        for index in 0..count {
            let (place, value) = match &node.value {
                Written::Object(members) => (object.key(&members[index].key), &members[index].node),
                Written::List(items) => (object.index(index), &items[index]),
                _ => unreachable!("it has items"),
            };
            let without = Source::new(&apply(&text, &source.remove(&place).unwrap()).unwrap());
            let json = &text[value.range.clone()];
            let edits = match &node.value {
                Written::Object(members) => without.insert_member(object, index, &members[index].key, json),
                _ => without.insert_item(object, index, json),
            };
            let back = apply(without.text(), &edits.unwrap());
            prop_assert_eq!(back.as_deref(), Some(text.as_str()), "by way of {:?}", without.text());
        }
    }
}
