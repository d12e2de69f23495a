use super::*;
use crate::compile::compile;
use crate::diagnostic::Code;
use crate::lint::lint;
use crate::risk::assess_all;
use crate::scenario::notation;
use crate::simulate::simulate;
use crate::tool::{ToolDefinition, read_tools};
use crate::verdict::Decision;

fn tools(list: &str) -> Vec<Assessed> {
    assess_all(read_tools(list).unwrap())
}

fn risky(name: &str, category: Option<Category>, level: Level) -> Assessed {
    let tool = ToolDefinition { name: name.to_string(), ..ToolDefinition::default() };
    let mut risk = crate::risk::assess(&tool);
    (risk.category, risk.level) = (category, level);
    Assessed { tool, risk }
}

/// What is recommended, as `limit 30/1000`.
fn in_short(advice: &Advice) -> String {
    let treatment = serde_json::to_string(&advice.treatment).unwrap();
    match (advice.max("minute"), advice.max("day")) {
        (0, 0) => treatment.trim_matches('"').to_string(),
        (minute, day) => format!("{minute}/{day}"),
    }
}

#[test]
fn what_a_tool_does_and_the_choice_say_what_becomes_of_it() {
    use Category::{Destructive, Execute, Financial, Read, Write};
    use Level::{Critical, High, Low, Medium};
    #[rustfmt::skip]
    let cases = [
        // category         level      strict      balanced    permissive  why
        (Some(Read),        Low,      ["allow",    "allow",    "allow"],    "it only looks"),
        (Some(Read),        Medium,   ["allow",    "allow",    "allow"],    "it looks at what is inside"),
        (Some(Read),        High,     ["hide",     "10/500",   "30/2000"],  "it looks at secrets"),
        (Some(Write),       Medium,   ["10/200",   "30/1000",  "60/5000"],  "the catalogue's 30 a minute"),
        (Some(Write),       High,     ["5/100",    "10/500",   "30/2000"],  "a write that is as risky as running something"),
        (Some(Execute),     High,     ["5/100",    "10/500",   "30/2000"],  "the catalogue's 10 a minute"),
        (Some(Execute),     Critical, ["hide",     "10/500",   "30/2000"],  "whatever its caller writes"),
        (Some(Destructive), High,     ["hide",     "hide",     "approval"], "gone is gone"),
        (Some(Financial),   Critical, ["hide",     "approval", "approval"], "money waits for a person"),
        (None,              Medium,   ["deny",     "deny",     "approval"], "nobody knows"),
    ];
    for (category, level, expected, why) in cases {
        let tool = risky("it", category, level);
        let advice = Choice::ALL.map(|choice| in_short(&advise(&tool, choice)));
        assert_eq!(advice, expected, "{category:?} {level:?}: {why}");
    }
}

#[test]
fn a_policy_is_written_with_the_reason_of_each_line() {
    let tools = tools(
        r#"[{"name": "run_tests"}, {"name": "list_files"}, {"name": "delete_file"}, {"name": "customer"}]"#,
    );
    let Recommended { policy, lines } = recommend(&tools, Choice::Balanced).alone();
    assert_eq!(
        policy,
        r#"{
  "version": "1",
  "default": "deny",
  "hide": [
    "delete_file"
  ],
  "all_tools": {
    "limits": [
      { "counter": "all_calls_rate", "window": "minute", "max": 60, "scope": "grant" },
      { "counter": "all_calls_per_day", "window": "day", "max": 5000, "scope": "grant" }
    ]
  },
  "tools": {
    "list_files": {},
    "run_tests": {
      "limits": [
        { "counter": "run_tests_rate", "window": "minute", "max": 10, "scope": "grant" },
        { "counter": "run_tests_per_day", "window": "day", "max": 500, "scope": "grant" }
      ]
    }
  }
}
"#
    );
    let told: Vec<(&str, &str)> =
        lines.iter().map(|line| (line.pointer.as_str(), line.tool.as_deref().unwrap_or("-"))).collect();
    #[rustfmt::skip]
    assert_eq!(told, [
        ("/default", "-"), ("/all_tools/limits/0", "-"), ("/all_tools/limits/1", "-"),
        ("/default", "customer"), ("/hide/0", "delete_file"), ("/tools/list_files", "list_files"),
        ("/tools/run_tests", "run_tests"), ("/tools/run_tests/limits/0", "run_tests"), ("/tools/run_tests/limits/1", "run_tests"),
    ]);
    assert_eq!(lines[8].why, "10 a minute alone would be 14,400 a day.");
    let figures = recommend(&tools, Choice::Balanced).figures(&tools);
    let counted = [figures.allowed, figures.limited, figures.approval, figures.hidden, figures.denied];
    assert_eq!((counted, figures.limited_a_day), ([1, 1, 0, 1, 1], 500));
    assert!(figures.passing > 0 && figures.passing < figures.working_day, "{figures:?}");
}

#[test]
fn a_tool_alone_needs_no_limit_of_all_tools() {
    let policy = recommend(&tools(r#"[{"name": "run_tests"}]"#), Choice::Balanced).alone().policy;
    assert!(!policy.contains("all_tools"), "{policy}");
}

#[test]
fn of_tools_with_one_name_the_riskiest_counts() {
    let both = [
        risky("sync", Some(Category::Read), Level::Low),
        risky("sync", Some(Category::Destructive), Level::High),
        risky("sync", None, Level::Medium),
    ];
    let advice = recommend(&both, Choice::Balanced).tools;
    assert_eq!(advice.iter().map(in_short).collect::<Vec<_>>(), ["hide"]);
}

/// A tool with arguments of every kind that can be held.
const ARGUMENTS: &str = r#"[
    {"name": "write_file", "description": "Writes a file.", "inputSchema": {"type": "object", "properties": {
        "path": {"type": "string", "description": "Path of the file"},
        "config": {"type": "string", "description": "Path of a configuration file"},
        "paths": {"type": "array", "items": {"type": "string"}, "description": "Paths of files"},
        "event": {"type": "string", "enum": ["COMMENT", "APPROVE"]}
    }, "required": ["path", "event"]}},
    {"name": "open_page", "description": "Opens a page.", "inputSchema": {"type": "object", "properties": {
        "url": {"type": "string", "format": "uri"}
    }, "required": ["url"]}},
    {"name": "create_charge", "description": "Charges a customer's card.", "inputSchema": {"type": "object", "properties": {
        "amount": {"type": "integer", "minimum": 1}
    }, "required": ["amount"]}}
]"#;

#[test]
fn arguments_are_held_where_the_schema_gives_something_to_hold_on_to() {
    use Decision::{Allow, Approval, Deny};
    let tools = tools(ARGUMENTS);
    let policy = |choice| {
        let text = recommend(&tools, choice).alone().policy;
        compile(&parse(&text)).unwrap_or_else(|found| panic!("{text}: {found:?}"))
    };
    let [strict, balanced, permissive] = Choice::ALL.map(policy);
    let file =
        |path: &str| (String::from("write_file"), format!(r#"{{"path": "{path}", "event": "COMMENT"}}"#));
    let page = |url: &str| (String::from("open_page"), format!(r#"{{"url": "{url}"}}"#));
    #[rustfmt::skip]
    let cases = [
        // policy      call                                     decision  why
        (&balanced,   file("/work/a.txt"),                       Allow,    "an ordinary file"),
        (&balanced,   file("/work/../etc/passwd"),               Deny,     "a way up"),
        (&permissive, file(".."),                                Deny,     "the folder above"),
        (&balanced,   file("/work/a..b"),                        Allow,    "two dots in a name lead nowhere"),
        (&balanced,   file("/home/me/.ssh/id_ed25519"),          Deny,     "a key"),
        (&balanced,   file("/work/.env.local"),                  Deny,     "a file of secrets"),
        (&permissive, file("/work/.env"),                        Allow,    "somebody watches"),
        (&balanced,   file("/work/.envelope"),                   Allow,    "a name that only begins like one"),
        (&balanced,   ("write_file".into(), r#"{"path": "a", "event": "APPROVE"}"#.into()), Deny, "a person approves"),
        (&balanced,   ("write_file".into(), r#"{"path": "a", "event": "COMMENT", "config": "../x"}"#.into()), Deny, "an argument that may be left out"),
        (&balanced,   page("https://example.com/"),              Allow,    "the web"),
        (&balanced,   page("http://localhost:3000/"),            Allow,    "somebody develops there"),
        (&strict,     page("http://example.com/"),               Deny,     "not encrypted"),
        (&strict,     page("https://10.0.0.1/"),                 Deny,     "a network of the house"),
        (&balanced,   page("FILE:///etc/passwd"),                Deny,     "no page"),
        (&permissive, page("http://169.254.169.254/latest/"),    Deny,     "where credentials are handed out"),
        (&balanced,   ("create_charge".into(), r#"{"amount": 5}"#.into()), Approval, "a person is asked"),
        (&strict,     ("create_charge".into(), r#"{"amount": 5}"#.into()), Deny, "hidden"),
    ];
    for (policy, (tool, args), expected, why) in cases {
        let calls = notation::parse(&format!("{tool} with {args}")).unwrap().calls().unwrap();
        let decision = simulate(policy, &calls).decision(0);
        assert_eq!(decision, Some(expected), "{tool} {args}: {why}");
    }
    let advice = recommend(&tools, Choice::Balanced).tools;
    let write = advice.iter().find(|advice| advice.tool == "write_file").unwrap();
    assert_eq!(
        write.not_held,
        ["`paths`: a rule compares the items of a list as a whole, and no part of one."]
    );
}

#[test]
fn the_linter_finds_nothing_but_that_approval_is_our_own() {
    let tools = tools(ARGUMENTS);
    let definitions: Vec<ToolDefinition> = tools.iter().map(|tool| tool.tool.clone()).collect();
    for choice in Choice::ALL {
        let text = recommend(&tools, choice).alone().policy;
        let found = lint(&parse(&text), Some(&definitions));
        let unexpected: Vec<_> =
            found.iter().filter(|lint| lint.diagnostic.code != Code::NotPortable).collect();
        assert!(unexpected.is_empty(), "{choice:?}: {unexpected:?}\n{text}");
        assert_eq!(found.is_empty(), choice == Choice::Strict, "{choice:?}: approval is found");
    }
}

#[test]
fn what_a_policy_says_of_other_tools_stays() {
    let before = r#"{
  "version": "1", // ours
  "default": "allow",
  "hide": ["list_files"],
  "all_tools": { "limits": [{ "counter": "all", "window": "day", "max": 9, "scope": "grant" }] },
  "tools": {
    "other": { "limits": [] }, // kept
    "run_tests": { "deny_if": [{ "conditions": [] }] }
  }
}
"#;
    let tools = tools(
        r#"[{"name": "run_tests"}, {"name": "list_files"}, {"name": "customer"}, {"name": "save_it"}]"#,
    );
    let recommendation = recommend(&tools, Choice::Balanced);
    let after = recommendation.onto(before).unwrap();
    assert_eq!(
        after.policy,
        r#"{
  "version": "1", // ours
  "default": "deny",
  "all_tools": { "limits": [{ "counter": "all", "window": "day", "max": 9, "scope": "grant" }] },
  "tools": {
    "other": { "limits": [] }, // kept
    "run_tests": {
      "limits": [
        { "counter": "run_tests_rate", "window": "minute", "max": 10, "scope": "grant" },
        { "counter": "run_tests_per_day", "window": "day", "max": 500, "scope": "grant" }
      ]
    },
    "list_files": {},
    "save_it": {
      "limits": [
        { "counter": "save_it_rate", "window": "minute", "max": 30, "scope": "grant" },
        { "counter": "save_it_per_day", "window": "day", "max": 1000, "scope": "grant" }
      ]
    }
  }
}
"#
    );
    assert_eq!(recommendation.onto(&after.policy).unwrap(), after, "once is enough");
    let alone = advise(&tools[0], Choice::Balanced).onto(before).unwrap();
    assert!(
        alone.policy.contains(r#""default": "allow""#) && alone.policy.contains("run_tests_rate"),
        "{}",
        alone.policy
    );
    let error = recommendation.onto(r#"{"version": "1", "default": "deny", "hide": ["*"]}"#).unwrap_err();
    assert!(error.to_string().contains("`hide` has `*`"), "{error}");
}
