//! How many tests ran, read from what the test runners print.
//!
//! Each runner has one form of closing line; anything else a test prints is not counted.

use std::fmt::{self, Display};

#[derive(Clone, Copy)]
pub(crate) enum Runner {
    /// `cargo test`, natively and through wasm-bindgen-test-runner:
    /// `test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s`
    Cargo,
    /// Node's own, by its reporter `spec`: `ℹ pass 12`, and a line each for what failed or was skipped
    Node,
    /// Playwright: `  12 passed (3.4s)`, and a line each for what failed or was skipped
    Playwright,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Tally {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    pub(crate) fn read(&mut self, runner: Runner, line: &str) {
        match runner {
            Runner::Cargo => {
                let Some((_, counts)) = line.split_once("test result: ") else { return };
                let (_, counts) = counts.split_once(". ").unwrap_or_default();
                counts.split("; ").filter_map(count).for_each(|(number, kind)| self.add(number, kind));
            }
            Runner::Node => {
                let told = line.trim_end().strip_prefix("ℹ ").and_then(|line| line.split_once(' '));
                let Some((kind, Ok(number))) = told.map(|(kind, number)| (kind, number.parse::<u64>()))
                else {
                    return;
                };
                match kind {
                    "pass" => self.passed += number,
                    "fail" | "cancelled" => self.failed += number,
                    "skipped" | "todo" => self.skipped += number,
                    _ => (),
                }
            }
            Runner::Playwright => {
                let (line, _time) = line.split_once(" (").unwrap_or((line, ""));
                if let Some((number, kind)) = count(line) {
                    self.add(number, kind);
                }
            }
        }
    }

    fn add(&mut self, number: u64, kind: &str) {
        match kind {
            "passed" => self.passed += number,
            "failed" | "flaky" | "interrupted" => self.failed += number,
            "ignored" | "skipped" | "did not run" => self.skipped += number,
            _ => (),
        }
    }
}

/// `12 passed` as a number and a word.
fn count(text: &str) -> Option<(u64, &str)> {
    let (number, kind) = text.trim().split_once(' ')?;
    Some((number.parse().ok()?, kind))
}

impl Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(formatter, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_are_counted_and_nothing_else() {
        use Runner::{Cargo, Node, Playwright};
        #[rustfmt::skip]
        let cases = [
            // runner    line                                                                 passed failed skipped  why
            (Cargo,      "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 7 filtered out; finished in 0.01s\n",
                                                                                              12,    0,     1,       "what was filtered out was not asked for"),
            (Cargo,      "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.01s\n",
                                                                                              3,     2,     0,       "a failed run counts too"),
            (Cargo,      "running 12 tests\n",                                                0,     0,     0,       "an announcement is no result"),
            (Cargo,      "  4 passed (1.2s)\n",                                               0,     0,     0,       "the other runner's form"),
            (Playwright, "  4 passed (1.2s)\n",                                               4,     0,     0,       "the usual closing line"),
            (Playwright, "  1 failed\n",                                                      0,     1,     0,       "no time follows"),
            (Playwright, "  2 did not run\n",                                                 0,     0,     2,       "three words are a kind"),
            (Playwright, "  1 flaky\n",                                                       0,     1,     0,       "a test that fails once is not good"),
            (Node,       "ℹ pass 12\n",                                                    12,    0,     0,       "Node's closing lines"),
            (Node,       "ℹ cancelled 1\n",                                                0,     1,     0,       "a test that was cut off did not pass"),
            (Node,       "ℹ duration_ms 140.5\n",                                          0,     0,     0,       "a time is no count"),
            (Playwright, "Running 4 tests using 1 worker\n",                                  0,     0,     0,       "an announcement is no result"),
        ];
        for (runner, line, passed, failed, skipped, why) in cases {
            let mut tally = Tally::default();
            tally.read(runner, line);
            assert_eq!(tally, Tally { passed, failed, skipped }, "{why}: {line}");
        }
    }

    #[test]
    fn the_closing_line_names_what_was_skipped_only_if_something_was() {
        assert_eq!(Tally { passed: 2, failed: 0, skipped: 0 }.to_string(), "2 passed, 0 failed");
        assert_eq!(Tally { passed: 2, failed: 1, skipped: 3 }.to_string(), "2 passed, 1 failed, 3 skipped");
    }
}
