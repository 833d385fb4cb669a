//! Nodes to [`Value`], as `sigs.k8s.io/yaml` decodes into `interface{}`: YAML to Go values, these to JSON, JSON to Go values.
//!
//! The three steps are one pass here, and errors of an earlier step still win over those of a later one. Merge keys and aliases
//! are followed where they stand, counted as go-yaml counts them. Nothing recurses: nesting through aliases has no bound that
//! the stack could bear.

mod build;
mod count;
mod place;
mod target;
mod unique;

use crate::input::Input;
use crate::node::{Document, compose};
use crate::parse::{EventKind, Parser};
use crate::value::{Map, Value};
use crate::{Error, json};
use build::Builder;
pub(crate) use build::is_merge;
use target::ANY;
pub use target::Target;
pub use unique::check_unique_keys;

/// Decodes the first document of a YAML text; `null` where there is none. All numbers become floats.
///
/// # Errors
/// For text that is no YAML or has no JSON form. The message is that of Go's `yaml.Unmarshal`.
pub fn decode(text: &str) -> Result<Value, Error> {
    decode_input(&Input::from_text(text), &ANY)
}

/// Decodes bytes as [`decode()`] does; they may be UTF-16 or no text at all.
///
/// # Errors
/// As for [`decode()`].
pub fn decode_bytes(bytes: &[u8]) -> Result<Value, Error> {
    decode_input(&Input::from_bytes(bytes), &ANY)
}

/// Decodes bytes as [`decode_bytes`] does, scalars in the places of texts becoming texts. Nothing else in `target` is looked at.
///
/// # Errors
/// As for [`decode()`].
pub fn decode_into(bytes: &[u8], target: &dyn Target) -> Result<Value, Error> {
    decode_input(&Input::from_bytes(bytes), target)
}

/// Decodes into a mapping, as Go does into `map[string]interface{}`; `None` for `null`.
///
/// # Errors
/// As for [`decode()`], and for every other value.
pub fn decode_map(text: &str) -> Result<Option<Map>, Error> {
    to_map(decode(text)?)
}

/// Decodes bytes into a mapping, as [`decode_map`] does.
///
/// # Errors
/// As for [`decode_map`].
pub fn decode_map_bytes(bytes: &[u8]) -> Result<Option<Map>, Error> {
    to_map(decode_bytes(bytes)?)
}

/// Decodes into a list, as Go does into `[]interface{}`; `None` for `null`.
///
/// # Errors
/// As for [`decode()`], and for every other value.
pub fn decode_list(text: &str) -> Result<Option<Vec<Value>>, Error> {
    match decode(text)? {
        Value::Null => Ok(None),
        Value::List(list) => Ok(Some(list)),
        other => Err(mismatch(&other, "[]interface {}")),
    }
}

fn to_map(value: Value) -> Result<Option<Map>, Error> {
    match value {
        Value::Null => Ok(None),
        Value::Map(map) => Ok(Some(map)),
        other => Err(mismatch(&other, "map[string]interface {}")),
    }
}

/// An error of the step from YAML to JSON.
fn to_json_error(error: Error) -> Error {
    error.within("error converting YAML to JSON")
}

fn mismatch(value: &Value, wanted: &str) -> Error {
    unmarshal_error(&json::mismatch(value, wanted))
}

/// An error of the step from JSON to Go values.
fn unmarshal_error(problem: &str) -> Error {
    Error::new(format!("error unmarshaling JSON: while decoding JSON: {problem}"))
}

fn decode_input(input: &Input<'_>, target: &dyn Target) -> Result<Value, Error> {
    let document = compose_first(input).map_err(to_json_error)?;
    document.map_or(Ok(Value::Null), |document| Builder::new(&document, target).build())
}

fn compose_first<'a>(input: &'a Input<'_>) -> Result<Option<Document<'a>>, Error> {
    let mut parser = Parser::new(&input.text, input.failure.clone());
    while let Some(event) = parser.next_event()? {
        match event.kind {
            EventKind::DocumentStart => return compose(&mut parser).map(Some),
            EventKind::StreamEnd => break,
            _ => {}
        }
    }
    Ok(None)
}
