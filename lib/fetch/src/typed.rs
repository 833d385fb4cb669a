//! Fields of YAML files that have a type, and what Helm says of values of another.

use crate::FetchError;
use goyaml::Value;

/// A field that is a text; numbers and truth values count as the texts that they are.
///
/// # Errors
/// For lists and mappings.
pub(crate) fn text(map: &Value, name: &str, place: &str) -> Result<String, FetchError> {
    let Some(value) = map.get(name) else { return Ok(String::new()) };
    as_text(value).ok_or_else(|| refused(value, &format!("into Go struct field {place}.{name} of type string")))
}

/// A value that is a text, or counts as one; nothing is the empty text.
pub(crate) fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::String(text) => Some(text.clone()),
        Value::List(_) | Value::Map(_) => None,
        scalar => goyaml::json::write(scalar).ok(),
    }
}

/// A field that is a truth value.
///
/// # Errors
/// For everything else.
pub(crate) fn flag(map: &Value, name: &str, place: &str) -> Result<bool, FetchError> {
    match map.get(name) {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(is_on)) => Ok(*is_on),
        Some(other) => Err(refused(other, &format!("into Go struct field {place}.{name} of type bool"))),
    }
}

/// The error for a value of another type than Helm wants `place` to have.
pub(crate) fn refused(value: &Value, place: &str) -> FetchError {
    let kind = match value {
        Value::Bool(_) => "bool",
        Value::String(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
        _ => "number",
    };
    FetchError::other(format!("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {kind} {place}"))
}
