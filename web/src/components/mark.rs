//! A decision as shape and word, so that it is told apart without its colour.

use gatewright_core::Decision;
use leptos::prelude::*;

/// `● Allowed` or `■ Denied`.
#[component]
pub fn DecisionMark(decision: Decision) -> impl IntoView {
    let (class, shape, word) = match decision {
        Decision::Allow => ("mark allow", "●", "Allowed"),
        Decision::Deny => ("mark deny", "■", "Denied"),
        Decision::Approval => ("mark approval", "◆", "Needs approval"),
        Decision::Unknown => ("mark unknown", "?", "Unknown"),
    };
    view! {
        <span class=class>
            <span class="shape" aria-hidden="true">{shape}</span>
            {word}
        </span>
    }
}
