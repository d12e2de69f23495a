//! A child process as a step: announced before it runs, timed after it, and named when it fails.

use std::ffi::{OsStr, OsString};
use std::io::{self, ErrorKind, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::failure::{Failure, Outcome};
use crate::tally::{Runner, Tally};
use crate::workspace;

/// From here on a step's duration is worth a line.
const LONG: Duration = Duration::from_secs(1);

pub(crate) struct Step {
    what: String,
    program: &'static str,
    arguments: Vec<OsString>,
    folder: PathBuf,
    variables: Vec<(&'static str, OsString)>,
    repair: Option<&'static str>,
}

impl Step {
    pub(crate) fn new(what: impl Into<String>, program: &'static str) -> Self {
        Self {
            what: what.into(),
            program,
            arguments: Vec::new(),
            folder: workspace::root().to_owned(),
            variables: Vec::new(),
            repair: None,
        }
    }

    /// Arguments separated by blanks, as one would type them.
    pub(crate) fn arguments(mut self, typed: &str) -> Self {
        self.arguments.extend(typed.split_whitespace().map(OsString::from));
        self
    }

    /// One argument that may contain blanks.
    pub(crate) fn argument(mut self, argument: impl Into<OsString>) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Runs in this folder of the tree, not in its root.
    pub(crate) fn in_folder(mut self, folder: &str) -> Self {
        self.folder.push(folder);
        self
    }

    pub(crate) fn variable(mut self, name: &'static str, value: impl AsRef<OsStr>) -> Self {
        self.variables.push((name, value.as_ref().to_owned()));
        self
    }

    /// What helps when this step fails, said after the failure.
    pub(crate) fn repair(mut self, advice: &'static str) -> Self {
        self.repair = Some(advice);
        self
    }

    /// Runs the step; its output goes straight to the terminal.
    pub(crate) fn run(self) -> Outcome {
        self.timed(|step| step.start(Stdio::inherit())?.wait())
    }

    /// Runs the step and counts the tests that its output reports while passing it on.
    pub(crate) fn run_counting(self, runner: Runner, tally: &mut Tally) -> Outcome {
        self.timed(|step| {
            let mut child = step.start(Stdio::piped())?;
            if let Some(output) = child.stdout.take() {
                pass_on(output, &mut io::stdout(), |line| tally.read(runner, line))?;
            }
            child.wait()
        })
    }

    fn timed(self, run: impl FnOnce(&Self) -> io::Result<ExitStatus>) -> Outcome {
        println!("==> {}", self.what);
        let watch = Stopwatch::start();
        let status = run(&self).map_err(|error| self.not_started(&error))?;
        let time = watch.elapsed();
        if !status.success() {
            return Err(self.failed(status));
        }
        if time >= LONG {
            println!("    {} in {:.1} s", self.program, time.as_secs_f64());
        }
        Ok(())
    }

    fn start(&self, output: Stdio) -> io::Result<Child> {
        Command::new(self.program)
            .args(&self.arguments)
            .current_dir(&self.folder)
            .env("PATH", workspace::path())
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .stdout(output)
            .spawn()
    }

    pub(crate) fn command_line(&self) -> String {
        let words = self.arguments.iter().map(|argument| argument.to_string_lossy());
        words.fold(self.program.to_owned(), |line, word| line + " " + &word)
    }

    fn failed(&self, status: ExitStatus) -> Failure {
        let repair = self.repair.map_or(String::new(), |advice| format!("; {advice}"));
        Failure::new(format!("{}: `{}` ended with {status}{repair}", self.what, self.command_line()))
    }

    fn not_started(&self, error: &io::Error) -> Failure {
        let reason = match (error.kind(), self.program) {
            (ErrorKind::NotFound, "npm" | "npx") => "is not on PATH: install Node 20 or newer".to_owned(),
            (ErrorKind::NotFound, "rustup") => "is not on PATH: install Rust through rustup".to_owned(),
            (ErrorKind::NotFound, _) => "is not on PATH".to_owned(),
            _ => format!("could not be run: {error}"),
        };
        Failure::new(format!("{}: `{}` {reason}", self.what, self.program))
    }
}

/// Copies a child's output as it comes, not line by line, and shows each finished line to `reader`.
fn pass_on(mut output: impl Read, terminal: &mut impl Write, mut reader: impl FnMut(&str)) -> io::Result<()> {
    let mut chunk = [0; 4096];
    let mut line = Vec::new();
    loop {
        let read = output.read(&mut chunk)?;
        let Some(bytes) = chunk.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
        terminal.write_all(bytes)?;
        terminal.flush()?;
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                reader(&String::from_utf8_lossy(&line));
                line.clear();
            }
        }
    }
    reader(&String::from_utf8_lossy(&line));
    Ok(())
}

/// How long something took.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "a developer's command may time itself; the evaluator may not"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_whole_even_when_output_comes_in_pieces() {
        let (mut lines, mut terminal) = (Vec::new(), Vec::new());
        let pieces = b"one\ntw".chain(&b"o\nthree"[..]);
        pass_on(pieces, &mut terminal, |line| lines.push(line.trim_end().to_owned())).unwrap();
        assert_eq!(lines, ["one", "two", "three"]);
        assert_eq!(terminal, b"one\ntwo\nthree");
    }

    #[test]
    fn a_failure_names_the_step_the_command_and_the_repair() {
        let step =
            Step::new("Checking the format", "cargo").arguments("fmt --check").repair("run `cargo fmt`");
        let told = step.failed(ExitStatus::default()).to_string();
        assert_eq!(
            told,
            "Checking the format: `cargo fmt --check` ended with exit status: 0; run `cargo fmt`"
        );

        let told = Step::new("Waiting", "gatewright-no-such-program").run().unwrap_err().to_string();
        assert_eq!(told, "Waiting: `gatewright-no-such-program` is not on PATH");
    }
}
