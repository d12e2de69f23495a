//! A finding's sentence as people read it: what it quotes as code, the first letter a capital.

use leptos::prelude::*;

/// A sentence in which what stands between backticks is shown as code.
pub fn prose(sentence: &str) -> AnyView {
    parts(sentence, true)
}

/// The same of a sentence that begins as it is to begin: with a tool's name, say.
pub fn quoting(sentence: &str) -> AnyView {
    parts(sentence, false)
}

fn parts(sentence: &str, has_capital: bool) -> AnyView {
    let part = |(index, part): (usize, &str)| {
        if index % 2 == 1 {
            let quoted = part.to_owned();
            return view! { <code>{quoted}</code> }.into_any();
        }
        let mut letters = part.chars();
        let text = match letters.next() {
            Some(first) if index == 0 && has_capital => first.to_uppercase().chain(letters).collect(),
            _ => part.to_owned(),
        };
        text.into_any()
    };
    sentence.split('`').enumerate().map(part).collect::<Vec<AnyView>>().into_any()
}
