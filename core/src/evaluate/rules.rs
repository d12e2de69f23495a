//! The part of a decision that no time and no counter enters: the tool's name, the rules, and what the call costs.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::amount::Amount;
use crate::compile::{Checks, CompiledCondition, CompiledPolicy, CompiledRule, Target};
use crate::legible::{clip, legible};
use crate::operator::Answer;
use crate::pointer::Pointer;
use crate::policy::{DefaultDecision, Op};
use crate::trace::{Check, Mark, Step, Trace};
use crate::value::Argument;
use crate::verdict::{Because, CostError, Reason, shown_name, shown_value};

/// What the name and the rules say of a call, and what it costs each of its limits.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    /// Allowed as far as the limits have room, or what decided.
    pub(crate) reason: Reason,
    pub(crate) because: Because,
    /// What would have decided, had it been recorded.
    pub(crate) unknown: Option<Unknown>,
    pub(crate) costs: Costs,
}

/// What a call costs each of its limits, in their order. Nothing is kept where each costs 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Costs(Option<Vec<Result<Amount, CostError>>>);

impl Costs {
    fn new(checks: &Checks, arguments: &[Argument<'_>]) -> Self {
        let each = || checks.limits.iter().map(|limit| cost(limit.cost, arguments)).collect();
        Self(checks.limits.iter().any(|limit| limit.cost.is_some()).then(each))
    }

    /// What the call costs limit number `place`, of its own.
    pub(crate) fn of(&self, place: usize) -> Result<Amount, CostError> {
        match &self.0 {
            Some(each) => each.get(place).copied().unwrap_or(Err(CostError::Missing)),
            None => Ok(Amount::ONE),
        }
    }

    pub(super) fn any_wrong(&self) -> bool {
        self.0.as_ref().is_some_and(|each| each.iter().any(Result::is_err))
    }
}

/// The first condition or cost that was not recorded, and what all of them may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Unknown {
    pub(crate) because: Because,
    /// Whether it may deny the call.
    pub(crate) denial: bool,
    /// Whether it may ask for approval: the call is then neither allowed nor denied.
    pub(crate) approval: bool,
}

/// What came of a rule.
enum Held {
    Yes,
    /// Because of this condition, where one decided alone.
    No(Option<usize>),
    Mistyped(usize, Answer),
    Unknown {
        condition: usize,
        /// Whether the rule may hold, and whether the argument may be of a type that cannot be judged.
        holds: bool,
        mistyped: bool,
    },
}

/// A call on its way through the rules.
pub(super) struct Judge<'j> {
    policy: &'j CompiledPolicy,
    arguments: &'j [Argument<'j>],
    reason: Reason,
    because: Because,
    unknown: Option<Unknown>,
}

impl<'j> Judge<'j> {
    pub(super) const fn new(policy: &'j CompiledPolicy, arguments: &'j [Argument<'j>]) -> Self {
        Self { policy, arguments, reason: Reason::Allowed, because: Because::Nothing, unknown: None }
    }

    /// Judges a call. `approved`: a person has.
    pub(super) fn judge(
        mut self,
        target: Target,
        tool: &str,
        approved: bool,
        trace: &mut impl Trace,
    ) -> Judged {
        let checks = self.policy.checks(target);
        self.name(target, tool, trace);
        self.require(checks, trace);
        self.deny_if(checks, trace);
        self.require_approval(checks, approved, trace);
        let Self { reason, because, unknown, arguments, .. } = self;
        Judged { reason, because, unknown, costs: Costs::new(checks, arguments) }
    }

    fn open(&self) -> bool {
        self.reason == Reason::Allowed
    }

    fn decide(&mut self, reason: Reason, because: Because) {
        (self.reason, self.because) = (reason, because);
    }

    fn could_decide(&mut self, rule: usize, condition: usize, denial: bool, approval: bool) {
        let because = Because::UnknownCondition { rule, condition };
        let unknown = self.unknown.get_or_insert(Unknown { because, denial, approval });
        unknown.denial |= denial;
        unknown.approval |= approval;
    }

    fn name(&mut self, target: Target, tool: &str, trace: &mut impl Trace) {
        if let Target::Hidden(index) = target {
            self.decide(Reason::Hidden, Because::Hidden(index));
            let place = || Pointer::root().key("hide").index(index);
            let hidden = || format!("{} is hidden", shown_name(tool));
            trace.step(|| Step::new(Check::Hide, Mark::Decided, hidden()).at(place()));
            trace.step(|| super::not_reached(Check::Listed));
            return;
        }
        trace.step(|| Step::new(Check::Hide, Mark::Passed, format!("{} is not hidden", shown_name(tool))));
        let listed = matches!(target, Target::Listed(_));
        let denied = !listed && self.policy.default_decision() == DefaultDecision::Deny;
        if denied {
            self.decide(Reason::DefaultDeny, Because::Nothing);
        }
        trace.step(|| {
            let others = match self.policy.default_decision() {
                DefaultDecision::Allow => "allowed",
                DefaultDecision::Deny => "denied",
            };
            if listed {
                let place = Pointer::root().key("tools").key(tool);
                let text = format!("{} is listed (other tools are {others} by default)", shown_name(tool));
                return Step::new(Check::Listed, Mark::Passed, text).at(place);
            }
            let text = format!("{} is not listed, and such tools are {others} by default", shown_name(tool));
            let mark = if denied { Mark::Decided } else { Mark::Passed };
            Step::new(Check::Listed, mark, text).at(Pointer::root().key("default"))
        });
    }

    /// The rules of a list, each with its index.
    fn rules(&self, indexes: &'j [usize]) -> impl Iterator<Item = (usize, &'j CompiledRule)> + use<'j> {
        let policy = self.policy;
        indexes.iter().filter_map(move |index| Some((*index, policy.rules().get(*index)?)))
    }

    fn require(&mut self, checks: &'j Checks, trace: &mut impl Trace) {
        self.none_or_first(&checks.require, Check::Require, trace);
        for (index, rule) in self.rules(&checks.require) {
            if !self.open() {
                trace.step(|| rule_not_reached(Check::Require, rule));
                continue;
            }
            let held = self.all_hold(rule);
            self.steps(Check::Require, rule, &held, trace);
            match held {
                Held::Yes => {}
                Held::No(condition) => self.decide(Reason::Require, Because::Rule { rule: index, condition }),
                Held::Mistyped(condition, answer) => self.mistyped(index, condition, answer),
                Held::Unknown { condition, .. } => self.could_decide(index, condition, true, false),
            }
        }
    }

    fn deny_if(&mut self, checks: &'j Checks, trace: &mut impl Trace) {
        self.none_or_first(&checks.deny_if, Check::DenyIf, trace);
        for (index, rule) in self.rules(&checks.deny_if) {
            if !self.open() {
                trace.step(|| rule_not_reached(Check::DenyIf, rule));
                continue;
            }
            let held = self.every_one(rule);
            self.steps(Check::DenyIf, rule, &held, trace);
            match held {
                Held::Yes => self.decide(Reason::DenyIf, holds(index, rule)),
                Held::No(_) => {}
                Held::Mistyped(condition, answer) => self.mistyped(index, condition, answer),
                Held::Unknown { condition, .. } => self.could_decide(index, condition, true, false),
            }
        }
    }

    fn require_approval(&mut self, checks: &'j Checks, approved: bool, trace: &mut impl Trace) {
        self.none_or_first(&checks.require_approval, Check::RequireApproval, trace);
        for (index, rule) in self.rules(&checks.require_approval) {
            if !self.open() {
                trace.step(|| rule_not_reached(Check::RequireApproval, rule));
                continue;
            }
            let held = self.every_one(rule);
            // A person approves what a rule asks, not what it cannot judge.
            if approved && !matches!(held, Held::Mistyped(..) | Held::Unknown { mistyped: true, .. }) {
                trace.step(|| {
                    let step =
                        Step::new(Check::RequireApproval, Mark::Passed, "a person has approved".to_string());
                    step.at(rule.pointer.clone()).rule(rule)
                });
                continue;
            }
            self.steps(Check::RequireApproval, rule, &held, trace);
            match held {
                // Denied or asked: which of the two may be unknown.
                Held::Yes => match self.unknown.filter(|unknown| unknown.denial) {
                    Some(unknown) => self.decide(Reason::UnknownArgument, unknown.because),
                    None => self.decide(Reason::RequireApproval, holds(index, rule)),
                },
                Held::No(_) => {}
                Held::Mistyped(condition, answer) => match self.unknown.filter(|unknown| unknown.approval) {
                    Some(unknown) => self.decide(Reason::UnknownArgument, unknown.because),
                    None => self.mistyped(index, condition, answer),
                },
                Held::Unknown { condition, holds, mistyped } => {
                    self.could_decide(index, condition, mistyped, holds && !approved);
                }
            }
        }
    }

    fn mistyped(&mut self, rule: usize, condition: usize, answer: Answer) {
        if let Answer::Mistyped { found, needed } = answer {
            self.decide(Reason::WrongType, Because::Mistyped { rule, condition, found, needed });
        }
    }

    fn ask(&self, condition: &CompiledCondition) -> Answer {
        let argument = self.arguments.get(condition.slot).unwrap_or(&Argument::Missing);
        condition.test.ask(argument)
    }

    /// Whether every condition holds. One that cannot be judged decides, and else the first that does not hold.
    fn all_hold(&self, rule: &CompiledRule) -> Held {
        let (mut failed, mut unknown) = (None, None);
        for (index, condition) in rule.conditions.iter().enumerate() {
            match self.ask(condition) {
                Answer::Yes => {}
                Answer::No => failed = failed.or(Some(index)),
                answer @ Answer::Mistyped { .. } => return Held::Mistyped(index, answer),
                Answer::Unknown { .. } => unknown = unknown.or(Some(index)),
            }
        }
        match (failed, unknown) {
            (Some(_), _) => Held::No(failed),
            (None, Some(condition)) => Held::Unknown { condition, holds: true, mistyped: true },
            (None, None) => Held::Yes,
        }
    }

    /// Whether every condition holds, of a rule that refuses where they do. All are asked: one that cannot be judged
    /// refuses whatever the others say.
    fn every_one(&self, rule: &CompiledRule) -> Held {
        let (mut unknown, mut any_type, mut no) = (None, None, false);
        for (index, condition) in rule.conditions.iter().enumerate() {
            match self.ask(condition) {
                Answer::Yes => {}
                Answer::No => no = true,
                answer @ Answer::Mistyped { .. } => return Held::Mistyped(index, answer),
                Answer::Unknown { any_type: maybe_mistyped } => {
                    unknown = unknown.or(Some(index));
                    any_type = any_type.or(maybe_mistyped.then_some(index));
                }
            }
        }
        match (no, unknown, any_type) {
            (true, _, Some(condition)) => Held::Unknown { condition, holds: false, mistyped: true },
            (false, Some(condition), _) => {
                Held::Unknown { condition, holds: true, mistyped: any_type.is_some() }
            }
            (true, _, None) => Held::No(None),
            (false, None, _) => Held::Yes,
        }
    }

    fn none_or_first(&self, rules: &[usize], check: Check, trace: &mut impl Trace) {
        if rules.is_empty() {
            trace.step(|| super::none_or_not_reached(check, self.open()));
        }
    }

    /// A step for each condition of a rule that was reached.
    fn steps<T: Trace>(&self, check: Check, rule: &CompiledRule, held: &Held, trace: &mut T) {
        if !T::KEEPS {
            return;
        }
        let refuses = check != Check::Require;
        if rule.conditions.is_empty() {
            let (mark, text) =
                if refuses { (Mark::Decided, "always holds") } else { (Mark::Passed, "asks nothing") };
            trace.step(|| Step::new(check, mark, text.to_string()).at(rule.pointer.clone()).rule(rule));
        }
        let last = rule.conditions.len().saturating_sub(1);
        for (index, condition) in rule.conditions.iter().enumerate() {
            let answer = self.ask(condition);
            let mark = match held {
                Held::No(Some(decided)) | Held::Mistyped(decided, _) if index == *decided => Mark::Decided,
                Held::No(Some(decided)) | Held::Mistyped(decided, _) if index > *decided => Mark::NotReached,
                Held::Yes if refuses && index == last => Mark::Decided,
                _ if matches!(answer, Answer::Unknown { .. }) => Mark::Unknown,
                _ => Mark::Passed,
            };
            trace.step(|| {
                let text = match mark {
                    Mark::NotReached => "not reached".to_string(),
                    _ => self.finding(condition, answer),
                };
                Step::new(check, mark, text).at(condition.pointer.clone()).rule(rule)
            });
        }
    }

    /// What a condition found, in words.
    fn finding(&self, condition: &CompiledCondition, answer: Answer) -> String {
        let path = legible(condition.path.as_str());
        let argument = self.arguments.get(condition.slot).unwrap_or(&Argument::Missing);
        let found = found_in_words(argument);
        let question = match condition.op {
            Op::Exists => format!("exists {}", condition.value),
            op => format!("{op} {}", shown_value(&condition.value)),
        };
        match answer {
            Answer::Yes => format!("{path} is {found}: {question} holds"),
            Answer::No => format!("{path} is {found}: {question} does not hold"),
            Answer::Mistyped { needed, .. } => {
                format!("{path} is {found}, not {needed}: {question} cannot be judged")
            }
            Answer::Unknown { .. } => format!("{path} was not recorded: {question} is unknown"),
        }
    }
}

/// What decided, where a rule that refuses holds: its only condition, or all of them.
fn holds(index: usize, rule: &CompiledRule) -> Because {
    Because::Rule { rule: index, condition: (rule.conditions.len() == 1).then_some(0) }
}

fn cost(slot: Option<usize>, arguments: &[Argument<'_>]) -> Result<Amount, CostError> {
    let Some(slot) = slot else { return Ok(Amount::ONE) };
    match arguments.get(slot) {
        None | Some(Argument::Missing | Argument::Null) => Err(CostError::Missing),
        Some(Argument::Number(number)) => Amount::from_number(*number).map_err(CostError::NoAmount),
        Some(argument) => Err(argument.argument_type().map_or(CostError::Unknown, CostError::WrongType)),
    }
}

fn rule_not_reached(check: Check, rule: &CompiledRule) -> Step {
    super::not_reached(check).at(rule.pointer.clone()).rule(rule)
}

/// An argument for people: its type where that is not plain, and a clipped value.
fn found_in_words(argument: &Argument<'_>) -> String {
    match argument {
        Argument::Missing => "missing".to_string(),
        Argument::Null => "null, which counts as missing".to_string(),
        Argument::Bool(value) => value.to_string(),
        Argument::Number(value) => format!("the number {}", clip(&value.to_string())),
        Argument::Text(value) => format!("the text {}", clip(&serde_json::Value::from(&**value).to_string())),
        Argument::List(_) => "a list".to_string(),
        Argument::Object(_) => "an object".to_string(),
        Argument::Unknown => "unknown".to_string(),
    }
}
