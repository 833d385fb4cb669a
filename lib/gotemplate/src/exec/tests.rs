//! Templates, their values, and what they write.

use crate::function::{FunctionTable, Int64, Rest};
use crate::testing::{Section, cases};
use crate::value::{Element, List, Map, MapType, Str, Value};
use crate::{MissingKey, Set, format};
use std::rc::Rc;

/// A few functions as Helm has them.
fn functions() -> FunctionTable {
    let mut functions = FunctionTable::new();
    functions.add("upper", |text: Str| text.to_str_lossy().to_uppercase());
    functions.add("list", |items: Rest<Value>| List::new(Element::Any, items.0));
    functions.add("dict", |items: Rest<Value>| dict(&items.0));
    functions.add("int", |value: Value| if let Value::Float(number) = value { number as i64 } else { 0 });
    functions.add("int64", |value: Value| Int64(if let Value::Float(number) = value { number as i64 } else { 0 }));
    functions.add("trunc", |count: i64, text: Str| text.as_bytes()[..(count as usize).min(text.len())].to_vec());
    functions.add("ternary", |yes: Value, no: Value, condition: bool| if condition { yes } else { no });
    functions.add("coalesce", |items: Rest<Value>| items.0.into_iter().find(Value::is_true).unwrap_or_default());
    functions.add("fail", |message: Str| Err::<Value, _>(message.to_str_lossy().into_owned()));
    functions.add("pick", |map: Map, _: Rest<Str>| map);
    functions.add("include", |set: &Set, name: Str, data: Value| set.output(name.as_bytes(), &data));
    functions.add("tpl", |set: &Set, text: Str, data: Value| {
        let mut set = set.clone();
        set.parse("tpl", text.as_bytes()).map_err(|error| error.to_string())?;
        set.output("tpl", &data).map_err(|error| error.to_string())
    });
    functions.add_method("common.Values", "AsMap", |map: Map| map.retyped(MapType::Any));
    functions.add_method("common.Values", "Table", |_: Map, name: Str| name);
    functions
}

fn dict(items: &[Value]) -> Result<Map, format::FormatError> {
    items.chunks_exact(2).map(|pair| Ok((format::print(&pair[0])?.into(), pair[1].clone()))).collect()
}

fn value(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Nil,
        serde_json::Value::Bool(flag) => Value::Bool(*flag),
        serde_json::Value::Number(number) => Value::Float(number.as_f64().expect("a float")),
        serde_json::Value::String(text) => Value::string(text.as_str()),
        serde_json::Value::Array(items) => Value::list(items.iter().map(value).collect()),
        serde_json::Value::Object(entries) => {
            Value::Map(entries.iter().map(|(key, entry)| (key.as_str().into(), value(entry))).collect())
        }
    }
}

/// Sections but `values` are files; the last one is executed.
fn run(sections: &[Section]) -> String {
    let mut set = Set::new(Rc::new(functions())).with_name("root").with_missing_key(MissingKey::Zero);
    let mut values = Map::from_iter([]);
    let mut last = "";
    for (name, text) in sections {
        if name == "values" {
            let json = serde_json::from_str(text).expect("values are JSON");
            let Value::Map(map) = value(&json) else { panic!("values are a map") };
            values = map.retyped(MapType::Named("common.Values"));
        } else if let Err(error) = set.parse(name, text) {
            return error.to_string();
        } else {
            last = name;
        }
    }
    let data = Value::Map(Map::from_iter([("Values".into(), Value::Map(values))]).retyped(MapType::Named("common.Values")));
    match set.output(last, &data) {
        Ok(text) => text.to_str_lossy().into_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn templates_write_what_helm_writes() {
    cases("exec", run);
}

#[test]
fn values_print_as_helm_prints_them() {
    cases("format", run);
}
