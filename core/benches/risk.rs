//! What it costs to tell how risky a tool is, beside reading its definition. A tool is to take less than 20 microseconds.

mod rounds;

use std::hint::black_box;

use gatewright_core::risk::assess;
use gatewright_core::tool::{ToolDefinition, read_tools};
use rounds::Turn;
use serde_json::{Map, json};

/// Tools a turn.
const EACH: usize = 1_000;

#[expect(clippy::expect_used, reason = "a benchmark of a broken list must not run")]
fn main() {
    // Public servers' tools have four arguments in the middle, fifteen in one of twenty, twenty-five at the most.
    for (title, arguments, sentences) in [
        ("4 arguments, 1 sentence", 4, 1),
        ("15 arguments, 5 sentences", 15, 5),
        ("25 arguments, 30 sentences", 25, 30),
    ] {
        let text = list(arguments, sentences);
        let tools = read_tools(&text).expect("the list is read");
        println!("{title}: {} bytes", text.len());
        rounds::compare(
            "x reading",
            EACH,
            [("reading the definition", reading(&text)), ("its risk", assessing(&tools))],
        );
        println!();
    }
}

fn reading(text: &str) -> Turn<'_> {
    Box::new(move || (0..EACH).map(|_| read_tools(black_box(text)).map_or(0, |tools| tools.len())).sum())
}

fn assessing(tools: &[ToolDefinition]) -> Turn<'_> {
    Box::new(move || {
        (0..EACH).map(|_| tools.iter().map(|tool| assess(black_box(tool)).signals.len()).sum::<usize>()).sum()
    })
}

fn list(arguments: usize, sentences: usize) -> String {
    let names = [
        "path",
        "query",
        "projectId",
        "content",
        "api_key",
        "callbackUrl",
        "maxResults",
        "sort_order",
        "body_html",
    ];
    let properties: Map<_, _> = (0..arguments)
        .map(|number| {
            let name = names.get(number % names.len()).copied().unwrap_or_default();
            let about = "What it is to be, as its owner has it, or nothing where there is none.";
            (format!("{name}{number}"), json!({"type": "string", "description": about}))
        })
        .collect();
    let description =
        "Creates a file in a folder of a project, or updates the one that is there. ".repeat(sentences);
    let schema = json!({"type": "object", "properties": properties, "required": ["path0"]});
    json!([{"name": "create_or_update_file", "description": description, "inputSchema": schema}]).to_string()
}
