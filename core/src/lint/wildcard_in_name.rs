//! A name that is written as if it were a pattern.
//!
//! # What it finds
//!
//! A name in `tools` or `hide` with `*` or `?` in it, other than `*` alone in `hide`, unless the server has a tool of
//! that very name.
//!
//! # Why
//!
//! Names are exact. `delete_*` is the name of one tool that no server has: as an item of `hide` it hides nothing, and
//! rules under it hold for no call.
//!
//! # Example
//!
//! ```json
//! { "version": "1", "default": "allow", "hide": ["delete_*"] }
//! ```
//!
//! # Instead
//!
//! Write the names out. What holds for every tool stands under `all_tools`.
//!
//! ```json
//! { "version": "1", "default": "allow", "hide": ["delete_account", "delete_customer"] }
//! ```

use alloc::format;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::document::{Document, Spot};
use super::{Lint, names_in_words, shown};
use crate::diagnostic::Code;
use crate::legible::clip;

pub(super) fn check(document: &Document<'_>, found: &mut Vec<Lint>) {
    for place in &document.tools {
        let name = place.tool.unwrap_or_default();
        found.extend(wildcard(document, name, &place.spot, "its rules and limits hold for no call"));
    }
    let hidden = document.root.key("hide");
    for (index, name) in document.policy.hide.iter().enumerate().filter(|(_, name)| *name != "*") {
        found.extend(wildcard(document, name, &hidden.index(index), "nothing is hidden"));
    }
}

/// Whether a name looks like a pattern.
pub(super) fn is_wildcard(name: &str) -> bool {
    name.contains(['*', '?'])
}

fn wildcard(document: &Document<'_>, name: &str, spot: &Spot<'_>, so: &str) -> Option<Lint> {
    if !is_wildcard(name) || document.known.contains_key(name) {
        return None;
    }
    let message = format!("`{}` is an exact name here and no pattern: {so}", clip(name));
    let meant: Vec<&str> = document.known_names.iter().copied().filter(|tool| matches(name, tool)).collect();
    let example = name.replace(['*', '?'], "x");
    let tool = meant.first().copied().unwrap_or(&example);
    let help = match name {
        "*" => "what holds for every tool stands under `all_tools`".to_string(),
        _ if meant.is_empty() => "write each name out".to_string(),
        _ => format!("write the names out: {}", names_in_words(&meant)),
    };
    Some(
        Lint::at_key(Code::WildcardInName, spot, message)
            .help(help)
            .shown_by(shown::call(tool, document.any_passing(&document.all))),
    )
}

/// Whether a name fits a pattern of `*` (any characters) and `?` (one).
fn matches(pattern: &str, name: &str) -> bool {
    // For each beginning of the name, whether the pattern so far fits it.
    let length = name.chars().count();
    let mut fits: Vec<bool> = (0..=length).map(|taken| taken == 0).collect();
    for sign in pattern.chars() {
        let before = core::mem::replace(&mut fits, Vec::with_capacity(length + 1));
        let mut any = false;
        fits.push(sign == '*' && before.first() == Some(&true));
        for ((fitted, here), character) in before.iter().zip(before.iter().skip(1)).zip(name.chars()) {
            any |= *fitted;
            let fit = match sign {
                '*' => any || *here,
                '?' => *fitted,
                sign => *fitted && sign == character,
            };
            fits.push(fit);
        }
    }
    fits.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn names_fit_patterns() {
        #[rustfmt::skip]
        let cases = [
            ("delete_*", "delete_account", true,  "anything after"),
            ("delete_*", "delete_",        true,  "nothing after"),
            ("*_file",   "read_file",      true,  "anything before"),
            ("a*c",      "abbc",           true,  "anything between"),
            ("a?c",      "abc",            true,  "one character"),
            ("a?c",      "ac",             false, "not none"),
            ("delete_*", "undelete_x",     false, "another beginning"),
            ("*",        "",               true,  "everything"),
        ];
        for (pattern, name, expected, why) in cases {
            assert_eq!(matches(pattern, name), expected, "{pattern} and {name}: {why}");
        }
    }
}
