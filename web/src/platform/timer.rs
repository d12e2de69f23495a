//! Something that is done once nothing has happened for a while.

use std::time::Duration;

use leptos::prelude::*;

/// A timer that starts anew each time it is asked to.
#[derive(Clone, Copy)]
pub struct Timer {
    length: Duration,
    running: StoredValue<Option<TimeoutHandle>, LocalStorage>,
}

impl Timer {
    /// A timer of so many milliseconds.
    pub fn new(ms: u64) -> Self {
        Self { length: Duration::from_millis(ms), running: StoredValue::new_local(None) }
    }

    /// Does something when the time has passed, unless it is asked again before.
    pub fn restart(self, deed: Box<dyn FnOnce()>) {
        let next = set_timeout_with_handle(deed, self.length).ok();
        if let Some(Some(last)) = self.running.try_update_value(|running| std::mem::replace(running, next)) {
            last.clear();
        }
    }
}
