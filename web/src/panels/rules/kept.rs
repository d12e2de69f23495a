//! What the rows cannot show: the text itself, with its line. It stays as it is written.

use leptos::prelude::*;

use super::found::found_at;
use super::{Editing, focus_soon, id_of};
use crate::model::rules::Kept;
use crate::model::rules::gestures::{take_away, take_field_away};

/// A card with its findings.
pub(super) fn kept_card(editing: Editing, kept: &Kept) -> AnyView {
    let found = found_at(editing, &kept.place, false);
    let plain = plain_card(editing, kept);
    view! { <div class="kept-with-findings">{plain} {found}</div> }.into_any()
}

/// A card whose findings stand elsewhere.
pub(super) fn plain_card(editing: Editing, kept: &Kept) -> AnyView {
    let title = format!("{} is kept as JSON", kept.name);
    let line = format!("line {}", kept.line);
    let place = kept.place.clone();
    let show = {
        let place = place.clone();
        move |_| editing.store.show_place(&place)
    };
    let remove = kept.is_alone.then(|| {
        let (name, label) = (kept.name.clone(), format!("Remove {}", kept.name));
        let remove = move |_| {
            let is_item = place.tokens().last().is_some_and(|token| token.parse::<usize>().is_ok());
            editing.make(&format!("removed {name}"), &|source| {
                if is_item { take_away(source, &place) } else { take_field_away(source, &place) }
            });
            focus_soon("rules-title".to_owned());
        };
        view! { <button type="button" class="quiet" aria-label=label on:click=remove>"Remove"</button> }
            .into_any()
    });
    view! {
        <div class="kept" id=id_of(&kept.place, "") tabindex="-1">
            <p>
                <span class="kept-name">{title}</span>
                " "
                <button type="button" class="quiet" on:click=show>{line}</button>
                {remove}
            </p>
            <pre tabindex="0">{kept.json.clone()}</pre>
        </div>
    }
    .into_any()
}
