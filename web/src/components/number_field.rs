//! A whole number with a label and a unit.

use leptos::prelude::*;

/// A number field. What is no number within its bounds changes nothing: it stays to be mended, and the field says so.
#[component]
pub fn NumberField(
    /// The field's name in the page, for the sentence that belongs to it.
    id: &'static str,
    label: &'static str,
    unit: &'static str,
    #[prop(into)] value: Signal<u64>,
    max: u64,
    min: u64,
    on_change: impl Fn(u64) + 'static,
) -> impl IntoView {
    let (wrong, set_wrong) = signal(false);
    let typed = move |event| {
        let number =
            event_target_value(&event).parse::<u64>().ok().filter(|number| (min..=max).contains(number));
        set_wrong.set(number.is_none());
        if let Some(number) = number {
            on_change(number);
        }
    };
    let bounds = move || format!("From {min} to {max}; the run is still of {}.", value.get());
    view! {
        <div class="field">
            <label>
                <span>{label}</span>
                <span class="with-unit">
                    <input
                        type="number"
                        inputmode="numeric"
                        min=min
                        max=max
                        aria-invalid=move || wrong.get().to_string()
                        aria-describedby=id
                        prop:value=move || value.get()
                        on:input=typed
                    />
                    {unit}
                </span>
            </label>
            <span id=id class="bad" role="status">{move || wrong.get().then(bounds)}</span>
        </div>
    }
}
