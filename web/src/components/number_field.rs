//! A whole number with a label and a unit.

use leptos::prelude::*;

/// A number field. What cannot be read as a number within bounds changes nothing, and stays to be mended.
#[component]
pub fn NumberField(
    label: &'static str,
    unit: &'static str,
    #[prop(into)] value: Signal<u64>,
    max: u64,
    min: u64,
    on_change: impl Fn(u64) + 'static,
) -> impl IntoView {
    let typed = move |event| {
        if let Ok(number) = event_target_value(&event).parse::<u64>()
            && (min..=max).contains(&number)
        {
            on_change(number);
        }
    };
    view! {
        <label class="field">
            <span>{label}</span>
            <span class="with-unit">
                <input type="number" inputmode="numeric" min=min max=max prop:value=move || value.get() on:input=typed />
                {unit}
            </span>
        </label>
    }
}
