//! Reading the head of a document, and refusing what Go's JSON decoder refuses there.
//!
//! Names of fields are matched without regard to case, numbers and booleans become text where text is wanted.

use super::Head;
use crate::gotext::pointer_part;
use goyaml::{Map, Value};

const METADATA_TYPE: &str =
    r#"struct { Name string "json:\"name\""; Annotations map[string]string "json:\"annotations\"" }"#;

/// A document whose head has a field of the wrong type; the text is Go's.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {found} into Go {place}")]
struct HeadError {
    found: &'static str,
    place: String,
}

/// Whether the entry with these keys is part of a head.
fn is_wanted(keys: &[&str]) -> bool {
    let is_one_of = |key: &str, names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(key));
    match keys {
        [key] => is_one_of(key, &["apiVersion", "kind", "metadata"]),
        [outer, key] if is_one_of(outer, &["metadata"]) => is_one_of(key, &["annotations", "name", "namespace"]),
        // A mapping in the place of a text is refused.
        _ => true,
    }
}

impl Head {
    /// The head of a document; that of `null` is empty.
    ///
    /// # Errors
    /// In Helm's words, for what is no YAML, and for a field that has the wrong type.
    pub fn read(document: &str) -> Result<Self, String> {
        let excerpt = goyaml::excerpt(document, is_wanted);
        let value = goyaml::decode(excerpt.as_deref().unwrap_or(document)).map_err(|cause| cause.to_string())?;
        Self::from_value(&value).map_err(|cause| cause.to_string())
    }

    /// The head of a decoded document; that of `null` is empty. Of the fields, the first in the order of the keys is refused.
    fn from_value(document: &Value) -> Result<Self, HeadError> {
        let mut head = Self::default();
        let Some(fields) = table(document, || "value of type util.SimpleHead".to_owned())? else { return Ok(head) };
        for (key, value) in fields {
            match key.to_ascii_lowercase().as_str() {
                "apiversion" => set(&mut head.api_version, value, ".apiVersion")?,
                "kind" => set(&mut head.kind, value, ".kind")?,
                "metadata" => head.read_metadata(value)?,
                _ => {}
            }
        }
        Ok(head)
    }

    fn read_metadata(&mut self, metadata: &Value) -> Result<(), HeadError> {
        let place = || format!("struct field .metadata of type {METADATA_TYPE}");
        let Some(fields) = table(metadata, place)? else { return Ok(()) };
        for (key, value) in fields {
            match key.to_ascii_lowercase().as_str() {
                "annotations" => self.read_annotations(value)?,
                "name" => set(&mut self.name, value, ".metadata.name")?,
                // Not part of Helm's head, so nothing is refused.
                "namespace" => self.namespace = text(value).unwrap_or_default(),
                _ => {}
            }
        }
        Ok(())
    }

    fn read_annotations(&mut self, annotations: &Value) -> Result<(), HeadError> {
        let place = || "struct field .metadata.annotations of type map[string]string".to_owned();
        let Some(entries) = table(annotations, place)? else { return Ok(()) };
        for (key, value) in entries {
            let mut annotation = String::new();
            set(&mut annotation, value, &format!(".metadata.annotations.{}", pointer_part(key)))?;
            self.annotations.insert(key.clone(), annotation);
        }
        Ok(())
    }
}

fn table(value: &Value, place: impl Fn() -> String) -> Result<Option<&Map>, HeadError> {
    match value {
        Value::Null => Ok(None),
        Value::Map(map) => Ok(Some(map)),
        other => Err(HeadError { found: json_type(other), place: place() }),
    }
}

fn set(field: &mut String, value: &Value, path: &str) -> Result<(), HeadError> {
    if value.is_null() {
        return Ok(());
    }
    let wrong = || HeadError { found: json_type(value), place: format!("struct field {path} of type string") };
    *field = text(value).ok_or_else(wrong)?;
    Ok(())
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Int(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        Value::Null | Value::List(_) | Value::Map(_) => None,
    }
}

fn json_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::Float(_) => "number",
        Value::String(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
        Value::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }

    #[test]
    fn scalars_become_text_and_case_does_not_matter() {
        let metadata = map([("name", 3.0.into()), ("Annotations", map([("a", true.into()), ("b", Value::Null)]))]);
        let head = Head::from_value(&map([("KIND", 1.5.into()), ("metadata", metadata)])).expect("a head");
        assert_eq!((head.kind.as_str(), head.name.as_str()), ("1.5", "3"));
        assert_eq!(head.annotations, [("a".to_owned(), "true".to_owned()), ("b".into(), String::new())].into());
    }

    #[test]
    fn a_quick_look_refuses_what_decoding_refuses() {
        let error = Head::read("kind:\n  a: b\nmetadata:\n  labels: {}\n").expect_err("an error");
        let expected = "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal object into Go struct field .kind of type string";
        assert_eq!(error, expected);
        let head = Head::read("kind: A\nmetadata:\n  name: web\n  labels:\n    name: x\n").expect("a head");
        assert_eq!((head.kind.as_str(), head.name.as_str()), ("A", "web"));
    }

    // The expected texts are those of Helm 4.3.1.
    #[test]
    fn wrong_types_are_refused_in_the_order_of_the_keys() {
        let list = || Value::List(vec![]);
        let struct_field = "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal";
        let cases = [
            (list(), "array into Go value of type util.SimpleHead".to_owned()),
            (map([("kind", list())]), "array into Go struct field .kind of type string".into()),
            (
                map([("kind", list()), ("apiVersion", map([]))]),
                "object into Go struct field .apiVersion of type string".into(),
            ),
            (map([("metadata", "x".into())]), format!("string into Go struct field .metadata of type {METADATA_TYPE}")),
            (
                map([("metadata", map([("annotations", 3.0.into())]))]),
                "number into Go struct field .metadata.annotations of type map[string]string".into(),
            ),
            (
                map([("metadata", map([("annotations", map([("helm.sh/a~b", list())]))]))]),
                "array into Go struct field .metadata.annotations.helm.sh~1a~0b of type string".into(),
            ),
        ];
        for (document, expected) in cases {
            let error = Head::from_value(&document).expect_err("an error").to_string();
            assert_eq!(error, format!("{struct_field} {expected}"));
        }
    }
}
