//! Definitions read for words that are meant for the model and not for people: what a poisoned tool says.
//!
//! What is looked for was seen in published attacks, or is invisible to whoever reads the definition. It is a sign, not a
//! proof, and a definition without any is not clean: instructions can be worded like any documentation.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde_json::Value;

use super::Finding;
use crate::legible::legible;
use crate::pointer::Pointer;
use crate::risk::{Evidence, Place};
use crate::tool::ToolDefinition;

/// The most texts of one schema that are read.
const MOST_TEXTS: usize = 2_000;
/// How deep a schema is read.
const DEEPEST: usize = 32;
/// The most findings of one tool.
const MOST_FINDINGS: usize = 12;
/// So many characters of white space in a row move what follows out of sight.
const FAR: usize = 60;

/// Words, and what follows from them.
struct Sign {
    why: &'static str,
    words: &'static [&'static str],
}

/// What is looked for, in lower case.
const SIGNS: [Sign; 5] = [
    Sign {
        why: "It asks the model to keep something from the user.",
        words: &[
            "do not tell the user",
            "don't tell the user",
            "not tell the user",
            "do not mention this",
            "do not mention that you",
            "don't mention this",
            "do not inform the user",
            "don't inform the user",
            "without telling the user",
            "without informing the user",
            "without the user knowing",
            "do not let the user",
            "do not notify the user",
            "never tell the user",
            "hide this from the user",
            "keep this secret",
            "do not reveal this",
            "the user must not know",
            "not visible to the user",
        ],
    },
    Sign {
        why: "It asks the model to set aside what it was told before.",
        words: &[
            "ignore previous",
            "ignore all previous",
            "ignore the previous",
            "ignore prior",
            "ignore all prior",
            "ignore your instructions",
            "ignore any other instructions",
            "disregard previous",
            "disregard all",
            "disregard your",
            "forget previous",
            "forget your instructions",
            "override your instructions",
            "overrides all previous",
            "you are now in",
        ],
    },
    Sign {
        why: "It is set apart as an order to the model.",
        words: &[
            "<important>",
            "<system>",
            "</system>",
            "<secret>",
            "<hidden>",
            "<instructions>",
            "<|im_start|>",
            "[system]",
            "<!--",
        ],
    },
    Sign {
        why: "It names files that hold keys.",
        words: &[
            "id_rsa",
            "id_ed25519",
            "~/.ssh",
            "~/.aws",
            "~/.cursor",
            "mcp.json",
            "claude_desktop_config",
            "/etc/passwd",
            "/etc/shadow",
            "~/.netrc",
            "~/.npmrc",
            "~/.kube/config",
        ],
    },
    Sign {
        why: "It makes its own use, or that of another tool, hang on an order to the model.",
        words: &[
            "otherwise the tool will not work",
            "otherwise this tool will not work",
            "otherwise the tool won't work",
            "or the tool will not work",
            "before using this tool, read",
            "before calling this tool, read",
            "when this tool is available, the",
            "must be changed to",
            "always send a copy",
            "bcc all",
            "also send it to",
        ],
    },
];

/// Names of arguments through which published attacks carried out what the model knows.
const CARRIERS: &[&str] = &[
    "sidenote",
    "side_note",
    "conversation_history",
    "chat_history",
    "tool_call_history",
    "chain_of_thought",
    "system_prompt",
    "tools_list",
    "model_thoughts",
];

/// What in a definition speaks to the model.
pub(super) fn read(tool: &ToolDefinition) -> Vec<Finding> {
    let mut reader = Reader { tool, found: Vec::new(), left: MOST_TEXTS };
    reader.text(&Place::Name, &tool.name);
    if let Some(title) = &tool.title {
        reader.text(&Place::Annotations, title);
    }
    if let Some(description) = &tool.description {
        reader.text(&Place::Description, description);
    }
    if let Some(schema) = &tool.input_schema {
        reader.schema(schema, &Pointer::root(), 0);
    }
    reader.found
}

struct Reader<'t> {
    tool: &'t ToolDefinition,
    found: Vec<Finding>,
    left: usize,
}

impl Reader<'_> {
    fn add(&mut self, place: &Place, words: &str, why: &str) {
        let finding = Finding {
            tool: self.tool.name.clone(),
            evidence: Evidence { place: place.clone(), words: legible(words), why: why.to_string() },
        };
        if self.found.len() < MOST_FINDINGS && !self.found.contains(&finding) {
            self.found.push(finding);
        }
    }

    fn text(&mut self, place: &Place, text: &str) {
        self.invisible(place, text);
        let lower = text.to_lowercase();
        for sign in &SIGNS {
            let first = sign.words.iter().filter_map(|words| lower.find(words)).min();
            if let Some(at) = first {
                self.add(place, around(&lower, text, at), sign.why);
            }
        }
        if let Some(beyond) = beyond_a_gap(text) {
            self.add(
                place,
                beyond,
                "It stands beyond so much white space that whoever reads the definition does not see it.",
            );
        }
    }

    /// Characters that people do not see, and models read.
    fn invisible(&mut self, place: &Place, text: &str) {
        let hidden: String = text.chars().filter_map(tag).collect();
        if !hidden.is_empty() {
            let why = "It is written in tag characters, which nobody sees and a model reads.";
            self.add(place, &hidden, why);
        }
        let odd = text.char_indices().find(|(_, letter)| is_hidden(*letter));
        if let Some((at, letter)) = odd {
            let why = format!(
                "It has an invisible character, U+{:04X}, that hides or turns round what stands beside it.",
                u32::from(letter)
            );
            self.add(place, window(text, at), &why);
        }
    }

    fn schema(&mut self, schema: &Value, place: &Pointer, depth: usize) {
        if depth > DEEPEST || self.left == 0 {
            return;
        }
        self.left -= 1;
        match schema {
            Value::String(text) => self.text(&Place::Schema(place.clone()), text),
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    self.schema(item, &place.index(index), depth + 1);
                }
            }
            Value::Object(members) => {
                let names_arguments = depth == 1 && place.tokens().next().as_deref() == Some("properties");
                for (key, value) in members {
                    let inner = place.key(key);
                    self.text(&Place::Schema(inner.clone()), key);
                    if names_arguments && CARRIERS.contains(&key.to_lowercase().as_str()) {
                        let why = "An argument of this name carries out what the model knows and the tool does not need.";
                        self.add(&Place::Schema(inner.clone()), key, why);
                    }
                    self.schema(value, &inner, depth + 1);
                }
            }
            _ => {}
        }
    }
}

/// The letter that a tag character stands for.
fn tag(letter: char) -> Option<char> {
    let code = u32::from(letter).checked_sub(0xe_0000)?;
    (0x20..0x7f).contains(&code).then(|| char::from_u32(code)).flatten()
}

/// Characters that hide, or turn round, what stands beside them. Joiners are left out: words of some languages, and
/// emoji, are written with them.
fn is_hidden(letter: char) -> bool {
    matches!(letter, '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{2069}')
        || (letter.is_control() && !matches!(letter, '\n' | '\r' | '\t'))
}

/// What stands after a long run of white space; none where nothing does.
fn beyond_a_gap(text: &str) -> Option<&str> {
    let mut run = 0;
    for (at, letter) in text.char_indices() {
        match letter {
            ' ' | '\t' | '\n' | '\r' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{3000}' => run += 1,
            _ if run >= FAR => return text.get(at..),
            _ => run = 0,
        }
    }
    None
}

/// The words around a place of a text that is known in small letters.
fn around<'t>(lower: &str, text: &'t str, at: usize) -> &'t str {
    // Small letters may take another number of bytes.
    let letters = lower.get(..at).map_or(0, |before| before.chars().count());
    let at = text.char_indices().nth(letters).map_or(0, |(at, _)| at);
    window(text, at)
}

/// Up to some forty characters before a place, from the start of a word, and what follows.
fn window(text: &str, at: usize) -> &str {
    let before = text.get(..at).unwrap_or_default();
    let start = before.char_indices().rev().take(40).last().map_or(at, |(start, _)| start);
    let start = match before.get(start..) {
        Some(near) if start > 0 => start + near.find(char::is_whitespace).map_or(0, |space| space + 1),
        _ => start,
    };
    text.get(start..).or_else(|| text.get(at..)).unwrap_or(text)
}
