//! The evaluator once more, as naively as possible: it keeps every allowed call for good and counts anew each time.

use gatewright_core::{Decision, Options, Outcome, Reason, Refund, Settled, Verdict, WindowModel};

use crate::definitions::{Answer, ask, cost, decimal};
use crate::sketch::{Call, Checks, Limit, Rule, Sketch};

#[derive(Clone)]
pub(crate) struct Model {
    sketch: Sketch,
    options: Options,
    allowed: Vec<Allowed>,
}

#[derive(Clone)]
struct Allowed {
    at: i64,
    charges: Vec<Charge>,
    settled: bool,
    given_back: bool,
}

#[derive(Clone)]
struct Charge {
    counter: Counter,
    length: i64,
    cost: i128,
}

/// What makes a counter another one: place, name, window, scope, and who shares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counter {
    tool: Option<&'static str>,
    name: &'static str,
    window: &'static str,
    scope: &'static str,
    grant: Option<&'static str>,
    session: Option<&'static str>,
}

/// What the evaluator should say, and what it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) decision: Decision,
    pub(crate) reason: Reason,
    pub(crate) rule: Option<String>,
    pub(crate) pointer: Option<String>,
    pub(crate) at: i64,
    pub(crate) quota: Option<Quota>,
    pub(crate) retry_at: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Quota {
    counter: String,
    used: i128,
    max: i128,
    cost: i128,
    remaining: i128,
    window_start: i64,
    resets_at: i64,
}

impl Expected {
    pub(crate) fn of(verdict: &Verdict) -> Self {
        let text = |it: &dyn std::fmt::Display| it.to_string();
        Self {
            decision: verdict.decision,
            reason: verdict.reason,
            rule: verdict.rule.as_ref().map(|it| text(it)),
            pointer: verdict.pointer.as_ref().map(|it| text(it)),
            at: verdict.at.as_millis(),
            quota: verdict.quota.as_ref().map(|quota| Quota {
                counter: quota.counter.clone(),
                used: decimal(&quota.used.plain()),
                max: decimal(&quota.max.plain()),
                cost: decimal(&quota.cost.plain()),
                remaining: decimal(&quota.remaining.plain()),
                window_start: quota.window_start.as_millis(),
                resets_at: quota.resets_at.as_millis(),
            }),
            retry_at: verdict.retry_at.map(gatewright_core::Timestamp::as_millis),
        }
    }
}

/// A limit as a call meets it.
pub(crate) struct Met {
    place: String,
    index: usize,
    pub(crate) limit: Limit,
    pub(crate) counter: Counter,
    length: i64,
    pub(crate) max: i128,
    /// Nothing where it is no amount.
    pub(crate) cost: Option<i128>,
}

type RulesOf = fn(&Checks) -> &Vec<Rule>;

impl Model {
    pub(crate) fn new(sketch: &Sketch, options: Options) -> Self {
        Self { sketch: sketch.clone(), options, allowed: Vec::new() }
    }

    /// The time at which a call is judged.
    pub(crate) fn effective_time(&self, at: i64) -> i64 {
        self.allowed.iter().map(|call| call.at).fold(at, i64::max)
    }

    pub(crate) fn call(&mut self, call: &Call) -> Expected {
        let at = self.effective_time(call.at);
        if let Some(decided) = self.by_rules(call, at) {
            return decided;
        }
        let limits = self.limits(call);
        let refusal = limits.iter().find(|limit| limit.cost.is_none() || !self.has_room(limit, at));
        if let Some(limit) = refusal {
            let by = |reason| expect(reason, Some(limit.rule()), Some(limit.pointer()), at);
            if limit.cost.is_none() {
                let pointer = Some(format!("{}/increment_from", limit.pointer()));
                return Expected { pointer, ..by(Reason::InvalidCost) };
            }
            let quota = Some(self.quota(limit, at));
            return Expected { quota, retry_at: self.first_pass(&limits, at), ..by(Reason::Limit) };
        }
        let charge =
            |it: &Met| Some(Charge { counter: it.counter.clone(), length: it.length, cost: it.cost? });
        let charges = limits.iter().filter_map(charge).collect();
        self.allowed.push(Allowed { at, charges, settled: false, given_back: false });
        let quotas = limits.iter().map(|limit| self.quota(limit, at));
        Expected {
            quota: quotas.min_by_key(|quota| quota.remaining),
            ..expect(Reason::Allowed, None, None, at)
        }
    }

    /// What the name and the rules decide.
    fn by_rules(&self, call: &Call, at: i64) -> Option<Expected> {
        let Sketch { allow_others, hide, tools, all_tools } = &self.sketch;
        let item = |name: &str| hide.iter().position(|hidden| *hidden == name);
        if let Some(index) = item(call.tool).or(item("*")) {
            let pointer = Some(format!("/hide/{index}"));
            return Some(expect(Reason::Hidden, Some("(hidden)".to_string()), pointer, at));
        }
        let own = tools.iter().find(|(name, _)| *name == call.tool);
        if own.is_none() && !allow_others {
            let (rule, pointer) = ("(default deny)".to_string(), "/default".to_string());
            return Some(expect(Reason::DefaultDeny, Some(rule), Some(pointer), at));
        }
        let own = own.map(|(name, checks)| (format!("/tools/{name}"), checks));
        let places: Vec<_> = own.into_iter().chain([("/all_tools".to_string(), all_tools)]).collect();
        let lists: [(&str, RulesOf); 3] = [
            ("require", |checks| &checks.require),
            ("deny_if", |checks| &checks.deny_if),
            ("require_approval", |checks| &checks.require_approval),
        ];
        for (list, rules) in lists {
            for (place, checks) in &places {
                for (index, rule) in rules(checks).iter().enumerate() {
                    let Some((reason, condition)) = refuses(list, rule, call) else { continue };
                    let (place, label) = (format!("{place}/{list}"), label(rules(checks), index));
                    let condition = condition.map(|it| format!("/conditions/{it}")).unwrap_or_default();
                    let pointer = Some(format!("{place}/{index}{condition}"));
                    return Some(expect(reason, Some(format!("{place}/{label}")), pointer, at));
                }
            }
        }
        None
    }

    pub(crate) fn limits(&self, call: &Call) -> Vec<Met> {
        let own = self.sketch.tools.iter().find(|(name, _)| *name == call.tool);
        let own = own.map_or(&[][..], |(_, checks)| &checks.limits).iter().enumerate();
        let own = own.map(|(index, limit)| Met::new(Some(call.tool), index, limit, call));
        let all = self.sketch.all_tools.limits.iter().enumerate();
        own.chain(all.map(|(index, limit)| Met::new(None, index, limit, call))).collect()
    }

    /// What a counter holds at an instant.
    pub(crate) fn used(&self, limit: &Met, at: i64) -> i128 {
        let calls = self.allowed.iter().filter(|call| !call.given_back);
        let charges = calls.flat_map(|call| call.charges.iter().map(move |charge| (call.at, charge)));
        let counted = charges
            .filter(|(then, charge)| charge.counter == limit.counter && self.counts(*then, at, limit.length));
        counted.map(|(_, charge)| charge.cost).sum()
    }

    /// Whether what was used `then` counts at `now`, in a window so long.
    fn counts(&self, then: i64, now: i64, length: i64) -> bool {
        match self.options.window_model {
            WindowModel::Calendar => then.div_euclid(length) == now.div_euclid(length),
            WindowModel::Sliding => now - length < then && then <= now,
        }
    }

    fn has_room(&self, limit: &Met, at: i64) -> bool {
        limit.max > 0 && limit.cost.is_some_and(|cost| self.used(limit, at) + cost <= limit.max)
    }

    /// The instants after `at` at which some counter holds less, in order.
    fn turns(&self, at: i64) -> Vec<i64> {
        let lengths = [60_000, 3_600_000, 86_400_000];
        let mut turns: Vec<i64> = match self.options.window_model {
            WindowModel::Calendar => lengths.map(|length| (at.div_euclid(length) + 1) * length).to_vec(),
            WindowModel::Sliding => {
                let calls = self.allowed.iter();
                calls
                    .flat_map(|call| lengths.map(|length| call.at + length))
                    .filter(|turn| *turn > at)
                    .collect()
            }
        };
        turns.sort_unstable();
        turns
    }

    /// The first instant after `at` at which every limit has room.
    fn first_pass(&self, limits: &[Met], at: i64) -> Option<i64> {
        let passes = |at: &i64| limits.iter().all(|limit| self.has_room(limit, *at));
        self.turns(at).into_iter().find(passes)
    }

    /// The first instant after `at` at which the counter is fresh.
    pub(crate) fn resets_at(&self, limit: &Met, at: i64) -> i64 {
        let fresh = |at: &i64| self.used(limit, *at) == 0;
        match self.options.window_model {
            WindowModel::Calendar => (at.div_euclid(limit.length) + 1) * limit.length,
            WindowModel::Sliding => [at + 1].into_iter().chain(self.turns(at)).find(fresh).unwrap(),
        }
    }

    /// The first instant from `at` on at which the limit has room.
    pub(crate) fn fits_at(&self, limit: &Met, at: i64) -> Option<i64> {
        [at].into_iter().chain(self.turns(at)).find(|at| self.has_room(limit, *at))
    }

    fn quota(&self, limit: &Met, at: i64) -> Quota {
        let used = self.used(limit, at);
        Quota {
            counter: limit.limit.counter.to_string(),
            used,
            max: limit.max,
            cost: limit.cost.unwrap_or(0),
            remaining: (limit.max - used).max(0),
            window_start: match self.options.window_model {
                WindowModel::Calendar => at.div_euclid(limit.length) * limit.length,
                WindowModel::Sliding => at - limit.length + 1,
            },
            resets_at: self.resets_at(limit, at),
        }
    }

    pub(crate) fn settle(&mut self, which: usize, outcome: Outcome) -> Settled {
        let now = self.effective_time(i64::MIN);
        let Some(call) = self.allowed.get(which).filter(|call| !call.settled).cloned() else {
            return Settled::Unknown;
        };
        let given_back = match self.options.refund {
            Refund::ProtocolError => outcome == Outcome::ProtocolError,
            Refund::AnyError => outcome != Outcome::Ok,
            Refund::Never => false,
        };
        let open = call.charges.iter().any(|charge| self.counts(call.at, now, charge.length));
        self.allowed[which] = Allowed { settled: true, given_back, ..call };
        match (given_back, open) {
            (false, _) => Settled::Kept,
            (true, true) => Settled::Refunded,
            (true, false) => Settled::NothingHeld,
        }
    }

    /// How many calls were allowed.
    pub(crate) fn reservations(&self) -> usize {
        self.allowed.len()
    }

    /// Goes over to another policy. What was charged to a counter that it does not have, never was.
    pub(crate) fn replace(&mut self, sketch: &Sketch) {
        self.sketch = sketch.clone();
        let of = |tool: Option<&'static str>, checks: &Checks| {
            let key = move |limit: &Limit| (tool, limit.counter, limit.window, limit.scope);
            checks.limits.iter().map(key).collect::<Vec<_>>()
        };
        let own = sketch.tools.iter().flat_map(|(tool, checks)| of(Some(*tool), checks));
        let kept: Vec<_> = own.chain(of(None, &sketch.all_tools)).collect();
        for call in &mut self.allowed {
            call.charges.retain(|Charge { counter, .. }| {
                kept.contains(&(counter.tool, counter.name, counter.window, counter.scope))
            });
        }
    }
}

impl Met {
    fn new(tool: Option<&'static str>, index: usize, limit: &Limit, call: &Call) -> Self {
        let (grant, session) = match limit.scope {
            "grant" => (Some(call.grant), None),
            "session" => (Some(call.grant), Some(call.session)),
            _ => (None, None),
        };
        let Limit { counter: name, window, scope, .. } = *limit;
        Self {
            place: tool.map_or("/all_tools".to_string(), |tool| format!("/tools/{tool}")),
            index,
            limit: *limit,
            counter: Counter { tool, name, window, scope, grant, session },
            length: match window {
                "minute" => 60_000,
                "hour" => 3_600_000,
                _ => 86_400_000,
            },
            max: decimal(limit.max),
            cost: cost(limit.increment_from, call.args.as_ref()),
        }
    }

    fn rule(&self) -> String {
        format!("{}/limits/{}", self.place, self.limit.counter.replace('~', "~0").replace('/', "~1"))
    }

    fn pointer(&self) -> String {
        format!("{}/limits/{}", self.place, self.index)
    }
}

fn expect(reason: Reason, rule: Option<String>, pointer: Option<String>, at: i64) -> Expected {
    let decision = match reason {
        Reason::Allowed => Decision::Allow,
        Reason::RequireApproval => Decision::Approval,
        _ => Decision::Deny,
    };
    Expected { decision, reason, rule, pointer, at, quota: None, retry_at: None }
}

/// Whether a rule keeps the call out, why, and by which of its conditions where one decides alone.
fn refuses(list: &str, rule: &Rule, call: &Call) -> Option<(Reason, Option<usize>)> {
    let answers: Vec<Answer> = rule.iter().map(|condition| ask(condition, call.args.as_ref())).collect();
    if let Some(first) = answers.iter().position(|answer| *answer == Answer::Mistyped) {
        return Some((Reason::WrongType, Some(first)));
    }
    if list == "require" {
        let first = answers.iter().position(|answer| *answer != Answer::Yes)?;
        return Some((Reason::Require, Some(first)));
    }
    let holds = answers.iter().all(|answer| *answer == Answer::Yes);
    let only = (rule.len() == 1).then_some(0);
    match list {
        _ if !holds => None,
        "deny_if" => Some((Reason::DenyIf, only)),
        _ if call.approved => None,
        _ => Some((Reason::RequireApproval, only)),
    }
}

/// A rule's name within its list.
fn label(rules: &[Rule], index: usize) -> String {
    let plain = |rule: &Rule| match rule.iter().map(|it| format!("{}-{}", it.path, it.op)).collect::<Vec<_>>()
    {
        all if all.is_empty() => "always".to_string(),
        all => all.join("+"),
    };
    let name = plain(&rules[index]);
    match rules.iter().take(index).filter(|rule| plain(rule) == name).count() {
        0 => name,
        earlier => format!("{name}#{}", earlier + 1),
    }
}
