//! The vector files against their schema, which is what an editor shows to whoever writes a case.

use boon::{Compiler, Schemas};
use serde_json::Value;

const SCHEMA: &str = include_str!("../vectors/vectors.schema.json");

/// Where a file does not follow the schema.
pub(crate) fn problems(topic: &str, text: &str) -> Option<String> {
    let told = |problem: String| Some(format!("vectors/{topic}.json: {problem}"));
    let (schema, file): (Value, Value) = match (serde_json::from_str(SCHEMA), serde_json::from_str(text)) {
        (Ok(schema), Ok(file)) => (schema, file),
        (Err(error), _) | (_, Err(error)) => return told(error.to_string()),
    };
    let mut schemas = Schemas::new();
    let mut compiler = Compiler::new();
    if let Err(error) = compiler.add_resource("vectors.schema.json", schema) {
        return told(error.to_string());
    }
    match compiler.compile("vectors.schema.json", &mut schemas) {
        Ok(index) => schemas.validate(&file, index).err().and_then(|error| told(error.to_string())),
        Err(error) => told(error.to_string()),
    }
}
