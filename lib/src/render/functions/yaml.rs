//! YAML: `toYaml`, `fromYaml` and their like.

use super::super::walk::{Encoded, Encoder};
use super::decoded::{template_value, template_values};
use gotemplate::function::{FunctionError, FunctionTable};
use gotemplate::value::{Element, List, Map, Str, Value};
use goyaml::Error;
use std::collections::BTreeMap;

pub(super) fn add(table: &mut FunctionTable) {
    table.add("toYaml", |value: Value| to_yaml(&value).unwrap_or_default());
    table.add("mustToYaml", |value: Value| to_yaml(&value).map_err(|error| FunctionError::new(error.to_string())));
    table.add("toYamlPretty", to_yaml_pretty);
    table.add("fromYaml", from_yaml);
    table.add("fromYamlArray", from_yaml_array);
}

fn to_yaml(value: &Value) -> Result<String, Error> {
    goyaml::to_yaml(&Encoded::new(value, Encoder::Yaml)).map(without_newline)
}

/// Nothing where there is an error, except that its encoder dies of a type that it does not know.
fn to_yaml_pretty(value: Value) -> Result<String, FunctionError> {
    match goyaml::to_yaml_pretty(&Encoded::new(&value, Encoder::PrettyYaml)) {
        Ok(text) => Ok(without_newline(text)),
        Err(error) if error.to_string().starts_with("cannot marshal type") => Err(FunctionError::new(error.to_string())),
        Err(_) => Ok(String::new()),
    }
}

fn without_newline(mut text: String) -> String {
    if text.ends_with('\n') {
        text.pop();
    }
    text
}

/// Always a map, with the error under the key `Error`.
fn from_yaml(text: Str) -> Map {
    let decoded = goyaml::decode_map_bytes(text.as_bytes());
    match decoded.and_then(|map| template_value(&goyaml::Value::Map(map.unwrap_or_default()))) {
        Ok(Value::Map(map)) => map,
        Ok(_) => Map::new(BTreeMap::new()),
        Err(error) => Map::new([("Error".into(), Value::string(error.to_string()))].into()),
    }
}

/// Always a list, which may hold nothing but the error.
fn from_yaml_array(text: Str) -> List {
    let items = goyaml::decode_bytes(text.as_bytes()).and_then(|value| match value {
        goyaml::Value::Null => Ok(Vec::new()),
        goyaml::Value::List(items) => template_values(&items),
        other => {
            let mismatch = Error::new(goyaml::json::mismatch(&other, "[]interface {}"));
            Err(mismatch.within("error unmarshaling JSON: while decoding JSON"))
        }
    });
    match items {
        Ok(items) => List::grown(Element::Any, items),
        Err(error) => List::new(Element::Any, vec![Value::string(error.to_string())]),
    }
}
