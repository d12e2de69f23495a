//! How often the risk of a tool is what a person says it is.
//!
//! Reads the labels beside this file, and lists of tools from a folder: `DIR/SERVER.json` for each server of the labels, in
//! any shape that is imported. Prints, for the half of the labels that the words were tuned to and for the half that was
//! kept aside, which categories were told for which, beside what the names alone tell, and apart from all that every tool
//! that was taken for milder than it is. Behind the folder, `Tuned` or `Kept` names the half whose single tools are shown.
//!
//! ```text
//! $ cargo run --release -p gatewright-core --example risk_confusion -- DIR
//! ```

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::{env, fs};

use gatewright_core::import::tools::import_tools;
use gatewright_core::risk::{Assessed, Category, assess_all};
use gatewright_core::tool::ToolDefinition;
use serde::Deserialize;

const LABELS: &str = include_str!("labels.tsv");
const PAYMENTS: &str = include_str!("payments.json");

struct Label<'a> {
    server: &'a str,
    name: &'a str,
    category: &'a str,
    level: &'a str,
}

/// What is told of a tool, by the whole definition and by its name.
struct Told<'a> {
    label: &'a Label<'a>,
    category: &'static str,
    level: &'static str,
    by_name: &'static str,
}

fn main() -> ExitCode {
    let Some(folder) = env::args().nth(1) else {
        eprintln!("usage: risk_confusion DIR, with SERVER.json for each server of the labels");
        return ExitCode::FAILURE;
    };
    let labels: Vec<Label<'_>> =
        LABELS.lines().filter(|line| !line.starts_with('#')).filter_map(label).collect();
    let mut told: BTreeMap<(&str, String), Assessed> = BTreeMap::new();
    for label in &labels {
        if told.keys().any(|(server, _)| *server == label.server) {
            continue;
        }
        let text = match label.server {
            "payments" => Ok(PAYMENTS.to_owned()),
            server => fs::read_to_string(format!("{folder}/{server}.json")),
        };
        match text.map_err(|error| error.to_string()).and_then(|text| tools(&text)) {
            Ok(tools) => {
                let assessed = assess_all(tools).into_iter();
                told.extend(assessed.map(|it| ((label.server, it.tool.name.clone()), it)));
            }
            Err(problem) => eprintln!("{}: {problem}", label.server),
        }
    }
    for (half, title) in [(0, "Tuned to"), (1, "Kept aside")] {
        let halved = labels.iter().skip(half).step_by(2);
        let found: Vec<Told<'_>> = halved
            .filter_map(|label| {
                let it = told.get(&(label.server, label.name.to_owned()))?;
                Some(Told {
                    label,
                    category: it.risk.category.map_or("undecided", Category::as_str),
                    level: it.risk.level.as_str(),
                    by_name: Category::by_name(label.name).map_or("undecided", Category::as_str),
                })
            })
            .collect();
        if !found.is_empty() {
            report(
                title,
                &found,
                env::args().nth(2).is_none_or(|word| word == title.split(' ').next().unwrap_or_default()),
            );
        }
    }
    ExitCode::SUCCESS
}

fn label(line: &str) -> Option<Label<'_>> {
    let mut fields = line.split('\t');
    Some(Label {
        server: fields.next()?,
        name: fields.next()?,
        category: fields.next()?,
        level: fields.next()?,
    })
}

fn tools(text: &str) -> Result<Vec<ToolDefinition>, String> {
    let imported = import_tools(text, "")?;
    let tools = imported.servers.iter().flat_map(|server| &server.tools);
    tools.map(|tool| ToolDefinition::deserialize(tool).map_err(|error| error.to_string())).collect()
}

const TOLD: [&str; 6] = ["read", "write", "execute", "destructive", "financial", "undecided"];
const LEVELS: [&str; 4] = ["low", "medium", "high", "critical"];

fn rank(of: &[&str], word: &str) -> usize {
    of.iter().position(|it| *it == word).unwrap_or(usize::MAX)
}

fn report(title: &str, found: &[Told<'_>], by_tool: bool) {
    println!("## {title}: {} tools\n", found.len());
    matrix("By the whole definition", found, |told| told.category);
    matrix("By the name alone", found, |told| told.by_name);
    let same_level = found.iter().filter(|told| told.level == told.label.level).count();
    let milder: Vec<_> =
        found.iter().filter(|told| rank(&LEVELS, told.level) < rank(&LEVELS, told.label.level)).collect();
    println!("Level: {same_level} of {} the same, {} milder than labelled.\n", found.len(), milder.len());
    if !by_tool {
        return;
    }
    let list = |title: &str, which: &dyn Fn(&Told<'_>) -> bool| {
        println!("{title}:");
        let told = found.iter().filter(|told| which(told));
        let lines: Vec<String> = told
            .map(|told| {
                let Label { server, name, category, level } = told.label;
                format!("  {server} {name}: {category}/{level}, told {}/{}", told.category, told.level)
            })
            .collect();
        println!("{}\n", if lines.is_empty() { "  none".to_owned() } else { lines.join("\n") });
    };
    let is_milder = |told: &Told<'_>| rank(&TOLD, told.category) < rank(&TOLD, told.label.category);
    list("Category milder than labelled", &is_milder);
    list("Other category", &|told| told.category != told.label.category && !is_milder(told));
    list("Level milder than labelled", &|told| rank(&LEVELS, told.level) < rank(&LEVELS, told.label.level));
    list("Level graver than labelled", &|told| rank(&LEVELS, told.level) > rank(&LEVELS, told.label.level));
}

/// Rows are labels, columns what is told.
fn matrix(title: &str, found: &[Told<'_>], of: impl Fn(&Told<'_>) -> &'static str) {
    let right = found.iter().filter(|told| of(told) == told.label.category).count();
    let milder = found.iter().filter(|told| rank(&TOLD, of(told)) < rank(&TOLD, told.label.category)).count();
    let undecided = found.iter().filter(|told| of(told) == "undecided").count();
    println!(
        "{title}: {right} of {} right, {milder} taken for milder, {undecided} undecided.\n",
        found.len()
    );
    println!("| labelled | {} |", TOLD.join(" | "));
    println!("|---|{}", "---:|".repeat(TOLD.len()));
    for row in &TOLD[..5] {
        let cells = TOLD.map(|column| {
            let count = found.iter().filter(|told| told.label.category == *row && of(told) == column).count();
            count.to_string()
        });
        println!("| {row} | {} |", cells.join(" | "));
    }
    println!();
}
