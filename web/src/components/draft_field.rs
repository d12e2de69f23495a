//! A field whose text goes on only when it makes sense. What does not is kept, and the field says what would.

use leptos::prelude::*;

/// How a field looks and what a phone's keyboard offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A number.
    Number,
    /// A name or a path, as code.
    Code,
    /// Words.
    Words,
    /// Text of several lines.
    Lines,
}

/// Looks at what was typed.
pub type Check = fn(&str) -> Result<(), String>;

/// Takes any text.
pub fn any_text(_: &str) -> Result<(), String> {
    Ok(())
}

/// What a field holds and takes.
#[derive(Clone)]
pub struct Draft {
    /// The field's name in the page.
    pub id: String,
    /// What it is, for assistive technology: the words around it may say it already.
    pub label: String,
    /// What is written now.
    pub value: Signal<String>,
    /// Whether a text may go on; of one that may not, a sentence says why.
    pub check: Check,
    /// How it looks.
    pub kind: FieldKind,
    /// The list of what may be meant, by its name in the page.
    pub offers: Option<&'static str>,
    /// Takes a text that may go on.
    pub on_change: Callback<String>,
}

/// A text field of the policy. A half-typed text stays in it for as long as what is written stays the same.
#[must_use]
pub fn draft_field(draft: Draft) -> AnyView {
    let Draft { id, label, value, check, kind, offers, on_change } = draft;
    let attempt = Callback::new(move |text: String| {
        check(&text)?;
        let before = value.get_untracked();
        on_change.run(text.clone());
        let now = value.get_untracked();
        if now == before && text.trim() != now.trim() {
            return Err("It could not be written.".to_owned());
        }
        Ok(())
    });
    tried_field(Tried { id, label, of: "policy", value, kind, offers, attempt })
}

/// What a field holds that learns by trying whether its text may go on.
#[derive(Clone)]
pub struct Tried {
    /// The field's name in the page.
    pub id: String,
    /// What it is, for assistive technology.
    pub label: String,
    /// What its text is a part of: `policy`.
    pub of: &'static str,
    /// What is written now.
    pub value: Signal<String>,
    /// How it looks.
    pub kind: FieldKind,
    /// The list of what may be meant, by its name in the page.
    pub offers: Option<&'static str>,
    /// Writes a text, or says why it cannot be.
    pub attempt: Callback<String, Result<(), String>>,
}

/// A text field whose text is written where it can be, and otherwise stays in it.
#[must_use]
pub fn tried_field(field: Tried) -> AnyView {
    let Tried { id, label, of, value, kind, offers, attempt } = field;
    // What is written, and how often it was another before.
    let written = Memo::new(move |last: Option<&(String, usize)>| {
        let now = value.get();
        let changes = last.map_or(0, |(then, changes)| changes + usize::from(*then != now));
        (now, changes)
    });
    // What was typed and why it cannot go on: out of date once another text is written.
    let typed = RwSignal::new(None::<(usize, String, Option<String>)>);
    let kept = Memo::new(move |_| {
        let now = written.with(|(_, changes)| *changes);
        typed.get().filter(|(then, ..)| *then == now).map(|(_, text, why)| (text, why))
    });
    let shown = Memo::new(move |_| kept.get().map_or_else(|| value.get(), |(text, _)| text));
    let wrong = Memo::new(move |_| kept.with(|kept| kept.as_ref().and_then(|(_, why)| why.clone())));
    let on_input = move |event| {
        let text = event_target_value(&event);
        let why = attempt.run(text.clone()).err();
        typed.set(Some((written.with_untracked(|(_, changes)| *changes), text, why)));
    };
    // What was written stands as it was typed until it is left.
    let on_change = move |_| {
        if wrong.with_untracked(Option::is_none) {
            typed.set(None);
        }
    };
    let says = format!("{id}-says");
    let complaint = move || {
        let now = value.get();
        match wrong.get() {
            None => String::new(),
            Some(why) if now.is_empty() => format!("{why} Nothing is written yet."),
            Some(why) => format!("{why} The {of} still says {now}."),
        }
    };
    let input = if kind == FieldKind::Lines {
        view! {
                   <textarea
                       id=id
                       rows="2"
                       spellcheck="false"
                       aria-label=label
                       aria-describedby=says.clone()
                       aria-invalid=move || wrong.with(Option::is_some).to_string()
                       prop:value=move || shown.get()
                       on:input=on_input
        on:change=on_change
                   ></textarea>
               }
        .into_any()
    } else {
        let (class, mode, least) = match kind {
            FieldKind::Number => ("of-number", "decimal", 2),
            FieldKind::Code => ("of-code", "text", 8),
            FieldKind::Words | FieldKind::Lines => ("of-words", "text", 8),
        };
        view! {
                   <input
                       id=id
                       class=class
                       type="text"
                       inputmode=mode
                       list=offers
                       autocomplete="off"
                       autocapitalize="off"
                       spellcheck="false"
                       size=move || shown.with(|shown| shown.chars().count().clamp(least, 28))
                       aria-label=label
                       aria-describedby=says.clone()
                       aria-invalid=move || wrong.with(Option::is_some).to_string()
                       prop:value=move || shown.get()
                       on:input=on_input
        on:change=on_change
                   />
               }
        .into_any()
    };
    view! {
        <span class="draft">
            {input}
            <span id=says class="bad" role="status">{complaint}</span>
        </span>
    }
    .into_any()
}
