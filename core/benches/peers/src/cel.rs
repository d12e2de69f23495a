//! cel: an expression per tool, which the caller looks up by the tool's name.

use std::collections::HashMap;
use std::sync::Arc;

use ::cel::{Context, Env, Program, Value, to_value};

use crate::contestant::{Contestant, Outcome, repeated};
use crate::policy::{RULES, Rule};

pub(crate) const CEL: Contestant = Contestant {
    name: "cel",
    own: |call| {
        let (gate, tool) = (Gate::new()?, call.tool);
        let context = gate.context(to_value(&call.arguments)?);
        Ok(repeated(move || gate.allows(tool, &context)))
    },
    parsed: |call| {
        let (gate, call) = (Gate::new()?, call.clone());
        Ok(repeated(move || {
            let arguments = to_value(&call.arguments);
            arguments.is_ok_and(|arguments| gate.allows(call.tool, &gate.context(arguments)))
        }))
    },
    text: |call| {
        let (gate, text, tool) = (Gate::new()?, call.arguments_text(), call.tool);
        Ok(repeated(move || {
            let Ok(parsed) = serde_json::from_str::<serde_json::Value>(&text) else { return false };
            to_value(parsed).is_ok_and(|arguments| gate.allows(tool, &gate.context(arguments)))
        }))
    },
};

struct Gate {
    env: Arc<Env>,
    programs: HashMap<&'static str, Program>,
}

impl Gate {
    fn new() -> Outcome<Self> {
        let env = Arc::new(Env::stdlib());
        let mut programs = HashMap::new();
        for rule in &RULES {
            programs.insert(rule.tool, env.compile(&in_cel(rule))?);
        }
        Ok(Self { env, programs })
    }

    fn context(&self, arguments: Value) -> Context<'static, 'static> {
        let mut context = Context::with_env(Arc::clone(&self.env));
        context.add_variable_from_value("args", arguments);
        context
    }

    fn allows(&self, tool: &str, context: &Context<'_, '_>) -> bool {
        let program = self.programs.get(tool);
        program.is_some_and(|program| matches!(program.execute(context), Ok(Value::Bool(true))))
    }
}

fn in_cel(rule: &Rule) -> String {
    let Rule { fields, currencies, most, domain, .. } = rule;
    format!(
        r#"args.{} in {currencies:?} && args.{} <= {most} && args.{}.contains("{domain}")"#,
        fields.currency, fields.amount, fields.email,
    )
}
