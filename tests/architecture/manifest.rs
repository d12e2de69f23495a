//! The dependencies that a `Cargo.toml` names: as much of TOML as that takes.

/// One dependency.
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// What is said of it on its own line.
    pub(crate) text: String,
    pub(crate) line: usize,
    /// Whether only tests and benchmarks need it.
    pub(crate) for_tests: bool,
}

/// Every dependency of a manifest: normal ones, those of build scripts and tests, and those of one platform only.
pub(crate) fn dependencies(manifest: &str) -> impl Iterator<Item = Dependency> {
    let mut section: Vec<String> = Vec::new();
    manifest.lines().enumerate().filter_map(move |(index, line)| {
        let line = line.trim();
        let header = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        if let Some(header) = header {
            section = header.split('.').map(ToString::to_string).collect();
        }
        let kind = |name: &String| name == "dependencies" || name.ends_with("-dependencies");
        let place = section.iter().rposition(kind)?;
        let for_tests = section.get(place).is_some_and(|kind| kind == "dev-dependencies");
        let name = match (section.get(place + 1), header) {
            // [dependencies.web-sys]
            (Some(name), Some(_)) => name.clone(),
            // web-sys.workspace = true
            (None, None) if !line.is_empty() && !line.starts_with('#') => {
                line.split(['.', '=', ' ']).next().unwrap_or_default().trim_matches('"').to_string()
            }
            _ => return None,
        };
        Some(Dependency { name, text: line.to_string(), line: index + 1, for_tests })
    })
}

#[test]
fn dependencies_are_found_in_every_spelling() {
    let manifest = r#"
[package]
name = "x"

[dependencies]
# a comment
serde.workspace = true
jiff = { version = "0.2", features = ["alloc"] }

[dependencies.web-sys]
workspace = true
features = [
  "Window",
]

[target.'cfg(unix)'.dev-dependencies]
proptest = "1"

[lints]
workspace = true
"#;
    let found: Vec<_> =
        dependencies(manifest).map(|found| (found.name, found.line, found.for_tests)).collect();
    let expected = [("serde", 7, false), ("jiff", 8, false), ("web-sys", 10, false), ("proptest", 17, true)];
    assert_eq!(found, expected.map(|(name, line, for_tests)| (name.to_string(), line, for_tests)));
}
