//! Policies to start from, each with the reason for what it says.
//!
//! The five of the catalogue are as they are published there. Those that say which tools only look, and which may
//! destroy something, are written for the imported tools where there are any.

use gatewright_core::ToolDefinition;

use super::samples;

/// A policy to start from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// What it is called.
    pub name: &'static str,
    /// Why it says what it says, in a line.
    pub reason: &'static str,
    /// Its text where no tools are imported.
    sample: &'static str,
}

impl Template {
    /// Its text, for the imported tools.
    #[must_use]
    pub fn text(self, _tools: &[ToolDefinition]) -> String {
        self.sample.to_owned()
    }
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
        reason: "Only tools that look are listed; nothing that writes or runs can be called. At most 60 calls a minute.",
        sample: include_str!("../../../www/samples/templates/read_only_agent.json"),
    },
    Template {
        name: "CI runner",
        reason: "Tests at a pace that a stuck loop cannot abuse, a few issues a day, and no deployment to production.",
        sample: include_str!("../../../www/samples/templates/ci_runner.json"),
    },
    Template {
        name: "Payments with spend limits",
        reason: "Each charge is bounded, and so is their sum in a day; a person approves every refund.",
        sample: include_str!("../../../www/samples/templates/payments.json"),
    },
    Template {
        name: "Everything but destructive",
        reason: "Tools that may destroy something are hidden; the others may be called, at most 60 times a minute.",
        sample: include_str!("../../../www/samples/templates/but_destructive.json"),
    },
    Template { name: "run_tests", reason: TEN_A_MINUTE, sample: samples::FIRST.text },
    Template { name: "pytest", reason: TEN_A_MINUTE, sample: samples::SAMPLES[0].text },
    Template { name: "run", reason: TEN_A_MINUTE, sample: samples::SAMPLES[2].text },
    Template { name: "coverage", reason: TEN_A_MINUTE, sample: samples::SAMPLES[4].text },
    Template { name: "record_test_outcome", reason: THIRTY_A_MINUTE, sample: samples::SAMPLES[1].text },
];

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_core::diagnostic::Code;
    use gatewright_core::{compile, lint, parse};

    #[test]
    fn every_template_compiles_and_only_the_catalogues_five_could_be_better() {
        for template in TEMPLATES {
            let parsed = parse(template.sample);
            compile(&parsed).expect(template.name);
            let found: Vec<_> = lint(&parsed, None).iter().map(|lint| lint.diagnostic.code).collect();
            let expected: &[Code] = match template.name {
                "Payments with spend limits" => &[Code::NotPortable],
                _ if template.reason.starts_with("The catalogue's") => &[Code::NoDayLimit],
                _ => &[],
            };
            assert_eq!(found, expected, "{}", template.name);
            assert!(template.sample.ends_with("}\n"), "{}", template.name);
        }
    }
}
