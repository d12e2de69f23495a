//! A page that is built in parts.

use std::time::Duration;

use leptos::prelude::*;

/// Parts that are built one after the other, each in a task of its own: the browser stays answerable on a slow machine.
#[derive(Clone, Copy)]
pub struct Parts {
    built: RwSignal<usize>,
}

impl Parts {
    /// Builds so many parts, from now on. `whole` is called once all are there.
    pub fn build(count: usize, whole: impl FnOnce() + 'static) -> Self {
        let parts = Self { built: RwSignal::new(0) };
        parts.go_on(count, Box::new(whole));
        parts
    }

    fn go_on(self, left: usize, whole: Box<dyn FnOnce()>) {
        let next = move || match left.checked_sub(1) {
            None => whole(),
            Some(left) => {
                self.built.update(|built| *built += 1);
                self.go_on(left, whole);
            }
        };
        set_timeout(next, Duration::ZERO);
    }

    /// A part, by its number from 1.
    pub fn part(self, number: usize, view: impl Fn() -> AnyView + Send + 'static) -> AnyView {
        let is_due = Memo::new(move |_| self.built.get() >= number);
        (move || is_due.get().then(&view)).into_any()
    }
}
