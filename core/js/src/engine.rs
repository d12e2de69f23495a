//! A compiled policy with its counters, as a JavaScript object holds it.

use std::rc::Rc;

use gatewright_core::call::{Arguments, Outcome, ToolCall};
use gatewright_core::counter::{Counters, Options, ReservationId, Settled};
use gatewright_core::evaluate::{decide, decide_read, evaluate_traced};
use gatewright_core::message::Malformed;
use gatewright_core::path::ArgPath;
use gatewright_core::{CompiledPolicy, Diagnostic, Reason, Ruling, Timestamp, Verdict, compile, parse};
use serde::Serialize;
use serde::de::DeserializeOwned;
use smallvec::SmallVec;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::area::Area;
use crate::{Answer, to_js};

/// The rules that stand in no list of the document. The table of rules starts with them, after the place of none.
const RESERVED_RULES: [&str; 4] = ["", "(hidden)", "(default deny)", "(no policy)"];

/// A packed ruling: two bits of the decision, five of the reason, from bit 8 on the place in the table of rules.
const REASON_BIT: u32 = 2;
const RULE_BIT: u32 = 8;

/// A checked policy, its counters, and the area through which calls come in.
#[wasm_bindgen]
pub struct Engine {
    pub(crate) policy: Rc<CompiledPolicy>,
    pub(crate) counters: Counters,
    pub(crate) area: Area,
    pub(crate) grant: String,
    pub(crate) session: String,
    tools: Vec<String>,
    /// Of the last ruling: when it was judged, when to come back (not a number: never) and the reservation (0: none).
    numbers: Vec<f64>,
}

/// What `index.js` must know of a policy to hand its calls over.
#[derive(Serialize)]
struct Tables {
    outcomes: [Outcome; Outcome::ALL.len()],
    settled: [Settled; 4],
    reasons: [Reason; Reason::ALL.len()],
    /// By the place in a packed ruling.
    rules: Vec<String>,
    /// The arguments that calls of tools are judged by that the policy does not list.
    unlisted: Vec<Named>,
    tools: Vec<Tool>,
}

#[derive(Serialize)]
struct Tool {
    name: String,
    arguments: Vec<Named>,
}

/// An argument that rules name.
#[derive(Serialize)]
struct Named {
    keys: Vec<String>,
    /// Whether a rule looks into the list or object that it finds there.
    inside: bool,
}

impl Named {
    fn all<'p>(paths: impl Iterator<Item = (&'p ArgPath, bool)>) -> Vec<Self> {
        paths.map(|(path, inside)| Self { keys: path.keys().map(String::from).collect(), inside }).collect()
    }
}

/// What a word of JSON stands for, such as `calendar`.
pub(crate) fn word<T: DeserializeOwned>(word: &str) -> Result<T, JsValue> {
    serde_json::from_value(word.into()).map_err(|error| JsValue::from_str(&error.to_string()))
}

pub(crate) fn options(window_model: &str, refund: &str) -> Result<Options, JsValue> {
    Ok(Options { window_model: word(window_model)?, refund: word(refund)? })
}

pub(crate) fn compiled(text: &str) -> Result<CompiledPolicy, JsValue> {
    compile(&parse(text)).map_err(|found: Vec<Diagnostic>| to_js(&found).unwrap_or_else(|error| error))
}

#[expect(clippy::cast_possible_truncation, reason = "`given.js` lets only whole numbers through")]
pub(crate) fn time(ms: f64) -> Timestamp {
    Timestamp::from_millis(ms as i64)
}

#[expect(clippy::cast_precision_loss, reason = "a time is far below 2^53")]
fn double(at: Timestamp) -> f64 {
    at.as_millis() as f64
}

/// The verdict of an evaluator that has failed: to be asked for while it has not.
#[wasm_bindgen]
pub fn engine_failed() -> Answer {
    to_js(&Verdict::refusal(Reason::EngineFailed, &ToolCall::default()))
}

#[wasm_bindgen]
impl Engine {
    /// Compiles a document. Throws its diagnostics.
    #[wasm_bindgen(constructor)]
    pub fn new(text: &str, window_model: &str, refund: &str) -> Result<Engine, JsValue> {
        let options = options(window_model, refund)?;
        let policy = Rc::new(compiled(text)?);
        let counters = Counters::with_options(&policy, options);
        let mut engine = Self {
            policy,
            counters,
            area: Area::new(0),
            grant: String::new(),
            session: String::new(),
            tools: Vec::new(),
            numbers: vec![0.0; 3],
        };
        engine.prepare();
        Ok(engine)
    }

    /// Goes over to another document. Throws its diagnostics, and then nothing has changed.
    pub fn replace(&mut self, text: &str) -> Result<(), JsValue> {
        self.policy = Rc::new(compiled(text)?);
        self.counters.replace_policy(&self.policy);
        self.prepare();
        Ok(())
    }

    /// See [`Tables`].
    pub fn tables(&self) -> Answer {
        let policy = &self.policy;
        let rules = policy.rules().iter().map(|rule| rule.rule.as_str());
        let limits = policy.limits().iter().map(|limit| limit.rule.as_str());
        let tools = self.tools.iter().map(|tool| Named::all(policy.arguments_of(tool)));
        to_js(&Tables {
            outcomes: Outcome::ALL,
            settled: [Settled::Kept, Settled::Refunded, Settled::NothingHeld, Settled::Unknown],
            reasons: Reason::ALL,
            rules: RESERVED_RULES.into_iter().chain(rules).chain(limits).map(String::from).collect(),
            unlisted: Named::all(policy.arguments_of_unlisted()),
            tools: self
                .tools
                .iter()
                .cloned()
                .zip(tools)
                .map(|(name, arguments)| Tool { name, arguments })
                .collect(),
        })
    }

    /// Where the block of slots starts in this memory.
    pub fn block(&self) -> *const u64 {
        self.area.block()
    }

    /// Where the bytes start.
    pub fn bytes(&self) -> *const u8 {
        self.area.bytes()
    }

    /// How many bytes there is room for.
    pub fn room(&self) -> usize {
        self.area.room()
    }

    /// Makes room for so many bytes. Other memory may move.
    pub fn reserve(&mut self, bytes: usize) {
        self.area.reserve(bytes);
    }

    /// Where the numbers of the last ruling are.
    pub fn numbers(&self) -> *const f64 {
        self.numbers.as_ptr()
    }

    /// Who makes the calls that follow.
    pub fn set_caller(&mut self, grant: &str, session: &str) {
        grant.clone_into(&mut self.grant);
        session.clone_into(&mut self.session);
    }

    /// Judges a call of a listed tool whose arguments are in the block, in numbers.
    pub fn decide(&mut self, tool: usize, slots: usize, at: f64, approved: bool) -> u32 {
        let ruling = self.judge(tool, slots, at, approved);
        self.pack(&ruling)
    }

    /// The same in words.
    pub fn evaluate(&mut self, tool: usize, slots: usize, at: f64, approved: bool) -> Answer {
        let ruling = self.judge(tool, slots, at, approved);
        let call = self.call(self.tools.get(tool).map_or("", String::as_str), Arguments::None, at, approved);
        to_js(&Verdict::new(Some(&self.policy), &call, &ruling))
    }

    /// Judges a call of any tool, its arguments as JSON text, in numbers.
    pub fn decide_text(&mut self, tool: &str, arguments: &str, at: f64, approved: bool) -> u32 {
        let ruling = self.judge_text(tool, arguments, at, approved);
        self.pack(&ruling)
    }

    /// The same in words.
    pub fn evaluate_text(&mut self, tool: &str, arguments: &str, at: f64, approved: bool) -> Answer {
        let ruling = self.judge_text(tool, arguments, at, approved);
        let call = self.call(tool, Arguments::None, at, approved);
        to_js(&Verdict::new(Some(&self.policy), &call, &ruling))
    }

    /// Judges a call and tells every check. The counters stay as they are.
    pub fn trace(&self, tool: &str, arguments: &str, at: f64, approved: bool) -> Answer {
        #[derive(Serialize)]
        struct Traced {
            verdict: Verdict,
            steps: Vec<gatewright_core::Step>,
        }
        let call = self.call(tool, text(arguments), at, approved);
        let (mut steps, mut counters) = (Vec::new(), self.counters.clone());
        let verdict = evaluate_traced(&*self.policy, &call, &mut counters, &mut steps);
        to_js(&Traced { verdict: Verdict { reservation: None, ..verdict }, steps })
    }

    /// The refusal of a call or a line that `policy.js` cannot hand over: its reason, or what is malformed.
    pub fn refuse(&self, tool: &str, problem: &str, at: f64) -> Answer {
        to_js(&refusal(&self.call(tool, Arguments::None, at, false), problem))
    }

    /// Tells how a call ended: the outcome by its place among all, and so is what settling did.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "`policy.js` lets only ids through"
    )]
    pub fn settle(&mut self, reservation: f64, outcome: usize) -> u32 {
        let Some(outcome) = Outcome::ALL.get(outcome) else { return Settled::Unknown as u32 };
        self.counters.settle(&self.policy, ReservationId(reservation as u64), *outcome) as u32
    }

    /// Whether a tool is left out of `tools/list`.
    pub fn hides(&self, tool: &str) -> bool {
        self.policy.hides(tool)
    }

    /// What the counters hold.
    pub fn export_state(&self) -> String {
        self.counters.export()
    }

    /// Takes over what was exported. Throws a sentence, and then nothing has changed.
    pub fn restore_state(&mut self, state: &str) -> Result<(), JsValue> {
        let restored = Counters::restore(&self.policy, state);
        self.counters = restored.map_err(|error| JsValue::from_str(&error.to_string()))?;
        Ok(())
    }
}

impl Engine {
    /// Makes ready for the calls of a policy.
    fn prepare(&mut self) {
        self.tools = self.policy.tool_names().map(String::from).collect();
        let slots = self.tools.iter().map(|tool| self.policy.arguments_of(tool).count()).max();
        self.area = Area::new(slots.unwrap_or_default());
    }

    pub(crate) fn call<'c>(
        &'c self,
        tool: &'c str,
        arguments: Arguments<'c>,
        at: f64,
        approved: bool,
    ) -> ToolCall<'c> {
        ToolCall { tool, arguments, grant: &self.grant, session: &self.session, at: time(at), approved }
    }

    fn judge(&mut self, tool: usize, slots: usize, at: f64, approved: bool) -> Ruling {
        let Self { policy, counters, area, grant, session, .. } = self;
        let call = ToolCall { grant, session, at: time(at), approved, ..ToolCall::default() };
        let mut arguments = SmallVec::new();
        match area.read(slots, &mut arguments) {
            Ok(()) => decide_read(policy, tool, &call, &arguments, counters),
            Err(problem) => Ruling::unreadable(problem, call.at),
        }
    }

    fn judge_text(&mut self, tool: &str, arguments: &str, at: f64, approved: bool) -> Ruling {
        let Self { policy, counters, grant, session, .. } = self;
        let call = ToolCall { tool, arguments: text(arguments), grant, session, at: time(at), approved };
        decide(&**policy, &call, counters)
    }

    pub(crate) fn pack(&mut self, ruling: &Ruling) -> u32 {
        let retry_at = ruling.retry_at().map_or(f64::NAN, double);
        #[expect(clippy::cast_precision_loss, reason = "reservations are counted one by one")]
        let reservation = ruling.reservation().map_or(0.0, |id| id.0 as f64);
        self.numbers.clone_from_slice(&[double(ruling.at()), retry_at, reservation]);
        let rule = match (ruling.reason(), ruling.deciding_rule(), ruling.deciding_limit()) {
            (Reason::Hidden, ..) => 1,
            (Reason::DefaultDeny, ..) => 2,
            (_, Some(rule), _) => RESERVED_RULES.len() + rule,
            (_, None, Some(limit)) => RESERVED_RULES.len() + self.policy.rules().len() + limit,
            (_, None, None) => 0,
        };
        packed(ruling.decision() as u32, ruling.reason(), rule)
    }
}

fn packed(decision: u32, reason: Reason, rule: usize) -> u32 {
    decision | (reason as u32) << REASON_BIT | u32::try_from(rule).unwrap_or(0) << RULE_BIT
}

/// The arguments of a call as JSON text; none where it is empty.
pub(crate) fn text(arguments: &str) -> Arguments<'_> {
    if arguments.is_empty() { Arguments::None } else { Arguments::Text(arguments) }
}

/// The refusal of a call for a reserved reason, or for what is malformed.
pub(crate) fn refusal(call: &ToolCall<'_>, problem: &str) -> Verdict {
    match problem {
        "counters-away" => Verdict::refusal(Reason::CountersAway, call),
        "engine-failed" => Verdict::refusal(Reason::EngineFailed, call),
        "arguments-not-an-object" => Verdict::malformed(Malformed::ArgumentsNotAnObject, call),
        "lone-surrogate" => Verdict::malformed(Malformed::LoneSurrogate, call),
        "name-not-text" => Verdict::malformed(Malformed::NameNotText, call),
        "not-utf8" => Verdict::malformed(Malformed::NotUtf8, call),
        "too-deep" => Verdict::malformed(Malformed::TooDeep, call),
        "too-long" => Verdict::malformed(Malformed::TooLong, call),
        _ => Verdict::malformed(Malformed::NotJson, call),
    }
}
