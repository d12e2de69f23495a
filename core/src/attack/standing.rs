//! Calls through the policy → how far the attack came, and by what it was kept from going on.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::{Standing, Target};
use crate::amount::count;
use crate::pointer::RuleId;
use crate::scenario::Scenario;
use crate::simulate::{Run, play};
use crate::verdict::Decision;

/// The calls of an attack, and which of them are the harmful ones.
pub(super) struct Plan {
    pub(super) scenario: Scenario,
    pub(super) harmful: Harmful,
    /// Blocks of which a call has to get through before a harmful one does harm; none where nothing has to.
    pub(super) after: Vec<usize>,
    /// Whether the harm lies in how many there are.
    pub(super) by_number: bool,
}

/// Which calls do harm.
pub(super) enum Harmful {
    /// Every one.
    All,
    /// Those of some blocks, by index.
    Blocks(Vec<usize>),
}

/// What the policy did to the calls of an attack.
pub(super) struct Outcome {
    pub(super) standing: Standing,
    pub(super) words: String,
    pub(super) calls: usize,
}

/// A call that would do harm.
struct Deed {
    /// Its index among all calls.
    index: usize,
    /// Whether it got through, and does what it is for.
    is_done: bool,
}

/// Runs the calls; nothing where they are none, or more than are run.
pub(super) fn outcome(target: &Target<'_>, plan: &Plan) -> Option<Outcome> {
    let (calls, run) = play(&target.compiled, &plan.scenario, target.options).ok()?;
    let deeds = deeds(plan, &run)?;
    let first = deeds.first()?;
    let (done, of) = (deeds.iter().filter(|deed| deed.is_done).count(), deeds.len());
    let last_done = deeds.iter().rposition(|deed| deed.is_done);
    // From here on nothing gets through.
    let end = last_done.map_or(Some(first), |last| deeds.get(last + 1));
    let is_early = last_done.is_none_or(|last| plan.by_number && 2 * (last + 1) <= of);
    // A loop that gave up is at its end, whatever it had still wanted to do.
    let is_early = is_early || (plan.scenario.is_closed() && end.is_some());
    let standing = match end {
        Some(end) if is_early => {
            let opening = plan.after.first().filter(|_| done == 0 && first_allowed(plan, &run).is_none());
            Standing::Stopped { at: Some(opening.map_or(end.index + 1, |_| 1)) }
        }
        _ if done == of => Standing::NotStopped { of },
        _ => Standing::Limited { allowed: done, of },
    };
    // Of an attack that is stopped, what stops its last call: until then, a limit a minute only slows it.
    let refused = match standing {
        Standing::Stopped { .. } if done > 0 => deeds.last(),
        _ => None,
    };
    let by = by(target, &run, refused.map(|deed| deed.index));
    let words = in_words(standing, done, of, &by);
    Some(Outcome { standing, words, calls: calls.len() })
}

/// The calls that would do harm, in their order.
fn deeds(plan: &Plan, run: &Run) -> Option<Vec<Deed>> {
    let allowed = |index: usize| run.decision(index) == Some(Decision::Allow);
    let blocks = blocks(plan, run.len())?;
    let mut is_open = plan.after.is_empty();
    let mut deeds = Vec::new();
    for (index, block) in blocks.into_iter().enumerate() {
        if plan.after.contains(&block) {
            is_open |= allowed(index);
        }
        let is_harmful = match &plan.harmful {
            Harmful::All => true,
            Harmful::Blocks(harmful) => harmful.contains(&block),
        };
        if is_harmful {
            deeds.push(Deed { index, is_done: is_open && allowed(index) });
        }
    }
    Some(deeds)
}

/// The block of each call. Of loops, which hear what is decided, there is one block only.
fn blocks(plan: &Plan, calls: usize) -> Option<Vec<usize>> {
    if plan.scenario.is_closed() {
        return Some((0..calls).map(|_| 0).collect());
    }
    Some(plan.scenario.planned().ok()?.into_iter().map(|planned| planned.block).collect())
}

/// The first call that opens the way and is allowed.
fn first_allowed(plan: &Plan, run: &Run) -> Option<usize> {
    let blocks = blocks(plan, run.len())?;
    let mut calls = blocks.into_iter().enumerate();
    calls.find_map(|(index, block)| {
        (plan.after.contains(&block) && run.decision(index) == Some(Decision::Allow)).then_some(index)
    })
}

/// What refused a call; where none is given, what refused the most.
fn by(target: &Target<'_>, run: &Run, refused: Option<usize>) -> String {
    let rules = &run.summary.by_rule;
    let of_call = refused.and_then(|index| {
        let rule = run.rule(&target.compiled, index);
        let rule = rule.as_ref().map_or("", RuleId::as_str);
        let reason = run.reason.get(index)?;
        rules.iter().find(|entry| entry.rule == rule && entry.reason == *reason)
    });
    let Some(entry) = of_call.or_else(|| rules.first()) else { return String::new() };
    match entry.reason.decision() {
        Decision::Approval => format!("a person is asked ({})", entry.words),
        _ => entry.words.clone(),
    }
}

fn in_words(standing: Standing, done: usize, of: usize, by: &str) -> String {
    let calls = |number: usize| {
        if number == 1 { "1 harmful call".to_string() } else { format!("{} harmful calls", count(number)) }
    };
    let by = if by.is_empty() { String::new() } else { format!(": {by}") };
    match standing {
        Standing::Stopped { .. } if done == 0 && of == 1 => {
            format!("The harmful call does not get through{by}.")
        }
        Standing::Stopped { .. } if done == 0 => format!("None of {} gets through{by}.", calls(of)),
        Standing::Stopped { .. } => {
            let get = if done == 1 { "gets" } else { "get" };
            format!("{} {get} through before{by}.", calls(done))
        }
        Standing::Limited { allowed, of } => {
            let by = if by.is_empty() { String::new() } else { format!("{by} keeps out the most") };
            format!("{} of {} get through{by}.", count(allowed), calls(of))
        }
        Standing::NotStopped { of: 1 } => "The harmful call gets through.".to_string(),
        Standing::NotStopped { of } => format!("All {} get through.", calls(of)),
        Standing::NotPossible => String::new(),
    }
}

impl Standing {
    /// What is kept out, in hundredths of a percent: 10,000 where the attack is stopped, 0 where it is not.
    #[must_use]
    pub fn kept_out(self) -> u32 {
        match self {
            Self::Stopped { .. } => 10_000,
            Self::Limited { allowed, of } => {
                let kept = of.saturating_sub(allowed).saturating_mul(10_000).checked_div(of);
                u32::try_from(kept.unwrap_or(0)).unwrap_or(10_000).min(10_000)
            }
            Self::NotStopped { .. } | Self::NotPossible => 0,
        }
    }

    /// How far the attack came, as two or three words: `stopped at call 201`.
    #[must_use]
    pub fn in_words(self) -> String {
        match self {
            Self::Stopped { at: Some(at) } => format!("stopped at call {}", count(at)),
            Self::Stopped { at: None } => "stopped".to_string(),
            Self::Limited { allowed, of } => format!("limited to {} of {}", count(allowed), count(of)),
            Self::NotStopped { .. } => "not stopped".to_string(),
            Self::NotPossible => "not possible".to_string(),
        }
    }

    /// Whether this one comes less far than another.
    pub(super) fn is_better_than(self, other: Self) -> bool {
        self != Self::NotPossible && self.kept_out() > other.kept_out()
    }
}
