//! Bringing one's own policy: pasted, or as a file.

use leptos::prelude::*;

use crate::components::Modal;
use crate::model::view::Dialog;
use crate::platform::clipboard;
use crate::platform::files::{self, ReadFile};
use crate::store::Store;

/// The dialog in which a policy is pasted or its file chosen.
#[component]
pub fn OpenPolicyDialog() -> impl IntoView {
    let store = expect_context::<Store>();
    let close = Callback::new(move |()| store.dialog.set(None));
    let open = move |name: &str, text: &str| store.bring_policy(name, format!("Opened {name}"), text);
    let pasted = move |event: leptos::ev::Event| {
        if let Some(text) = clipboard::pasted_text(&event) {
            open("the pasted policy", &text);
        }
    };
    let typed = move |event| {
        let text = event_target_value(&event);
        if !text.trim().is_empty() {
            open("the typed policy", &text);
        }
    };
    let chosen = move |event: leptos::ev::Event| {
        files::read_chosen(&event, move |file| match file {
            ReadFile::Text(name, text) => open(&name, &text),
            ReadFile::Refused(sentence) => store.say(sentence),
        });
    };
    let is_open = Memo::new(move |_| store.dialog.get() == Some(Dialog::OpenPolicy));
    move || {
        is_open.get().then(|| {
            view! {
                <Modal title="Use my policy" on_close=close>
                    <label class="field wide">
                        <span>"Paste a policy.json, or a policy in another language"</span>
                        <textarea
                            class="paste"
                            rows="8"
                            spellcheck="false"
                            on:paste=move |event| pasted(event.into())
                            on:change=typed
                        ></textarea>
                    </label>
                    <label class="field wide">
                        <span>"Or choose a file"</span>
                        <input type="file" accept=".json,.jsonc,.yaml,.yml,.txt" on:change=chosen />
                    </label>
                    <p class="hint">
                        "It is read in this page and sent nowhere. What is wrong with it is said line by line, and Undo \
                        brings back what was here before."
                    </p>
                </Modal>
            }
        })
    }
}
