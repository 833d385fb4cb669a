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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::functions::testing::environment;

    fn read(text: &str) -> String {
        let map = from_toml(&text.into(), &TomlTimes::new(&environment()));
        String::from_utf8_lossy(&gotemplate::format::print(&Value::Map(map)).expect("a text")).into_owned()
    }

    // What Helm answers is among the recorded answers; it has no limits.
    #[test]
    fn deep_nesting_is_refused() {
        let limit = "nested more than 200 levels deep]";
        let lists = format!("a = {}", "[".repeat(100_000));
        assert_eq!(read(&lists), format!("map[Error:toml: line 1 (last key \"a\"): {limit}"));
        let tables = format!("{}a = 1", "a.".repeat(100_000));
        assert_eq!(read(&tables), format!("map[Error:toml: line 1 (last key \"a\"): {limit}"));
    }

    #[test]
    fn endless_values_are_refused() {
        let map = Map::new([].into());
        map.insert("a", Value::Map(map.clone()));
        let error = to_toml(Value::Map(map.clone())).expect_err("endless");
        assert_eq!(error.message, "value is nested more than 200 levels deep");
        map.insert("a", Value::list(vec![Value::Map(map.clone()), Value::Int(1)]));
        let error = to_toml(Value::Map(map)).expect_err("endless");
        assert_eq!(error.message, "value is nested more than 200 levels deep");
    }
}
