//! Calls as Gatewright itself writes them: `{"at", "tool", "args"}`, and a proxy's decision log.

use alloc::format;
use alloc::string::{String, ToString};

use super::object::Object;
use super::records::{Found, Records};
use crate::call::{Arguments, Outcome, UnknownArgs};
use crate::legible::clip;
use crate::time::Timestamp;
use crate::verdict::Reason;

/// Why a call was refused that no policy was asked about, or none could be: replayed, it would be judged all the same.
const NOT_THE_POLICYS: [Reason; 5] = [
    Reason::Malformed,
    Reason::TooManyCounters,
    Reason::ForeignCounters,
    Reason::CountersAway,
    Reason::EngineFailed,
];

/// Whether a record tells of a call that was refused for a reason that is not the policy's.
pub(super) fn is_refusal(record: &Object<'_>) -> bool {
    record.said("reason").is_some_and(|reason: Reason| NOT_THE_POLICYS.contains(&reason))
}

impl Records {
    pub(super) fn own(&mut self, record: &Object<'_>) -> Result<bool, String> {
        if is_refusal(record) {
            return Ok(false);
        }
        let call = record.text("call");
        let at = time(record, "at", "ts")?.ok_or("no time: `at` is missing");
        let Some(tool) = record.must::<String>("tool")? else {
            return self.end(record, &call.unwrap_or_default(), at?).map(|()| false);
        };
        let (grant, session) = (record.must::<String>("grant")?, record.must::<String>("session")?);
        let unknown: UnknownArgs = record.must("unknown_args")?.unwrap_or_default();
        let server = record.text("server");
        let recorded = match record.get("args") {
            Some(args) if !unknown.is_nothing() => {
                return Err(format!("`args` and `unknown_args` exclude each other: {}", clip(args)));
            }
            Some(args) if !args.starts_with('{') => return Err("`args` is not an object".to_string()),
            args => args.map_or(Arguments::None, Arguments::Text),
        };
        let found = Found {
            tool: &tool,
            server: server.as_deref(),
            arguments: unknown.or(recorded),
            at: Some(at?),
            grant: grant.as_deref(),
            session: session.as_deref().unwrap_or_default(),
            approved: record.must("approved")?.unwrap_or(false),
        };
        let outcome: Option<Outcome> = record.must("outcome")?;
        let Some(index) = self.push(&found) else { return Ok(true) };
        // In a dry run the call is made all the same.
        if (record.is("decision", "deny") || record.is("decision", "approval"))
            && record.said("dry_run") != Some(true)
        {
            self.log.calls.refuse(index);
        }
        if let (Some(outcome), Some(at)) = (outcome, found.at) {
            self.log.calls.ended(index, outcome, at);
        }
        if let Some(earlier) = call.and_then(|call| self.named.insert(name_of(&call), index)) {
            self.replace(earlier);
        }
        Ok(true)
    }

    /// The end of a call of a decision log. Its decision may stand in a log of before.
    fn end(&mut self, record: &Object<'_>, call: &str, at: Timestamp) -> Result<(), String> {
        if let (Some(index), Some(outcome)) = (self.named.get(&name_of(call)), record.must("outcome")?) {
            self.log.calls.answer(*index, outcome, at);
        }
        Ok(())
    }
}

fn name_of(call: &str) -> String {
    format!("decided {call}")
}

/// The time in one of two fields.
pub(super) fn time(record: &Object<'_>, first: &str, second: &str) -> Result<Option<Timestamp>, String> {
    let at = record.must(first)?;
    if at.is_some() { Ok(at) } else { record.must(second) }
}
