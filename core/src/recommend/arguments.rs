//! What of a tool's arguments is held: what the schema gives something to hold on to.
//!
//! A rule says nothing that the schema says already, so an `enum` as such makes no rule; only those of its values do that
//! are graver than the tool itself. A rule on an argument that may be left out is for calls that send it.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use serde_json::{Map, Value};

use super::Choice;
use super::part::{Part, quoted};
use crate::legible::clip;
use crate::path::ArgPath;
use crate::risk::{Assessed, Category, Place, SignalKind};

/// A path that leaves its folder.
const UPWARDS: &str = r"(?:^|[/\\])\.\.(?:[/\\]|$)";
/// Files and folders in which secrets are kept.
const SECRETS: &str = r"(?:^|[/\\])(?:\.env|\.ssh|\.aws|\.gnupg|\.kube|\.netrc|\.npmrc|\.pypirc|\.git-credentials|id_rsa|id_ed25519)(?:[./\\]|$)";
/// Addresses that a server hands credentials out at, or that are the machine's own.
const INSIDE: &str =
    r"(?i)://(?:[^/@]*@)?(?:169\.254\.|metadata\.|localhost|127\.|0\.0\.0\.0|10\.|192\.168\.|\[)";
/// The same, but for the machine's own: those who develop there need it.
const METADATA: &str = r"(?i)://(?:[^/@]*@)?(?:169\.254\.|metadata\.)";
/// Addresses that do not lead to the web.
const NOT_WEB: &str = r"(?i)^(?:about|blob|chrome|data|file|ftp|javascript|view-source):";

/// An argument of a tool, as its schema describes it.
struct Argument<'a> {
    name: &'a str,
    schema: &'a Map<String, Value>,
    is_required: bool,
}

/// Adds rules for a tool's arguments, and says what cannot be held.
pub(super) fn hold(assessed: &Assessed, choice: Choice, parts: &mut Vec<Part>, not_held: &mut Vec<String>) {
    let Some(schema) = assessed.tool.input_schema.as_ref() else { return };
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    let required = schema.get("required").and_then(Value::as_array);
    for (name, schema) in properties {
        let Some(schema) = schema.as_object() else { continue };
        let is_required = required.is_some_and(|names| names.iter().any(|one| one == name));
        let argument = Argument { name, schema, is_required };
        let what = |kind| {
            assessed.risk.signals.iter().any(|signal| {
                let Place::Schema(pointer) = &signal.evidence.place else { return false };
                signal.kind == kind && pointer.tokens().eq(["properties", &**name])
            })
        };
        let is_path = what(SignalKind::FileSystemPath);
        let is_address = argument.is_address() && what(SignalKind::LeavesHouse);
        let is_amount = assessed.risk.category == Some(Category::Financial) && argument.is_amount();
        let grave = argument.grave_values(assessed.risk.category);
        if !is_path && !is_address && !is_amount && grave.is_empty() {
            continue;
        }
        if ArgPath::parse(&format!("args.{name}")).is_err() || name.contains('.') {
            not_held.push(format!("`{}`: a path cannot name it.", clip(name)));
            continue;
        }
        if is_path {
            argument.hold_path(choice, parts, not_held);
        } else if is_address {
            argument.hold_address(choice, parts);
        }
        if is_amount {
            argument.hold_amount(&assessed.tool.name, choice, parts);
        }
        if !grave.is_empty() && choice != Choice::Permissive {
            argument.refuse_values(&grave, parts);
        }
    }
}

impl Argument<'_> {
    fn is_of(&self, wanted: &str) -> bool {
        self.schema.get("type").and_then(Value::as_str) == Some(wanted)
    }

    /// Whether it is text of the caller's own.
    fn is_free_text(&self) -> bool {
        self.is_of("string") && !self.schema.contains_key("enum") && !self.schema.contains_key("const")
    }

    fn is_address(&self) -> bool {
        let format = self.schema.get("format").and_then(Value::as_str);
        let name = self.name.to_ascii_lowercase();
        let ends =
            ["url", "uri", "href", "link", "endpoint", "webhook"].iter().any(|end| name.ends_with(end));
        self.is_free_text() && (ends || matches!(format, Some("uri" | "url" | "uri-reference")))
    }

    fn is_amount(&self) -> bool {
        let name = self.name.to_ascii_lowercase();
        let named =
            ["amount", "price", "total", "sum", "cost", "value"].iter().any(|end| name.ends_with(end));
        named && (self.is_of("number") || self.is_of("integer"))
    }

    /// Those of its few values whose words are graver than the tool.
    fn grave_values(&self, category: Option<Category>) -> Vec<&str> {
        let Some(values) = self.schema.get("enum").and_then(Value::as_array) else { return Vec::new() };
        let bar = category.unwrap_or(Category::Read).max(Category::Write);
        let is_grave = |value: &&str| {
            let words = ["approve", "force", "hard", "public"];
            Category::by_name(value) > Some(bar) || words.iter().any(|word| value.eq_ignore_ascii_case(word))
        };
        let grave: Vec<&str> = values.iter().filter_map(Value::as_str).filter(is_grave).collect();
        // Where every value is grave, none is graver than the tool.
        if grave.len() < values.len() { grave } else { Vec::new() }
    }

    /// A rule of `deny_if`, for calls that send the argument.
    fn refusing(&self, op: &str, value: &str, told: &str, why: String) -> Part {
        let path = quoted(&format!("args.{}", self.name));
        let json = format!(
            r#"{{ "conditions": [{{ "path": {path}, "op": "exists", "value": true }}, {{ "path": {path}, "op": "{op}", "value": {value} }}], "on_deny": {} }}"#,
            quoted(told)
        );
        Part::new("deny_if", json, why)
    }

    fn hold_path(&self, choice: Choice, parts: &mut Vec<Part>, not_held: &mut Vec<String>) {
        let name = clip(self.name);
        if !self.is_free_text() {
            if self.is_of("array") {
                not_held.push(format!(
                    "`{name}`: a rule compares the items of a list as a whole, and no part of one."
                ));
            }
            return;
        }
        let told = format!("The {name} must not go up with `..`.");
        let why =
            format!("`{name}` is a path: one with `..` in it leaves the folder that it seems to be in.");
        parts.push(self.refusing("regex", &quoted(UPWARDS), &told, why));
        if choice != Choice::Permissive {
            let told = format!("The {name} must not lead to files that hold secrets.");
            let why = format!("`{name}` is a path: files such as `.env` and `.ssh` hold credentials.");
            parts.push(self.refusing("regex", &quoted(SECRETS), &told, why));
        }
    }

    fn hold_address(&self, choice: Choice, parts: &mut Vec<Part>) {
        let name = clip(self.name);
        let why = format!("`{name}` is an address: others than those of the web read files, or run scripts.");
        if choice == Choice::Strict && self.is_required {
            let path = quoted(&format!("args.{}", self.name));
            let json = format!(
                r#"{{ "conditions": [{{ "path": {path}, "op": "regex", "value": "^https://" }}], "on_deny": {} }}"#,
                quoted(&format!("The {name} must begin with https://."))
            );
            parts.push(Part::new("require", json, why));
        } else {
            parts.push(self.refusing(
                "regex",
                &quoted(NOT_WEB),
                &format!("The {name} must lead to the web."),
                why,
            ));
        }
        let (pattern, what) = match choice {
            Choice::Strict => (INSIDE, "the machine's own network"),
            Choice::Balanced | Choice::Permissive => (METADATA, "a cloud's metadata"),
        };
        let told = format!("The {name} must not lead to {what}.");
        let why =
            format!("`{name}` is an address: {what} is where credentials are handed out to whoever asks.");
        parts.push(self.refusing("regex", &quoted(pattern), &told, why));
    }

    fn hold_amount(&self, tool: &str, choice: Choice, parts: &mut Vec<Part>) {
        let name = clip(self.name);
        let path = quoted(&format!("args.{}", self.name));
        if !self.is_required {
            let json = format!(
                r#"{{ "conditions": [{{ "path": {path}, "op": "exists", "value": true }}], "on_deny": {} }}"#,
                quoted(&format!("Say the {name}."))
            );
            let why = format!("`{name}` may be left out, and what is not said cannot be added up.");
            parts.push(Part::new("require", json, why));
        }
        let least = self.schema.get("minimum").and_then(Value::as_u64).unwrap_or(0);
        let max = choice.pick(100_u64, 1_000, 10_000).max(least.saturating_mul(10));
        let counter = quoted(&format!("{tool}_{}_per_day", self.name));
        let json = format!(
            r#"{{ "counter": {counter}, "window": "day", "max": {max}, "scope": "grant", "increment_from": {path} }}"#
        );
        let why = format!(
            "Small amounts add up. No schema says what a day may cost: {max} is counted in the unit of `{name}`, and \
             yours to set."
        );
        parts.push(Part::new("limits", json, why));
    }

    fn refuse_values(&self, values: &[&str], parts: &mut Vec<Part>) {
        let name = clip(self.name);
        let list: Vec<String> = values.iter().map(|value| quoted(value)).collect();
        let shown = values.iter().map(|value| format!("`{}`", clip(value))).collect::<Vec<_>>().join(", ");
        let why = format!(
            "With {shown}, `{name}` does more than the tool does otherwise: that is a person's to do."
        );
        let told = format!("{}: that is a person's to do.", clip(&values.join(", ")));
        parts.push(self.refusing("in", &format!("[{}]", list.join(", ")), &told, why));
    }
}
