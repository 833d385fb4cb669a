//! Between template values and the JSON that Handlebars works on.
//!
//! JSON has one kind of number: a whole float of a values file becomes an integer, so that `8080` prints as `8080` and fits
//! where a function wants an `int`.

use gotemplate::value::{Str, Value};
use serde_json::{Map as JsonMap, Number, Value as Json};

/// Whole numbers up to here are exact in a float.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// A template value as JSON. Bytes that are no UTF-8 become U+FFFD; objects show their plain form.
pub(crate) fn to_json(value: &Value) -> Json {
    match value {
        Value::Nil => Json::Null,
        Value::Bool(flag) => Json::Bool(*flag),
        Value::Int(number) | Value::Int64(number) => Json::from(*number),
        Value::Uint64(number) => Json::from(*number),
        Value::Uint8(number) => Json::from(*number),
        Value::Float(number) if number.fract() == 0.0 && number.abs() <= MAX_EXACT => Json::from(*number as i64),
        Value::Float(number) => Number::from_f64(*number).map_or(Json::Null, Json::Number),
        Value::String(text) => Json::String(text.to_str_lossy().into_owned()),
        Value::Bytes(bytes) => Json::String(String::from_utf8_lossy(bytes).into_owned()),
        Value::List(list) => Json::Array(list.items().iter().map(to_json).collect()),
        Value::Map(map) => Json::Object(map.with(|entries| entries.iter().map(|(key, value)| entry(key, value)).collect())),
        Value::Object(object) => to_json(&object.plain()),
        Value::Complex(..) => Json::Null,
    }
}

fn entry(key: &Str, value: &Value) -> (String, Json) {
    (key.to_str_lossy().into_owned(), to_json(value))
}

/// JSON as a template value.
pub(crate) fn from_json(json: &Json) -> Value {
    match json {
        Json::Null => Value::Nil,
        Json::Bool(flag) => Value::Bool(*flag),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Value::Int(number),
            None => Value::Float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::string(text.as_str()),
        Json::Array(items) => Value::list(items.iter().map(from_json).collect()),
        Json::Object(entries) => Value::Map(object(entries)),
    }
}

fn object(entries: &JsonMap<String, Json>) -> gotemplate::value::Map {
    entries.iter().map(|(key, value)| (Str::from(key.as_str()), from_json(value))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn whole_floats_are_integers() {
        let list = Value::list(vec![Value::Float(8080.0), Value::Float(0.5), Value::Float(1e300), Value::Nil]);
        assert_eq!(to_json(&list), json!([8080, 0.5, 1e300, null]));
    }

    #[test]
    fn json_comes_back_as_it_was() {
        let json = json!({"a": [1, 2.5, "x", true, null], "b": {}});
        assert_eq!(to_json(&from_json(&json)), json);
    }
}
