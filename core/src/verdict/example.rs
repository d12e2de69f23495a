//! Verdicts that no call has brought about, to show beforehand what an agent would be told.

use super::{Because, Found, Reason, Ruling, Verdict};
use crate::amount::Amount;
use crate::call::ToolCall;
use crate::compile::{CompiledPolicy, RuleList};
use crate::pointer::Pointer;

impl Verdict {
    /// The refusal of a call by the rule or the limit at a place; nothing where neither stands there. The call gives
    /// its tool and the time: whether that very call would be refused is not looked at.
    ///
    /// A limit refuses as one that is used up, a call that costs 1. A rule of `require` refuses for its first
    /// condition.
    ///
    /// ```
    /// use gatewright_core::{ToolCall, Verdict, compile, parse};
    /// let parsed = parse(r#"{"version": "1", "default": "deny", "tools": {"pytest": {"limits": [
    ///     {"counter": "pytest_rate", "window": "minute", "max": 10, "scope": "grant"}]}}}"#);
    /// let policy = compile(&parsed).unwrap();
    /// let call = ToolCall { tool: "pytest", ..ToolCall::default() };
    /// let verdict = Verdict::example(&policy, &policy.limits()[0].pointer, &call).unwrap();
    /// assert_eq!(
    ///     verdict.message,
    ///     "This grant has used 10 of 10 pytest calls in the minute 00:00–00:01 UTC. The next pytest call is allowed at 00:01 UTC (in 1 min)."
    /// );
    /// ```
    #[must_use]
    pub fn example(policy: &CompiledPolicy, place: &Pointer, call: &ToolCall<'_>) -> Option<Self> {
        let ruling = of_rule(policy, place, call).or_else(|| of_limit(policy, place, call))?;
        Some(Self::new(Some(policy), call, &Ruling { enforced: true, ..ruling }))
    }
}

fn of_rule(policy: &CompiledPolicy, place: &Pointer, call: &ToolCall<'_>) -> Option<Ruling> {
    let (index, rule) = policy.rules().iter().enumerate().find(|(_, rule)| rule.pointer == *place)?;
    let reason = match rule.list {
        RuleList::Require => Reason::Require,
        RuleList::DenyIf => Reason::DenyIf,
        RuleList::RequireApproval => Reason::RequireApproval,
    };
    let decides_alone = rule.conditions.len() == 1 || reason == Reason::Require;
    let condition = (decides_alone && !rule.conditions.is_empty()).then_some(0);
    Some(Ruling { because: Because::Rule { rule: index, condition }, ..Ruling::new(reason, call.at) })
}

fn of_limit(policy: &CompiledPolicy, place: &Pointer, call: &ToolCall<'_>) -> Option<Ruling> {
    let (index, limit) = policy.limits().iter().enumerate().find(|(_, limit)| limit.pointer == *place)?;
    let resets_at = limit.window.span(call.at).end;
    let fits = Amount::ONE <= limit.max;
    Some(Ruling {
        limit: Some(Found {
            index,
            used: if fits { limit.max } else { Amount::ZERO },
            cost: Amount::ONE,
            resets_at,
        }),
        never_fits: (!fits).then_some((index, Amount::ONE)),
        retry_at: fits.then_some(resets_at),
        ..Ruling::new(Reason::Limit, call.at)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compile::compile;
    use crate::parse::parse;
    use crate::time::Timestamp;

    #[test]
    fn rules_and_limits_show_what_they_would_say() {
        let text = r#"{"version": "1", "default": "deny",
            "all_tools": {"limits": [{"counter": "all", "window": "hour", "max": 0, "scope": "global"}]},
            "tools": {"pay": {
                "require": [{"conditions": [{"path": "args.to", "op": "exists", "value": true}]}],
                "deny_if": [{"conditions": [{"path": "args.n", "op": "gt", "value": 5},
                                            {"path": "args.s", "op": "eq", "value": "x"}]},
                            {"conditions": [], "on_deny": "Not today."}],
                "require_approval": [{"conditions": []}],
                "limits": [{"counter": "sum", "window": "day", "max": 100.5, "scope": "session", "increment_from": "args.n"},
                           {"counter": "half", "window": "minute", "max": 0.5, "scope": "grant", "on_deny": "Later."}]}}}"#;
        let policy = compile(&parse(text)).unwrap();
        let call = ToolCall { tool: "pay", at: Timestamp::from_millis(90_000), ..ToolCall::default() };
        #[rustfmt::skip]
        let cases = [
            ("/tools/pay/require/0", Some("pay is refused: args.to must be given. The same call is refused at any time."), "a requirement"),
            ("/tools/pay/deny_if/0", Some("pay is refused where args.n is greater than 5 and args.s is \"x\". The same call is refused at any time."), "several conditions"),
            ("/tools/pay/deny_if/1", Some("Not today."), "the author's own words"),
            ("/tools/pay/require_approval/0", Some("Each call of pay needs a person's approval. Nothing is counted until it is given."), "approval"),
            ("/tools/pay/limits/0", Some("This session has used 100.5 of 100.5 in args.n of pay calls in the day 1970-01-01 UTC. This call costs 1. One that costs as much is allowed at 1970-01-02 00:00 UTC (in 23 h 58 min)."), "a sum"),
            ("/tools/pay/limits/1", Some("Later."), "the author's own words"),
            ("/all_tools/limits/0", Some("The limit all is 0 per hour: no call of pay ever fits."), "nothing fits"),
            ("/tools/pay", None, "neither a rule nor a limit"),
        ];
        for (place, expected, why) in cases {
            let pointer = place.split('/').skip(1).fold(Pointer::root(), |pointer, token| pointer.key(token));
            let verdict = Verdict::example(&policy, &pointer, &call);
            assert_eq!(verdict.map(|verdict| verdict.message).as_deref(), expected, "{place}: {why}");
        }
    }
}
