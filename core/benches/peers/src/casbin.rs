//! casbin, two ways, both in the order of the rules: a policy line per tool, whose expression is evaluated when the tool
//! is called; and the whole policy as one matcher, which is compiled when it is loaded.

use ::casbin::function_map::OperatorFunction;
use ::casbin::rhai::serde::to_dynamic;
use ::casbin::rhai::{Dynamic, ImmutableString};
use ::casbin::{CoreApi, DefaultModel, Enforcer, MgmtApi};

use crate::calls::Call;
use crate::contestant::{Contestant, Decide, Outcome, repeated};
use crate::policy::{RULES, Rule};

pub(crate) const LINES: Contestant = Contestant {
    name: "casbin, policy lines",
    own: |call| from_own(lines()?, call),
    parsed: |call| Ok(from_parsed(lines()?, call)),
    text: |call| Ok(from_text(lines()?, call)),
};

pub(crate) const MATCHER: Contestant = Contestant {
    name: "casbin, one matcher",
    own: |call| from_own(matcher()?, call),
    parsed: |call| Ok(from_parsed(matcher()?, call)),
    text: |call| Ok(from_text(matcher()?, call)),
};

fn from_own(enforcer: Enforcer, call: &Call) -> Outcome<Decide> {
    let request = vec![Dynamic::from(call.tool), to_dynamic(&call.arguments)?];
    Ok(repeated(move || enforcer.enforce(request.clone()).unwrap_or(false)))
}

fn from_parsed(enforcer: Enforcer, call: &Call) -> Decide {
    let call = call.clone();
    repeated(move || enforcer.enforce((call.tool, &call.arguments)).unwrap_or(false))
}

fn from_text(enforcer: Enforcer, call: &Call) -> Decide {
    let (text, tool) = (call.arguments_text(), call.tool);
    repeated(move || {
        let parsed = serde_json::from_str::<serde_json::Value>(&text);
        parsed.is_ok_and(|arguments| enforcer.enforce((tool, arguments)).unwrap_or(false))
    })
}

fn lines() -> Outcome<Enforcer> {
    let mut enforcer = enforcer("r.tool == p.tool && eval(p.rule)")?;
    for rule in &RULES {
        pollster::block_on(enforcer.add_policy(vec![rule.tool.to_owned(), in_casbin(rule)]))?;
    }
    Ok(enforcer)
}

fn matcher() -> Outcome<Enforcer> {
    let rules = RULES.iter().map(|rule| format!(r#"(r.tool == "{}" && {})"#, rule.tool, in_casbin(rule)));
    enforcer(&rules.collect::<Vec<_>>().join(" || "))
}

fn enforcer(matcher: &str) -> Outcome<Enforcer> {
    let model = format!(
        "[request_definition]\nr = tool, args\n\
         [policy_definition]\np = tool, rule\n\
         [policy_effect]\ne = some(where (p.eft == allow))\n\
         [matchers]\nm = {matcher}\n"
    );
    let model = pollster::block_on(DefaultModel::from_str(&model))?;
    let mut enforcer = pollster::block_on(Enforcer::new(model, ()))?;
    enforcer.add_function("has", OperatorFunction::Arg2(has));
    Ok(enforcer)
}

/// Whether a text has another in it, which casbin leaves to its caller.
fn has(text: Dynamic, part: Dynamic) -> Dynamic {
    let (text, part) = (text.try_cast::<ImmutableString>(), part.try_cast::<ImmutableString>());
    text.zip(part).is_some_and(|(text, part)| text.contains(part.as_str())).into()
}

fn in_casbin(rule: &Rule) -> String {
    let Rule { fields, currencies, most, domain, .. } = rule;
    format!(
        r#"r.args.{} in {currencies:?} && r.args.{} <= {most} && has(r.args.{}, "{domain}")"#,
        fields.currency, fields.amount, fields.email,
    )
}
