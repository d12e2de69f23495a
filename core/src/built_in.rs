//! The scenarios that everybody should try, made for the tools at hand.
//!
//! Each has a reason, and where somebody has seen it happen, a source. Which tool stands where follows from what the names
//! say ([`Category::by_name`]), which is a guess; with one tool, every part is played by it. No call leaves the simulator.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use serde::Serialize;

use crate::call::Outcome;
use crate::compile::{CompiledPolicy, RuleList};
use crate::pointer::Pointer;
use crate::risk::Category;
use crate::scenario::{
    Agent, Args, Block, CallKind, MORNING, OnDenial, Per, Scenario, Shape, Share, notation,
};

const SECOND: u64 = 1_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

const GRANT: &str = "ci-agent";

/// A scenario to be made for tools.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct BuiltIn {
    /// Its name on the command line and in links: `minute-edge`.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Why to try it.
    pub reason: &'static str,
    /// Where it comes from, if it was seen or told elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<&'static str>,
    #[serde(skip)]
    make: fn(&Tools) -> Scenario,
}

/// The tools that scenarios are made for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tools {
    /// Those that are called, by name.
    pub names: Vec<String>,
    /// Those that are hidden, by name.
    pub hidden: Vec<String>,
    /// The tool and the argument, as keys from the outside in, of a rule that compares it. None: some tool's `amount`.
    pub compared: Option<(String, Vec<String>)>,
}

/// Every built-in scenario, the default first.
#[rustfmt::skip]
pub const ALL: [BuiltIn; 13] = [
    BuiltIn {
        id: "stuck-in-a-loop", title: "Stuck in a loop", make: stuck_in_a_loop,
        reason: "An agent calls one tool 12 times a second for 5 minutes: what limits are written for.",
        source: Some("SAF-T1106 \"Autonomous Loop Exploit\""),
    },
    BuiltIn {
        id: "retry-storm", title: "Retry storm on a broken server", make: retry_storm,
        reason: "The server answers every call with a protocol error, and each is given back: no limit ends the storm.",
        source: Some("NousResearch/hermes-agent#10447"),
    },
    BuiltIn {
        id: "retry-storm-tool-error", title: "Retry storm on a failing tool", make: retry_storm_tool_error,
        reason: "The same storm, but the tool itself fails (`isError: true`): such calls stay counted, and the limit bites.",
        source: Some("Intercept, source code"),
    },
    BuiltIn {
        id: "batch-job", title: "Batch job", make: batch_job,
        reason: "3,466 writes in 3 hours, evenly spaced: honest work that a limit of 10 a minute cuts to about half.",
        source: Some("doobidoo/mcp-memory-service#1096"),
    },
    BuiltIn {
        id: "runaway-session", title: "Runaway session", make: runaway_session,
        reason: "100,000 calls of one session, over all tools: what a day's budget is for.",
        source: Some("daintreehq/daintree#8468"),
    },
    BuiltIn {
        id: "minute-edge", title: "Minute edge", make: minute_edge,
        reason: "10 calls at 09:59:59 and 10 more at 10:00:00: windows of the calendar let both through.",
        source: Some("rate limit visualisers, \"edge burst\""),
    },
    BuiltIn {
        id: "slow-drip", title: "Slow drip", make: slow_drip,
        reason: "9 calls a minute all day, just under a limit of 10: finds the day limit that is missing.",
        source: None,
    },
    BuiltIn {
        id: "fan-out", title: "Fan-out", make: fan_out,
        reason: "One call to each tool, up to 60 of them, every minute: only a limit of all tools stops it.",
        source: None,
    },
    BuiltIn {
        id: "ping-pong", title: "Ping-pong", make: ping_pong,
        reason: "Two tools call for each other for 5 minutes: each limit sees half of it.",
        source: Some("SAF-T1106, cyclic chains"),
    },
    BuiltIn {
        id: "probe", title: "Probe hidden and unknown tools", make: probe,
        reason: "Names from a word list and the hidden ones: tells (hidden) from (default deny).",
        source: None,
    },
    BuiltIn {
        id: "argument-dodge", title: "Argument dodge", make: argument_dodge,
        reason: "An argument left out, null, as text, nested, renamed: shows which forms a deny_if misses.",
        source: None,
    },
    BuiltIn {
        id: "two-grants", title: "Two grants, one tool", make: two_grants,
        reason: "Two agents call the same tool 15 times in a minute: a counter per grant sees each alone.",
        source: None,
    },
    BuiltIn {
        id: "working-day", title: "Normal working day", make: working_day,
        reason: "Eight hours of mixed work: a policy that denies any of it is too tight.",
        source: None,
    },
];

/// Names that a prober tries.
const GUESSES: [&str; 12] = [
    "admin",
    "debug",
    "exec",
    "shell",
    "run_command",
    "read_secrets",
    "get_env",
    "list_keys",
    "delete_all",
    "drop_table",
    "transfer_funds",
    "__internal",
];

/// A scenario however it is said: by the name of a built-in one, which is made for the tools of a policy; as JSON; or in the
/// [`notation`].
///
/// # Errors
///
/// For people: what is wrong with it, and where.
pub fn read_scenario(text: &str, policy: &CompiledPolicy) -> Result<Scenario, String> {
    if let Some(built_in) = BuiltIn::find(text.trim()) {
        return Ok(built_in.scenario(&Tools::of(policy)));
    }
    if text.trim_start().starts_with('{') {
        return serde_json::from_str(text).map_err(|error| format!("the scenario cannot be read: {error}"));
    }
    notation::parse(text).map_err(|error| format!("the scenario cannot be read: {error}"))
}

impl BuiltIn {
    /// The scenario of this name, `minute-edge`.
    #[must_use]
    pub fn find(id: &str) -> Option<&'static Self> {
        ALL.iter().find(|built_in| built_in.id == id)
    }

    /// The scenario for these tools. Without any, it is about `run_tests`.
    ///
    /// ```
    /// use gatewright_core::built_in::{BuiltIn, Tools};
    /// use gatewright_core::scenario::notation;
    /// let tools = Tools { names: vec!["pytest".to_string()], ..Tools::default() };
    /// let stuck = BuiltIn::find("stuck-in-a-loop").unwrap().scenario(&tools);
    /// assert_eq!(notation::print(&stuck), "pytest × 12/s for 5m as ci-agent\n");
    /// ```
    #[must_use]
    pub fn scenario(&self, tools: &Tools) -> Scenario {
        (self.make)(tools)
    }
}

impl Tools {
    /// The tools that a policy names.
    #[must_use]
    pub fn of(policy: &CompiledPolicy) -> Self {
        let listed = policy.tool_names().filter(|name| !policy.hides(name));
        let names = listed.map(ToString::to_string).collect();
        let hidden = policy.hidden_names().map(ToString::to_string).collect();
        Self { names, hidden, compared: compared(policy) }
    }

    /// The first tool that does this, else the first that does more than look, else the first.
    fn one_that(&self, category: Category) -> &str {
        let first = |wanted: &dyn Fn(Category) -> bool| {
            self.names.iter().find(|name| Category::by_name(name).is_some_and(wanted))
        };
        let found = first(&|it| it == category).or_else(|| first(&|it| it != Category::Read));
        found.or_else(|| self.names.first()).map_or("run_tests", String::as_str)
    }

    /// The tools, `run_tests` where there are none, at most so many.
    fn some(&self, most: usize) -> Vec<&str> {
        let mut names: Vec<&str> = self.names.iter().map(String::as_str).take(most).collect();
        if names.is_empty() {
            names.push("run_tests");
        }
        names
    }
}

/// What the first rule compares that denies where an argument is too much.
fn compared(policy: &CompiledPolicy) -> Option<(String, Vec<String>)> {
    let of_rule = |list: RuleList| {
        policy.rules().iter().filter(move |rule| rule.list == list).find_map(|rule| {
            let tool =
                tool_of(&rule.pointer).or_else(|| policy.tool_names().next().map(ToString::to_string))?;
            let condition = rule.conditions.first()?;
            Some((tool, condition.path.keys().map(ToString::to_string).collect()))
        })
    };
    of_rule(RuleList::DenyIf).or_else(|| of_rule(RuleList::Require))
}

/// The tool that a place in a document is about.
fn tool_of(pointer: &Pointer) -> Option<String> {
    let mut tokens = pointer.tokens();
    (tokens.next()? == "tools").then(|| tokens.next().map(alloc::borrow::Cow::into_owned)).flatten()
}

fn call(tool: &str) -> CallKind {
    CallKind {
        tool: tool.to_string(),
        grant: GRANT.to_string(),
        outcome: Some(Outcome::Ok),
        ..CallKind::default()
    }
}

fn of<const N: usize>(blocks: [Block; N]) -> Scenario {
    Scenario { start: MORNING, blocks: Vec::from(blocks) }
}

fn repeat(call: CallKind, times: u64, every_ms: u64, at_ms: u64) -> Block {
    Block::new(Shape::Repeat { call, times, every_ms }, at_ms)
}

fn stuck_in_a_loop(tools: &Tools) -> Scenario {
    let call = call(tools.one_that(Category::Execute));
    of([Block::new(Shape::Rate { call, calls: 12, per: Per::Second, for_ms: 5 * MINUTE }, 0)])
}

fn storm(tools: &Tools, outcome: Outcome) -> Scenario {
    let call = CallKind { outcome: Some(outcome), ..call(tools.one_that(Category::Execute)) };
    let agent = Agent {
        every_ms: SECOND / 2,
        until_allowed: Some(91),
        for_ms: None,
        on_denial: OnDenial::RetryNow,
        give_up_after: Some(90),
    };
    of([Block::new(Shape::Loop { call, agent }, 0)])
}

fn retry_storm(tools: &Tools) -> Scenario {
    storm(tools, Outcome::ProtocolError)
}

fn retry_storm_tool_error(tools: &Tools) -> Scenario {
    storm(tools, Outcome::ToolError)
}

fn batch_job(tools: &Tools) -> Scenario {
    let call = CallKind { grant: "batch".to_string(), ..call(tools.one_that(Category::Write)) };
    of([repeat(call, 3_466, 3 * HOUR / 3_466, 0)])
}

fn runaway_session(tools: &Tools) -> Scenario {
    let of_all = tools
        .some(usize::MAX)
        .into_iter()
        .map(|tool| Share { weight: 1, call: CallKind { session: "runaway".to_string(), ..call(tool) } });
    let shape = Shape::Mix { of: of_all.collect(), calls: 10, per: Per::Second, for_ms: 10_000 * SECOND };
    of([Block { seed: 1, ..Block::new(shape, 0) }])
}

fn minute_edge(tools: &Tools) -> Scenario {
    let burst =
        |at_ms| Block::new(Shape::Burst { call: call(tools.one_that(Category::Execute)), times: 10 }, at_ms);
    Scenario { start: MORNING.plus(-1_000), ..of([burst(0), burst(SECOND)]) }
}

fn slow_drip(tools: &Tools) -> Scenario {
    let call = call(tools.one_that(Category::Execute));
    let day = Block::new(Shape::Rate { call, calls: 9, per: Per::Minute, for_ms: 24 * HOUR }, 0);
    Scenario { start: crate::policy::Window::Day.span(MORNING).start, ..of([day]) }
}

fn fan_out(tools: &Tools) -> Scenario {
    let each = (0..).zip(tools.some(60)).map(|(place, tool)| repeat(call(tool), 10, MINUTE, place * 100));
    Scenario { start: MORNING, blocks: each.collect() }
}

fn ping_pong(tools: &Tools) -> Scenario {
    let pair = tools.some(2);
    let one = pair.first().copied().unwrap_or_default();
    let other = pair.last().copied().unwrap_or_default();
    of([repeat(call(one), 150, 2 * SECOND, 0), repeat(call(other), 150, 2 * SECOND, SECOND)])
}

fn probe(tools: &Tools) -> Scenario {
    let hidden = tools.hidden.iter().map(String::as_str).take(60);
    let names = (0..).zip(GUESSES.into_iter().chain(hidden));
    let calls = names.map(|(place, name)| Block::new(Shape::Call { call: call(name) }, place * SECOND));
    Scenario { start: MORNING, blocks: calls.collect() }
}

fn argument_dodge(tools: &Tools) -> Scenario {
    let (tool, path) = match &tools.compared {
        Some((tool, path)) => (tool.as_str(), path.clone()),
        None => (tools.one_that(Category::Write), Vec::from(["amount".to_string()])),
    };
    // The argument at its path, innermost first.
    let nested = |value: &str, keys: &[String]| {
        keys.iter().rev().fold(value.to_string(), |inner, key| {
            format!("{{{}:{inner}}}", serde_json::to_string(key).unwrap_or_default())
        })
    };
    let mut renamed = path.clone();
    if let Some(last) = renamed.last_mut() {
        last.push('_');
    }
    let forms = [
        nested("10000000", &path),
        "{}".to_string(),
        nested("null", &path),
        nested("\"10000000\"", &path),
        nested("{\"value\":10000000}", &path),
        nested("[10000000]", &path),
        nested("10000000", &renamed),
    ];
    let calls = (0..).zip(forms).map(|(place, args)| {
        let call = CallKind { args: Args::parse(&args), ..call(tool) };
        Block::new(Shape::Call { call }, place * SECOND)
    });
    Scenario { start: MORNING, blocks: calls.collect() }
}

fn two_grants(tools: &Tools) -> Scenario {
    let by = |grant: &str, at_ms| {
        let call = CallKind { grant: grant.to_string(), ..call(tools.one_that(Category::Execute)) };
        repeat(call, 15, 4 * SECOND, at_ms)
    };
    of([by(GRANT, 0), by("dev-agent", SECOND)])
}

fn working_day(tools: &Tools) -> Scenario {
    let weight = |category| match category {
        Some(Category::Read) => 70,
        Some(Category::Write) => 25,
        Some(Category::Execute) | None => 15,
        Some(Category::Destructive | Category::Financial) => 5,
    };
    let shares = tools.some(usize::MAX).into_iter();
    let shares = shares.map(|tool| Share { weight: weight(Category::by_name(tool)), call: call(tool) });
    let shape = Shape::Mix { of: shares.collect(), calls: 60, per: Per::Hour, for_ms: 8 * HOUR };
    let work = Block { jitter_ms: 40 * SECOND, seed: 1, ..Block::new(shape, 0) };
    // At times somebody looks at many things at once.
    let look = |at_ms| repeat(call(tools.one_that(Category::Read)), 6, 5 * SECOND, at_ms);
    let day = of([work, look(HOUR + 10 * MINUTE), look(4 * HOUR), look(6 * HOUR + 25 * MINUTE)]);
    Scenario { start: MORNING.plus(-3_600_000), ..day }
}

#[cfg(test)]
mod tests;
