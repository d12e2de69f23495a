//! The command palette, and the sheet of shortcuts.

use gatewright_core::legible::legible;
use leptos::prelude::*;

use super::{attacks, findings, shortcuts, templates};
use crate::model::palette::{self, Action, Command, commands, matches};
use crate::model::templates::TEMPLATES;
use crate::model::view::Target;
use crate::platform::{screen, theme};
use crate::store::Store;

/// So many commands are listed; more letters find the others.
const MOST: usize = 50;

/// A field to find a command in, and the commands that are found.
pub fn palette(store: Store) -> AnyView {
    let all = StoredValue::new_local(available(store));
    let (query, set_query) = signal(String::new());
    let (chosen, set_chosen) = signal(0_usize);
    let found = Memo::new(move |_| {
        all.with_value(|all| matches(&query.get(), all.iter().map(|command| &*command.title)))
    });
    let shown = move || found.with(|found| found.len().min(MOST));
    let colours = expect_context::<RwSignal<String>>();
    let act = move |place: usize| {
        let action = found.with_untracked(|found| {
            all.with_value(|all| {
                found.get(place).and_then(|number| all.get(*number)).map(|one| one.action.clone())
            })
        });
        if let Some(action) = action {
            store.dialog.set(None);
            // The dialog gives the focus back with the next frame; a command may want it elsewhere.
            request_animation_frame(move || perform(store, colours, action));
        }
    };
    let pressed = move |event: leptos::ev::KeyboardEvent| {
        let (here, count) = (chosen.get_untracked(), untrack(shown));
        match event.key().as_str() {
            "ArrowDown" => set_chosen.set(if here + 1 < count { here + 1 } else { 0 }),
            "ArrowUp" => set_chosen.set(here.checked_sub(1).unwrap_or(count.saturating_sub(1))),
            "Enter" => act(here),
            _ => return,
        }
        event.prevent_default();
        screen::scroll_into_view(&option_id(chosen.get_untracked()));
    };
    let options = move || {
        let found = found.get();
        let option = |(place, number): (usize, &usize)| {
            let (title, keys) = all.with_value(|all| {
                all.get(*number).map(|one| (one.title.clone(), one.keys)).unwrap_or_default()
            });
            view! {
                <li
                    role="option"
                    id=option_id(place)
                    aria-selected=move || (chosen.get() == place).to_string()
                    on:click=move |_| act(place)
                >
                    {legible(&title)}
                    {keys_view(keys)}
                </li>
            }
            .into_any()
        };
        found.iter().take(MOST).enumerate().map(option).collect::<Vec<_>>()
    };
    let count = move || match found.with(Vec::len) {
        0 => "No command matches.".to_owned(),
        1 => "1 command.".to_owned(),
        count => format!("{count} commands."),
    };
    view! {
        <input
            type="text"
            role="combobox"
            class="palette-query"
            aria-label="Command"
            aria-expanded="true"
            aria-controls="commands"
            aria-autocomplete="list"
            aria-activedescendant=move || option_id(chosen.get())
            autocomplete="off"
            spellcheck="false"
            autofocus=true
            on:input=move |event| {
                set_query.set(event_target_value(&event));
                set_chosen.set(0);
            }
            on:keydown=pressed
        />
        <p class="hint" role="status">{count}</p>
        <ul id="commands" class="commands" role="listbox" aria-label="Commands">{options}</ul>
    }
    .into_any()
}

fn option_id(place: usize) -> String {
    format!("command-{place}")
}

/// A shortcut's keys, each as a key: a key of one letter may stand for itself among others.
fn keys_view(keys: &'static str) -> AnyView {
    let keys: Vec<AnyView> =
        keys.split_whitespace().map(|key| view! { <kbd>{key}</kbd> }.into_any()).collect();
    view! { <span class="keys">{keys}</span> }.into_any()
}

/// The commands that can be done now.
fn available(store: Store) -> Vec<Command> {
    let parsed = store.shown().get_untracked();
    let inventory = store.inventory().get_untracked();
    let mut tools: Vec<&str> = parsed.0.policy.tools.iter().map(|(name, _)| name.as_str()).collect();
    tools.extend(inventory.tools().filter_map(|(_, tool)| tool.get("name").and_then(|name| name.as_str())));
    tools.sort_unstable();
    tools.dedup();
    let mut commands = commands(tools, TEMPLATES.iter().map(|template| template.name));
    commands.retain(|command| match command.action {
        Action::Press(id) => screen::is_there(id),
        Action::Told => false,
        _ => true,
    });
    commands
}

fn perform(store: Store, colours: RwSignal<String>, action: Action) {
    match action {
        Action::Open(dialog) => store.dialog.set(Some(dialog)),
        Action::Show(tab) => store.show_tab(tab),
        Action::Press(id) => screen::press(id),
        Action::Tool(name) => store.select_tool(Target::Tool(name)),
        Action::Template(number) => {
            if let Some(template) = TEMPLATES.get(number) {
                templates::start_from(store, *template);
            }
        }
        Action::Finding(forward) => findings::walk(store, forward),
        Action::Attack => attacks::open_and_run(store),
        Action::Save => store.save_file(false),
        Action::NextPane => shortcuts::next_pane(store, true),
        Action::Undo(true) => store.undo(),
        Action::Undo(false) => store.redo(),
        Action::Theme(choice) => {
            theme::choose(choice);
            colours.set(choice.to_owned());
        }
        Action::Told => {}
    }
}

/// Every shortcut.
pub fn sheet(_: Store) -> AnyView {
    let row = |command: &Command| {
        let title = command.title.clone();
        view! { <li>{title} {keys_view(command.keys)}</li> }.into_any()
    };
    let rows: Vec<AnyView> = palette::shortcuts().map(row).collect();
    view! {
        <p class="hint">"On a Mac, ⌘ stands for Ctrl. Letters alone do nothing while you type."</p>
        <ul class="commands">{rows}</ul>
    }
    .into_any()
}

/// The way to the palette.
#[component]
pub fn PaletteButton() -> impl IntoView {
    let store = expect_context::<Store>();
    view! {
        <button
            type="button"
            class="search"
            aria-keyshortcuts="Control+K Meta+K"
            on:click=move |_| store.dialog.set(Some(crate::model::view::Dialog::Palette))
        >
            "Commands" <kbd>"Ctrl K"</kbd>
        </button>
    }
}
