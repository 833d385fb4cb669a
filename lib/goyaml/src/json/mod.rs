//! JSON as Go's `encoding/json` reads and writes it.

mod parse;
mod quote;
mod write;

use crate::Error;
use crate::value::{Map, Value};
pub use parse::{Parsed, parse, parse_partial};
pub(crate) use quote::{push_go_string, quote_rune};
pub(crate) use write::push_string;
pub use write::{Style, write, write_pretty, write_raw, write_styled};

/// Go's complaint about a value of the wrong kind, for a target that `wanted` names in Go's words
/// (`map[string]interface {}`).
#[must_use]
pub fn mismatch(value: &Value, wanted: &str) -> String {
    format!("json: cannot unmarshal {} into Go value of type {wanted}", kind_of(value))
}

/// What Go calls the kind of a value.
#[must_use]
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "bool",
        Value::Int(_) | Value::Float(_) => "number",
        Value::String(_) => "string",
        Value::List(_) => "array",
        Value::Map(_) => "object",
    }
}

/// Parses into a mapping, as Go does into `map[string]interface{}`; `None` for `null`.
///
/// # Errors
/// As for [`parse()`], and for every other value.
pub fn parse_map(text: &[u8]) -> Result<Option<Map>, Error> {
    match parse_partial(text) {
        Parsed { value: other, .. } if !matches!(other, Value::Null | Value::Map(_)) => {
            Err(Error::new(mismatch(&other, "map[string]interface {}")))
        }
        Parsed { error: Some(error), .. } => Err(error),
        Parsed { value: Value::Map(map), .. } => Ok(Some(map)),
        Parsed { .. } => Ok(None),
    }
}

/// Parses into a list, as Go does into `[]interface{}`; `None` for `null`.
///
/// # Errors
/// As for [`parse()`], and for every other value.
pub fn parse_list(text: &[u8]) -> Result<Option<Vec<Value>>, Error> {
    match parse_partial(text) {
        Parsed { value: other, .. } if !matches!(other, Value::Null | Value::List(_)) => {
            Err(Error::new(mismatch(&other, "[]interface {}")))
        }
        Parsed { error: Some(error), .. } => Err(error),
        Parsed { value: Value::List(list), .. } => Ok(Some(list)),
        Parsed { .. } => Ok(None),
    }
}

/// Go's complaint about a float that JSON cannot hold.
pub(crate) fn unsupported(value: f64) -> Error {
    Error::new(format!("json: unsupported value: {}", crate::float::format_g(value)))
}
