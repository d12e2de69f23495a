//! Policies to start from, each with the reason for what it says.
//!
//! The five of the catalogue are as they are published there. Those that say which tools only look, and which may
//! destroy something, are written for the imported tools where there are any.

use gatewright_core::recommend::{Choice, recommend};
use gatewright_core::risk::{Assessed, Category};

use super::catalogue::Catalogue;
use super::samples::{self, Sample};

/// A policy to start from.
#[derive(Clone, Copy, Debug)]
pub struct Template {
    /// What it is called.
    pub name: &'static str,
    /// Why it says what it says, in a line.
    pub reason: &'static str,
    /// Its text where no tools are imported.
    sample: &'static str,
    /// Which tools it is written for where some are imported; none where it is what it is.
    chooser: Option<Chooser>,
}

/// The tools, of all that are imported, that a template recommends a policy for.
type Chooser = fn(&Assessed) -> bool;

impl Template {
    /// Its text, for the imported tools.
    #[must_use]
    pub fn text(self, catalogue: &Catalogue) -> String {
        let Some(chooser) = self.chooser.filter(|_| !catalogue.tools.is_empty()) else {
            return self.sample.to_owned();
        };
        let tools = catalogue.tools.iter().map(believed).filter(chooser).collect::<Vec<_>>();
        recommend(&tools, Choice::Balanced).alone().policy
    }
}

/// A tool that says itself that it destroys is taken at its word, unless somebody said what it does.
fn believed(known: &Assessed) -> Assessed {
    let mut known = known.clone();
    if known.tool.annotations.says_it_destroys() && !known.risk.overruled {
        known.risk.category = known.risk.category.max(Some(Category::Destructive));
    }
    known
}

fn only_reads(known: &Assessed) -> bool {
    known.risk.category == Some(Category::Read)
}

fn any(_: &Assessed) -> bool {
    true
}

/// A policy of the catalogue.
const fn published(sample: Sample, reason: &'static str) -> Template {
    Template { name: sample.tool, reason, sample: sample.text, chooser: None }
}

/// Why the catalogue's policies say what they say.
const TEN_A_MINUTE: &str =
    "The catalogue's: it runs code, so each grant may call it 10 times a minute, and nothing else.";
const THIRTY_A_MINUTE: &str =
    "The catalogue's: it writes, so each grant may call it 30 times a minute, and nothing else.";

/// Every template, those for a whole agent first.
pub const TEMPLATES: [Template; 9] = [
    Template {
        name: "Read-only agent",
        reason: "Only tools that look are listed, as far as their definitions say; no other can be called. At most 60 calls a \
                 minute.",
        sample: include_str!("../../../www/samples/templates/read_only_agent.json"),
        chooser: Some(only_reads),
    },
    Template {
        name: "CI runner",
        reason: "Tests at a pace that a stuck loop cannot abuse, a few issues a day, and no deployment to production.",
        sample: include_str!("../../../www/samples/templates/ci_runner.json"),
        chooser: None,
    },
    Template {
        name: "Payments with spend limits",
        reason: "Each charge is bounded, and so is their sum in a day; a person approves every refund.",
        sample: include_str!("../../../www/samples/templates/payments.json"),
        chooser: None,
    },
    Template {
        name: "Everything but destructive",
        reason: "Tools that destroy something, as far as their definitions say, are hidden; the others may be called, at most \
                 60 times a minute together.",
        sample: include_str!("../../../www/samples/templates/but_destructive.json"),
        chooser: Some(any),
    },
    published(samples::FIRST, TEN_A_MINUTE),
    published(samples::SAMPLES[0], TEN_A_MINUTE),
    published(samples::SAMPLES[2], TEN_A_MINUTE),
    published(samples::SAMPLES[4], TEN_A_MINUTE),
    published(samples::SAMPLES[1], THIRTY_A_MINUTE),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::inventory::Inventory;
    use gatewright_core::diagnostic::Code;
    use gatewright_core::import::tools::import_tools;
    use gatewright_core::tool::read_tools;
    use gatewright_core::{compile, lint, parse};

    #[test]
    fn every_template_compiles_and_only_the_catalogues_could_be_better() {
        for template in TEMPLATES {
            let parsed = parse(template.sample);
            compile(&parsed).expect(template.name);
            let found: Vec<_> = lint(&parsed, None).iter().map(|lint| lint.diagnostic.code).collect();
            let accepted: &[Code] = match template.name {
                "Payments with spend limits" => &[Code::NotPortable],
                _ if template.reason == TEN_A_MINUTE || template.reason == THIRTY_A_MINUTE => {
                    &[Code::NoDayLimit]
                }
                _ => &[],
            };
            assert!(found.iter().all(|code| accepted.contains(code)), "{}: {found:?}", template.name);
            assert!(template.sample.ends_with("}\n"), "{}", template.name);
        }
    }

    fn imported(json: &str) -> Inventory {
        Inventory::default().with(&import_tools(json, "").unwrap())
    }

    #[test]
    fn those_of_all_tools_are_written_for_the_imported_ones() {
        let tools = imported(
            r#"[{"name": "read_file"}, {"name": "write_file"}, {"name": "write_file"}, {"name": "bash"}, {"name": "delete_file"},
                {"name": "customer"}, {"name": "list", "annotations": {"destructiveHint": true}},
                {"name": "drop_table", "annotations": {"readOnlyHint": true}},
                {"name": "whoami", "annotations": {"readOnlyHint": true}}]"#,
        );
        let definitions =
            read_tools(&serde_json::Value::from(tools.servers[0].tools.clone()).to_string()).unwrap();
        #[rustfmt::skip]
        let cases = [
            ("Read-only agent",            "read_file whoami",                 "",                            "what only looks"),
            ("Everything but destructive", "bash read_file whoami write_file", "delete_file drop_table list", "a hint is believed where it is the graver"),
        ];
        for (name, listed, hidden, why) in cases {
            let template = TEMPLATES.into_iter().find(|template| template.name == name).unwrap();
            let parsed = parse(&template.text(&Catalogue::of(&tools)));
            compile(&parsed).expect(name);
            let names: Vec<_> = parsed.policy.tools.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(
                (names.join(" "), parsed.policy.hide.join(" ")),
                (listed.to_owned(), hidden.to_owned()),
                "{why}"
            );
            let found: Vec<_> =
                lint(&parsed, Some(&definitions)).iter().map(|lint| lint.diagnostic.code).collect();
            assert_eq!(found, [], "{name}");
            assert_eq!(template.text(&Catalogue::default()), template.sample, "without tools, the sample");
        }
        let mine =
            tools.saying("customer", Some(Category::Read)).saying("read_file", Some(Category::Destructive));
        let text = TEMPLATES[0].text(&Catalogue::of(&mine));
        assert!(
            text.contains("customer") && !text.contains("read_file"),
            "what somebody said of a tool counts first"
        );
        let odd = imported(r#"[{"name": "say \"hi\"_run"}]"#);
        for template in TEMPLATES {
            compile(&parse(&template.text(&Catalogue::of(&odd)))).expect(template.name);
        }
    }
}
