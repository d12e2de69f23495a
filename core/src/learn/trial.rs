//! The calls of the log through what was learned from them: that it allows those that it was learned from, and what
//! becomes of those that were held out.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use hashbrown::HashMap;

use super::{Denials, HeldOut, LearnOptions};
use crate::amount::count;
use crate::compile::CompiledPolicy;
use crate::pointer::Pointer;
use crate::policy::Window;
use crate::scenario::{Calls, put_into_order};
use crate::simulate::{DecidedBy, Input, Replay};
use crate::verdict::{Decision, Reason, Ruling, Verdict};

/// A replay in progress.
pub(super) struct Trial {
    pub(super) policy: CompiledPolicy,
    replay: Replay,
    /// Calls that were learned from and are allowed.
    pub(super) allowed: usize,
    held_out: HeldOut,
    is_cut_within_a_day: bool,
    /// The place of each part that denied a call, among the denials. By the tool's kind of call where it has no place.
    places: HashMap<(DecidedBy, String), usize>,
}

impl Trial {
    pub(super) fn new(policy: CompiledPolicy, calls: &Calls, options: &LearnOptions) -> Self {
        let replay = Replay::new(Input { policy: &policy, calls }, options.counting);
        let held_out = HeldOut {
            first: 0,
            calls: 0,
            allowed: 0,
            denied: 0,
            by_limits: 0,
            unknown: 0,
            denials: Vec::new(),
            words: String::new(),
        };
        let places = HashMap::new();
        Self { policy, replay, allowed: 0, held_out, is_cut_within_a_day: false, places }
    }

    /// Judges a call: one that was learned from, or one that was held out.
    pub(super) fn judge(&mut self, calls: &Calls, index: usize, is_held_out: bool) {
        let input = Input { policy: &self.policy, calls };
        while self.replay.next_answer(input, index).is_some() {}
        let Some(ruling) = self.replay.judge(input, index) else { return };
        let decision = ruling.reason.decision();
        if !is_held_out {
            self.allowed += usize::from(decision == Decision::Allow);
            return;
        }
        let told = &mut self.held_out;
        if told.calls == 0 {
            told.first = index;
            let day = |index: usize| calls.get(index).map(|call| Window::Day.span(call.at).start);
            self.is_cut_within_a_day = index.checked_sub(1).and_then(day) == day(index);
        }
        told.calls += 1;
        match decision {
            Decision::Allow => told.allowed += 1,
            Decision::Unknown => told.unknown += 1,
            Decision::Deny | Decision::Approval => {
                told.denied += 1;
                told.by_limits += usize::from(ruling.deciding_limit().is_some());
                self.denied(calls, index, &ruling);
            }
        }
    }

    fn denied(&mut self, calls: &Calls, index: usize, ruling: &Ruling) {
        let Some(call) = calls.get(index) else { return };
        let by = DecidedBy::of(ruling);
        // Whether a tool is listed is decided in one place for all of them.
        let tool = if by == DecidedBy::Reason { call.tool.to_string() } else { String::new() };
        let place = *self.places.entry((by, tool)).or_insert(self.held_out.denials.len());
        if let Some(known) = self.held_out.denials.get_mut(place) {
            known.calls += 1;
            return;
        }
        let rules = || self.policy.rules().get(ruling.deciding_rule()?).map(|rule| rule.pointer.clone());
        let limits = || self.policy.limits().get(ruling.deciding_limit()?).map(|limit| limit.pointer.clone());
        let pointer = rules().or_else(limits).unwrap_or_else(|| match ruling.reason {
            Reason::DefaultDeny => Pointer::root().key("default"),
            _ => Pointer::root(),
        });
        let message = Verdict::new(Some(&self.policy), &call, ruling).message;
        let tool = call.tool.to_string();
        self.held_out.denials.push(Denials { pointer, tool, calls: 1, first: index, message });
    }

    /// How those fare that were held out.
    pub(super) fn held_out(self, learned_from: usize) -> HeldOut {
        let mut told = self.held_out;
        let denials = told.denials.iter().enumerate();
        let mut order: Vec<(u64, usize)> =
            denials.map(|(place, denials)| (u64::MAX - denials.calls as u64, place)).collect();
        put_into_order(&mut order);
        told.denials = order.iter().filter_map(|(_, place)| told.denials.get(*place).cloned()).collect();
        told.words = in_words(&told, learned_from, self.is_cut_within_a_day);
        told
    }
}

fn in_words(told: &HeldOut, learned_from: usize, is_cut_within_a_day: bool) -> String {
    let HeldOut { calls, allowed, denied, by_limits, unknown, .. } = *told;
    if calls == 0 {
        return "The log has too few calls to hold any out.".to_string();
    }
    let of = count(learned_from);
    let mut words = match calls {
        1 => format!("Learned from the first {of} calls, the policy was tried on the last one: "),
        calls => {
            format!("Learned from the first {of} calls, the policy was tried on the last {}: ", count(calls))
        }
    };
    words.push_str(&format!("{} allowed, {} denied", count(allowed), count(denied)));
    if by_limits > 0 {
        words.push_str(&format!(" ({} of them by limits alone)", count(by_limits)));
    }
    if unknown > 0 {
        words.push_str(&format!(", {} that depend on what was not recorded", count(unknown)));
    }
    words.push('.');
    if by_limits > 0 && is_cut_within_a_day {
        words.push_str(" The cut falls within a day, whose limits were learned from the part before it.");
    }
    words.push_str(" This is one log, cut in one place: what other days bring, it does not say.");
    words
}
