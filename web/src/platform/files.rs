//! Files that are dropped or chosen. They are read in the page and sent nowhere.

use crate::model::refusal::Refusal;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
pub use web_sys::File;
use web_sys::{DragEvent, Event, HtmlInputElement};

/// The largest file that is read whole, in bytes.
pub const MAX_BYTES: f64 = 64.0 * 1024.0 * 1024.0;

/// What became of a file.
pub enum ReadFile {
    /// Its name and text.
    Text(String, String),
    /// A sentence for people: why it was not read.
    Refused(String),
}

/// Whether a drag brings files.
pub fn brings_files(event: &DragEvent) -> bool {
    let types = event.data_transfer().map(|data| data.types());
    types.is_some_and(|types| types.iter().any(|kind| kind.as_string().as_deref() == Some("Files")))
}

/// The first of the dropped files.
pub fn dropped(event: &DragEvent) -> Option<File> {
    event.data_transfer()?.files()?.get(0)
}

/// The file chosen in a file input, which is made ready for the same file again.
pub fn chosen(event: &Event) -> Option<File> {
    let input = event.target()?.dyn_into::<HtmlInputElement>().ok()?;
    let file = input.files()?.get(0);
    input.set_value("");
    file
}

/// Reads the file chosen in a file input, and makes the input ready for the same file again.
pub fn read_chosen(event: &Event, done: impl Fn(ReadFile) + 'static) {
    if let Some(file) = chosen(event) {
        read_whole(file, done);
    }
}

/// Reads all of a file.
pub fn read_whole(file: File, done: impl Fn(ReadFile) + 'static) {
    if file.size() > MAX_BYTES {
        done(ReadFile::Refused(format!("{} is larger than 64 MB, the most that is read.", file.name())));
        return;
    }
    leptos::task::spawn_local(async move { done(read(&file).await) });
}

async fn read(file: &File) -> ReadFile {
    // Byte by byte: a byte order mark stays, and what is not UTF-8 is refused, not mended.
    let Ok(bytes) = JsFuture::from(file.array_buffer()).await else {
        return ReadFile::Refused(format!("{} cannot be read.", file.name()));
    };
    match String::from_utf8(js_sys::Uint8Array::new(&bytes).to_vec()) {
        Ok(text) => ReadFile::Text(file.name(), text),
        Err(_) => ReadFile::Refused(Refusal::NotText.of_a_file(&file.name())),
    }
}
