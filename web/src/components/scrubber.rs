//! A slider over the calls, and a button for each step.
//!
//! A button that leads nowhere is marked so and keeps the focus: a disabled one would drop it.

use leptos::prelude::*;

/// Where a step leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// To a call, by index.
    To(usize),
    /// To the denied call before the selected one.
    PreviousDenial,
    /// To the denied call after it.
    NextDenial,
}

/// A slider over calls, with a button for everything that a key does.
#[component]
pub fn Scrubber(
    /// How many calls.
    #[prop(into)]
    count: Signal<usize>,
    /// The selected call, from 0.
    #[prop(into)]
    selected: Signal<usize>,
    /// The selected call in words, for assistive technology.
    #[prop(into)]
    words: Signal<String>,
    /// `call 11 of 3,600`
    #[prop(into)]
    position: Signal<String>,
    /// Whether there is a denied call before and after.
    #[prop(into)]
    denials: Signal<(bool, bool)>,
    /// Takes a step.
    on_move: impl Fn(Move) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let last = move || count.get().saturating_sub(1);
    let at_start = move || selected.get() == 0;
    let at_end = move || selected.get() >= last();
    let slid = move |event| {
        if let Ok(number) = event_target_value(&event).parse::<usize>() {
            on_move(Move::To(number.saturating_sub(1)));
        }
    };
    view! {
        <div class="scrubber">
            <input
                type="range"
                aria-label="Call"
                min="1"
                max=move || count.get().max(1)
                prop:value=move || selected.get() + 1
                aria-valuetext=move || words.get()
                on:input=slid
            />
            <div class="steps">
                <button type="button" aria-label="First call" aria-disabled=move || at_start().to_string() on:click=move |_| on_move(Move::To(0))>"«"</button>
                <button
                    type="button"
                    aria-label="Previous call"
                    aria-disabled=move || at_start().to_string()
                    on:click=move |_| on_move(Move::To(selected.get_untracked().saturating_sub(1)))
                >"‹"</button>
                <span class="position">{move || position.get()}</span>
                <button
                    type="button"
                    aria-label="Next call"
                    aria-disabled=move || at_end().to_string()
                    on:click=move |_| on_move(Move::To((selected.get_untracked() + 1).min(last())))
                >"›"</button>
                <button type="button" aria-label="Last call" aria-disabled=move || at_end().to_string() on:click=move |_| on_move(Move::To(last()))>"»"</button>
                <span class="denial-steps">
                    <button type="button" aria-disabled=move || (!denials.get().0).to_string() on:click=move |_| on_move(Move::PreviousDenial)>
                        "Previous denial" <kbd>"P"</kbd>
                    </button>
                    <button type="button" aria-disabled=move || (!denials.get().1).to_string() on:click=move |_| on_move(Move::NextDenial)>
                        "Next denial" <kbd>"N"</kbd>
                    </button>
                </span>
            </div>
        </div>
    }
}
