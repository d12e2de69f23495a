use super::*;

#[test]
fn descriptions_tell_what_names_do_not() {
    #[rustfmt::skip]
    let cases = [
        // name        description                                              then                why
        ("coverage",   "Runs tests with coverage and returns a summary.",      "execute high",     "the third person"),
        ("git_branch", "List Git branches",                                    "read low",         "the imperative"),
        ("tabs",       "List, create, close, or select a tab.",                "write medium",     "the gravest of several"),
        ("entry",      "Reads or deletes an entry.",                           "destructive high", "the gravest of two"),
        ("issues",     "Search issues and pull requests",                      "read low",         "`pull` is of a noun"),
        ("refs",       "Get a list of branches and tags",                      "read low",         "`tags` is not what is done"),
        ("entry",      "Reads an entry. Use `delete` to delete it.",           "read low",         "the first sentence only"),
        ("entry",      "Lists entries and never modifies them",                "read low",         "what is denied"),
        ("entry",      "Does not delete anything",                             "undecided medium", "what is denied says nothing"),
        ("thing",      "This tool allows you to quickly delete a thing",       "destructive high", "words about the tool are passed over"),
        ("thing",      "Used to permanently delete a thing",                   "destructive high", "and adverbs"),
        ("user",       "Notion | Retrieve a user\nError Responses: 400",       "read low",         "and whose tool it is"),
        ("pick",       "Perform click on a page",                              "write medium",     "the noun says what is done"),
        ("lookup_it",  "Run a find query against a collection",                "read low",         "a query is looked for"),
        ("go",         "Execute the job",                                      "execute high",     "a job is not"),
        ("shot",       "Take a screenshot of the page",                        "read low",         "taken, and nothing is gone"),
        ("changes",    "Make line-based edits to a file",                      "write medium",     "edits"),
        ("rows",       "Execute an INSERT, UPDATE, or DELETE statement",       "execute high",     "keywords are no verbs"),
        ("get_data",   "Deletes all data of a user",                           "destructive critical", "the graver counts, whatever the name"),
        ("delete_it",  "Reads a file",                                         "destructive high", "and the milder does not"),
        ("log",        "Writes a line to the log.",                            "write medium",     "a name of two minds gives way"),
        ("post_list",  "List posts",                                           "read low",         "to the milder too"),
        ("run_report", "Shows a report",                                       "execute high",     "but not what runs"),
        ("customer",   "The customer.",                                        "undecided medium", "no verb anywhere"),
        ("write_file", "Write a file. It will overwrite existing files.",      "write high",       "for good"),
        ("write_file", "Write a file. It does not overwrite existing ones.",   "write medium",     "denied"),
        ("get_env",    "Returns all environment variables",                    "read high",        "secrets"),
        ("get_secret", "",                                                     "read high",        "secrets"),
        ("press_key",  "Press a key",                                          "write medium",     "another key"),
        ("create_api_key", "",                                                 "write high",       "secrets are made"),
        ("delete_project", "",                                                 "destructive critical", "with all that is in it"),
        ("delete_project_tag", "",                                             "destructive high", "the tag only"),
        ("delete-many", "",                                                    "destructive critical", "many"),
    ];
    for (name, description, then, why) in cases {
        let risk = assess(&tool(name, description));
        assert_eq!(in_short(&risk), then, "{name}: {description}: {why}: {:?}", risk.reasons);
    }
}

#[test]
fn the_words_of_a_description_are_told_as_they_stand() {
    #[rustfmt::skip]
    let cases = [
        ("Runs tests with coverage and returns a summary.", "Runs tests with coverage and"),
        ("List, create, close, or select a tab.",           "List, create"),
        ("Notion | Retrieve a user\nError",                 "Retrieve a user"),
    ];
    for (description, words) in cases {
        assert_eq!(assess(&tool("thing", description)).reasons[0].words, words, "{description}");
    }
}

/// The five tools of the catalogue, as far as they decide.
#[test]
fn the_tools_of_the_catalogue_come_out_as_it_has_them() {
    let hinted = |tool: ToolDefinition| ToolDefinition {
        annotations: Annotations { read_only_hint: Some(true), ..Annotations::default() },
        ..tool
    };
    let described =
        |tool: ToolDefinition, text: &str| ToolDefinition { description: Some(text.to_string()), ..tool };
    let pytest = described(
        with_arguments("pytest", "path targets:array markers keyword configFile env:object extraArgs:array"),
        "Runs pytest and returns structured test results.",
    );
    let run = described(
        with_arguments(
            "run",
            "path interpreter framework filter shard config updateSnapshots:boolean coverage:boolean \
             onlyChanged:boolean exitFirst:boolean passWithNoTests:boolean bail:integer testNamePattern workers:integer \
             timeout:integer args:array compact:boolean",
        ),
        "Auto-detects the test framework (pytest/jest), runs tests, returns structured results.",
    );
    let coverage = described(
        with_arguments(
            "coverage",
            "path interpreter framework branch:boolean filter source:array args:array",
        ),
        "Runs tests with coverage and returns a summary per file.",
    );
    let run_tests = ToolDefinition { input_schema: Some(json!({"type": "object"})), ..tool("run_tests", "") };
    let record = described(
        with_arguments("record_test_outcome", "nodeid! outcome! duration!:number error"),
        "Record the outcome of a test.",
    );
    #[rustfmt::skip]
    let cases = [
        (hinted(pytest),       "execute high", &["file_system_path", "no_required_argument", "contradicting_annotation"][..]),
        (hinted(run.clone()),  "execute high", &["file_system_path", "many_parameters", "no_required_argument", "contradicting_annotation"]),
        (run_tests,            "execute high", &["no_required_argument", "missing_description"]),
        (hinted(coverage),     "execute high", &["file_system_path", "no_required_argument", "contradicting_annotation"]),
        (record,               "write medium", &[]),
    ];
    for (tool, then, signals) in cases {
        let risk = assess(&tool);
        assert_eq!(in_short(&risk), then, "{}: {:?}", tool.name, risk.reasons);
        assert_eq!(kinds(&risk), signals, "{}", tool.name);
    }
    let risk = assess(&run);
    let of = |kind| risk.signals.iter().find(|signal| signal.kind == kind).unwrap();
    assert_eq!(of(SignalKind::ManyParameters).count, Some(17));
    let path = &of(SignalKind::FileSystemPath).evidence;
    assert_eq!(path.place, Place::Schema(Pointer::parse("/properties/path").unwrap()));
}
