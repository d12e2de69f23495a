//! The screen: its width, its rows' height, its colour scheme.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{
    Element, HtmlElement, MediaQueryList, ResizeObserver, ScrollIntoViewOptions, ScrollLogicalPosition,
};

/// The height of a table row on a fine pointer and a wide screen, in CSS pixels.
const ROW: f64 = 28.0;
/// The height of a table row where fingers or a narrow screen want more.
const TALL_ROW: f64 = 44.0;

/// Whether a media query holds, kept up to date for as long as its owner lives.
pub fn media(query: &str) -> ReadSignal<bool> {
    let (holds, set_holds) = signal(false);
    if let Ok(Some(list)) = window().match_media(query) {
        set_holds.set(list.matches());
        let watched = list.clone();
        let changed = Closure::<dyn Fn()>::new(move || set_holds.set(watched.matches()));
        let _ = list.add_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
        StoredValue::new_local(MediaWatch { list, changed });
    }
    holds
}

/// Listens until it is dropped.
struct MediaWatch {
    list: MediaQueryList,
    changed: Closure<dyn Fn()>,
}

impl Drop for MediaWatch {
    fn drop(&mut self) {
        let _ =
            self.list.remove_event_listener_with_callback("change", self.changed.as_ref().unchecked_ref());
    }
}

/// The height of a table row on this screen, in CSS pixels.
pub fn row_height() -> Signal<f64> {
    let tall = media("(max-width: 699px), (pointer: coarse)");
    Signal::derive(move || if tall.get() { TALL_ROW } else { ROW })
}

/// The height of a row with several lines of controls on this screen, in CSS pixels: two under fingers, where a line is
/// wide enough for more, else three.
pub fn tall_row_height() -> Signal<f64> {
    let coarse = media("(pointer: coarse)");
    Signal::derive(move || if coarse.get() { 2.0 * TALL_ROW + 8.0 } else { 3.0 * ROW + 4.0 })
}

/// Calls `resized` with the element's width and height now and whenever they change, for as long as its owner lives.
pub fn watch_size(element: &Element, resized: impl Fn(f64, f64) + 'static) {
    let watched = element.clone();
    let changed = Closure::<dyn Fn()>::new(move || {
        resized(f64::from(watched.client_width()), f64::from(watched.client_height()));
    });
    if let Ok(observer) = ResizeObserver::new(changed.as_ref().unchecked_ref()) {
        observer.observe(element);
        StoredValue::new_local(SizeWatch { observer, _changed: changed });
    }
}

/// Observes until it is dropped.
struct SizeWatch {
    observer: ResizeObserver,
    _changed: Closure<dyn Fn()>,
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

/// The place of an element's left edge, in CSS pixels from the window's.
pub fn left_edge(element: &Element) -> f64 {
    element.get_bounding_client_rect().left()
}

/// Scrolls an element so that `top` CSS pixels lie above its view.
pub fn scroll(element: &Element, top: f64) {
    #[expect(clippy::cast_possible_truncation, reason = "a scroll place is below 17 million")]
    element.set_scroll_top(top.round() as i32);
}

/// Mounts a page out of sight. It takes the place of what `id` holds by `take_over`.
pub fn mount_aside<V: IntoView + 'static>(page: impl FnOnce(HtmlElement) -> V + 'static) {
    if let Some(aside) =
        document().create_element("div").ok().and_then(|made| made.dyn_into::<HtmlElement>().ok())
    {
        let root = aside.clone();
        mount_to(aside, move || page(root)).forget();
    }
}

/// Puts a mounted page in the place of the element with this id.
pub fn take_over(id: &str, page: &HtmlElement) {
    if let Some(still) = document().get_element_by_id(id) {
        page.set_id(id);
        let _ = still.replace_with_with_node_1(page);
    }
}

/// Shows a dialog in front of the page. Where the browser refuses, it is shown in its place.
pub fn show_modal(dialog: &web_sys::HtmlDialogElement) {
    if dialog.show_modal().is_err() {
        dialog.set_open(true);
    }
}

/// Whether an event is of the element that listens, not of one inside of it.
pub fn is_its_own(event: &web_sys::Event) -> bool {
    event.target() == event.current_target()
}

/// Whether the element that listens is a part of the page.
pub fn is_on_page(event: &web_sys::Event) -> bool {
    let element = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
    element.is_some_and(|element| element.is_connected())
}

/// Closes the dialog that listens. The focus goes back to where it was.
pub fn close(event: &web_sys::Event) {
    let dialog =
        event.current_target().and_then(|target| target.dyn_into::<web_sys::HtmlDialogElement>().ok());
    if let Some(dialog) = dialog {
        dialog.close();
    }
}

/// Moves the focus to an element by its id.
pub fn focus(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Moves the focus to an element by its id, and unfolds what it is folded away in.
pub fn reveal(id: &str) {
    let mut around = document().get_element_by_id(id);
    while let Some(folded) = around.and_then(|element| element.closest("details").ok().flatten()) {
        let _ = folded.set_attribute("open", "");
        around = folded.parent_element();
    }
    focus(id);
}

/// Empties the field that an event comes from.
pub fn empty_field(event: &web_sys::Event) {
    let target = event.target().and_then(|target| target.dyn_into::<web_sys::HtmlTextAreaElement>().ok());
    if let Some(area) = target {
        area.set_value("");
    }
}

/// Checks the button with a value in the radio group that an event comes from: the choice was not taken.
pub fn check_in_group(event: &web_sys::Event, value: &str) {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let group = target.and_then(|target| target.closest("[role=radiogroup]").ok().flatten());
    let input =
        group.and_then(|group| group.query_selector(&format!("input[value='{value}']")).ok().flatten());
    if let Some(input) = input.and_then(|input| input.dyn_into::<web_sys::HtmlInputElement>().ok()) {
        input.set_checked(true);
    }
}

/// Whether the `<details>` that an event comes from is open.
pub fn is_open(event: &web_sys::Event) -> bool {
    let open = event.target().and_then(|target| js_sys::Reflect::get(&target, &"open".into()).ok());
    open.and_then(|open| open.as_bool()).unwrap_or(false)
}

/// Whether the page has an element with an id.
pub fn is_there(id: &str) -> bool {
    document().get_element_by_id(id).is_some()
}

/// Presses a button by its id.
pub fn press(id: &str) {
    let element = document().get_element_by_id(id);
    if let Some(element) = element.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        element.click();
    }
}

/// Brings an element into view by its id, scrolling no more than it takes. Whether there is one.
pub fn scroll_into_view(id: &str) -> bool {
    let element = document().get_element_by_id(id);
    if let Some(element) = &element {
        let options = ScrollIntoViewOptions::new();
        options.set_block(ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
    element.is_some()
}

/// Sets the value of the control that an event comes from.
pub fn set_value(event: &web_sys::Event, value: &str) {
    if let Some(target) = event.target() {
        let _ = js_sys::Reflect::set(&target, &"value".into(), &value.into());
    }
}

/// Whether the focus is in an element, by its id.
pub fn has_focus(id: &str) -> bool {
    let element = document().get_element_by_id(id);
    let focused = document().active_element();
    element.is_some_and(|element| element.contains(focused.as_deref()))
}
