use super::*;

const SERVER: &str = r#"[
    {"name": "read_file", "annotations": {"readOnlyHint": true}},
    {"name": "delete_file", "annotations": {"readOnlyHint": false}},
    {"name": "delete_folder"},
    {"name": "add_note", "annotations": {"destructiveHint": false}}
]"#;

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    (Code::HidesEverything, "default: allow ; hide: *",             "",     &["/hide/0"], "every tool"),
    (Code::HidesEverything, "default: allow ; hide: a, *",          "",     &["/hide/1"], "beside others"),
    (Code::HidesEverything, "default: allow ; hide: a*",            "",     &[],          "a name with a star in it"),
    (Code::HidesEverything, "default: allow",                       "",     &[],          "nothing is hidden"),

    (Code::HideOnly, "hide: a",                                     "",     &["/hide"],   "nothing may be called"),
    (Code::HideOnly, "hide: a ; b",                                 "",     &[],          "one tool may"),
    (Code::HideOnly, "default: allow ; hide: a",                    "",     &[],          "every other tool may"),
    (Code::HideOnly, "hide: *",                                     "",     &[],          "told as hiding everything"),
    (Code::HideOnly, "",                                            "",     &[],          "deny all, and nothing else is said"),

    (Code::DefaultAllow, "default: allow",                          SERVER, &["/default"], "two tools, one of them not stated"),
    (Code::DefaultAllow, "default: allow ; hide: delete_file ; delete_folder", SERVER, &[], "one hidden, one listed"),
    (Code::DefaultAllow, "default: allow ; hide: delete_file",      SERVER, &["/default"], "what is not stated may destroy"),
    (Code::DefaultAllow, "default: allow",                          "",     &[],          "the tools are not known"),
    (Code::DefaultAllow, "default: deny",                           SERVER, &[],          "denied"),
    (Code::DefaultAllow, "default: allow ; all_tools.deny_if: always", SERVER, &[],       "denied all the same"),
    (Code::DefaultAllow, "default: allow ; all_tools.require_approval: always", SERVER, &[], "a person is asked"),
    (Code::DefaultAllow, "default: allow ; hide: *",                SERVER, &[],          "hidden"),

    (Code::UnknownTool, "read_fil ; read_file ; delet_file",        SERVER, &["/tools/read_fil", "/tools/delet_file"], "misspelled"),
    (Code::UnknownTool, "Read_File",                                SERVER, &["/tools/Read_File"], "names are case-sensitive"),
    (Code::UnknownTool, "default: allow ; hide: delete_fil, delete_folder", SERVER, &["/hide/0"], "hidden under another name"),
    (Code::UnknownTool, "charge",                                   SERVER, &["/tools/charge"], "nothing is near"),
    (Code::UnknownTool, "default: allow ; hide: *, delete_*",       SERVER, &[],          "told as what they are"),
    (Code::UnknownTool, "read_fil",                                 "",     &[],          "the tools are not known"),
    (Code::UnknownTool, "read_fil",                                 "[]",   &[],          "an empty list knows nothing"),
    (Code::UnknownTool, "read_file",                                SERVER, &[],          "it is there"),

    (Code::WildcardInName, "default: allow ; hide: delete_*",       "",     &["/hide/0"], "an item of hide"),
    (Code::WildcardInName, "* ; read_file",                         "",     &["/tools/*"], "all_tools is meant"),
    (Code::WildcardInName, "read_?",                                SERVER, &["/tools/read_?"], "one character"),
    (Code::WildcardInName, "default: allow ; hide: delete_*",       SERVER, &["/hide/0"], "and which tools are meant is known"),
    (Code::WildcardInName, "default: allow ; hide: *",              "",     &[],          "that one is a pattern"),
    (Code::WildcardInName, "odd*name",          r#"[{"name": "odd*name"}]"#, &[],         "a tool of that very name"),

    (Code::HiddenTwice, "default: allow ; hide: a, b, a",           "",     &["/hide/2"], "the second is superfluous"),
    (Code::HiddenTwice, "default: allow ; hide: a, a, a",           "",     &["/hide/1", "/hide/2"], "so is the third"),
    (Code::HiddenTwice, "default: allow ; hide: a, A",              "",     &[],          "two names"),

    (Code::HiddenAndListed, "hide: run ; run ; read",               "",     &["/tools/run"], "hide beats tools"),
    (Code::HiddenAndListed, "hide: read ; run",                     "",     &[],          "another tool"),
    (Code::HiddenAndListed, "hide: * ; run",                        "",     &[],          "told as hiding everything"),

    (Code::NotPortable, "description: text ; run",                  "",     &["/description"], "a field of ours"),
    (Code::NotPortable, "all_tools.deny_if: a eq 1 ; all_tools.deny_if: a eq 2 ; run", "", &["/all_tools/deny_if"], "one finding for a list"),
    (Code::NotPortable, "run.require_approval: always ; all_tools.require_approval: always", "",
        &["/all_tools/require_approval", "/tools/run/require_approval"], "approval, wherever it stands"),
    (Code::NotPortable, "run.limits: a day 1 session ; run.limits: b day 1 global ; run.limits: c day 1 grant", "",
        &["/tools/run/limits/0/scope", "/tools/run/limits/1/scope"], "two scopes of ours"),
    (Code::NotPortable, "all_tools.limits: a day 1 grant ; run.deny_if: a eq 1 ; run.require: a exists true", "", &[], "all of it is published"),
];

#[test]
fn what_is_not_stated_is_told_by_name() {
    #[rustfmt::skip]
    let cases = [
        (Code::DefaultAllow,   "default: allow",                      SERVER, "tools that may destroy something are let through because they are not listed: `delete_file` and `delete_folder`"),
        (Code::DefaultAllow,   "default: allow ; hide: delete_file",  SERVER, "a tool that may destroy something is let through because it is not listed: `delete_folder`"),
        (Code::UnknownTool,    "read_fil",                            SERVER, "the server has no tool `read_fil`: its rules and limits hold for no call"),
        (Code::HiddenAndListed, "hide: run ; run",                    "",     "`run` is listed here and hidden: every call of it is denied"),
        (Code::NotPortable,    "run.limits: a day 1 session",         "",     "PolicyLayer does not read the scope `session`"),
    ];
    for (code, short, tools, message) in cases {
        assert_eq!(first(code, short, tools).diagnostic.message, message);
    }
    let pattern = first(Code::WildcardInName, "default: allow ; hide: delete_*", SERVER);
    let help = "write the names out: `delete_file` and `delete_folder`";
    assert_eq!(pattern.diagnostic.help.as_deref(), Some(help));
}

#[test]
fn names_of_others_are_made_fit_to_be_shown() {
    let text = "{\"version\": \"1\", \"default\": \"allow\", \"hide\": [\"a\\u202eb\", \"a\\u202eb\"]}";
    assert_eq!(lints(text, "")[0].diagnostic.message, "`a\\u{202e}b` is hidden already");
}
