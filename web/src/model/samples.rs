//! The policies that one can start from.

/// A policy to start from, for one tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The tool's name, which is the sample's name too.
    pub tool: &'static str,
    /// The policy document.
    pub text: &'static str,
}

/// The five policies of the catalogue. The page opens with [`FIRST`].
pub const SAMPLES: [Sample; 5] = [
    Sample { tool: "pytest", text: include_str!("../../../www/samples/pytest.json") },
    Sample {
        tool: "record_test_outcome",
        text: include_str!("../../../www/samples/record_test_outcome.json"),
    },
    Sample { tool: "run", text: include_str!("../../../www/samples/run.json") },
    FIRST,
    Sample { tool: "coverage", text: include_str!("../../../www/samples/coverage.json") },
];

/// The policy that the page opens with.
pub const FIRST: Sample =
    Sample { tool: "run_tests", text: include_str!("../../../www/samples/run_tests.json") };

/// What a new document begins with: every tool is denied.
pub const EMPTY: &str = "{\n  \"version\": \"1\",\n  \"default\": \"deny\",\n  \"tools\": {}\n}\n";

/// The sample with a name.
#[must_use]
pub fn find(tool: &str) -> Option<Sample> {
    SAMPLES.into_iter().find(|sample| sample.tool == tool)
}

#[cfg(test)]
mod tests {
    use super::*;
    use gatewright_core::{compile, parse};

    #[test]
    fn every_sample_compiles_and_lists_its_tool() {
        for sample in SAMPLES {
            let policy = compile(&parse(sample.text)).expect(sample.tool);
            assert_eq!(policy.tool_names().collect::<Vec<_>>(), [sample.tool]);
        }
    }
}
