//! A choice among a few words, which also shows a word that is none of them.

use leptos::prelude::*;

use crate::platform::screen;

/// A drop-down list. `options` are what is written and what is read.
#[must_use]
pub fn choice(
    id: String,
    label: String,
    value: Signal<String>,
    options: Vec<(&'static str, &'static str)>,
    on_change: Callback<String>,
) -> AnyView {
    let known: Vec<&'static str> = options.iter().map(|(written, _)| *written).collect();
    let stray = Memo::new(move |_| {
        let value = value.get();
        (!known.contains(&value.as_str())).then_some(value)
    });
    let items: Vec<AnyView> = options
        .into_iter()
        .map(|(written, read)| {
            view! { <option value=written prop:selected=move || value.with(|value| value == written)>{read}</option> }
                .into_any()
        })
        .collect();
    let other = move || {
        stray.get().map(|word| {
            let read = if word.is_empty() { "choose".to_owned() } else { format!("{word} (not accepted)") };
            view! { <option value=word prop:selected=true>{read}</option> }.into_any()
        })
    };
    view! {
        <select
            id=id
            aria-label=label
            aria-invalid=move || stray.with(Option::is_some).to_string()
            on:change=move |event| {
                on_change.run(event_target_value(&event));
                // What could not be written is not shown as if it were.
                screen::set_value(&event, &value.get_untracked());
            }
        >
            {other}
            {items}
        </select>
    }
    .into_any()
}
