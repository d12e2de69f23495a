//! cedar-policy: a policy per tool, in the order of the rules. The tool is the action, its arguments are the context.

use ::cedar_policy::{
    Authorizer, Context, Decision, Entities, EntityId, EntityTypeName, EntityUid, PolicySet, Request,
};

use crate::calls::Call;
use crate::contestant::{Contestant, Outcome, repeated};
use crate::policy::{RULES, Rule};

pub(crate) const CEDAR: Contestant = Contestant {
    name: "cedar-policy",
    own: |call| {
        let gate = Gate::new()?;
        let context = Context::from_json_value(call.arguments.clone(), None)?;
        let request = gate.request(call, context)?;
        Ok(repeated(move || gate.allows(&request)))
    },
    parsed: |call| {
        let (gate, call) = (Gate::new()?, call.clone());
        Ok(repeated(move || {
            // Cedar keeps what it is given, so the value that the caller holds is copied.
            let context = Context::from_json_value(call.arguments.clone(), None);
            let request = context.map_err(Into::into).and_then(|context| gate.request(&call, context));
            request.is_ok_and(|request| gate.allows(&request))
        }))
    },
    text: |call| {
        let (gate, text, call) = (Gate::new()?, call.arguments_text(), call.clone());
        Ok(repeated(move || {
            let context = Context::from_json_str(&text, None);
            let request = context.map_err(Into::into).and_then(|context| gate.request(&call, context));
            request.is_ok_and(|request| gate.allows(&request))
        }))
    },
};

struct Gate {
    authorizer: Authorizer,
    policies: PolicySet,
    entities: Entities,
    agent: EntityUid,
    action: EntityTypeName,
    server: EntityUid,
}

impl Gate {
    fn new() -> Outcome<Self> {
        let policies: String = RULES.iter().map(in_cedar).collect();
        Ok(Self {
            authorizer: Authorizer::new(),
            policies: policies.parse()?,
            entities: Entities::empty(),
            agent: r#"Agent::"ci""#.parse()?,
            action: "Action".parse()?,
            server: r#"Server::"payments""#.parse()?,
        })
    }

    fn request(&self, call: &Call, context: Context) -> Outcome<Request> {
        let action = EntityUid::from_type_name_and_id(self.action.clone(), EntityId::new(call.tool));
        Ok(Request::new(self.agent.clone(), action, self.server.clone(), context, None)?)
    }

    fn allows(&self, request: &Request) -> bool {
        let response = self.authorizer.is_authorized(request, &self.policies, &self.entities);
        response.decision() == Decision::Allow
    }
}

fn in_cedar(rule: &Rule) -> String {
    let Rule { tool, fields, currencies, most, domain } = rule;
    format!(
        r#"permit (principal, action == Action::"{tool}", resource) when {{
            {currencies:?}.contains(context.{}) &&
            context.{} <= {most} &&
            context.{} like "*{domain}*"
        }};"#,
        fields.currency, fields.amount, fields.email,
    )
}
