//! JSON: `toJson`, `fromJson` and their like.

use super::super::walk::{Encoded, Encoder};
use super::decoded::{template_value, template_values};
use gotemplate::function::{FunctionError, FunctionTable};
use gotemplate::value::{Element, List, Map, Str, Value};
use goyaml::{Error, json};
use std::collections::BTreeMap;

pub(super) fn add(table: &mut FunctionTable) {
    table.add("toJson", |value: Value| json::write(&encoded(&value)).unwrap_or_default());
    table.add("mustToJson", |value: Value| fatal(json::write(&encoded(&value))));
    table.add("toPrettyJson", |value: Value| json::write_pretty(&encoded(&value)).unwrap_or_default());
    table.add("mustToPrettyJson", |value: Value| fatal(json::write_pretty(&encoded(&value))));
    for name in ["toRawJson", "mustToRawJson"] {
        table.add(name, |value: Value| fatal(json::write_raw(&encoded(&value))));
    }
    table.add("fromJson", from_json);
    table.add("fromJsonArray", from_json_array);
    table.add("mustFromJson", |text: Str| fatal(json::parse(text.as_bytes()).and_then(|value| template_value(&value))));
}

fn encoded(value: &Value) -> Encoded<'_> {
    Encoded::new(value, Encoder::Json)
}

fn fatal<T>(result: Result<T, Error>) -> Result<T, FunctionError> {
    result.map_err(|error| FunctionError::new(error.to_string()))
}

/// Always a map, with the error under the key `Error`. Where only a number was too large, the rest is there, too.
fn from_json(text: Str) -> Map {
    let json::Parsed { value, error } = json::parse_partial(text.as_bytes());
    match (template_value(&value), error) {
        (Ok(Value::Map(map)), None) => map,
        (Ok(Value::Map(map)), Some(error)) => with_error(map, error),
        (Ok(Value::Nil), None) => Map::nil(),
        (Ok(Value::Nil), Some(error)) | (Err(error), _) => with_error(Map::new(BTreeMap::new()), error),
        (Ok(_), _) => {
            let error = Error::new(json::mismatch(&value, "map[string]interface {}"));
            with_error(Map::new(BTreeMap::new()), error)
        }
    }
}

fn with_error(map: Map, error: Error) -> Map {
    map.insert("Error", Value::string(error.to_string()));
    map
}

/// Always a list, which may hold nothing but the error.
fn from_json_array(text: Str) -> Value {
    let list = json::parse_list(text.as_bytes()).and_then(|items| items.map(|items| template_values(&items)).transpose());
    match list {
        Ok(Some(items)) => Value::List(List::grown(Element::Any, items)),
        Ok(None) => Value::List(List::nil(Element::Any)),
        Err(error) => Value::list(vec![Value::string(error.to_string())]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: Value) -> String {
        String::from_utf8_lossy(&gotemplate::format::print(&value).expect("a text")).into_owned()
    }

    // The expected texts are those of Helm.
    #[test]
    fn errors_are_values() {
        let read = |text: &str| shown(Value::Map(from_json(text.into())));
        assert_eq!(read("{\"a\":1"), "map[Error:unexpected end of JSON input]");
        assert_eq!(read("[1]"), "map[Error:json: cannot unmarshal array into Go value of type map[string]interface {}]");
        let too_large = "json: cannot unmarshal number 1e400 into Go struct field .b of type float64";
        assert_eq!(read("{\"a\":1, \"b\": 1e400}"), format!("map[Error:{too_large} a:1 b:0]"));
        let list = |text: &str| shown(from_json_array(text.into()));
        assert_eq!(list("{}"), "[json: cannot unmarshal object into Go value of type []interface {}]");
        assert_eq!(list("[1,\"a\",null]"), "[1 a <nil>]");
    }

    #[test]
    fn null_is_a_nil_map_and_a_nil_list() {
        assert!(from_json("null".into()).is_nil());
        assert!(matches!(from_json_array("null".into()), Value::List(list) if list.is_nil()));
    }

    #[test]
    fn deep_nesting_is_refused() {
        let text = format!("{{\"a\":{}{}}}", "[".repeat(5000), "]".repeat(5000));
        assert_eq!(shown(Value::Map(from_json(text.into()))), "map[Error:value is nested more than 1000 levels deep]");
    }
}
