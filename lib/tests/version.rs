//! Constraints against what Helm's `semverCompare` says of them.

use rhelm_lib::version::{Constraint, Version};
use serde_json::Value;

fn compare(constraint: &str, version: &str) -> Result<bool, String> {
    let constraint = Constraint::parse(constraint).map_err(|error| error.to_string())?;
    let version = Version::parse(version).map_err(|error| error.to_string())?;
    Ok(constraint.accepts(&version))
}

fn expected(vector: &Value) -> Result<bool, String> {
    match vector["error"].as_str() {
        Some(error) => Err(error.to_owned()),
        None => Ok(vector["result"].as_bool().expect("a result")),
    }
}

#[test]
fn constraints_accept_what_helm_accepts() {
    let vectors = include_str!("../../tests/parity/vectors/semver.jsonl");
    for line in vectors.lines() {
        let vector: Value = serde_json::from_str(line).expect("JSON");
        let text = |key: &str| vector[key].as_str().expect("a text").to_owned();
        assert_eq!(compare(&text("constraint"), &text("version")), expected(&vector), "{line}");
    }
}
