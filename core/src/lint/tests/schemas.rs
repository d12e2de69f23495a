use super::*;

const TOOLS: &str = r##"[
    {"name": "pay", "inputSchema": {"type": "object", "additionalProperties": false, "required": ["amount"],
        "properties": {
            "amount": {"type": "integer", "minimum": 1, "maximum": 100},
            "price": {"type": "string"},
            "currency": {"type": "string", "enum": ["usd", "eur"]},
            "note": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "tags": {"type": "array", "items": {"type": "string"}},
            "force": {"type": "boolean"},
            "any": {},
            "who": {"$ref": "#/$defs/who"},
            "loop": {"$ref": "#/$defs/loop"}
        },
        "$defs": {
            "who": {"type": "object", "properties": {"name": {"type": "string"}}, "additionalProperties": false},
            "loop": {"anyOf": [{"$ref": "#/$defs/loop"}, {"$ref": "#/$defs/loop"}]}
        }}},
    {"name": "open", "inputSchema": {"type": "object", "properties": {"amount": {"type": "string"}, "path": {"type": "string"}}}},
    {"name": "bare"}
]"##;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    (Code::ArgumentNotInSchema, "pay.deny_if: ammount gt 5",       TOOLS, &["/tools/pay/deny_if/0/conditions/0/path"], "misspelled"),
    (Code::ArgumentNotInSchema, "pay.deny_if: zzz gt 5",           TOOLS, &["/tools/pay/deny_if/0/conditions/0/path"], "excluded"),
    (Code::ArgumentNotInSchema, "pay.require: who.nam eq 5",       TOOLS, &["/tools/pay/require/0/conditions/0/path"], "misspelled further in"),
    (Code::ArgumentNotInSchema, "pay.deny_if: price.cents gt 5",   TOOLS, &["/tools/pay/deny_if/0/conditions/0/path"], "text has no keys"),
    (Code::ArgumentNotInSchema, "pay.limits: spend day 9 grant ammount", TOOLS, &["/tools/pay/limits/0/increment_from"], "a cost"),
    (Code::ArgumentNotInSchema, "open.deny_if: pth eq \"x\"",      TOOLS, &["/tools/open/deny_if/0/conditions/0/path"], "near a name, though others are not excluded"),
    (Code::ArgumentNotInSchema, "open.deny_if: zzz eq \"x\"",      TOOLS, &[], "others are not excluded"),
    (Code::ArgumentNotInSchema, "pay.deny_if: any.thing eq 1",     TOOLS, &[], "anything goes there"),
    (Code::ArgumentNotInSchema, "pay.deny_if: loop.x eq 1",        TOOLS, &[], "a schema without end says nothing"),
    (Code::ArgumentNotInSchema, "bare.deny_if: zzz eq 1",          TOOLS, &[], "no schema"),
    (Code::ArgumentNotInSchema, "pay.deny_if: ammount gt 5",       "",    &[], "the schema is not known"),
    (Code::ArgumentNotInSchema, "all_tools.deny_if: pth eq 1 ; open", TOOLS, &["/all_tools/deny_if/0/conditions/0/path"], "no listed tool has it"),
    (Code::ArgumentNotInSchema, "all_tools.deny_if: path eq 1 ; open ; pay", TOOLS, &[], "one of them has it"),
    (Code::ArgumentNotInSchema, "default: allow ; all_tools.deny_if: pth eq 1 ; open", TOOLS, &[], "another tool may"),

    (Code::TypeNeverSent, "pay.deny_if: price gt 5",               TOOLS, &["/tools/pay/deny_if/0/conditions/0/op"], "text is no number"),
    (Code::TypeNeverSent, "pay.deny_if: amount regex \"^5\"",      TOOLS, &["/tools/pay/deny_if/0/conditions/0/op"], "a number is no text"),
    (Code::TypeNeverSent, "pay.deny_if: amount contains \"5\"",    TOOLS, &["/tools/pay/deny_if/0/conditions/0/op"], "nor is anything in it"),
    (Code::TypeNeverSent, "pay.deny_if: price contains 5",         TOOLS, &["/tools/pay/deny_if/0/conditions/0/op"], "5 is in lists only"),
    (Code::TypeNeverSent, "pay.deny_if: tags contains \"x\"",      TOOLS, &[], "a list of text"),
    (Code::TypeNeverSent, "pay.require: amount eq \"5\"",          TOOLS, &["/tools/pay/require/0/conditions/0/value"], "a number never equals text"),
    (Code::TypeNeverSent, "pay.require: amount in [\"5\", \"6\"]", TOOLS, &["/tools/pay/require/0/conditions/0/value"], "nor one of several"),
    (Code::TypeNeverSent, "pay.require: amount in [\"5\", 6]",     TOOLS, &[], "6 is sent"),
    (Code::TypeNeverSent, "pay.deny_if: force neq \"true\"",       TOOLS, &["/tools/pay/deny_if/0/conditions/0/value"], "always another type"),
    (Code::TypeNeverSent, "pay.require: amount eq 5",              TOOLS, &[], "the type it is"),
    (Code::TypeNeverSent, "pay.require: note regex \"^x$\"",       TOOLS, &[], "text or null"),
    (Code::TypeNeverSent, "pay.require: note gt 5",                TOOLS, &["/tools/pay/require/0/conditions/0/op"], "neither is a number"),
    (Code::TypeNeverSent, "pay.require: any gt 5",                 TOOLS, &[], "anything may be sent"),
    (Code::TypeNeverSent, "pay.require: loop gt 5",                TOOLS, &[], "a schema without end says nothing"),
    (Code::TypeNeverSent, "pay.require: price exists true",        TOOLS, &[], "asks no type"),
    (Code::TypeNeverSent, "pay.require: price eq null",            TOOLS, &[], "told as never holding"),
    (Code::TypeNeverSent, "pay.limits: spend day 9 grant price",   TOOLS, &["/tools/pay/limits/0/increment_from"], "a cost is a number"),
    (Code::TypeNeverSent, "pay.limits: spend day 9 grant amount",  TOOLS, &[], "it is one"),
    (Code::TypeNeverSent, "all_tools.deny_if: amount gt 5 ; pay ; open", TOOLS, &["/all_tools/deny_if/0/conditions/0/op"], "one tool sends text"),
    (Code::TypeNeverSent, "all_tools.deny_if: amount gt 5 ; pay",  TOOLS, &[], "the listed one sends numbers"),
    (Code::TypeNeverSent, "pay.deny_if: price gt 5",               "",    &[], "the schema is not known"),

    (Code::ValueNeverSent, "pay.require: currency eq \"USD\"",     TOOLS, &["/tools/pay/require/0/conditions/0/value"], "letter case"),
    (Code::ValueNeverSent, "pay.require: currency in [\"usd\", \"yen\"]", TOOLS, &["/tools/pay/require/0/conditions/0/value/1"], "one of the list"),
    (Code::ValueNeverSent, "pay.deny_if: amount eq 500",           TOOLS, &["/tools/pay/deny_if/0/conditions/0/value"], "beyond its bounds"),
    (Code::ValueNeverSent, "pay.deny_if: amount neq 1.5",          TOOLS, &["/tools/pay/deny_if/0/conditions/0/value"], "not a whole number"),
    (Code::ValueNeverSent, "pay.deny_if: amount eq 5.0",           TOOLS, &[], "a whole number"),
    (Code::ValueNeverSent, "pay.require: currency in [\"usd\"]",   TOOLS, &[], "one of the values"),
    (Code::ValueNeverSent, "pay.require: currency eq 5",           TOOLS, &[], "told as another type"),
    (Code::ValueNeverSent, "pay.require: price eq \"USD\"",        TOOLS, &[], "any text may be sent"),
    (Code::ValueNeverSent, "pay.require: currency eq \"USD\"",     "",    &[], "the schema is not known"),

    (Code::SchemaDecides, "pay.require: currency in [\"usd\", \"eur\"]", TOOLS, &["/tools/pay/require/0/conditions/0"], "every value"),
    (Code::SchemaDecides, "pay.require: currency in [\"usd\"]",    TOOLS, &[], "one of two"),
    (Code::SchemaDecides, "pay.require: currency regex \"^[a-z]{3}$\"", TOOLS, &["/tools/pay/require/0/conditions/0"], "each matches"),
    (Code::SchemaDecides, "pay.deny_if: currency contains \"yen\"", TOOLS, &["/tools/pay/deny_if/0/conditions/0"], "in none of them"),
    (Code::SchemaDecides, "pay.deny_if: force in [true, false]",   TOOLS, &["/tools/pay/deny_if/0/conditions/0"], "there is no third"),
    (Code::SchemaDecides, "pay.deny_if: amount gt 100",            TOOLS, &["/tools/pay/deny_if/0/conditions/0"], "never above 100"),
    (Code::SchemaDecides, "pay.deny_if: amount gte 100",           TOOLS, &[], "100 itself"),
    (Code::SchemaDecides, "pay.deny_if: amount gt 99",             TOOLS, &[], "100 is above"),
    (Code::SchemaDecides, "pay.require: amount gte 1",             TOOLS, &["/tools/pay/require/0/conditions/0"], "always"),
    (Code::SchemaDecides, "pay.require: amount lt 1",              TOOLS, &["/tools/pay/require/0/conditions/0"], "never"),
    (Code::SchemaDecides, "pay.require: amount lte 1",             TOOLS, &[], "1 itself"),
    (Code::SchemaDecides, "pay.require: currency eq \"USD\"",      TOOLS, &[], "told as never sent"),
    (Code::SchemaDecides, "pay.deny_if: force eq \"true\"",       TOOLS, &[], "told as another type"),
    (Code::SchemaDecides, "pay.require: amount exists true",       TOOLS, &[], "that the server looks too is no reason not to"),
    (Code::SchemaDecides, "pay.deny_if: amount gt 100",            "",    &[], "the schema is not known"),

    (Code::CostNeverFits, "pay.limits: spend day 0.5 grant amount", TOOLS, &["/tools/pay/limits/0/max"], "an amount is at least 1"),
    (Code::CostNeverFits, "pay.limits: spend day 1 grant amount",  TOOLS, &[], "1 fits"),
    (Code::CostNeverFits, "pay.limits: spend day 0.5 grant amount", "",   &[], "the schema is not known"),
];

#[test]
fn messages_name_what_the_tool_sends() {
    #[rustfmt::skip]
    let cases = [
        (Code::ArgumentNotInSchema, "pay.deny_if: ammount gt 5",
            "`pay` has no argument `args.ammount`: the rule denies no call", Some("did you mean `args.amount`?")),
        (Code::TypeNeverSent, "pay.deny_if: price gt 5",
            "`gt` needs a number, and `pay` sends `args.price` as text: every call that sends it is denied",
            Some("compare it as text, or leave it out of the policy")),
        (Code::TypeNeverSent, "pay.require: amount eq \"5\"",
            "`pay` sends `args.amount` as a number, never as text: every call is denied", Some("did you mean `5`, not `\"5\"`?")),
        (Code::ValueNeverSent, "pay.require: currency eq \"USD\"",
            "`pay` never sends `\"USD\"` as `args.currency`: every call is denied", Some("did you mean `usd`?")),
        (Code::SchemaDecides, "pay.deny_if: amount gt 100",
            "`gt` holds for no value that `pay` sends as `args.amount`: the rule denies no call",
            Some("draw the line within what the tool takes, or leave the condition out")),
    ];
    for (code, short, message, help) in cases {
        let found = first(code, short, TOOLS).diagnostic;
        assert_eq!((found.message.as_str(), found.help.as_deref()), (message, help));
    }
}
