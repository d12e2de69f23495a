//! What of the page is looked at. It is written into the address, so that a link leads there and Back comes back;
//! it holds nothing that anybody wrote but names.

use gatewright_core::pointer::Pointer;

/// What the visual editor is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// Every tool that the policy does not list.
    #[default]
    Unlisted,
    /// All tools together.
    AllTools,
    /// One tool.
    Tool(String),
}

/// How the policy is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tab {
    /// As rows and controls.
    #[default]
    Visual,
    /// As text.
    Json,
    /// As English sentences.
    Words,
    /// As controls and text at once.
    Split,
}

/// Which part a narrow screen shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// The list of tools.
    Tools,
    /// The policy.
    Policy,
    /// The dry run.
    #[default]
    DryRun,
}

/// What stands in front of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialog {
    /// Bring a server's tools.
    ImportTools,
    /// Bring a policy.
    OpenPolicy,
    /// Start from a template.
    Templates,
    /// Recommend a policy for the imported tools.
    Recommend,
    /// Tools that are not as they were pinned.
    Drift,
    /// Compare with another version.
    Compare,
    /// Convert a text in another language.
    Convert,
    /// The policy's tests.
    Tests,
    /// Make a link.
    Share,
    /// Earlier versions.
    Snapshots,
    /// The documents in this browser.
    Documents,
    /// Take the work away as files.
    Export,
    /// Find a command.
    Palette,
    /// The list of shortcuts.
    Shortcuts,
}

/// What is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    /// What the visual editor is about.
    pub target: Target,
    /// How the policy is shown.
    pub tab: Tab,
    /// Which part a narrow screen shows.
    pub pane: Pane,
    /// The rule or value that was gone to last.
    pub place: Option<Pointer>,
    /// Whether the tool's own page stands in front.
    pub about: bool,
}

const TABS: [(Tab, &str); 4] =
    [(Tab::Visual, "visual"), (Tab::Json, "json"), (Tab::Words, "words"), (Tab::Split, "split")];
const PANES: [(Pane, &str); 3] =
    [(Pane::Tools, "tools"), (Pane::Policy, "policy"), (Pane::DryRun, "dry-run")];

impl Tab {
    /// Whether controls are shown.
    #[must_use]
    pub const fn has_controls(self) -> bool {
        matches!(self, Self::Visual | Self::Split)
    }

    /// Whether the text is shown.
    #[must_use]
    pub const fn has_text(self) -> bool {
        matches!(self, Self::Json | Self::Split)
    }
}

impl Pane {
    /// Its word in an address.
    #[must_use]
    pub fn word(self) -> &'static str {
        PANES.iter().find(|(pane, _)| *pane == self).map_or("", |(_, word)| word)
    }
}

impl View {
    /// The view, and the call that is shown (from 0), as the fragment of an address, without its `#`.
    #[must_use]
    pub fn to_fragment(&self, call: Option<usize>) -> String {
        let mut parts = Vec::new();
        match &self.target {
            Target::Unlisted => {}
            Target::AllTools => parts.push("all-tools".to_owned()),
            Target::Tool(name) => parts.push(format!("tool={}", encoded(name))),
        }
        let word = |words: &[(Tab, &'static str)]| {
            words.iter().find(|(tab, _)| *tab == self.tab).map(|(_, word)| *word)
        };
        if let Some(word) = word(&TABS).filter(|_| self.tab != Tab::default()) {
            parts.push(format!("view={word}"));
        }
        if self.pane != Pane::default() {
            parts.push(format!("pane={}", self.pane.word()));
        }
        if let Some(place) = &self.place {
            parts.push(format!("at={}", encoded(place.as_str())));
        }
        if self.about {
            parts.push("about".to_owned());
        }
        if let Some(call) = call {
            parts.push(format!("call={}", call + 1));
        }
        parts.join("&")
    }

    /// What a fragment says: the view, and the call that is shown (from 0). What it says otherwise is passed over.
    #[must_use]
    pub fn of_fragment(fragment: &str) -> (Self, Option<usize>) {
        let (mut view, mut call) = (Self::default(), None);
        for part in fragment.trim_start_matches('#').split('&') {
            match part.split_once('=').unwrap_or((part, "")) {
                ("all-tools", _) => view.target = Target::AllTools,
                ("tool", name) => view.target = Target::Tool(decoded(name)),
                ("view", word) => {
                    view.tab =
                        TABS.iter().find(|(_, known)| *known == word).map_or(view.tab, |(tab, _)| *tab);
                }
                ("pane", word) => {
                    view.pane =
                        PANES.iter().find(|(_, known)| *known == word).map_or(view.pane, |(pane, _)| *pane);
                }
                ("about", _) => view.about = true,
                ("at", place) => view.place = Pointer::parse(&decoded(place)),
                ("call", number) => {
                    call = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
                }
                _ => {}
            }
        }
        (view, call)
    }
}

/// Percent-encodes all but letters, digits and a few marks that mean nothing in a fragment.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'/' | b'~' => {
                encoded.push(char::from(byte));
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

/// Undoes percent-encoding; what is none stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let hex = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = hex.filter(|_| *first == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_leads_through_an_address_to_itself() {
        let tool = |name: &str| Target::Tool(name.to_owned());
        let place = Pointer::parse("/tools/a~1b/limits/0");
        #[rustfmt::skip]
        let cases = [
            (View::default(),                                                   None,     ""),
            (View { target: tool("run_tests"), ..View::default() },             Some(10), "tool=run_tests&call=11"),
            (View { target: tool("run"), about: true, ..View::default() },      None,     "tool=run&about"),
            (View { target: tool("a&b=c %ü"), ..View::default() },              None,     "tool=a%26b%3Dc%20%25%C3%BC"),
            (View { target: Target::AllTools, tab: Tab::Json, pane: Pane::Policy, place, about: false },
                                                                                None,     "all-tools&view=json&pane=policy&at=/tools/a~1b/limits/0"),
        ];
        for (view, call, fragment) in cases {
            assert_eq!(view.to_fragment(call), fragment);
            assert_eq!(View::of_fragment(&format!("#{fragment}")), (view, call), "{fragment}");
        }
    }

    #[test]
    fn what_a_fragment_says_otherwise_is_passed_over() {
        for fragment in ["#", "#view=none&pane=", "#call=0", "#call=x&y", "#at=no-pointer"] {
            assert_eq!(View::of_fragment(fragment), (View::default(), None), "{fragment}");
        }
        assert_eq!(decoded("%zz%4"), "%zz%4");
    }
}
