//! Writes the hashes of the page's inline scripts into its content security policy.
//!
//! The policy names the only inline scripts that may run, and their text is known only after Trunk has written and
//! shrunk them. Trunk therefore runs this after each build, on the finished page; a page that cannot be sealed does not
//! build. This module knows just enough HTML to find tags: it neither checks nor changes anything else.

use std::env;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::failure::{Failure, Outcome};
use crate::workspace;

/// Stands in the policy of `www/index.html` where the hashes go.
const PLACEHOLDER: &str = "'sha256-SEAL'";

/// What Trunk's development server writes into its reload script when it serves the page, after this hash was taken.
/// Said here, in the browser's terms, there is nothing left to write.
const RELOAD: [(&str, &str); 3] = [
    ("'{{__TRUNK_ADDRESS__}}'", "window.location.host"),
    ("`{{__TRUNK_ADDRESS__}}`", "window.location.host"),
    ("{{__TRUNK_WS_BASE__}}", "/"),
];

pub(crate) fn seal_built_page() -> Outcome {
    let Some(folder) = env::var_os("TRUNK_STAGING_DIR") else {
        return Err(Failure::usage("`seal` is run by Trunk after a build: use `cargo xtask build`"));
    };
    let file = Path::new(&folder).join("index.html");
    let page = workspace::read(&file)?;
    fs::write(&file, seal(&page)?)
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", file.display())))
}

fn seal(page: &str) -> Outcome<String> {
    let page = RELOAD.iter().fold(page.to_owned(), |page, (written, settled)| page.replace(written, settled));
    let tags = tags(&page);
    let policy = tags.iter().position(Tag::is_policy).ok_or_else(|| {
        Failure::new(
            "index.html has no content security policy: add its `<meta http-equiv>` before the first script",
        )
    })?;
    if tags.iter().take(policy).any(Tag::is_inline_script) {
        return Err(Failure::new(
            "an inline script stands before the content security policy: move the policy up",
        ));
    }
    let (start, declared) = tags.get(policy).map_or((0, ""), |tag| (tag.start, tag.attributes));
    if !declared.contains(PLACEHOLDER) {
        return Err(Failure::new(format!(
            "the content security policy has no {PLACEHOLDER}: write it into `script-src`, where the hashes go"
        )));
    }
    let hashes: Vec<String> =
        tags.iter().filter(|tag| tag.is_inline_script()).map(|tag| hash(tag.text)).collect();
    let sealed = declared.replace(PLACEHOLDER, &hashes.join(" "));
    let (before, rest) = page.split_at(start);
    let (_, behind) = rest.split_at(declared.len());
    Ok([before, &sealed, behind].concat())
}

/// The hash of a script as a source of `script-src`.
fn hash(script: &str) -> String {
    // A browser reads each kind of line end as one line feed before it takes its hash.
    let script = script.replace("\r\n", "\n").replace('\r', "\n");
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script)))
}

/// An opening tag, and for tags whose content is no HTML that content.
struct Tag<'page> {
    name: String,
    /// Where the attributes start in the page.
    start: usize,
    attributes: &'page str,
    text: &'page str,
}

impl Tag<'_> {
    fn is_policy(&self) -> bool {
        let names_policy = |(name, value): (String, &str)| {
            name == "http-equiv" && value.eq_ignore_ascii_case("content-security-policy")
        };
        self.name == "meta" && attributes(self.attributes).into_iter().any(names_policy)
    }

    fn is_inline_script(&self) -> bool {
        self.name == "script" && !attributes(self.attributes).iter().any(|(name, _)| name == "src")
    }
}

fn tags(page: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some((_, after)) = rest.split_once('<') {
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, behind)| behind);
            continue;
        }
        let (name, after) = split_before(after, |c| !c.is_ascii_alphanumeric());
        let name = name.to_ascii_lowercase();
        let start = page.len() - after.len();
        let (attributes, after) = split_unquoted(after, |c| c == '>');
        let after = after.strip_prefix('>').unwrap_or(after);
        let (text, after) = match name.as_str() {
            "script" | "style" | "title" | "textarea" => {
                // Lower case has the same length, byte for byte.
                let end = after.to_ascii_lowercase().find(&format!("</{name}"));
                after.split_at(end.unwrap_or(after.len()))
            }
            _ => ("", after),
        };
        if !name.is_empty() {
            tags.push(Tag { name, start, attributes, text });
        }
        rest = after;
    }
    tags
}

/// The attributes of a tag: names in lower case, values without their quotes.
fn attributes(text: &str) -> Vec<(String, &str)> {
    let mut attributes = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return attributes;
        }
        let (name, after) = split_before(rest, |c| c == '=' || c.is_ascii_whitespace());
        let (value, after) = match after.trim_ascii_start().strip_prefix('=').map(str::trim_ascii_start) {
            None => ("", after),
            Some(after) => match after.strip_prefix(['"', '\'']) {
                // The quote that opened the value closes it.
                Some(value) => value.split_once(|c| after.starts_with(c)).unwrap_or((value, "")),
                None => split_before(after, |c| c.is_ascii_whitespace()),
            },
        };
        attributes.push((name.to_ascii_lowercase(), value));
        rest = after;
    }
}

/// Splits before the first character that ends the part.
fn split_before(text: &str, ends: impl FnMut(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(ends).unwrap_or(text.len()))
}

/// The same, for a character that stands outside quotes.
fn split_unquoted(text: &str, ends: impl Fn(char) -> bool) -> (&str, &str) {
    let mut quote = None;
    split_before(text, |c| match quote {
        Some(open) => {
            quote = quote.filter(|_| c != open);
            false
        }
        None if c == '"' || c == '\'' => {
            quote = Some(c);
            false
        }
        None => ends(c),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: &str =
        "<meta http-equiv=\"Content-Security-Policy\" content=\"script-src 'self' 'sha256-SEAL'\">";

    #[test]
    fn inline_scripts_are_named_in_the_policy_and_others_are_not() {
        let alert = "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"; // of `alert(1)`, by another program
        #[rustfmt::skip]
        let cases = [
            // behind the policy                                  hashes        why
            ("<script>alert(1)</script>",                         vec![alert],  "an inline script"),
            ("<SCRIPT type=module >alert(1)</SCRIPT>",            vec![alert],  "a module, in capitals"),
            ("<script>alert(1)</script><script>alert(1)</script>", vec![alert, alert], "each by itself"),
            ("<script src=/a.js></script>",                       vec![],       "covered by 'self'"),
            ("<script data-src=x title='src=y'>alert(1)</script>", vec![alert], "only `src` is a source"),
            ("<!-- <script>alert(2)</script> --><script>alert(1)</script>", vec![alert], "a comment runs nothing"),
            ("<style>a::before{content:'<script>'}</style><script>alert(1)</script>", vec![alert], "a style runs nothing"),
            ("<p title=\"a > b\"><script>alert(1)</script>",      vec![alert],  "an angle bracket in a value"),
        ];
        for (scripts, hashes, why) in cases {
            let page = format!("<!doctype html><head>{POLICY}{scripts}</head>");
            let sealed = page.replacen(PLACEHOLDER, &hashes.join(" "), 1);
            assert_eq!(seal(&page).unwrap(), sealed, "{why}");
        }
    }

    #[test]
    fn the_policy_is_found_in_the_form_that_minifying_leaves() {
        let page = "<meta content=\"script-src 'sha256-SEAL'\"http-equiv=content-security-policy><script>alert(1)</script>";
        let sealed = seal(page).unwrap();
        assert!(sealed.starts_with("<meta content=\"script-src 'sha256-bhHH"), "{sealed}");
    }

    #[test]
    fn line_ends_count_as_the_browser_reads_them() {
        assert_eq!(hash("a\r\nb\rc"), hash("a\nb\nc"));
    }

    #[test]
    fn the_reload_script_is_settled_before_its_hash_is_taken() {
        let page = |script: &str| format!("{POLICY}<script>{script}</script>");
        let sealed = seal(&page("connect('{{__TRUNK_ADDRESS__}}', '{{__TRUNK_WS_BASE__}}')")).unwrap();
        assert_eq!(sealed, seal(&page("connect(window.location.host, '/')")).unwrap());
    }

    #[test]
    fn a_page_that_cannot_be_sealed_says_why() {
        #[rustfmt::skip]
        let cases = [
            // page                                                                  part of the sentence
            ("<script>alert(1)</script>".to_owned(),                                 "has no content security policy"),
            (format!("<!-- {POLICY} -->"),                                           "has no content security policy"),
            (format!("<script>alert(1)</script>{POLICY}"),                           "stands before"),
            (POLICY.replace(PLACEHOLDER, ""),                                        "has no 'sha256-SEAL'"),
            (POLICY.replace(PLACEHOLDER, "") + "<p>'sha256-SEAL'</p>",               "has no 'sha256-SEAL'"),
        ];
        for (page, told) in cases {
            let failure = seal(&page).unwrap_err().to_string();
            assert!(failure.contains(told), "{page}: {failure}");
        }
    }
}
