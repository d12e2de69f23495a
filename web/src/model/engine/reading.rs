//! Logs: read piece by piece, and kept for the runs of them.

use std::sync::Arc;

use gatewright_core::Timestamp;
use gatewright_core::import::log::{ImportedLog, LogOptions, LogReader, import_log, redacted};
use gatewright_core::scenario::{Calls, CallsPart};
use serde::{Deserialize, Serialize};

use super::running::Parts;
use super::{Answer, Engine, Job, Piece, stretches};
use crate::model::workspace::LONGEST_LOG;

/// So many bytes are read at once.
const PIECE: u64 = 1 << 20;

/// Calls that are brought in parts.
pub(super) struct Keeping {
    pub(super) number: u32,
    pub(super) part: CallsPart,
}

impl Job for Keeping {
    fn step(&mut self, engine: &mut Engine, _: Piece<'_>) -> Answer {
        let mut calls = engine.calls(self.number).unwrap_or_default();
        engine.kept.retain(|(kept, _)| *kept != self.number);
        Arc::make_mut(&mut calls).add(std::mem::take(&mut self.part));
        engine.keep(self.number, calls);
        Answer::Done
    }
}

/// A log is being read.
pub(super) struct Reading {
    number: u32,
    text: Option<String>,
    /// The byte up to which it is read.
    until: u64,
    reader: Option<LogReader>,
    redacts: bool,
    telling: Option<(Parts, Report)>,
}

/// What became of a log's lines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// In words.
    pub words: String,
    /// The first lines that could not be read, from 1, and why.
    pub unreadable: Vec<(u32, String)>,
    /// How many more there are.
    pub more_unreadable: u32,
    /// Calls without a time.
    pub without_time: u32,
    /// The log without the texts of its arguments, where it was read so and is short enough to be kept.
    pub redacted: Option<String>,
}

impl Report {
    /// The report of a log.
    #[must_use]
    pub fn of(log: &ImportedLog) -> Self {
        let number = |size: usize| u32::try_from(size).unwrap_or(u32::MAX);
        let named = &log.first_unreadable;
        Self {
            words: log.in_words(),
            unreadable: named.iter().map(|line| (number(line.line), line.reason.clone())).collect(),
            more_unreadable: number(log.unreadable - named.len()),
            without_time: number(log.without_time),
            redacted: None,
        }
    }

    /// The same of a log of which nothing but the calls is kept, their texts hashed: why a line could not be read may
    /// quote it.
    #[must_use]
    pub fn redacted(self) -> Self {
        let words = format!("{} Texts in arguments were hashed, and only that is kept.", self.words);
        Self { words, unreadable: Vec::new(), more_unreadable: 0, ..self }
    }
}

impl Reading {
    pub(super) fn new(
        number: u32,
        text: Option<String>,
        (start, step_ms): (i64, i64),
        redacts: bool,
    ) -> Self {
        let options = LogOptions { start: Timestamp::from_millis(start), step_ms };
        Self { number, text, until: 0, reader: Some(LogReader::new(options)), redacts, telling: None }
    }

    /// The next piece of the text or the file; nothing where it cannot be read any more.
    fn piece(&self, file: Piece<'_>) -> Option<Vec<u8>> {
        let Some(text) = &self.text else { return file(self.until..self.until + PIECE) };
        let place = |byte: u64| usize::try_from(byte).unwrap_or(usize::MAX).min(text.len());
        text.as_bytes().get(place(self.until)..place(self.until + PIECE)).map(<[u8]>::to_vec)
    }
}

impl Job for Reading {
    fn step(&mut self, engine: &mut Engine, file: Piece<'_>) -> Answer {
        if let Some((parts, report)) = &mut self.telling {
            return parts.next().unwrap_or_else(|| Answer::Read(std::mem::take(report)));
        }
        let Some(piece) = self.piece(file) else {
            return Answer::Failed("The file cannot be read any more.".to_owned());
        };
        if let Some(reader) = self.reader.as_mut().filter(|_| !piece.is_empty()) {
            reader.feed(&piece);
            self.until += piece.len() as u64;
            let all = self.text.as_ref().map_or(0, |text| text.len() as u64);
            return Answer::Progress { done: self.until, all };
        }
        let mut log = self.reader.take().unwrap_or_default().finish();
        let mut report = Report::of(&log);
        if self.redacts {
            let text = redacted(&log.calls);
            log = import_log(&text);
            report = report.redacted();
            report.redacted = (text.len() <= LONGEST_LOG).then_some(text);
        }
        let calls = Arc::new(log.calls);
        engine.keep(self.number, Arc::clone(&calls));
        self.telling = Some((parts_of(calls), report));
        Answer::Progress { done: self.until, all: self.until }
    }
}

fn parts_of(calls: Arc<Calls>) -> Parts {
    Box::new(stretches(calls.len()).map(move |range| Answer::Calls(Box::new(calls.part(range)))))
}
