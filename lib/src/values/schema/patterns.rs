//! The patterns of a schema, in the dialect of `boon`.
//!
//! Helm reads `pattern` and `patternProperties` by Go's grammar. Each pattern is read by that grammar here, and written as one
//! that means the same to `boon`; one that Go refuses becomes one that `boon` refuses too. Messages show the original again.

use crate::regex;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

/// The beginning of a pattern that nobody accepts.
const REFUSED: &str = "[";

/// The names of `patternProperties` that were changed, and what they were.
#[derive(Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    /// What a name was.
    pub(super) fn original<'n>(&'n self, name: &'n str) -> &'n str {
        self.0.get(name).map_or(name, String::as_str)
    }

    /// Translates all patterns of a schema.
    pub(super) fn translate(&mut self, schema: &mut Json) {
        match schema {
            Json::Object(members) => {
                for (keyword, value) in members.iter_mut() {
                    self.keyword(keyword, value);
                }
            }
            Json::Array(items) => items.iter_mut().for_each(|item| self.translate(item)),
            _ => {}
        }
    }

    fn keyword(&mut self, keyword: &str, value: &mut Json) {
        match (keyword, value) {
            // These hold values, not schemas.
            ("enum" | "const" | "default" | "examples", _) => {}
            ("pattern", Json::String(pattern)) => *pattern = translated(pattern),
            ("patternProperties", Json::Object(patterns)) => self.names(patterns),
            // Here the names are not keywords.
            ("properties" | "$defs" | "definitions" | "dependentSchemas" | "dependencies", Json::Object(members)) => {
                members.values_mut().for_each(|schema| self.translate(schema));
            }
            (_, value) => self.translate(value),
        }
    }

    fn names(&mut self, patterns: &mut Map<String, Json>) {
        for (pattern, mut schema) in std::mem::take(patterns) {
            self.translate(&mut schema);
            let mut name = translated(&pattern);
            // Several patterns may be refused, or mean the same.
            while patterns.contains_key(&name) {
                name.insert_str(0, if name.starts_with(REFUSED) { REFUSED } else { "(?:)" });
            }
            if name != pattern {
                self.0.insert(name.clone(), pattern);
            }
            patterns.insert(name, schema);
        }
    }
}

/// What is wrong with a pattern.
///
/// # Errors
/// In Go's words.
pub(super) fn check(pattern: &str) -> Result<(), String> {
    regex::parse(pattern.as_bytes()).map(|_| ()).map_err(|error| error.to_string())
}

fn translated(pattern: &str) -> String {
    match regex::parse(pattern.as_bytes()) {
        Ok(parsed) => parsed.hir.to_string(),
        Err(_) => REFUSED.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn patterns_are_translated_where_they_are_patterns() {
        let mut schema = json!({
            "pattern": "^\\d$",
            "properties": {"pattern": {"pattern": "["}, "x": {"const": {"pattern": "\\d"}}},
            "patternProperties": {"\\d": {"pattern": "a"}, "(": true, "[": true},
            "items": [{"pattern": "\\s"}],
        });
        let mut names = Names::default();
        names.translate(&mut schema);
        let expected = json!({
            "pattern": "(?:\\A[0-9]\\z)",
            "properties": {"pattern": {"pattern": "["}, "x": {"const": {"pattern": "\\d"}}},
            "patternProperties": {"[0-9]": {"pattern": "a"}, "[": true, "[[": true},
            "items": [{"pattern": "[\t\n\u{c}\r ]"}],
        });
        assert_eq!(schema, expected);
        assert_eq!(["[0-9]", "[", "[["].map(|name| names.original(name)), ["\\d", "(", "["]);
    }
}
