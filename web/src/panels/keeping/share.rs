//! Making a link: what goes into it, how long it is, and the file where it is too long.

use leptos::prelude::*;

use crate::model::share::{LONGEST, length_in_words};
use crate::model::workspace::{ALL, Parts};
use crate::store::Store;

/// The choice of parts, what they are, and the link.
pub fn share(store: Store) -> AnyView {
    let parts = RwSignal::new(ALL);
    // A link is always of what is on the page now; the browser packs it beside the page's own work.
    Effect::new(move |_| store.make_link(parts.get()));
    let choice = move |label: &'static str, is_in: fn(Parts) -> bool, put: fn(&mut Parts, bool)| {
        view! {
            <label class="check">
                <input
                    type="checkbox"
                    prop:checked=move || is_in(parts.get())
                    on:change=move |event| parts.update(|parts| put(parts, event_target_checked(&event)))
                />
                <span>{label}</span>
            </label>
        }
        .into_any()
    };
    let contents = move || {
        let told = store.workspace().contents(parts.get());
        told.into_iter().map(|line| view! { <li>{line}</li> }).collect_view()
    };
    let exactly = move || store.workspace().to_json(parts.get());
    let made = move || match store.link().get() {
        None => view! { <p class="hint">"Packing…"</p> }.into_any(),
        Some(Err(sentence)) => view! { <p class="bad" role="alert">{sentence}</p> }.into_any(),
        Some(Ok(link)) => made_link(store, link),
    };
    view! {
        <p>
            "Everything stands in the link itself, behind its " <code>"#"</code>
            ", which no browser sends to a server. Whoever has the link has what is in it."
        </p>
        <fieldset class="parts">
            <legend>"With the policy"</legend>
            {choice("Imported tools", |parts| parts.tools, |parts, is_in| parts.tools = is_in)}
            {choice("Calls to try", |parts| parts.calls, |parts, is_in| parts.calls = is_in)}
            {choice("Tests", |parts| parts.tests, |parts, is_in| parts.tests = is_in)}
        </fieldset>
        <h3>"The link holds"</h3>
        <ul class="contents">{contents}</ul>
        <details>
            <summary>"Exactly this"</summary>
            <pre class="exactly" tabindex="0">{exactly}</pre>
        </details>
        {made}
        <p>
            <button type="button" on:click=move |_| store.download_workspace(parts.get_untracked())>
                "Save the same as a file"
            </button>
        </p>
    }
    .into_any()
}

fn made_link(store: Store, link: String) -> AnyView {
    let length = link.len();
    if length > LONGEST {
        return view! { <p class="bad" role="status">{length_in_words(length)}</p> }.into_any();
    }
    let shown = link.clone();
    view! {
        <label class="field wide">
            <span>"Link"</span>
            <input type="text" id="share-link" readonly=true prop:value=shown />
        </label>
        <p class="hint" role="status">{length_in_words(length)}</p>
        <p>
            <button type="button" class="primary" on:click=move |_| store.copy("the link", &link)>"Copy the link"</button>
        </p>
    }
    .into_any()
}
