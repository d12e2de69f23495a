//! Logs that are brought: short ones are read here, at once; long ones, and files, in the worker, piece by piece, so that
//! the page goes on and says how far it is.

use std::cell::RefCell;
use std::sync::Arc;

use gatewright_core::import::log::LogOptions;
use gatewright_core::pointer::Pointer;
use gatewright_core::scenario::Calls;
use leptos::prelude::*;

use super::running::{are_kept, fresh_number};
use super::{Shared, Store};
use crate::model::assumptions::Taken;
use crate::model::conversion::Brought;
use crate::model::engine::{Answer, Question, Report};
use crate::model::traffic::{Log, Traffic, redacted_name};
use crate::model::workspace::LONGEST_LOG;
use crate::platform::engine::{self, Ticket};
use crate::platform::files::{self, File, ReadFile};

/// So many bytes are read here: it takes less than a frame or two.
pub(super) const NEAR: usize = 128 * 1024;

/// The largest log that is read, in bytes.
const MOST: f64 = 1024.0 * 1024.0 * 1024.0;

/// A log on its way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// Its name.
    pub name: String,
    /// So many bytes are read.
    pub done: u64,
    /// Of so many.
    pub all: u64,
}

/// What is being read, and what was read last.
#[derive(Clone, Copy)]
pub(super) struct Readings {
    /// Each under its number, the last that was brought last.
    now: RwSignal<Vec<(u32, Reading)>>,
    tickets: StoredValue<Vec<Ticket>, LocalStorage>,
    /// The file of a log whose text is not here, for when it is read with other times.
    file: StoredValue<Option<File>, LocalStorage>,
}

impl Readings {
    pub(super) fn new() -> Self {
        Self {
            now: RwSignal::new(Vec::new()),
            tickets: StoredValue::new_local(Vec::new()),
            file: StoredValue::new_local(None),
        }
    }
}

/// Where a log is read from.
#[derive(Clone)]
enum From {
    Text(Arc<str>),
    File(File),
    /// A log of so many bytes, of which only the calls are kept, their texts hashed.
    Redacted(u64),
}

impl Store {
    /// The log that is being read; of several, the last that was brought.
    #[must_use]
    pub fn reading(self) -> Option<Reading> {
        self.readings.now.with(|all| all.last().map(|(_, reading)| reading.clone()))
    }

    /// Stops reading. What was there stays.
    pub fn stop_reading(self) {
        let tickets = self.readings.tickets.try_update_value(std::mem::take).unwrap_or_default();
        tickets.into_iter().for_each(engine::take_back);
        self.readings.now.set(Vec::new());
    }

    /// Notes how far a log is read.
    fn reads_on(self, number: u32, now: Reading) {
        self.readings.now.update(|all| match all.iter_mut().find(|(known, _)| *known == number) {
            Some((_, reading)) => *reading = now,
            None => all.push((number, now)),
        });
    }

    fn has_read(self, number: u32) {
        self.readings.now.update(|all| all.retain(|(known, _)| *known != number));
    }

    /// Takes a file that a person dropped or chose: a log, a list of tools, or else a policy.
    pub fn bring_file(self, file: File) {
        self.notice.set(None);
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let longest = LONGEST_LOG as f64;
        if file.size() > MOST {
            return self.say(format!("{} is larger than 1 GB, the most that is read.", file.name()));
        }
        if file.size() > longest {
            return self.read_far(file.name(), From::File(file), Taken::default());
        }
        // A log that is kept with the document has its text here.
        files::read_whole(file, move |file| match file {
            ReadFile::Text(name, text) => self.bring(name, text),
            ReadFile::Refused(sentence) => self.say(sentence),
        });
    }

    /// Reads a long text that may be a log.
    pub(super) fn read_text(self, name: String, text: String) {
        self.read_far(name, From::Text(Arc::from(text)), Taken::default());
    }

    /// Reads the log that is played once more, with other times for the calls that have none.
    pub(super) fn read_again(self, log: &Log, taken: Taken) {
        if log.has_text() {
            return self.read_far(log.name.clone(), From::Text(Arc::clone(&log.text)), taken);
        }
        match self.readings.file.get_value().filter(|file| file.name() == log.name) {
            Some(file) => self.read_far(log.name.clone(), From::File(file), taken),
            None => self.say(format!("{} is not here any more: choose the file again.", log.name)),
        }
    }

    fn read_far(self, name: String, from: From, taken: Taken) {
        let number = fresh_number();
        let (text, file, all) = match &from {
            From::Text(text) => (Some(text.to_string()), None, text.len() as u64),
            From::File(file) => (None, Some(file.clone()), bytes_of(file)),
            From::Redacted(_) => return,
        };
        let LogOptions { start, step_ms } = taken.times;
        let (times, redacts) = ((start.as_millis(), step_ms), self.redacts.get_untracked());
        let question = Question::Read { number, text, times, redacts };
        self.reads_on(number, Reading { name: name.clone(), done: 0, all });
        let arriving = RefCell::new(Calls::default());
        let ticket = engine::ask(&question, file.as_ref(), move |answer| match answer {
            Answer::Progress { done, .. } => {
                self.reads_on(number, Reading { name: name.clone(), done, all });
            }
            Answer::Calls(part) => arriving.borrow_mut().add(*part),
            Answer::Read(report) => {
                self.has_read(number);
                let calls = Arc::new(arriving.take());
                are_kept(number, Shared(Arc::clone(&calls)));
                let from = if redacts && !calls.is_empty() { From::Redacted(all) } else { from.clone() };
                self.have_read(name.clone(), from, calls, report, taken.clone());
            }
            Answer::Failed(why) => {
                self.has_read(number);
                self.say(format!("{name}: {why}"));
            }
            _ => {}
        });
        self.readings.tickets.update_value(|tickets| tickets.push(ticket));
    }

    fn have_read(self, name: String, from: From, calls: Arc<Calls>, mut report: Report, taken: Taken) {
        let size = |bytes: u64| usize::try_from(bytes).unwrap_or(usize::MAX);
        match from {
            From::Redacted(bytes) => {
                let (name, text) = (redacted_name(&name), report.redacted.take());
                let bytes = text.as_ref().map_or(size(bytes).max(LONGEST_LOG + 1), String::len);
                let text = Arc::from(text.unwrap_or_default());
                self.play_log(Log::of(name, bytes, text, calls, report, taken));
            }
            From::Text(text) if calls.is_empty() => self.bring_no_log(&name, &text, &report),
            From::File(file) if calls.is_empty() && file.size() <= files::MAX_BYTES => {
                files::read_whole(file, move |file| match file {
                    ReadFile::Text(name, text) => self.bring_no_log(&name, &text, &report),
                    ReadFile::Refused(sentence) => self.say(sentence),
                });
            }
            From::File(_) if calls.is_empty() => self.say_no_calls(&name, &report),
            From::Text(text) => self.play_log(Log::of(name, text.len(), text, calls, report, taken)),
            From::File(file) => {
                let bytes = size(bytes_of(&file));
                self.readings.file.set_value(Some(file));
                self.play_log(Log::of(name, bytes, Arc::from(""), calls, report, taken));
            }
        }
    }

    /// Takes a text that holds no calls: a list of tools, or else a policy.
    pub(super) fn bring_no_log(self, name: &str, text: &str, report: &Report) {
        if self.bring_tools(name, text) {
            self.dialog.set(None);
        } else if let Some(brought) = Brought::of(name, text) {
            self.offer_conversion(brought);
        } else if looks_like_policy(text) {
            self.open_policy(format!("Opened {name} as the policy."), text);
        } else {
            self.say_no_calls(name, report);
        }
    }

    fn say_no_calls(self, name: &str, report: &Report) {
        let why = report.unreadable.first();
        let why = why.map_or_else(String::new, |(line, reason)| format!(" Line {line}: {reason}."));
        self.say(format!("No tool call in {name}. {}{why}", report.words));
    }

    pub(super) fn play_log(self, log: Log) {
        self.play(format!("Opened {} as the calls to try.", log.name), Traffic::Log(Arc::new(log)));
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a size is no fraction")]
fn bytes_of(file: &File) -> u64 {
    file.size() as u64
}

/// Whether a text is an object with a field that policies have.
fn looks_like_policy(text: &str) -> bool {
    let source = gatewright_core::source::Source::new(text);
    ["version", "default", "tools"].iter().any(|field| source.find(&Pointer::root().key(field)).is_some())
}
