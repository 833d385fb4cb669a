//! TOML: `toToml`, `mustToToml` and `fromToml`.

mod number;
mod read;
mod scan;
mod text;
mod tree;
mod write;

use super::dates::TomlTimes;
use crate::render::Environment;
use gotemplate::function::{FunctionError, FunctionTable};
use gotemplate::value::{Map, Str, Value};
use write::Fault;

pub(super) fn add(table: &mut FunctionTable, environment: &Environment) {
    table.add("toToml", to_toml);
    table.add("mustToToml", must_to_toml);
    let times = TomlTimes::new(environment);
    table.add("fromToml", move |text: Str| from_toml(&text, &times));
}

/// The error instead of the text, where there is one.
fn to_toml(value: Value) -> Result<Vec<u8>, FunctionError> {
    match write::write(&value) {
        Ok(text) => Ok(text),
        Err(Fault::Unfit(message)) => Ok(message.into_bytes()),
        Err(Fault::Fatal(error)) => Err(error),
    }
}

fn must_to_toml(value: Value) -> Result<Vec<u8>, FunctionError> {
    write::write(&value).map_err(|fault| match fault {
        Fault::Unfit(message) => message.into(),
        Fault::Fatal(error) => error,
    })
}

/// The error under the key `Error`, where there is one.
fn from_toml(text: &Str, times: &TomlTimes) -> Map {
    match read::read(text.as_bytes(), times) {
        Ok(map) => map,
        Err(message) => Map::new([("Error".into(), Value::string(message))].into()),
    }
}
