//! The methods of `.Values`, which is no plain map but Helm's `common.Values`: `.Values.AsMap`, `.Values.YAML`, …

use super::context::VALUES;
use super::walk::{Encoded, Encoder};
use gotemplate::function::FunctionTable;
use gotemplate::value::{Map, MapType, Str, Value};

/// Adds the methods; the receiver is their first parameter.
pub(super) fn add(table: &mut FunctionTable) {
    let name = VALUES.name();
    table.add_method(name, "AsMap", as_map);
    table.add_method(name, "YAML", yaml);
    table.add_method(name, "Table", |values: Map, path: Str| table_at(&values, &path.to_str_lossy()));
    table.add_method(name, "PathValue", |values: Map, path: Str| path_value(&values, &path.to_str_lossy()));
}

fn as_map(values: Map) -> Map {
    if values.is_empty() { Map::new(Default::default()) } else { values.retyped(MapType::Any) }
}

fn yaml(values: Map) -> Result<String, String> {
    goyaml::to_yaml(&Encoded::new(&Value::Map(values), Encoder::Yaml)).map_err(|error| error.to_string())
}

fn table_at(values: &Map, path: &str) -> Result<Map, String> {
    path.split('.').try_fold(values.clone(), |table, key| match table.get(key.as_bytes()) {
        Some(Value::Map(inner)) => Ok(inner.retyped(VALUES)),
        _ => Err(format!("{key:?} is not a table")),
    })
}

/// The value at a path, unless it is a table.
fn path_value(values: &Map, path: &str) -> Result<Value, String> {
    if path.is_empty() {
        return Err("YAML path cannot be empty".to_owned());
    }
    let no_value = |key: &str| format!("{key:?} is not a value");
    let (table, key) = match path.rsplit_once('.') {
        Some((tables, key)) => (table_at(values, tables).map_err(|_| no_value(key))?, key),
        None => (values.clone(), path),
    };
    match table.get(key.as_bytes()) {
        None | Some(Value::Map(_)) => Err(no_value(if path.contains('.') { key } else { path })),
        Some(value) => Ok(value),
    }
}
