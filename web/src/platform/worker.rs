//! The worker's side of the evaluator at work: takes questions, and works on them by turns, so that each can be taken
//! back at any time and a short one need not wait for a long one.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::Range;
use std::rc::Rc;

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, File, FileReaderSync, MessageChannel, MessageEvent, MessagePort};

use crate::model::engine::{Answer, Asked, Engine};

/// A question that is being worked on.
struct Turn {
    number: f64,
    asked: Asked,
    file: Option<File>,
}

struct Work {
    scope: DedicatedWorkerGlobalScope,
    engine: Engine,
    turns: VecDeque<Turn>,
    /// What is posted here comes back once messages from the page were heard.
    bell: MessagePort,
}

/// Answers questions from here on, where this is a worker. Whether it is one.
#[must_use]
pub fn serve() -> bool {
    let Ok(scope) = js_sys::global().dyn_into::<DedicatedWorkerGlobalScope>() else { return false };
    let Ok(channel) = MessageChannel::new() else { return true };
    let (engine, turns) = (Engine::default(), VecDeque::new());
    let work = Rc::new(RefCell::new(Work { scope: scope.clone(), engine, turns, bell: channel.port2() }));
    let again = Rc::clone(&work);
    let rung = Closure::<dyn Fn()>::new(move || again.borrow_mut().go_on());
    channel.port1().set_onmessage(Some(rung.into_js_value().unchecked_ref()));
    let heard = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        work.borrow_mut().hear(&Array::from(&event.data()));
    });
    scope.set_onmessage(Some(heard.into_js_value().unchecked_ref()));
    // That it listens.
    let _ = scope.post_message(&Array::new());
    true
}

impl Work {
    /// Takes a question, or that one is taken back.
    fn hear(&mut self, message: &Array) {
        let Some(number) = message.get(0).as_f64() else { return };
        if message.length() < 2 {
            self.turns.retain(|turn| turn.number.total_cmp(&number).is_ne());
            return;
        }
        let bytes = Uint8Array::from(message.get(1)).to_vec();
        match postcard::from_bytes(&bytes) {
            Ok(question) => {
                let file = message.get(2).dyn_into().ok();
                self.turns.push_back(Turn { number, asked: Asked::new(question), file });
                if self.turns.len() == 1 {
                    self.ring();
                }
            }
            Err(error) => self.answer(number, &Answer::Failed(format!("{error}."))),
        }
    }

    /// Works on the question whose turn it is.
    fn go_on(&mut self) {
        let Some(mut turn) = self.turns.pop_front() else { return };
        let piece = |range: Range<u64>| read(turn.file.as_ref()?, range);
        let answer = turn.asked.step(&mut self.engine, &piece);
        self.answer(turn.number, &answer);
        if !answer.is_last() {
            self.turns.push_back(turn);
        }
        if !self.turns.is_empty() {
            self.ring();
        }
    }

    fn ring(&self) {
        let _ = self.bell.post_message(&JsValue::NULL);
    }

    fn answer(&self, number: f64, answer: &Answer) {
        let bytes = Uint8Array::from(&*postcard::to_allocvec(answer).unwrap_or_default());
        let (message, handed) = (Array::of2(&number.into(), &bytes), Array::of1(&bytes.buffer()));
        let _ = self.scope.post_message_with_transfer(&message, &handed);
    }
}

/// A piece of a file.
#[expect(clippy::cast_precision_loss, reason = "no file is as long as 2^53 bytes")]
fn read(file: &File, range: Range<u64>) -> Option<Vec<u8>> {
    let blob = file.slice_with_f64_and_f64(range.start as f64, range.end as f64).ok()?;
    let bytes = FileReaderSync::new().ok()?.read_as_array_buffer(&blob).ok()?;
    Some(Uint8Array::new(&bytes).to_vec())
}
