//! Values in Go's `fmt`, for the messages that show them.

use crate::gotext::float;
use goyaml::Value;

/// A value as `%v` prints it: `map[a:1 b:[x <nil>]]`.
pub(crate) fn verb_v(value: &Value) -> String {
    let mut text = String::new();
    write(&mut text, value, &|text, value| match value {
        Value::Null => text.push_str("<nil>"),
        Value::Bool(value) => text.push_str(if *value { "true" } else { "false" }),
        Value::Int(number) => text.push_str(&number.to_string()),
        Value::Float(number) => text.push_str(&float(*number)),
        Value::String(string) => text.push_str(string),
        Value::List(_) | Value::Map(_) => {}
    });
    text
}

/// A value as `%t` prints it, which is meant for booleans: `%!t(float64=5)`.
pub(crate) fn verb_t(value: &Value) -> String {
    if value.is_null() {
        return "%!t(<nil>)".to_owned();
    }
    let mut text = String::new();
    write(&mut text, value, &|text, value| match value {
        Value::Null | Value::Bool(_) => text.push_str(&verb_v(value)),
        Value::Int(number) => text.push_str(&format!("%!t(int64={number})")),
        Value::Float(number) => text.push_str(&format!("%!t(float64={})", float(*number))),
        Value::String(string) => text.push_str(&format!("%!t(string={string})")),
        Value::List(_) | Value::Map(_) => {}
    });
    text
}

fn write(text: &mut String, value: &Value, scalar: &dyn Fn(&mut String, &Value)) {
    match value {
        Value::List(items) => {
            text.push('[');
            for (i, item) in items.iter().enumerate() {
                text.push_str(if i == 0 { "" } else { " " });
                write(text, item, scalar);
            }
            text.push(']');
        }
        Value::Map(map) => {
            text.push_str("map[");
            for (i, (key, value)) in map.iter().enumerate() {
                text.push_str(if i == 0 { "" } else { " " });
                scalar(text, &Value::String(key.clone()));
                text.push(':');
                write(text, value, scalar);
            }
            text.push(']');
        }
        value => scalar(text, value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_in_go() {
        let map = goyaml::Map::from([("a".to_owned(), Value::Null), ("b".to_owned(), Value::Float(1e6))]);
        let list = Value::from(vec![Value::Bool(true), "x".into(), Value::Int(5), map.into()]);
        assert_eq!(verb_v(&list), "[true x 5 map[a:<nil> b:1e+06]]");
        let expected = "[true %!t(string=x) %!t(int64=5) map[%!t(string=a):<nil> %!t(string=b):%!t(float64=1e+06)]]";
        assert_eq!(verb_t(&list), expected);
        assert_eq!(verb_t(&Value::Null), "%!t(<nil>)");
    }
}
