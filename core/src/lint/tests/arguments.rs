use super::*;

const TOOLS: &str = r##"[
    {"name": "pay", "inputSchema": {"type": "object", "required": ["amount", "to", "memo", "filter"],
        "properties": {
            "amount": {"type": "number"},
            "to": {"type": ["string", "null"]},
            "memo": {},
            "force": {"type": "boolean", "default": false},
            "loud": {"type": "boolean", "default": true},
            "filter": {"type": "object", "required": ["owner"], "properties": {"owner": {"$ref": "#/$defs/name"}}}
        },
        "$defs": {"name": {"type": "string"}}}},
    {"name": "ping", "inputSchema": {"type": "object", "additionalProperties": false, "properties": {}}},
    {"name": "free"}
]"##;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    (Code::DenyIfEvaded, "run.deny_if: a gt 5",                             "", &["/tools/run/deny_if/0/conditions/0"], "nothing asks for it"),
    (Code::DenyIfEvaded, "run.deny_if: a gt 5 ; run.require: a exists true", "", &[], "asked for"),
    (Code::DenyIfEvaded, "run.deny_if: a gt 5 ; run.require: a lt 100",     "", &[], "any condition of require fails without it"),
    (Code::DenyIfEvaded, "run.deny_if: a gt 5 ; run.require: b eq 1 && a lt 100", "", &[], "beside others"),
    (Code::DenyIfEvaded, "run.deny_if: a gt 5 ; run.require: a exists false", "", &["/tools/run/deny_if/0/conditions/0"], "asked not to be there"),
    (Code::DenyIfEvaded, "run.deny_if: a gt 5 ; run.require: b exists true", "", &["/tools/run/deny_if/0/conditions/0"], "another argument"),
    (Code::DenyIfEvaded, "run.deny_if: a gt 5 ; all_tools.require: a exists true", "", &[], "asked for of all tools"),
    (Code::DenyIfEvaded, "run.deny_if: a gt 5 ; read.require: a exists true", "", &["/tools/run/deny_if/0/conditions/0"], "asked for of another tool"),
    (Code::DenyIfEvaded, "run.deny_if: a gt 5 ; run.deny_if: a exists false", "", &[], "denied without it"),
    (Code::DenyIfEvaded, "run.deny_if: a gt 5 ; run.deny_if: a exists false && b eq 1", "", &["/tools/run/deny_if/0/conditions/0", "/tools/run/deny_if/1/conditions/1"], "denied without it in one case only"),
    (Code::DenyIfEvaded, "run.deny_if: a gt 5 && b eq 1",                   "", &["/tools/run/deny_if/0/conditions/0"], "either of two, told once"),
    (Code::DenyIfEvaded, "run.deny_if: a gt 5 && b eq 1 ; run.require: a exists true", "", &["/tools/run/deny_if/0/conditions/1"], "the one that is left"),
    (Code::DenyIfEvaded, "run.deny_if: a gt 5 && a lt 9",                   "", &["/tools/run/deny_if/0/conditions/0"], "one argument, told once"),
    (Code::DenyIfEvaded, "run.deny_if: a exists true",                      "", &[], "leaving it out is what it asks for"),
    (Code::DenyIfEvaded, "run.deny_if: a exists true && a gt 5",            "", &[], "it says that it is meant so"),
    (Code::DenyIfEvaded, "run.deny_if: a.b gt 5 ; run.require: a exists true", "", &["/tools/run/deny_if/0/conditions/0"], "what is in it may be left out"),
    (Code::DenyIfEvaded, "run.deny_if: a contains 5 ; run.require: a.b exists true", "", &[], "it holds what is asked for"),
    (Code::DenyIfEvaded, "run.deny_if: ab gt 5 ; run.require: a.b exists true", "", &["/tools/run/deny_if/0/conditions/0"], "another name"),
    (Code::DenyIfEvaded, "run.deny_if: always ; run.deny_if: a gt 5",       "", &[], "denied anyway"),
    (Code::DenyIfEvaded, "hide: run ; run.deny_if: a gt 5",                 "", &[], "hidden"),
    (Code::DenyIfEvaded, "run.require_approval: a gt 5",                    "", &[], "another list"),
    (Code::DenyIfEvaded, "all_tools.deny_if: a gt 5 ; run ; read",          "", &["/all_tools/deny_if/0/conditions/0"], "under all_tools"),
    (Code::DenyIfEvaded, "all_tools.deny_if: a gt 5 ; run.require: a exists true ; read.require: a eq 1", "", &[], "each tool asks for it"),
    (Code::DenyIfEvaded, "all_tools.deny_if: a gt 5 ; run.require: a exists true ; read", "", &["/all_tools/deny_if/0/conditions/0"], "one tool does not"),
    (Code::DenyIfEvaded, "default: allow ; all_tools.deny_if: a gt 5 ; run.require: a exists true", "", &["/all_tools/deny_if/0/conditions/0"], "tools that are not listed do not"),

    (Code::DenyIfEvaded, "pay.deny_if: amount gt 5",             TOOLS, &[], "the server requires it"),
    (Code::DenyIfEvaded, "pay.deny_if: to eq \"me\"",            TOOLS, &["/tools/pay/deny_if/0/conditions/0"], "required, and may be null"),
    (Code::DenyIfEvaded, "pay.deny_if: memo eq \"me\"",          TOOLS, &["/tools/pay/deny_if/0/conditions/0"], "required, and may be anything"),
    (Code::DenyIfEvaded, "pay.deny_if: filter.owner eq \"me\"",  TOOLS, &[], "required at each step"),
    (Code::DenyIfEvaded, "pay.deny_if: force eq true",           TOOLS, &[], "left out, it is false"),
    (Code::DenyIfEvaded, "pay.deny_if: loud eq true",            TOOLS, &["/tools/pay/deny_if/0/conditions/0"], "left out, it is true"),
    (Code::DenyIfEvaded, "free.deny_if: amount gt 5",            TOOLS, &["/tools/free/deny_if/0/conditions/0"], "a tool without a schema"),
    (Code::DenyIfEvaded, "pay.deny_if: amount gt 5",             "",    &["/tools/pay/deny_if/0/conditions/0"], "the schema is not known"),
    (Code::DenyIfEvaded, "all_tools.deny_if: amount gt 5 ; pay ; ping", TOOLS, &[], "one requires it, the other has none"),

    (Code::MissingCost, "pay.limits: spend day 9 grant force",   TOOLS, &["/tools/pay/limits/0/increment_from"], "it may be left out"),
    (Code::MissingCost, "free.limits: spend day 9 grant x",      TOOLS, &[], "a tool without a schema says nothing"),
    (Code::MissingCost, "pay.limits: spend day 9 grant amount",  TOOLS, &[], "the server requires it"),
    (Code::MissingCost, "pay.limits: spend day 9 grant loud ; pay.require: loud exists true", TOOLS, &[], "asked for"),
    (Code::MissingCost, "ping.limits: spend day 9 grant amount", TOOLS, &[], "told as not in the schema"),
    (Code::MissingCost, "pay.limits: spend day 9 grant force",   "",    &[], "the schema is not known"),
];

#[test]
fn the_call_that_evades_passes_what_else_is_asked() {
    #[rustfmt::skip]
    let cases = [
        ("run.deny_if: a gt 5",                                     r#"{"tool":"run","grant":"ci","args":{}}"#, "nothing else is asked"),
        ("run.deny_if: a gt 5 ; run.require: b in [\"x\", \"y\"] && c gte 2.5", r#"{"tool":"run","grant":"ci","args":{"b":"x","c":3.5}}"#, "what is required is there"),
        ("run.deny_if: a gt 5 ; all_tools.require: u regex \"^https://\"", r#"{"tool":"run","grant":"ci","args":{"u":"https://"}}"#, "and matches"),
        ("run.deny_if: a gt 5 && b eq 1",                           r#"{"tool":"run","grant":"ci","args":{"b":1}}"#, "the other conditions hold"),
        ("run.deny_if: o.a gt 5 ; run.require: o.b exists true",    r#"{"tool":"run","grant":"ci","args":{"o":{"b":"x"}}}"#, "inside an object"),
    ];
    for (short, expected, why) in cases {
        let scenario = first(Code::DenyIfEvaded, short, "").scenario.unwrap();
        let expected: Value = serde_json::from_str(expected).unwrap();
        assert_eq!(scenario["blocks"][0]["call"], expected, "{short}: {why}");
    }
    let impossible = "run.deny_if: a gt 5 ; run.require: b regex \"a{300}\"";
    assert_eq!(first(Code::DenyIfEvaded, impossible, "").scenario, None, "no text was found");
}

#[test]
fn what_is_inserted_keeps_the_layout() {
    let text = "{\n  \"version\": \"1\",\n  \"default\": \"deny\",\n  \"tools\": {\n    \"run\": {\n      \"deny_if\": [{ \"conditions\": [{ \"path\": \"args.a\", \"op\": \"gt\", \"value\": 5 }] }]\n    }\n  }\n}\n";
    let fix = lints(text, "")[0].diagnostic.fix.clone().unwrap();
    assert_eq!(fix.label, "require `args.a`");
    assert_eq!(
        fix.edits[0].text,
        "      \"require\": [{ \"conditions\": [{ \"path\": \"args.a\", \"op\": \"exists\", \"value\": true }] }],\n"
    );
}
