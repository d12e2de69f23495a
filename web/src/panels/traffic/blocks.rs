//! A scenario as a form: when it begins, and its blocks with all their fields.
//!
//! Every control shows the scenario and changes it, as the lines of text below do: nothing is kept here but what is half
//! typed. Rows are told apart by their number, so that a row that is typed in stays while others change.

use std::sync::Arc;

use gatewright_core::amount::count as amount;
use gatewright_core::scenario::{Block, Scenario, Shape, notation};
use leptos::prelude::*;

use super::TOOL_NAMES;
use crate::components::{FieldKind, NumberField, Tried, choice, tried_field};
use crate::model::composing::{
    Control, Field, Place, SHAPES, at_second, fields, instant, instant_text, kinds, more_fields, second_of,
    shape_in_words, shape_of, share_fields, with_block, with_copy, with_moved, with_shape, with_share,
    without_block, without_share,
};
use crate::model::traffic::Traffic;
use crate::platform::screen;
use crate::store::Store;

/// So many blocks are drawn, and as many more each time that is asked for: a scenario may have thousands.
const MOST_AT_ONCE: usize = 20;

/// What every row needs to know.
#[derive(Clone, Copy)]
struct Composing {
    store: Store,
    scenario: Memo<Option<Arc<Scenario>>>,
    /// How many blocks are drawn.
    shown: RwSignal<usize>,
}

impl Composing {
    /// What stands in the scenario now; nothing where there is none.
    fn read<T: Default>(self, read: impl FnOnce(&Scenario) -> T) -> T {
        self.scenario.with(|scenario| scenario.as_deref().map(read).unwrap_or_default())
    }

    /// Makes a gesture as a step of its own.
    fn make(self, what: String, gesture: impl FnOnce(&Scenario) -> Scenario) {
        let changed = self.scenario.with_untracked(|scenario| scenario.as_deref().map(gesture));
        if let Some(Err(why)) = changed.map(|changed| self.store.compose_blocks(what, None, changed)) {
            self.store.say(why);
        }
    }

    /// Writes what is typed in a field; within a second it is one step.
    fn type_in(
        self,
        what: &str,
        text: &str,
        write: impl FnOnce(&Scenario, &str) -> Result<Scenario, String>,
    ) -> Result<(), String> {
        let written = self.scenario.with_untracked(|scenario| scenario.as_deref().map(|it| write(it, text)));
        let Some(written) = written else { return Ok(()) };
        self.store.compose_blocks(format!("Calls to try: {what} {text}"), Some(what.to_owned()), written?)
    }

    /// Moves the focus to a block, which is drawn for that.
    fn focus(self, block: usize) {
        self.shown.update(|shown| *shown = (*shown).max(block + 1));
        focus_block(block);
    }

    /// The tool that what is added calls: the one that was called last.
    fn last_tool(self) -> String {
        self.scenario.with_untracked(|scenario| {
            let last = scenario.as_deref().and_then(|scenario| scenario.blocks.last());
            last.and_then(|block| Some(kinds(block).last()?.tool.clone())).unwrap_or_default()
        })
    }
}

fn block_id(block: usize, control: &str) -> String {
    format!("block-{}{control}", block + 1)
}

/// Moves the focus to a block once it is drawn.
pub(super) fn focus_block(block: usize) {
    focus_soon(block_id(block, ""));
}

fn focus_soon(id: String) {
    request_animation_frame(move || screen::focus(&id));
}

/// The scenario that is played, block by block.
#[component]
pub fn Blocks() -> impl IntoView {
    let store = expect_context::<Store>();
    let scenario = Memo::new(move |_| {
        store.traffic().with(|traffic| match traffic {
            Traffic::Scenario(staged) => Some(staged.scenario.clone()),
            Traffic::Loop(_) | Traffic::Log(_) => None,
        })
    });
    let shown = RwSignal::new(MOST_AT_ONCE);
    let composing = Composing { store, scenario, shown };
    let count = Memo::new(move |_| composing.read(|scenario| scenario.blocks.len()));
    let added = RwSignal::new("rate".to_owned());
    let add = move |_| {
        let (kind, last, tool) = (added.get_untracked(), count.get_untracked(), composing.last_tool());
        let what = format!("Calls to try: added {}", shape_in_words(&kind).to_lowercase());
        composing.make(what, |scenario| with_block(scenario, &kind, &tool));
        composing.focus(last);
    };
    let shapes = choice(
        "shape-to-add".to_owned(),
        "Shape of the block to add".to_owned(),
        added.into(),
        SHAPES.to_vec(),
        Callback::new(move |kind| added.set(kind)),
    );
    let show_more = move |_| {
        let first = shown.get_untracked();
        shown.set(first + MOST_AT_ONCE);
        focus_block(first);
    };
    let more = move || {
        let left = count.get().saturating_sub(shown.get());
        (left > 0).then(|| {
            let words = format!("Show {} more blocks, of {} not shown", left.min(MOST_AT_ONCE), amount(left));
            view! { <p><button type="button" on:click=show_more>{words}</button></p> }.into_any()
        })
    };
    view! {
        <section class="blocks" aria-labelledby="blocks-title">
            <h3 id="blocks-title">"Blocks"</h3>
            {start(composing)}
            <ol>
                <For each=move || 0..count.get().min(shown.get()) key=|index| *index let:index>
                    {block_row(composing, index, count)}
                </For>
            </ol>
            {more}
            <p class="adders">{shapes} <button type="button" id="add-block" on:click=add>"Add a block"</button></p>
        </section>
    }
    .into_any()
}

/// When the scenario begins.
fn start(composing: Composing) -> AnyView {
    let instant_of = move || composing.read(|scenario| scenario.start);
    let date = tried_field(Tried {
        id: "scenario-start".to_owned(),
        label: "Begins at, UTC".to_owned(),
        of: "scenario",
        value: Signal::derive(move || instant_text(instant_of())),
        kind: FieldKind::Code,
        offers: None,
        attempt: Callback::new(move |text: String| {
            composing.type_in("begins at", &text, |scenario, text| {
                Ok(Scenario { start: instant(text)?, ..scenario.clone() })
            })
        }),
    });
    let to_second = move |second: u64| {
        let moved = composing.type_in("begins at second", &second.to_string(), |scenario, _| {
            Ok(Scenario { start: at_second(scenario.start, second), ..scenario.clone() })
        });
        if let Err(why) = moved {
            composing.store.say(why);
        }
    };
    view! {
        <div class="fields">
            <div class="field instant"><span aria-hidden="true">"Begins at, UTC"</span>{date}</div>
            <NumberField
                id="second-bounds"
                label="From second"
                unit="of the minute, UTC"
                min=0
                max=59
                value=Signal::derive(move || second_of(instant_of()))
                on_change=to_second
            />
        </div>
    }
    .into_any()
}

/// One block.
fn block_row(composing: Composing, index: usize, count: Memo<usize>) -> AnyView {
    let of_block = move |read: fn(&Block) -> Vec<Field>| {
        Memo::new(move |_| {
            composing.read(|scenario| scenario.blocks.get(index).map(read).unwrap_or_default())
        })
    };
    let (shown, more) = (of_block(fields), of_block(more_fields));
    let name = format!("block {}", index + 1);
    let shape = Signal::derive(move || {
        composing.read(|scenario| scenario.blocks.get(index).map_or("", shape_of).to_owned())
    });
    let line = move || {
        composing.read(|scenario| {
            scenario
                .blocks
                .get(index)
                .map(|block| notation::print_block(block, scenario.start))
                .unwrap_or_default()
        })
    };
    let change_shape = {
        let name = name.clone();
        Callback::new(move |kind: String| {
            let what = format!("Calls to try: {name} is {}", shape_in_words(&kind).to_lowercase());
            composing.make(what, |scenario| with_shape(scenario, index, &kind));
        })
    };
    let shapes =
        choice(block_id(index, "-shape"), format!("Shape of {name}"), shape, SHAPES.to_vec(), change_shape);
    let place = Place { block: index, share: None };
    let label = format!("Block {}", index + 1);
    view! {
        <li><div id=block_id(index, "") class="block" tabindex="-1" role="group" aria-label=label.clone()>
            <p class="block-line"><strong>{label.clone()}</strong> " " <code>{line}</code></p>
            <div class="fields">
                <div class="field"><span aria-hidden="true">"Shape"</span>{shapes}</div>
                {all_fields(composing, place, shown, &name)}
            </div>
            {shares(composing, index, &name)}
            {rest(composing, place, more, &name)}
            {actions(composing, index, count, &name)}
        </div></li>
    }
    .into_any()
}

/// Fields, in a row.
fn all_fields(composing: Composing, place: Place, fields: Memo<Vec<Field>>, name: &str) -> AnyView {
    let name = name.to_owned();
    let views = move || {
        let view = |field| field_view(composing, place, field, &name);
        fields.get().into_iter().map(view).collect::<Vec<AnyView>>()
    };
    views.into_any()
}

/// The fields that most calls leave as they are: folded away, and drawn once they are unfolded.
fn rest(composing: Composing, place: Place, fields: Memo<Vec<Field>>, name: &str) -> AnyView {
    let open = RwSignal::new(false);
    let name = name.to_owned();
    let summary = format!("More of {name}");
    let body = move || {
        open.get().then(|| {
            view! { <div class="fields">{all_fields(composing, place, fields, &name)}</div> }.into_any()
        })
    };
    view! {
        <details on:toggle=move |event| open.set(screen::is_open(&event))>
            <summary>{summary}</summary>
            {body}
        </details>
    }
    .into_any()
}

/// The calls of a mix.
fn shares(composing: Composing, block: usize, name: &str) -> AnyView {
    let count = Memo::new(move |_| {
        composing.read(|scenario| match scenario.blocks.get(block).map(|block| &block.shape) {
            Some(Shape::Mix { of, .. }) => of.len(),
            _ => 0,
        })
    });
    let name = name.to_owned();
    let body = move || {
        if count.get() == 0 {
            return ().into_any();
        }
        let add = {
            let name = name.clone();
            move |_| {
                let tool = composing.last_tool();
                composing.make(format!("Calls to try: added a call to {name}"), |scenario| {
                    with_share(scenario, block, &tool)
                });
                focus_soon(block_id(block, "-add"));
            }
        };
        let rows: Vec<AnyView> =
            (0..count.get()).map(|share| share_row(composing, block, share, &name)).collect();
        let label = format!("Add a call to {name}");
        view! {
            <ul>{rows}</ul>
            <p><button type="button" id=block_id(block, "-add") aria-label=label on:click=add>"Add a call"</button></p>
        }
        .into_any()
    };
    body.into_any()
}

fn share_row(composing: Composing, block: usize, share: usize, name: &str) -> AnyView {
    let name = format!("call {} of {name}", share + 1);
    let place = Place { block, share: Some(share) };
    let of_share = move |is_more: bool| {
        Memo::new(move |_| {
            composing.read(|scenario| {
                let block = scenario.blocks.get(block);
                let found = block.and_then(|block| kinds(block).get(share).map(|call| share_fields(call)));
                found.map(|(shown, more)| if is_more { more } else { shown }).unwrap_or_default()
            })
        })
    };
    let remove = {
        let name = name.clone();
        move |_| {
            composing
                .make(format!("Calls to try: removed {name}"), |scenario| without_share(scenario, place));
            focus_soon(block_id(block, "-add"));
        }
    };
    view! {
        <li><div class="share" role="group" aria-label=name.clone()>
            <div class="fields">{all_fields(composing, place, of_share(false), &name)}</div>
            {rest(composing, place, of_share(true), &name)}
            <div class="row-actions">
                <button type="button" class="quiet" aria-label=format!("Remove {name}") on:click=remove>"Remove"</button>
            </div>
        </div></li>
    }
    .into_any()
}

/// One field, with its name before it.
fn field_view(composing: Composing, place: Place, field: Field, name: &str) -> AnyView {
    let label = format!("{} of {name}", field.label());
    let share = place.share.map(|share| format!("-{}", share + 1)).unwrap_or_default();
    let id = block_id(place.block, &format!("{share}-{field:?}"));
    let value = Signal::derive(move || composing.read(|scenario| field.read(scenario, place)));
    let step = label.clone();
    let attempt = Callback::new(move |text: String| {
        composing.type_in(&step, &text, |scenario, text| field.written(scenario, place, text))
    });
    let (kind, offers) = match field.control() {
        Control::Choice(options) => {
            let write = Callback::new(move |text: String| {
                if let Err(why) = attempt.run(text) {
                    composing.store.say(why);
                }
            });
            let select = choice(id, label, value, options.to_vec(), write);
            return view! { <div class="field"><span aria-hidden="true">{field.label()}</span>{select}</div> }.into_any();
        }
        Control::Number => (FieldKind::Number, None),
        Control::Word => (FieldKind::Code, None),
        Control::Tool => (FieldKind::Code, Some(TOOL_NAMES)),
        Control::Json => (FieldKind::Lines, None),
    };
    let class = if kind == FieldKind::Lines { "field wide" } else { "field" };
    let input = tried_field(Tried { id, label, of: "scenario", value, kind, offers, attempt });
    view! { <div class=class><span aria-hidden="true">{field.label()}</span>{input}</div> }.into_any()
}

/// What can be done with a block as a whole.
fn actions(composing: Composing, index: usize, count: Memo<usize>, name: &str) -> AnyView {
    let moved = {
        let name = name.to_owned();
        Callback::new(move |is_up: bool| {
            let next = if is_up { index.checked_sub(1) } else { Some(index + 1) };
            let Some(next) = next.filter(|next| *next < count.get_untracked()) else { return };
            let way = if is_up { "up" } else { "down" };
            composing.shown.update(|shown| *shown = (*shown).max(next + 1));
            composing.make(format!("Calls to try: moved {name} {way}"), |scenario| {
                with_moved(scenario, index, is_up)
            });
            focus_soon(block_id(next, if is_up { "-up" } else { "-down" }));
        })
    };
    let copied = {
        let name = name.to_owned();
        move |_| {
            composing.make(format!("Calls to try: duplicated {name}"), |scenario| with_copy(scenario, index));
            composing.focus(index + 1);
        }
    };
    let removed = {
        let name = name.to_owned();
        move |_| {
            let left = count.get_untracked().saturating_sub(1);
            composing
                .make(format!("Calls to try: removed {name}"), |scenario| without_block(scenario, index));
            focus_block(index.min(left.saturating_sub(1)));
        }
    };
    let is_alone = move || count.get() < 2;
    let is_last = move || (index + 1 >= count.get()).to_string();
    view! {
        <div class="row-actions">
            <button type="button" class="quiet" id=block_id(index, "-up") hidden=is_alone aria-label=format!("Move {name} up") aria-disabled=(index == 0).to_string() on:click=move |_| moved.run(true)>"Up"</button>
            <button type="button" class="quiet" id=block_id(index, "-down") hidden=is_alone aria-label=format!("Move {name} down") aria-disabled=is_last on:click=move |_| moved.run(false)>"Down"</button>
            <button type="button" class="quiet" aria-label=format!("Duplicate {name}") on:click=copied>"Duplicate"</button>
            <button type="button" class="quiet" hidden=is_alone aria-label=format!("Remove {name}") on:click=removed>"Remove"</button>
        </div>
    }
    .into_any()
}
