//! `values.yaml`: its form, and whether the values meet the chart's schema.

use super::{Finding, Linter, Severity};
use crate::chart::loader::Kind;
use crate::values::schema::check_against;
use crate::values::table_over_defaults;
use goyaml::{Map, Value, json};

const FILE: &str = "values.yaml";
const SCHEMA: &str = "values.schema.json";

pub(super) fn check(linter: &mut Linter<'_>) {
    let exists = if linter.folder.kind(FILE) == Kind::Missing { Err("file does not exist".into()) } else { Ok(()) };
    if linter.report(Severity::Info, FILE, exists) {
        let finding = values(linter);
        linter.report(Severity::Error, FILE, finding);
    }
}

fn values(linter: &mut Linter<'_>) -> Finding {
    let defaults = linter.folder.read(FILE).and_then(|text| read(&text));
    let defaults = defaults.map_err(|error| format!("unable to parse YAML: {error}"))?;
    let values = table_over_defaults(&linter.values, &defaults, linter.logs);
    for (key, given) in &mut linter.values {
        if let (Value::Map(given), Some(Value::Map(merged))) = (given, values.get(key)) {
            given.clone_from(merged);
        }
    }
    // Without a schema, and with one that says nothing, everything is allowed.
    let schema = linter.folder.read(SCHEMA).unwrap_or_default();
    if schema.is_empty() || linter.options.skip_schema_validation {
        return Ok(());
    }
    check_against(&schema, &values, &*linter.options.environment.fetch, linter.logs)
}

fn read(text: &[u8]) -> Result<Map, String> {
    match goyaml::decode_bytes(text).map_err(|error| error.to_string())? {
        Value::Null => Ok(Map::new()),
        Value::Map(values) => Ok(values),
        other => {
            let mismatch = json::mismatch(&other, "common.Values");
            Err(format!("error unmarshaling JSON: while decoding JSON: {mismatch}"))
        }
    }
}
