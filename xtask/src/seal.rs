//! Writes the hashes of the page's inline scripts into its content security policy.
//!
//! The policy names the only inline scripts that may run, and their text is known only after Trunk has written and
//! shrunk them. Trunk therefore runs this after each build, on the finished page; a page that cannot be sealed does not
//! build.

use std::env;
use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use html5gum::emitters::default::DefaultEmitter;
use html5gum::{Token, Tokenizer};
use sha2::{Digest, Sha256};

use crate::failure::{Failure, Outcome};
use crate::precache;
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
        .map_err(|error| Failure::new(format!("cannot write {}: {error}", file.display())))?;
    // The build's name comes last: it is made of every file as it is served.
    precache::name_build(Path::new(&folder))
}

fn seal(page: &str) -> Outcome<String> {
    let page = RELOAD.iter().fold(page.to_owned(), |page, (written, settled)| page.replace(written, settled));
    let Parts { policy, scripts } = parts(&page)?;
    let Some(policy) = policy else {
        return Err(Failure::new(
            "index.html has no content security policy: add its `<meta http-equiv>` before the first script",
        ));
    };
    if !policy.contains(PLACEHOLDER) || page.matches(PLACEHOLDER).count() > 1 {
        return Err(Failure::new(format!(
            "the content security policy must hold {PLACEHOLDER}, once: write it into `script-src`, where the hashes go"
        )));
    }
    let hashes: Vec<String> = scripts.iter().map(|script| hash(script)).collect();
    Ok(page.replace(PLACEHOLDER, &hashes.join(" ")))
}

/// What of a page matters here.
#[derive(Default)]
struct Parts {
    /// The content security policy.
    policy: Option<String>,
    /// The texts of the inline scripts.
    scripts: Vec<String>,
}

fn parts(page: &str) -> Outcome<Parts> {
    let mut emitter = DefaultEmitter::default();
    emitter.naively_switch_states(true); // what stands in a script, a style or a title is no HTML
    let mut parts = Parts::default();
    let mut in_script = false;
    for Ok(token) in Tokenizer::new_with_emitter(page, emitter) {
        match token {
            Token::StartTag(tag) => {
                let attribute = |name: &[u8]| tag.attributes.get(name).map(|value| text(value));
                in_script = **tag.name == *b"script" && attribute(b"src").is_none();
                if in_script && parts.policy.is_none() {
                    return Err(Failure::new(
                        "an inline script stands before the content security policy: move the policy up",
                    ));
                }
                if in_script {
                    parts.scripts.push(String::new());
                }
                let equiv = attribute(b"http-equiv").unwrap_or_default();
                if equiv.eq_ignore_ascii_case("content-security-policy") {
                    parts.policy = attribute(b"content");
                }
            }
            Token::String(found) if in_script => {
                if let Some(script) = parts.scripts.last_mut() {
                    script.push_str(&text(&found));
                }
            }
            Token::EndTag(_) => in_script = false,
            _ => {}
        }
    }
    Ok(parts)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The hash of a script as a source of `script-src`.
fn hash(script: &str) -> String {
    // A browser reads each kind of line end as one line feed before it takes its hash.
    let script = script.replace("\r\n", "\n").replace('\r', "\n");
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(script)))
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
            ("<p>alert(1)</p>".to_owned(),                                           "has no content security policy"),
            (format!("<!-- {POLICY} -->"),                                           "has no content security policy"),
            (format!("<script>alert(1)</script>{POLICY}"),                           "stands before"),
            (POLICY.replace(PLACEHOLDER, ""),                                        "must hold 'sha256-SEAL'"),
            (POLICY.replace(PLACEHOLDER, "") + "<p>'sha256-SEAL'</p>",               "must hold 'sha256-SEAL'"),
        ];
        for (page, told) in cases {
            let failure = seal(&page).unwrap_err().to_string();
            assert!(failure.contains(told), "{page}: {failure}");
        }
    }
}
