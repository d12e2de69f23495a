//! A run as text that other programs read: CSV, JSON Lines, Markdown, SVG. Times are UTC.

use gatewright_core::amount::count;
use gatewright_core::call::Arguments;
use gatewright_core::legible::legible;
use serde_json::json;

use super::buckets::Buckets;
use super::call_list::word;
use super::dry_run::DryRun;
use super::export::minified;
use super::picture::{Bar, Column, DENIED_TOP, GIVEN_BACK_TOP, Held, MARK_ROOM, Marks, Picture, TimeScale};
use super::reading::Pinned;
use super::rules::value::quoted;
use super::what_if::WhatIf;

/// The head line of calls as CSV.
pub const CSV_HEADS: &str = "call,time,grant,session,tool,decision,reason,rule,used,max,retry_at\r\n";
/// How wide a picture of the lanes is, in CSS pixels.
const WIDTH: f64 = 1_000.0;
/// What a picture's caption takes.
const CAPTION: f64 = 24.0;

/// What is known of a call and its verdict.
struct Line {
    at: String,
    grant: String,
    session: String,
    tool: String,
    decision: &'static str,
    reason: String,
    rule: String,
    used: Option<(String, String)>,
    retry_at: String,
}

impl Line {
    fn of(run: &DryRun, index: usize) -> Option<Self> {
        let call = run.calls.get(index)?;
        let limit = run.run.limit.get(index).copied().flatten().and_then(|(limit, used)| {
            let limit = run.version.policy.limits().get(usize::try_from(limit).ok()?)?;
            Some((used.to_string(), limit.max.to_string()))
        });
        let reason = serde_json::to_value(run.run.reason.get(index)?).ok()?;
        let rule = run.run.rule(&run.version.policy, index);
        Some(Self {
            at: call.at.to_string(),
            grant: call.grant.to_owned(),
            session: call.session.to_owned(),
            tool: call.tool.to_owned(),
            decision: word(run.run.decision(index)?),
            reason: reason.as_str().unwrap_or_default().to_owned(),
            rule: rule.map_or_else(String::new, |rule| rule.as_str().to_owned()),
            used: limit,
            retry_at: run
                .run
                .retry_at
                .get(index)
                .copied()
                .flatten()
                .map_or_else(String::new, |at| at.to_string()),
        })
    }
}

/// The calls as CSV (RFC 4180), without the head line. A cell that a spreadsheet would take for a formula begins with `'`.
#[must_use]
pub fn csv(run: &DryRun, calls: impl Iterator<Item = usize>) -> String {
    let mut text = String::new();
    for (index, line) in calls.filter_map(|index| Some((index, Line::of(run, index)?))) {
        let (used, max) = line.used.unwrap_or_default();
        let number = (index + 1).to_string();
        let fields = [
            &number,
            &line.at,
            &line.grant,
            &line.session,
            &line.tool,
            line.decision,
            &line.reason,
            &line.rule,
            &used,
            &max,
            &line.retry_at,
        ];
        for (place, field) in fields.iter().enumerate() {
            if place > 0 {
                text.push(',');
            }
            push_cell(&mut text, field);
        }
        text.push_str("\r\n");
    }
    text
}

/// A cell, quoted where it has to be.
fn push_cell(text: &mut String, cell: &str) {
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let quoted = formula || cell.contains(['"', ',', '\n', '\r']);
    if !quoted {
        return text.push_str(cell);
    }
    text.push('"');
    if formula {
        text.push('\'');
    }
    text.push_str(&cell.replace('"', "\"\""));
    text.push('"');
}

/// The calls as JSON Lines, a decision a line. It is a log that can be read again, its numbers as they were written.
#[must_use]
pub fn jsonl(run: &DryRun, calls: impl Iterator<Item = usize>) -> String {
    let mut text = String::new();
    for (index, line) in calls.filter_map(|index| Some((index, Line::of(run, index)?))) {
        text.push_str(&format!("{{\"call\":\"{}\"", index + 1));
        let mut put = |name: &str, json: &str| text.push_str(&format!(",\"{name}\":{json}"));
        put("at", &quoted(&line.at));
        put("tool", &quoted(&line.tool));
        put("grant", &quoted(&line.grant));
        if !line.session.is_empty() {
            put("session", &quoted(&line.session));
        }
        if let Some(call) = run.calls.get(index) {
            match call.arguments {
                Arguments::Text(args) => put("args", &minified(args)),
                Arguments::Names(names) => put("unknown_args", &json!(names).to_string()),
                Arguments::Unknown => put("unknown_args", "true"),
                // What was assumed is no part of a log: it says what was not recorded.
                Arguments::Partly(partial) => {
                    let all = |names: &Vec<String>| json!([&partial.known_names[..], &names[..]].concat());
                    put("unknown_args", &partial.unrecorded.as_ref().map_or(json!(true), all).to_string());
                }
                Arguments::Parsed(_) | Arguments::None => {}
            }
            if call.approved {
                put("approved", "true");
            }
        }
        if let Some((outcome, _)) = run.calls.answer_of(index) {
            put("outcome", &json!(outcome).to_string());
        }
        put("decision", &json!(run.run.decision(index)).to_string());
        put("reason", &quoted(&line.reason));
        for (name, value) in [("rule", line.rule), ("retry_at", line.retry_at)] {
            if !value.is_empty() {
                put(name, &quoted(&value));
            }
        }
        text.push_str("}\n");
    }
    text
}

/// The run in words and numbers, as Markdown.
#[must_use]
pub fn markdown(run: &DryRun, calls: &str) -> String {
    let summary = &run.run.summary;
    let mut text =
        format!("**{}**\n\nCalls: {}. Times are UTC.\n", escaped(&summary.in_words()), escaped(calls));
    if !summary.by_rule.is_empty() {
        text.push_str("\n| calls kept out | first | rule | |\n|---:|---:|---|---|\n");
        for rule in &summary.by_rule {
            let name = legible(&rule.rule);
            text.push_str(&format!(
                "| {} | {} | {} | {} |\n",
                count(rule.count),
                count(rule.first + 1),
                escaped(&name),
                escaped(&rule.words)
            ));
        }
    }
    if !run.run.lanes.is_empty() {
        text.push('\n');
        for lane in &run.run.lanes {
            text.push_str(&format!("- {}\n", escaped(&lane.in_words(&run.version.policy, &run.calls))));
        }
    }
    text
}

/// Words that mean nothing to Markdown.
fn escaped(words: &str) -> String {
    let mut text = String::with_capacity(words.len());
    for letter in words.chars() {
        if matches!(letter, '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '&') {
            text.push('\\');
        }
        text.push(if letter == '\n' { ' ' } else { letter });
    }
    text
}

/// Lanes as one picture: all calls, and then those with the given indices into the run's, in that order; with what their
/// counters held under the pinned policy, where there is one.
#[must_use]
pub fn svg(run: &DryRun, lanes: &[usize], what_if: Option<&WhatIf>) -> String {
    let scale = TimeScale::of(run, WIDTH);
    let summary = &run.run.summary;
    let all = format!("All calls: {} allowed, {} denied", count(summary.allowed), count(summary.denied));
    let mut pictures = vec![(all, Picture::of_calls(&Buckets::of(&run.run, &scale), &scale))];
    pictures.extend(lanes.iter().filter_map(|index| {
        let lane = run.run.lanes.get(*index)?;
        let pinned = what_if.and_then(|what_if| Pinned::of(what_if, run, lane));
        let mut words = lane.in_words(&run.version.policy, &run.calls);
        if pinned.is_some() {
            words.push_str(" (thin: used under A)");
        }
        if lane.windows.iter().any(|window| window.given_back > 0) {
            words.push_str(" (triangles: given back)");
        }
        Some((words, Picture::of(run, lane, pinned, &scale)?))
    }));
    let height: f64 = pictures.iter().map(|(_, picture)| picture.height + CAPTION).sum();
    let mut text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" font-family=\"sans-serif\" \
         font-size=\"12\">\n<title>{}</title>\n<defs><pattern id=\"denied\" width=\"4\" height=\"4\" \
         patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(-45)\"><path stroke=\"#b3400b\" \
         stroke-width=\"4\" d=\"M0 0V4\"/></pattern></defs>\n\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#fff\"/>\n",
        in_xml(&summary.in_words())
    );
    let mut top = 0.0;
    for (caption, picture) in pictures {
        text.push_str(&format!(
            "<g transform=\"translate(0 {top})\">\n<text x=\"2\" y=\"16\">{}</text>\n\
             <g transform=\"translate(0 {CAPTION})\">\n{}</g>\n</g>\n",
            in_xml(&caption),
            drawn(&picture)
        ));
        top += picture.height + CAPTION;
    }
    text.push_str("</svg>\n");
    text
}

/// A lane's picture, in the page's light colours.
fn drawn(picture: &Picture) -> String {
    let mut text = match &picture.marks {
        Marks::Counter(columns, pinned) => drawn_columns(columns, pinned, picture),
        Marks::Calls(bars) => drawn_bars(bars, picture.base),
    };
    if let Some(y) = picture.max_y {
        text.push_str(&format!(
            "<path stroke=\"#14181f\" stroke-dasharray=\"6 4\" d=\"M0 {y:.1}H{}\"/>\n",
            picture.width
        ));
    }
    text.push_str(&format!(
        "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\n",
        picture.width - 2.0,
        picture.label_y(),
        in_xml(&picture.label)
    ));
    for (x, label) in &picture.edges {
        text.push_str(&format!("<path stroke=\"#6b7482\" d=\"M{x:.1} 12V{}\"/>\n", picture.base));
        if let Some(label) = label {
            text.push_str(&format!(
                "<text x=\"{:.1}\" y=\"{}\">{}</text>\n",
                x + 2.0,
                picture.height - 6.0,
                in_xml(label)
            ));
        }
    }
    text
}

fn drawn_columns(columns: &[Column], pinned: &[Held], picture: &Picture) -> String {
    let base = picture.base;
    let [mut bars, mut line, mut denied, mut given_back] = [const { String::new() }; 4];
    let mut free = 0.0;
    for (x, column) in (0_u32..).map(f64::from).zip(columns) {
        let Held { top, low } = column.held;
        if top < base {
            bars.push_str(&format!("M{x} {base}V{top:.1}h1V{base}z"));
        }
        line.push_str(&format!("M{x} {:.1}h1v{:.1}h-1z", top - 0.5, (low - top).max(1.5)));
        if column.denied {
            denied.push_str(&format!("M{} {}h2v6h-2z", picture.mark_x(x), base + DENIED_TOP));
        }
        if column.given_back {
            let y = base + GIVEN_BACK_TOP;
            given_back.push_str(&format!("M{} {y}h2v1h-2z", picture.mark_x(x)));
            if x >= free {
                given_back.push_str(&format!("M{} {y}h8l-4 6z", x - 3.0));
                free = x + MARK_ROOM;
            }
        }
    }
    let mut dashes = String::new();
    for (x, held) in (0_u32..).zip(pinned).filter(|(x, held)| x % 6 < 4 || held.low - held.top > 2.0) {
        let height = (held.low - held.top).max(1.0);
        dashes.push_str(&format!("M{x} {:.1}h1v{height:.1}h-1z", held.top - 0.5));
    }
    let mut text = String::new();
    for (colour, path) in [
        ("#9cc0ea", bars),
        ("#6b7482", line),
        ("url(#denied)", denied),
        ("#14181f", given_back),
        ("#14181f", dashes),
    ] {
        if !path.is_empty() {
            text.push_str(&format!("<path fill=\"{colour}\" d=\"{path}\"/>\n"));
        }
    }
    text
}

fn drawn_bars(bars: &[Bar], base: f64) -> String {
    let [mut allowed, mut denied, mut other] = [const { String::new() }; 3];
    let part =
        |x: f64, width: f64, from: f64, to: f64| format!("M{x:.1} {from:.1}V{to:.1}h{width:.1}V{from:.1}z");
    for bar in bars {
        for (path, from, to) in [
            (&mut allowed, base, bar.allowed),
            (&mut denied, bar.allowed, bar.denied),
            (&mut other, bar.denied, bar.other),
        ] {
            if to < from {
                path.push_str(&part(bar.x, bar.width, from, to));
            }
        }
    }
    format!(
        "<path fill=\"#9cc0ea\" d=\"{allowed}\"/>\n<path fill=\"url(#denied)\" stroke=\"#b3400b\" d=\"{denied}\"/>\n\
         <path fill=\"#6b7482\" d=\"{other}\"/>\n"
    )
}

fn in_xml(words: &str) -> String {
    words.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use gatewright_core::import::log::import_log;

    use super::*;
    use crate::model::call_list::{CallList, Filter};

    #[test]
    fn csv_says_what_was_decided_and_runs_no_formula() {
        let run = DryRun::first_view();
        let text = format!("{CSV_HEADS}{}", csv(&run, [0, 10].into_iter()));
        assert_eq!(
            text,
            "call,time,grant,session,tool,decision,reason,rule,used,max,retry_at\r\n\
             1,2026-01-05T10:00:00.000Z,ci-agent,,run_tests,allowed,allowed,,1,10,\r\n\
             11,2026-01-05T10:00:00.833Z,ci-agent,,run_tests,denied,limit,/tools/run_tests/limits/run_tests_rate,10,10,\
             2026-01-05T10:01:00.000Z\r\n"
        );
        #[rustfmt::skip]
        let cases = [
            // cell          written            why
            ("run_tests",    "run_tests",       "as it is"),
            ("=1+1",         "\"'=1+1\"",       "a formula"),
            ("@SUM(A1)",     "\"'@SUM(A1)\"",   "a formula of old"),
            ("-2",           "\"'-2\"",         "begins like one"),
            ("a,\"b\"\n",    "\"a,\"\"b\"\"\n\"", "RFC 4180"),
        ];
        for (cell, written, why) in cases {
            let mut text = String::new();
            push_cell(&mut text, cell);
            assert_eq!(text, written, "{why}");
        }
    }

    #[test]
    fn json_lines_can_be_read_again_as_a_log() {
        let run = DryRun::first_view();
        let list =
            CallList::new(&run, None, &Filter::default(), true, &std::collections::BTreeSet::default());
        let text = jsonl(&run, list.calls());
        let first = text.lines().nth(10).unwrap();
        assert!(first.contains("\"rule\":\"/tools/run_tests/limits/run_tests_rate\""), "{first}");
        let again = import_log(&text);
        assert_eq!((again.calls.len(), again.unreadable), (3_600, 0));
        assert_eq!(again.calls.get(3_599).unwrap(), run.calls.get(3_599).unwrap());
    }

    #[test]
    fn numbers_keep_their_spelling() {
        let log = import_log(
            "{\"at\": 0, \"tool\": \"run_tests\", \"args\": {\"id\": 1234567890123456789012, \"n\": 1.50}}",
        );
        let run = DryRun::new(DryRun::first_view().version, std::sync::Arc::new(log.calls));
        let text = jsonl(&run, 0..1);
        assert!(text.contains(r#""args":{"id":1234567890123456789012,"n":1.50}"#), "{text}");
    }

    #[test]
    fn the_summary_is_markdown_whatever_names_hold() {
        let run = DryRun::first_view();
        let text = markdown(&run, "<b>a|b</b>");
        assert!(text.starts_with(
            "**50 of 3,600 calls allowed. 3,550 denied, all by run\\_tests\\_rate (10 per minute)."
        ));
        assert!(text.contains("Calls: \\<b\\>a\\|b\\</b\\>."), "{text}");
        assert!(text.contains("| 3,550 | 11 | /tools/run\\_tests/limits/run\\_tests\\_rate |"), "{text}");
    }

    #[test]
    fn the_lanes_are_a_picture_with_their_words() {
        let run = DryRun::first_view();
        let text = svg(&run, &[0], None);
        assert!(
            text.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 1000 244\""),
            "{text}"
        );
        let words = ["All calls: 50 allowed, 3,550 denied", "up to 24 calls in 2 s", "max 10", "10:04"];
        for part in words.into_iter().chain(["<title>50 of 3,600", "stroke-dasharray", "url(#denied)"]) {
            assert!(text.contains(part), "{part}");
        }
        assert!(!svg(&run, &[], None).contains("max 10"), "a lane that is not drawn is left out");
        let doubled = crate::model::samples::FIRST.text.replace("\"max\": 10", "\"max\": 20");
        let doubled = crate::model::document::Document::new(&doubled);
        let what_if = WhatIf::new(std::sync::Arc::clone(doubled.good().unwrap()), &run);
        assert!(svg(&run, &[0], Some(&what_if)).contains("(thin: used under A)"));
    }
}
