//! The door to `www/modules/keeping.js`: documents in this browser, files on this machine, links, the next version.
//!
//! A question is a few texts and so is its answer, for every text that crosses here is one that the page has or will
//! have anyway. What a failure means is said by `model::refusal`.

use std::cell::RefCell;
use std::panic;
use std::sync::Arc;

use wasm_bindgen::prelude::*;

use crate::model::refusal::Refusal;

#[wasm_bindgen]
extern "C" {
    /// The module; `www/index.html` defines what loads it.
    #[derive(Clone)]
    type Module;

    #[wasm_bindgen(js_name = gatewrightModule, catch)]
    async fn load(name: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, variadic, catch)]
    async fn ask(module: &Module, what: &str, texts: Vec<String>) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method)]
    fn listen(module: &Module, callback: &JsValue);

    #[wasm_bindgen(method, js_name = putAside)]
    fn put_aside(module: &Module, entry: &str, workspace: &str, history: &str);

    #[wasm_bindgen(method, js_name = newId)]
    fn new_id(module: &Module) -> String;

    #[wasm_bindgen(method)]
    fn failed(module: &Module, message: &str, name: &str, text: &str);
}

/// What happens without being asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// Another tab has changed the list of documents.
    Drafts,
    /// The page is about to go out of sight, perhaps for good.
    Hide,
    /// A new version of the page is ready.
    Update,
    /// The new version has taken over, and the page is to be loaded again.
    Updated,
}

thread_local! {
    static MODULE: RefCell<Option<Module>> = const { RefCell::new(None) };
    /// The document's file name and text, for when nothing else can be asked any more.
    static LAST: RefCell<Option<(String, Arc<str>)>> = const { RefCell::new(None) };
}

/// Loads the module, and calls `happened` from then on.
///
/// # Errors
///
/// Where it does not load, nothing can be kept.
pub async fn open(happened: impl Fn(Event) + 'static) -> Result<(), Refusal> {
    let module = load("keeping").await.map_err(|_| Refusal::NoModule)?.unchecked_into::<Module>();
    let callback = Closure::<dyn Fn(String)>::new(move |word: String| {
        happened(match word.as_str() {
            "drafts" => Event::Drafts,
            "hide" => Event::Hide,
            "update" => Event::Update,
            _ => Event::Updated,
        });
    });
    module.listen(&callback.into_js_value());
    MODULE.with_borrow_mut(|kept| *kept = Some(module));
    Ok(())
}

/// Asks the module, `drafts.list`. No text in the answer means that there is none.
///
/// # Errors
///
/// Why it was not done.
pub async fn ask(what: &'static str, texts: Vec<String>) -> Result<Vec<String>, Refusal> {
    let module = MODULE.with_borrow(Clone::clone).ok_or(Refusal::NoModule)?;
    match module.ask(what, texts).await {
        Ok(answer) => Ok(js_sys::Array::from(&answer).iter().filter_map(|text| text.as_string()).collect()),
        Err(error) => {
            let name = js_sys::Reflect::get(&error, &JsValue::from_str("name")).ok();
            Err(Refusal::of(&name.and_then(|name| name.as_string()).unwrap_or_default()))
        }
    }
}

/// What a new document is kept under: no other has it. None where nothing can be kept.
pub fn new_id() -> Option<String> {
    MODULE.with_borrow(|module| module.as_ref().map(Module::new_id))
}

/// Puts a document aside before the page goes. The next page writes it where this one finds no time to.
pub fn put_aside(entry: &str, workspace: &str, history: &str) {
    MODULE.with_borrow(|module| {
        if let Some(module) = module {
            module.put_aside(entry, workspace, history);
        }
    });
}

/// Asks without waiting for the answer.
pub fn tell(what: &'static str, texts: Vec<String>) {
    leptos::task::spawn_local(async move {
        // Whoever must know whether it was done, asks.
        let _ = ask(what, texts).await;
    });
}

/// What a person gets if the page stops: the file's name and the text.
pub fn remember(name: String, text: Arc<str>) {
    LAST.with_borrow_mut(|last| *last = Some((name, text)));
}

/// From now on, a mistake of the page that stops it is said in the page, with a way to the text.
///
/// Nothing of the program runs after it: what is needed was put aside before, and the rest is the module's.
pub fn say_failures() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        before(info);
        let told = info.to_string();
        let _ = MODULE.try_with(|module| {
            let module = module.try_borrow().ok()?.clone()?;
            LAST.with(|last| {
                let last = last.try_borrow().ok()?;
                let (name, text) = last.as_ref()?;
                module.failed(&told, name, text);
                Some(())
            })
        });
    }));
}
