//! The events of Intercept, `PolicyLayer`'s open proxy: `{"ts", "type": "tool_call", "instance", "tool", "result",
//! "args_hash"}`.
//!
//! Of arguments there is a hash alone, so that they are unknown, but for that of no arguments, which is known to all. What
//! was denied was asked for, and is a call like any other. How calls ended is not in it.

use alloc::string::String;

use super::object::Object;
use super::records::{Found, Records};
use crate::call::Arguments;

/// The hashes of `{}` and of `null`.
const NO_ARGUMENTS: [&str; 2] = [
    "sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a",
    "sha256:74234e98afe7498fb5daf1f36ac2d78acc339464f950703b8c019892f982b90b",
];

pub(super) fn is(record: &Object<'_>) -> bool {
    record.has("args_hash") || record.has("instance") && record.has("type") && record.has("ts")
}

impl Records {
    pub(super) fn intercept(&mut self, record: &Object<'_>) -> Result<bool, String> {
        if let Some(server) = record.text("server") {
            // The event of the start names it once.
            self.session = server;
        }
        let Some(tool) = record.must::<String>("tool")? else { return Ok(false) };
        let Some(at) = record.must("ts")? else { return Err("no time: `ts` is missing".into()) };
        let hash = record.text("args_hash").unwrap_or_default();
        let is_none = NO_ARGUMENTS.contains(&hash.as_str());
        let session = record.text("instance").unwrap_or_default();
        let server = core::mem::take(&mut self.session);
        let found = Found {
            tool: &tool,
            server: Some(server.as_str()).filter(|server| !server.is_empty()),
            arguments: if is_none { Arguments::None } else { Arguments::Unknown },
            at: Some(at),
            session: &session,
            ..Found::default()
        };
        let index = self.push(&found);
        if let Some(index) = index.filter(|_| record.is("result", "denied")) {
            self.log.calls.refuse(index);
        }
        self.session = server;
        Ok(true)
    }
}
