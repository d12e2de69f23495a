//! Why the browser did not do what it was asked: keep a document, read a link, open a file.
//!
//! The browser's own words for it are names of errors, which differ little between browsers; people get a sentence
//! that says what it means for their work, and what to do.

/// A reason that people are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The browser stores nothing for this page.
    NoStorage,
    /// The browser's storage is full.
    Full,
    /// A tab with an older version of the page holds the storage.
    OldTab,
    /// The browser does not let the page do this.
    NotAllowed,
    /// A file or link holds more than is read.
    TooLarge,
    /// A file is not UTF-8.
    NotText,
    /// A file that is gone.
    NotFound,
    /// What arrived is not what was sent.
    Damaged,
    /// The part of the page that does this did not load.
    NoModule,
}

impl Refusal {
    /// The reason behind an error's name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        match name {
            "QuotaExceededError" => Self::Full,
            "VersionError" => Self::OldTab,
            "NotAllowedError" => Self::NotAllowed,
            "TooLarge" => Self::TooLarge,
            "NotText" => Self::NotText,
            "NotFoundError" => Self::NotFound,
            "NoModule" => Self::NoModule,
            // What atob and DecompressionStream say.
            "TypeError" | "InvalidCharacterError" => Self::Damaged,
            _ => Self::NoStorage,
        }
    }

    /// Why nothing is kept.
    #[must_use]
    pub const fn of_keeping(self) -> &'static str {
        match self {
            Self::Full => {
                "Not saved: this browser's storage for the page is full. Delete documents you no longer need, or \
                 use Export before you close."
            }
            Self::OldTab => {
                "Not saved: another tab runs another version of this page. Close it, then reload this one."
            }
            Self::NoModule => {
                "Not saved: a part of this page did not load. Use Export, then reload while you are online."
            }
            _ => "This browser will not store drafts (private window?). Use Export before you close.",
        }
    }

    /// Why a link was not opened.
    #[must_use]
    pub const fn of_a_link(self) -> &'static str {
        match self {
            Self::TooLarge => {
                "This link unpacks to more than 8 MB, the most that is read from a link. Ask for the file instead."
            }
            Self::NoModule => {
                "The link was not opened: a part of this page did not load. Reload while you are online."
            }
            _ => {
                "This link is damaged: part of it is missing or was changed on the way. Copy it again, whole."
            }
        }
    }

    /// Why a file was not opened or saved. `file` is its name, where it is known.
    #[must_use]
    pub fn of_a_file(self, file: &str) -> String {
        let why = match self {
            Self::TooLarge => "is larger than 64 MB, the most that is read",
            Self::NotText => "is not UTF-8 text. Save it as UTF-8 in the program that made it",
            Self::NotFound => "is no longer where it was. Save as another file",
            Self::NotAllowed => {
                "may not be written: the browser was not allowed to. Allow it, or save as another file"
            }
            _ => "could not be opened or saved by this browser",
        };
        format!("{} {why}.", if file.is_empty() { "The file" } else { file })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_errors_become_reasons() {
        #[rustfmt::skip]
        let cases = [
            // name                   reason               why
            ("QuotaExceededError",    Refusal::Full,       "every browser says it so"),
            ("TypeError",             Refusal::Damaged,    "what a broken deflate stream is"),
            ("InvalidCharacterError", Refusal::Damaged,    "what atob refuses"),
            ("InvalidStateError",     Refusal::NoStorage,  "Firefox's private windows of old"),
            ("SecurityError",         Refusal::NoStorage,  "storage that a setting forbids"),
            ("",                      Refusal::NoStorage,  "an error without a name keeps nothing either"),
        ];
        for (name, reason, why) in cases {
            assert_eq!(Refusal::of(name), reason, "{why}");
        }
    }

    #[test]
    fn each_reason_says_what_to_do() {
        assert!(Refusal::NoStorage.of_keeping().ends_with("Use Export before you close."));
        assert_eq!(
            Refusal::TooLarge.of_a_file("a.json"),
            "a.json is larger than 64 MB, the most that is read."
        );
        assert!(Refusal::NotFound.of_a_file("").starts_with("The file is no longer"));
        assert!(Refusal::Damaged.of_a_link().contains("Copy it again"));
    }
}
