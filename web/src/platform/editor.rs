//! The text editor of `www/modules/editor.js`: loaded when it is first needed, told what to show, and heard.
//!
//! The editor decides nothing. What was typed comes as a patch and what is asked as a question, both in places as the
//! text is shown (see `model::places`); how they are answered is the panel's.

use js_sys::Array;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Element;

use crate::model::places::{Patch, Place};

#[wasm_bindgen]
extern "C" {
    /// `import()` of one of the page's own modules: see `www/index.html`.
    #[wasm_bindgen(catch, js_name = gatewrightModule)]
    async fn load(name: &str) -> Result<JsValue, JsValue>;

    type Module;
    #[wasm_bindgen(method, catch)]
    fn create(
        this: &Module,
        parent: &Element,
        label: &str,
        description: &str,
        text: &str,
        ask: &JsValue,
    ) -> Result<Handle, JsValue>;

    type Handle;
    #[wasm_bindgen(method)]
    fn patch(this: &Handle, line: u32, unit: u32, to_line: u32, to_unit: u32, inserted: &str);
    #[wasm_bindgen(method)]
    fn findings(this: &Handle, list: &Array);
    #[wasm_bindgen(method)]
    fn select(this: &Handle, line: u32, unit: u32, to_line: u32, to_unit: u32);
    #[wasm_bindgen(method)]
    fn mark(this: &Handle, first: u32, last: u32);
    #[wasm_bindgen(method)]
    fn destroy(this: &Handle);
}

/// What an editor tells and asks.
pub enum Event {
    /// Something was typed.
    Typed(Patch),
    /// The caret is somewhere else.
    Moved(Place),
    /// The last step is to be gone back over.
    Undo,
    /// The last undone step is to be made again.
    Redo,
    /// What can stand here?
    Complete(Place),
    /// What is to be said of what stands here?
    Explain(Place),
    /// The finding with this number, of those that are shown, is to be repaired.
    Repair(usize),
}

/// What an editor is answered.
pub enum Answer {
    /// Nothing.
    Nothing,
    /// That what was typed is taken. It is told again where it is not.
    Taken,
    /// What can stand between two places: label, detail, sentence, what is written, and where in it the caret goes, in
    /// UTF-16 code units.
    Candidates(Place, Place, Vec<([String; 4], u32)>),
    /// What is said of what stands between two places: a title, and sentences.
    Sentences(Place, Place, Vec<String>),
}

/// What is wrong between two places.
pub struct Mark {
    /// Where it begins.
    pub from: Place,
    /// Where it ends.
    pub to: Place,
    /// Whether it stops the policy from being run.
    pub is_error: bool,
    /// What is wrong, what helps, and what the repair is called; the last two may be empty.
    pub words: [String; 3],
}

/// An editor in the page, until it is dropped.
pub struct Editor {
    handle: Handle,
    _ask: Closure<Ask>,
}

/// What, the places of `Typed`, or one, and what was inserted.
type Ask = dyn Fn(String, u32, u32, u32, u32, String) -> JsValue;

/// Loads the editor and puts it into an element, with the text that `text` gives once it is there. Nothing where it
/// cannot be had: there is no network, or the browser is too old for it.
pub async fn open(
    parent: Element,
    label: &str,
    description: &str,
    text: impl FnOnce() -> Option<String>,
    answer: impl Fn(Event) -> Answer + 'static,
) -> Option<Editor> {
    let module = load("editor").await.ok()?.unchecked_into::<Module>();
    let text = text()?;
    let ask = Closure::<Ask>::new(move |what: String, line, unit, to_line, to_unit, inserted| {
        let place = Place { line, unit };
        let event = match what.as_str() {
            "typed" => {
                Event::Typed(Patch { from: place, to: Place { line: to_line, unit: to_unit }, inserted })
            }
            "moved" => Event::Moved(place),
            "undo" => Event::Undo,
            "redo" => Event::Redo,
            "complete" => Event::Complete(place),
            "explain" => Event::Explain(place),
            "repair" => Event::Repair(usize::try_from(line).unwrap_or(usize::MAX)),
            _ => return JsValue::UNDEFINED,
        };
        answered(answer(event))
    });
    let handle = module.create(&parent, label, description, &text, ask.as_ref().unchecked_ref()).ok()?;
    Some(Editor { handle, _ask: ask })
}

impl Editor {
    /// Makes a change that was made elsewhere.
    pub fn patch(&self, patch: &Patch) {
        let Patch { from, to, inserted } = patch;
        self.handle.patch(from.line, from.unit, to.line, to.unit, inserted);
    }

    /// Shows what is wrong.
    pub fn show_findings(&self, findings: impl Iterator<Item = Mark>) {
        let list = Array::new();
        for Mark { from, to, is_error, words } in findings {
            let found = array_of_places(from, to);
            found.push(&is_error.into());
            push_all(&found, &words);
            list.push(&found);
        }
        self.handle.findings(&list);
    }

    /// Selects what stands between two places, and moves the focus there.
    pub fn select(&self, from: Place, to: Place) {
        self.handle.select(from.line, from.unit, to.line, to.unit);
    }

    /// Marks some lines, first and last; none where there are none.
    pub fn mark_lines(&self, lines: Option<(u32, u32)>) {
        let (first, last) = lines.unwrap_or_default();
        self.handle.mark(first, last);
    }
}

impl Drop for Editor {
    fn drop(&mut self) {
        self.handle.destroy();
    }
}

fn answered(answer: Answer) -> JsValue {
    match answer {
        Answer::Nothing => JsValue::UNDEFINED,
        Answer::Taken => JsValue::TRUE,
        Answer::Candidates(from, to, candidates) => {
            let list = array_of_places(from, to);
            for (words, caret) in candidates {
                let candidate = Array::new();
                push_all(&candidate, &words);
                candidate.push(&caret.into());
                list.push(&candidate);
            }
            list.into()
        }
        Answer::Sentences(from, to, sentences) => {
            let list = array_of_places(from, to);
            push_all(&list, &sentences);
            list.into()
        }
    }
}

fn array_of_places(from: Place, to: Place) -> Array {
    Array::of4(&from.line.into(), &from.unit.into(), &to.line.into(), &to.unit.into())
}

fn push_all(list: &Array, texts: &[String]) {
    for text in texts {
        list.push(&JsValue::from_str(text));
    }
}
