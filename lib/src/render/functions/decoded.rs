//! What YAML and JSON texts held, as template values.

use super::super::context::value_from;
use gotemplate::format::MAX_DEPTH;
use gotemplate::value::Value;
use goyaml::Error;

/// The template value of a decoded one.
///
/// # Errors
/// When it is nested too deeply to be printed.
pub(super) fn template_value(value: &goyaml::Value) -> Result<Value, Error> {
    let mut pending = vec![(value, 1)];
    while let Some((value, depth)) = pending.pop() {
        if depth > MAX_DEPTH {
            return Err(Error::new(format!("value is nested more than {MAX_DEPTH} levels deep")));
        }
        match value {
            goyaml::Value::List(items) => pending.extend(items.iter().map(|item| (item, depth + 1))),
            goyaml::Value::Map(map) => pending.extend(map.values().map(|item| (item, depth + 1))),
            _ => {}
        }
    }
    Ok(value_from(value))
}

/// The template values of decoded ones.
///
/// # Errors
/// As for [`template_value`].
pub(super) fn template_values(values: &[goyaml::Value]) -> Result<Vec<Value>, Error> {
    values.iter().map(template_value).collect()
}
