//! regorus: a definition of `allow` per tool, in the order of the rules, by its virtual machine and by its interpreter.

use ::regorus::languages::rego::compiler::Compiler;
use ::regorus::rvm::vm::RegoVM;
use ::regorus::{CompiledPolicy, Engine, Value};

use crate::contestant::{Contestant, Outcome, repeated};
use crate::policy::{RULES, Rule};

const ALLOW: &str = "data.gate.allow";

pub(crate) const MACHINE: Contestant = Contestant {
    name: "regorus, machine",
    own: |call| {
        let (mut machine, input) = (machine()?, Value::from(call.document()));
        Ok(repeated(move || allows(&mut machine, input.clone())))
    },
    parsed: |call| {
        let (mut machine, document) = (machine()?, call.document());
        // regorus keeps what it is given, so the value that the caller holds is copied.
        Ok(repeated(move || allows(&mut machine, Value::from(document.clone()))))
    },
    text: |call| {
        let (mut machine, text) = (machine()?, call.document().to_string());
        Ok(repeated(move || Value::from_json_str(&text).is_ok_and(|input| allows(&mut machine, input))))
    },
};

pub(crate) const INTERPRETER: Contestant = Contestant {
    name: "regorus, interpreter",
    own: |call| {
        let (policy, input) = (policy()?, Value::from(call.document()));
        Ok(repeated(move || interpreted(&policy, input.clone())))
    },
    parsed: |call| {
        let (policy, document) = (policy()?, call.document());
        Ok(repeated(move || interpreted(&policy, Value::from(document.clone()))))
    },
    text: |call| {
        let (policy, text) = (policy()?, call.document().to_string());
        Ok(repeated(move || Value::from_json_str(&text).is_ok_and(|input| interpreted(&policy, input))))
    },
};

fn policy() -> Outcome<CompiledPolicy> {
    let rules = RULES.iter().map(in_rego);
    let rego = ["package gate\ndefault allow := false\n".to_owned()].into_iter().chain(rules).collect();
    let mut engine = Engine::new();
    engine.add_policy("gate.rego".to_owned(), rego)?;
    Ok(engine.compile_with_entrypoint(&ALLOW.into())?)
}

fn machine() -> Outcome<RegoVM> {
    let program = Compiler::compile_from_policy(&policy()?, &[ALLOW])?;
    let mut machine = RegoVM::new();
    machine.load_program(program);
    Ok(machine)
}

fn allows(machine: &mut RegoVM, input: Value) -> bool {
    machine.set_input(input);
    machine.execute_entry_point_by_index(0).is_ok_and(|value| value == Value::Bool(true))
}

fn interpreted(policy: &CompiledPolicy, input: Value) -> bool {
    policy.eval_with_input(input).is_ok_and(|value| value == Value::Bool(true))
}

fn in_rego(rule: &Rule) -> String {
    let Rule { tool, fields, currencies: [first, second, third], most, domain } = rule;
    format!(
        r#"
        allow if {{
            input.tool == "{tool}"
            input.arguments.{} in {{"{first}", "{second}", "{third}"}}
            input.arguments.{} <= {most}
            contains(input.arguments.{}, "{domain}")
        }}
        "#,
        fields.currency, fields.amount, fields.email,
    )
}
