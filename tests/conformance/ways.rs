//! One call, judged in every way that there is. All ways must agree, and leave the counters alike.

use gatewright_core::evaluate::evaluate_line_traced;
use gatewright_core::{
    Arguments, CompiledPolicy, Counters, JudgedLine, ReservationId, Step, ToolCall, Verdict, evaluate,
    evaluate_line, evaluate_traced,
};
use serde_json::{Map, Value, json};

use crate::cases::Call;
use crate::subset::differences;

/// What came of a call.
pub(crate) struct Judged {
    /// The verdict, or `"other"` for a line that calls no tool.
    pub(crate) answer: Value,
    pub(crate) steps: Vec<Step>,
    pub(crate) reservation: Option<ReservationId>,
    pub(crate) counters: Counters,
    /// Where another way does not agree.
    pub(crate) told: Vec<String>,
}

/// What came of one way.
struct Found {
    answer: Value,
    reservation: Option<ReservationId>,
}

impl Found {
    fn verdict(verdict: &Verdict) -> Self {
        Self { answer: json!(verdict), reservation: verdict.reservation }
    }

    /// A line's verdict. `whole`: with what the line said beside the call.
    fn line(judged: &JudgedLine<'_>, whole: bool) -> Self {
        match judged {
            JudgedLine::Other => Self { answer: json!("other"), reservation: None },
            JudgedLine::Refused { verdict, .. } => Self::verdict(verdict),
            JudgedLine::ToolCall { id, tool, verdict } => {
                let mut found = Self::verdict(verdict);
                if let (Value::Object(answer), true) = (&mut found.answer, whole) {
                    answer.extend([("id".to_string(), json!(id)), ("tool".to_string(), json!(tool))]);
                }
                found
            }
        }
    }
}

/// The call as the case has it; of a line, who calls.
pub(crate) fn asked(call: &Call) -> ToolCall<'_> {
    ToolCall {
        tool: call.tool.as_deref().unwrap_or_default(),
        arguments: call.arguments(),
        grant: &call.grant,
        session: &call.session,
        at: call.at,
        approved: call.approved,
    }
}

/// Judges a call with counters as they were `before` it. `counted_by` is the policy that they belong to.
pub(crate) fn judge(
    policy: Option<&CompiledPolicy>,
    counted_by: &CompiledPolicy,
    call: &Call,
    before: &Counters,
) -> Judged {
    let mut steps = Vec::new();
    let asked = asked(call);
    if let Some(line) = call.line() {
        let plainly =
            |counters: &mut Counters| Found::line(&evaluate_line(policy, &line, &asked, counters), true);
        let mut ways = Ways::of("evaluate_line", before, plainly);
        ways.also("traced", before, |counters| {
            Found::line(&evaluate_line_traced(policy, &line, &asked, counters, &mut steps), true)
        });
        ways.restored(counted_by, before, plainly);
        return ways.judged(steps);
    }
    let with = |arguments| ToolCall { arguments, ..asked };
    let plainly = |counters: &mut Counters| Found::verdict(&evaluate(policy, &asked, counters));
    let mut ways = Ways::of("evaluate", before, plainly);
    ways.also("traced", before, |counters| {
        Found::verdict(&evaluate_traced(policy, &asked, counters, &mut steps))
    });
    ways.restored(counted_by, before, plainly);
    let forms = Forms::of(call);
    if let Some(text) = &forms.text {
        ways.also("arguments as text", before, |counters| {
            Found::verdict(&evaluate(policy, &with(Arguments::Text(text)), counters))
        });
        let line = forms.line(asked.tool);
        ways.also("as a line", before, |counters| {
            Found::line(&evaluate_line(policy, line.as_bytes(), &asked, counters), false)
        });
    }
    if let Some(parsed) = &forms.parsed {
        ways.also("arguments parsed", before, |counters| {
            Found::verdict(&evaluate(policy, &with(Arguments::Parsed(parsed)), counters))
        });
    }
    ways.judged(steps)
}

/// The arguments of a call in the forms that can say them.
struct Forms {
    parsed: Option<Map<String, Value>>,
    text: Option<String>,
}

impl Forms {
    fn of(call: &Call) -> Self {
        let written = |object: &Map<String, Value>| json!(object).to_string();
        match (&call.args, &call.args_text) {
            _ if !call.unknown_args.is_nothing() => Self { parsed: None, text: None },
            (Some(args), _) => Self { parsed: Some(args.clone()), text: Some(written(args)) },
            (None, Some(text)) => {
                // What is written again as it stands has no equal keys, and numbers that are kept as they are.
                let parsed = serde_json::from_str(text).ok().filter(|object| written(object) == *text);
                Self { parsed, text: Some(text.clone()) }
            }
            (None, None) => Self { parsed: Some(Map::new()), text: Some("{}".to_string()) },
        }
    }

    fn line(&self, tool: &str) -> String {
        let (tool, arguments) = (json!(tool), self.text.as_deref().unwrap_or_default());
        let params = format!(r#"{{"name":{tool},"arguments":{arguments}}}"#);
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#)
    }
}

/// The first way, and where others do not agree with it.
struct Ways {
    first: &'static str,
    found: Found,
    counters: Counters,
    told: Vec<String>,
}

impl Ways {
    fn of(first: &'static str, before: &Counters, judge: impl FnOnce(&mut Counters) -> Found) -> Self {
        let mut counters = before.clone();
        let found = judge(&mut counters);
        Self { first, found, counters, told: Vec::new() }
    }

    fn also(&mut self, way: &str, before: &Counters, judge: impl FnOnce(&mut Counters) -> Found) {
        let mut counters = before.clone();
        let found = judge(&mut counters);
        self.told.extend(unlike(self.first, &self.found.answer, way, &found.answer));
        if counters.export() != self.counters.export() {
            self.told.push(format!("{way}: the counters are not those of {}", self.first));
        }
    }

    /// With counters as they are once they have been exported.
    fn restored(
        &mut self,
        counted_by: &CompiledPolicy,
        before: &Counters,
        judge: impl FnOnce(&mut Counters) -> Found,
    ) {
        match Counters::restore(counted_by, &before.export()) {
            Ok(restored) => self.also("restored", &restored, judge),
            Err(problem) => self.told.push(problem.to_string()),
        }
    }

    fn judged(self, steps: Vec<Step>) -> Judged {
        let Self { found: Found { answer, reservation }, counters, told, .. } = self;
        Judged { answer, steps, reservation, counters, told }
    }
}

/// The first place where two answers are not the same.
pub(crate) fn unlike(first: &str, one: &Value, second: &str, other: &Value) -> Option<String> {
    let one_way = differences(&format!("{second}, not as by {first}"), one, other);
    let other_way = differences(&format!("{first}, not as by {second}"), other, one);
    one_way.into_iter().chain(other_way).next()
}
