//! The page's side of the evaluator at work: starts the worker when it is first needed, carries questions there and
//! answers back.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{File, MessageEvent, Worker};

use crate::model::engine::{Answer, Question};

#[wasm_bindgen]
extern "C" {
    /// `www/index.html` defines it.
    #[wasm_bindgen(js_name = gatewrightWorker, catch)]
    fn start_worker(module: &JsValue) -> Result<Worker, JsValue>;
}

/// What is said where the worker has stopped, or never was.
const STOPPED: &str =
    "The evaluator has stopped. What you wrote is as it was; try again, or with fewer calls.";

/// Who hears of a question's answers.
type Told = Rc<dyn Fn(Answer)>;

#[derive(Default)]
struct Desk {
    worker: Option<Worker>,
    /// Messages for a worker that does not listen yet; none once it does.
    unheard: Option<Vec<Array>>,
    asked: HashMap<u32, Told>,
    last: u32,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
}

/// A question on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticket(u32);

/// Asks. `told` hears of each answer, in order, until the last; a file goes along where the question needs one.
pub fn ask(question: &Question, file: Option<&File>, told: impl Fn(Answer) + 'static) -> Ticket {
    let number = DESK.with_borrow_mut(|desk| {
        desk.last += 1;
        desk.asked.insert(desk.last, Rc::new(told));
        desk.last
    });
    let bytes = postcard::to_allocvec(question).unwrap_or_default();
    let bytes = Uint8Array::from(&*bytes);
    let message = Array::of3(&number.into(), &bytes, &file.map_or(JsValue::UNDEFINED, JsValue::from));
    if !post(message) {
        // Not at once: whoever asks is not ready to hear yet.
        leptos::task::spawn_local(async { failed() });
    }
    Ticket(number)
}

/// Takes a question back. Nothing more is heard of it.
pub fn take_back(Ticket(number): Ticket) {
    if DESK.with_borrow_mut(|desk| desk.asked.remove(&number)).is_some() {
        post(Array::of1(&number.into()));
    }
}

/// Stops whatever is being done, at once. What was kept there is gone.
pub fn stop() {
    DESK.with_borrow_mut(|desk| {
        if let Some(worker) = desk.worker.take() {
            worker.terminate();
        }
        desk.asked.clear();
    });
}

/// Whether there is a worker, which may have kept something.
pub fn is_running() -> bool {
    DESK.with_borrow(|desk| desk.worker.is_some())
}

/// Sends a message, or keeps it for a worker that does not listen yet. Whether there is one at all.
fn post(message: Array) -> bool {
    DESK.with_borrow_mut(|desk| {
        if desk.worker.is_none() {
            desk.worker = started();
            desk.unheard = Some(Vec::new());
        }
        match (&mut desk.unheard, &desk.worker) {
            (_, None) => return false,
            (Some(unheard), _) => unheard.push(message),
            (None, Some(worker)) => return worker.post_message(&message).is_ok(),
        }
        true
    })
}

fn started() -> Option<Worker> {
    let worker = start_worker(&wasm_bindgen::module()).ok()?;
    let heard = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| hear(&Array::from(&event.data())));
    worker.set_onmessage(Some(heard.into_js_value().unchecked_ref()));
    let stopped = Closure::<dyn Fn()>::new(failed);
    worker.set_onerror(Some(stopped.into_js_value().unchecked_ref()));
    Some(worker)
}

/// Takes a message: that the worker listens, or an answer.
fn hear(message: &Array) {
    let Some(number) = message.get(0).as_f64() else {
        return DESK.with_borrow_mut(|desk| {
            let unheard = desk.unheard.take().unwrap_or_default();
            if let Some(worker) = &desk.worker {
                for message in unheard {
                    let _ = worker.post_message(&message);
                }
            }
        });
    };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "it was a `u32` when it was sent"
    )]
    let number = number as u32;
    let bytes = Uint8Array::from(message.get(1)).to_vec();
    let answer = postcard::from_bytes(&bytes).unwrap_or_else(|_| Answer::Failed(STOPPED.to_owned()));
    let told = DESK.with_borrow_mut(|desk| {
        if answer.is_last() { desk.asked.remove(&number) } else { desk.asked.get(&number).cloned() }
    });
    // Whoever hears of it may ask again.
    if let Some(told) = told {
        told(answer);
    }
}

/// The worker has stopped: all that was asked is not done.
fn failed() {
    let asked = DESK.with_borrow_mut(|desk| {
        if let Some(worker) = desk.worker.take() {
            worker.terminate();
        }
        std::mem::take(&mut desk.asked)
    });
    for told in asked.into_values() {
        told(Answer::Failed(STOPPED.to_owned()));
    }
}
