//! Policies in short, for tables of cases.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The lists of a tool, each with its items.
type Lists<'s> = Vec<(&'s str, Vec<String>)>;

/// A policy of parts that are separated by ` ; `:
///
/// - `default: allow` (without it, deny), `hide: a, b`, `description: x`
/// - `run` lists a tool; `all_tools` is written like one
/// - `run.deny_if: amount gt 5 && currency eq "usd"` adds a rule; `always` is one without conditions, and
///   ` -- text` gives it an `on_deny`
/// - `run.limits: counter minute 10 grant amount` adds a limit, the last word its cost
pub(super) fn policy(short: &str) -> String {
    let mut default = "deny";
    let mut fields = Vec::new();
    let mut places: Vec<(&str, Lists<'_>)> = Vec::new();
    for part in short.split(" ; ").map(str::trim).filter(|part| !part.is_empty()) {
        let (name, text) = part.split_once(": ").unwrap_or((part, ""));
        match name {
            "default" => default = text,
            "hide" => {
                let names: Vec<String> = text.split(", ").map(|name| format!("\"{name}\"")).collect();
                fields.push(format!("\"hide\": [{}]", names.join(", ")));
            }
            "description" => fields.push(format!("\"description\": \"{text}\"")),
            _ => {
                let (place, list) = name.split_once('.').unwrap_or((name, ""));
                if !places.iter().any(|(known, _)| *known == place) {
                    places.push((place, Vec::new()));
                }
                let lists = &mut places.iter_mut().find(|(known, _)| *known == place).unwrap().1;
                if list.is_empty() {
                    continue;
                }
                if !lists.iter().any(|(known, _)| *known == list) {
                    lists.push((list, Vec::new()));
                }
                let items = &mut lists.iter_mut().find(|(known, _)| *known == list).unwrap().1;
                items.push(if list == "limits" { limit(text) } else { rule(text) });
            }
        }
    }
    let object = |lists: &[(&str, Vec<String>)]| {
        let lists: Vec<String> =
            lists.iter().map(|(name, items)| format!("\"{name}\": [{}]", items.join(", "))).collect();
        format!("{{{}}}", lists.join(", "))
    };
    let (all, tools): (Vec<_>, Vec<_>) = places.iter().partition(|(name, _)| *name == "all_tools");
    fields.extend(all.iter().map(|(_, lists)| format!("\"all_tools\": {}", object(lists))));
    let tools: Vec<String> =
        tools.iter().map(|(name, lists)| format!("\"{name}\": {}", object(lists))).collect();
    if !tools.is_empty() {
        fields.push(format!("\"tools\": {{{}}}", tools.join(", ")));
    }
    let rest: Vec<String> = fields.iter().map(|field| format!(", {field}")).collect();
    let rest = rest.concat();
    format!("{{\"version\": \"1\", \"default\": \"{default}\"{rest}}}")
}

fn rule(text: &str) -> String {
    let (text, on_deny) = text.split_once(" -- ").unwrap_or((text, ""));
    let conditions: Vec<String> = match text {
        "always" => Vec::new(),
        _ => text.split(" && ").map(condition).collect(),
    };
    let on_deny = if on_deny.is_empty() { String::new() } else { format!(", \"on_deny\": \"{on_deny}\"") };
    format!("{{\"conditions\": [{}]{on_deny}}}", conditions.join(", "))
}

fn condition(text: &str) -> String {
    let mut words = text.splitn(3, ' ');
    let mut word = || words.next().unwrap().to_string();
    let (path, op, value) = (word(), word(), word());
    format!("{{\"path\": \"args.{path}\", \"op\": \"{op}\", \"value\": {value}}}")
}

fn limit(text: &str) -> String {
    let words: Vec<&str> = text.split(' ').collect();
    let cost = words.get(4).map(|path| format!(", \"increment_from\": \"args.{path}\"")).unwrap_or_default();
    let [counter, window, max, scope, ..] = words.as_slice() else { panic!("{text}") };
    format!(
        "{{\"counter\": \"{counter}\", \"window\": \"{window}\", \"max\": {max}, \"scope\": \"{scope}\"{cost}}}"
    )
}
