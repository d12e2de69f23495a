//! The rules of ARCHITECTURE.md, read off the files of the tree.
//!
//! Only what the code names is looked at: comments, texts and in-file tests are left out, except where a rule is
//! about names of modules. Each failure is a sentence with its place.

#[path = "architecture/manifest.rs"]
mod manifest;
#[path = "architecture/rust_text.rs"]
mod rust_text;
#[path = "architecture/tree.rs"]
mod tree;

use manifest::{Dependency, dependencies};
use rust_text::{Path, Token, paths, tokens, without_tests};
use tree::{Place, is_below, javascript_files, packages, read, rust_files, top_level};

/// What the top level may hold beside what git ignores. Each is given, or what a tool looks for there.
const TOP_LEVEL: &[&str] = &[
    ".cargo",
    ".ci",
    ".git",
    ".gitignore",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "Trunk.toml",
    "clippy.toml",
    "core",
    "rust-toolchain.toml",
    "rustfmt.toml",
    "tests",
    "web",
    "www",
    "xtask",
];
const IGNORED: &[&str] = &["target", "dist", ".tools"];

/// Names that say nothing of what is inside.
const EMPTY_NAMES: &[&str] =
    &["util", "utils", "helper", "helpers", "common", "manager", "managers", "service", "services", "misc"];

/// Where a clock may be read: once in the page, and where the machine's own work is timed.
const CLOCKS: &[&str] = &["web/src/platform/clock.rs", "xtask/src", "core/benches"];

/// The named paths of a file, tests left out.
fn code_paths(place: &Place) -> Vec<Path> {
    paths(&without_tests(&tokens(&read(place))))
}

/// The code of a module: its file and its folder. That it is there is part of every rule about it.
fn module_files(module: &str) -> Vec<Place> {
    let found: Vec<Place> = rust_files()
        .into_iter()
        .filter(|place| *place == format!("{module}.rs") || is_below(place, module))
        .filter(|place| !place.ends_with("/tests.rs"))
        .collect();
    assert!(!found.is_empty(), "{module} has moved or is missing: these rules look at it");
    found
}

/// A sentence for each path in which one of `names` is a segment.
fn namings(places: &[Place], names: &[&str], sentence: &str) -> Vec<String> {
    let mut told = Vec::new();
    for place in places {
        for path in code_paths(place) {
            if let Some(name) = path.segments.iter().find(|segment| names.contains(&segment.as_str())) {
                told.push(format!("{place}:{}: names `{name}`: {sentence}", path.line));
            }
        }
    }
    told
}

fn nothing_of(told: &[String]) {
    assert!(told.is_empty(), "\n  {}", told.join("\n  "));
}

#[test]
fn core_names_no_std_no_javascript_and_no_user_interface() {
    let foreign = ["std", "js_sys", "wasm_bindgen", "web_sys", "leptos"];
    let mut told =
        namings(&module_files("core/src"), &foreign, "the evaluator runs anywhere, on `core` and `alloc`");
    let foreign_packages = ["js-sys", "wasm-bindgen", "web-sys", "leptos"];
    for Dependency { name, line, .. } in
        dependencies(&read("core/Cargo.toml")).filter(|found| !found.for_tests)
    {
        if foreign_packages.contains(&name.as_str()) {
            told.push(format!("core/Cargo.toml:{line}: depends on {name}"));
        }
    }
    let no_std = tokens("#![no_std]");
    let root = tokens(&read("core/src/lib.rs"));
    if !root
        .windows(no_std.len())
        .any(|found| found.iter().map(Token::text).eq(no_std.iter().map(Token::text)))
    {
        told.push("core/src/lib.rs: does not say #![no_std]".to_string());
    }
    nothing_of(&told);
}

#[test]
fn inside_core_a_module_uses_only_modules_above_it() {
    let modules = rust_text::declared_modules(&without_tests(&tokens(&read("core/src/lib.rs"))));
    let rank = |name: &str| modules.iter().position(|module| module == name);
    let mut told = Vec::new();
    for place in module_files("core/src").into_iter().filter(|place| place != "core/src/lib.rs") {
        let inside = place.trim_start_matches("core/src/").trim_end_matches(".rs");
        let own = inside.split('/').next().unwrap_or_default();
        let depth = inside.split('/').count();
        for path in code_paths(&place) {
            let Some(used) = from_root(&path, depth) else { continue };
            let complaint = match (rank(used), rank(own)) {
                (_, None) => format!("`{own}` is not declared in lib.rs"),
                (None, _) => format!("`crate::{used}` is no module of lib.rs: name the module that has it"),
                (Some(used_rank), Some(own_rank)) if used_rank > own_rank => {
                    format!("`{own}` uses `{used}`, which stands below it in lib.rs")
                }
                _ => continue,
            };
            told.push(format!("{place}:{}: {complaint}", path.line));
        }
    }
    nothing_of(&told);
}

/// The module of the crate's root that a path begins with, seen from a file `depth` modules below the root.
fn from_root(path: &Path, depth: usize) -> Option<&str> {
    let mut segments = path.segments.iter().map(String::as_str).peekable();
    if segments.peek() == Some(&"crate") {
        return segments.nth(1);
    }
    let mut supers = 0;
    while segments.next_if_eq(&"super").is_some() {
        supers += 1;
    }
    segments.next().filter(|_| supers >= depth)
}

#[test]
fn components_know_neither_the_store_nor_the_evaluator() {
    let components = module_files("web/src/components");
    let mut told =
        namings(&components, &["store"], "a component gets props and calls back; panels know the store");
    for place in &components {
        for Path { segments, line } in code_paths(place) {
            let evaluates =
                |name: &str| ["evaluate", "evaluate_traced", "simulate", "compile"].contains(&name);
            if let [first, second, ..] = segments.as_slice()
                && first == "gatewright_core"
                && evaluates(second)
            {
                told.push(format!(
                    "{place}:{line}: names `gatewright_core::{second}`: panels ask, components show"
                ));
            }
        }
    }
    nothing_of(&told);
}

#[test]
fn the_model_knows_no_framework_and_no_browser() {
    nothing_of(&namings(
        &module_files("web/src/model"),
        &["leptos", "web_sys"],
        "the model is plain structs",
    ));
}

#[test]
fn only_the_platform_names_web_sys() {
    let mut places = module_files("web/src");
    places.retain(|place| place != "web/src/platform.rs" && !is_below(place, "web/src/platform"));
    assert!(!module_files("web/src/platform").is_empty());
    nothing_of(&namings(&places, &["web_sys"], "only web/src/platform speaks to the browser"));
}

#[test]
fn packages_depend_in_one_direction() {
    let mut told = Vec::new();
    for package in packages() {
        for Dependency { name, line, text, .. } in dependencies(&read(&format!("{package}/Cargo.toml"))) {
            let npm_package =
                ["gatewright", "gatewright-js"].contains(&name.as_str()) || text.contains("core/js");
            let rule = match (package.as_str(), name.as_str()) {
                (_, "gatewright-tests") => "nothing depends on the tests",
                ("web", _) if npm_package => "the page and the npm package never know each other",
                ("core/js", "gatewright-web") => "the page and the npm package never know each other",
                ("core", "gatewright-web" | "xtask") => "the evaluator depends on none of the others",
                _ => continue,
            };
            told.push(format!("{package}/Cargo.toml:{line}: depends on {name}: {rule}"));
        }
    }
    nothing_of(&told);
}

#[test]
fn the_npm_package_knows_node_and_the_evaluator_only_where_it_must() {
    /// What may name modules of Node.
    const OF_NODE: &[&str] =
        &["bench/", "cli.js", "cli/", "proxy/", "lmdb.js", "lmdb/", "redis.js", "redis/"];
    /// What may name the evaluator's glue; the rest goes through `index.js`.
    const BINDING: &[&str] =
        &["engine.js", "index.js", "learning.js", "plan.js", "policy.js", "simulation.js", "slots.js"];
    let mut told = Vec::new();
    let files = javascript_files("core/js");
    assert!(files.len() > 20, "core/js has moved: these rules look at it");
    for place in files {
        let name = place.trim_start_matches("core/js/");
        let is_one_of = |list: &[&str]| {
            list.iter().any(|one| if one.ends_with('/') { name.starts_with(one) } else { name == *one })
        };
        for (line, imported) in imports(&read(&place)) {
            if imported.starts_with("node:") && !is_one_of(OF_NODE) {
                told.push(format!("{place}:{line}: imports {imported}: this file runs in any runtime"));
            }
            if (imported.contains("/engine/") || imported.ends_with("/engine.js")) && !is_one_of(BINDING) {
                told.push(format!(
                    "{place}:{line}: imports {imported}: the evaluator is reached through index.js"
                ));
            }
        }
    }
    nothing_of(&told);
}

#[test]
fn no_function_of_the_binding_returns_a_bare_reference() {
    let bare = tokens("-> JsValue {");
    let is_bare = |found: &[Token]| found.iter().map(Token::text).eq(bare.iter().map(Token::text));
    let mut told = Vec::new();
    for place in module_files("core/js/src") {
        if tokens(&read(&place)).windows(bare.len()).any(is_bare) {
            told.push(format!("{place}: returns `JsValue`: V8 may end the process; return an `Answer`"));
        }
    }
    nothing_of(&told);
}

/// What a file of JavaScript imports, each with its line.
fn imports(text: &str) -> Vec<(usize, String)> {
    let quoted = |rest: &str| rest.split('"').nth(1).map(ToString::to_string);
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim_start().starts_with(['*', '/']));
    let found = lines.flat_map(|(index, line)| {
        let sources = [" from \"", "import \"", "import(\""].into_iter().filter_map(|mark| line.find(mark));
        sources
            .filter_map(|at| quoted(&line[at..]))
            .map(move |source| (index + 1, source))
            .collect::<Vec<_>>()
    });
    found.collect()
}

#[test]
fn modules_are_named_for_what_they_are() {
    let mut told = Vec::new();
    for place in javascript_files(".") {
        let words = place.trim_end_matches(".js").split(['/', '-']);
        for name in words.filter(|word| EMPTY_NAMES.contains(word)) {
            told.push(format!("{place}: `{name}` says nothing of what is inside"));
        }
    }
    for place in rust_files() {
        let declared = rust_text::declared_modules(&tokens(&read(&place)));
        let segments = place.trim_end_matches(".rs").split('/').map(ToString::to_string);
        for name in segments.chain(declared).filter(|name| EMPTY_NAMES.contains(&name.as_str())) {
            told.push(format!("{place}: `{name}` says nothing of what is inside"));
        }
    }
    nothing_of(&told);
}

#[test]
fn the_top_level_holds_only_what_belongs_there() {
    let strangers = top_level().into_iter().filter(|name| !TOP_LEVEL.contains(&name.as_str()));
    let strangers = strangers.filter(|name| !IGNORED.contains(&name.as_str()));
    nothing_of(&strangers.map(|name| format!("{name}: belongs into one of the folders")).collect::<Vec<_>>());
}

#[test]
fn clocks_are_read_in_one_place() {
    let readings = [["Date", "now"], ["Date", "new_0"], ["Instant", "now"], ["SystemTime", "now"]];
    let mut told = Vec::new();
    for place in rust_files() {
        if CLOCKS.iter().any(|clock| place == *clock || is_below(&place, clock)) {
            continue;
        }
        let tokens = tokens(&read(&place));
        let mut complain = |line, what: &str| {
            told.push(format!("{place}:{line}: {what} reads a clock: time is an argument"));
        };
        for Path { segments, line } in paths(&tokens) {
            if readings.iter().any(|reading| segments.ends_with(&reading.map(ToString::to_string))) {
                complain(line, &segments.join("::"));
            }
        }
        for found in tokens.windows(3).filter(|found| found.iter().map(Token::text).eq([".", "now", "("])) {
            complain(found.first().map_or(0, |token| token.line), "`.now()`");
        }
    }
    nothing_of(&told);
}
