//! Maps: building, reading, changing in place. Keys come in byte order, as far as Go leaves their order to chance.

use super::convert::text_of;
use super::limits::Budget;
use gotemplate::function::{FunctionError, FunctionTable, Rest};
use gotemplate::value::{Element, List, Map, MapType, Str, Value};
use std::collections::BTreeMap;

pub(super) fn add(table: &mut FunctionTable) {
    table.add("dict", dict);
    table.add("get", |map: Map, key: Str| map.get(key.as_bytes()).unwrap_or_else(|| Value::string("")));
    table.add("set", set);
    table.add("unset", unset);
    table.add("hasKey", |map: Map, key: Str| map.contains_key(key.as_bytes()));
    table.add("keys", keys);
    table.add("values", |map: Map| List::grown(Element::Any, map.entries().into_iter().map(|(_, value)| value).collect()));
    table.add("pluck", pluck);
    table.add("pick", pick);
    table.add("omit", omit);
    table.add("dig", dig);
    for name in ["deepCopy", "mustDeepCopy"] {
        table.add(name, deep_copy);
    }
}

/// A key without a value has the empty string.
fn dict(Rest(all): Rest<Value>) -> Result<Map, FunctionError> {
    let mut entries = BTreeMap::new();
    for pair in all.chunks(2) {
        let value = pair.get(1).cloned().unwrap_or_else(|| Value::string(""));
        entries.insert(text_of(&pair[0])?, value);
    }
    Ok(Map::new(entries))
}

fn set(map: Map, key: Str, value: Value) -> Result<Map, FunctionError> {
    if !map.insert(key, value) {
        return Err("assignment to entry in nil map".into());
    }
    Ok(map)
}

fn unset(map: Map, key: Str) -> Map {
    map.remove(key.as_bytes());
    map
}

fn keys(Rest(maps): Rest<Map>) -> List {
    let keys = |map: &Map| map.with(|entries| entries.keys().cloned().map(Value::String).collect::<Vec<_>>());
    List::grown(Element::String, maps.iter().flat_map(keys).collect())
}

fn pluck(key: Str, Rest(maps): Rest<Map>) -> List {
    List::grown(Element::Any, maps.iter().filter_map(|map| map.get(key.as_bytes())).collect())
}

fn pick(map: Map, Rest(keys): Rest<Str>) -> Map {
    keys.into_iter().filter_map(|key| map.get(key.as_bytes()).map(|value| (key, value))).collect()
}

fn omit(map: Map, Rest(keys): Rest<Str>) -> Map {
    map.entries().into_iter().filter(|(key, _)| !keys.contains(key)).collect()
}

/// `dig KEY… DEFAULT MAP`: the value at the path, or the default where a key is missing.
fn dig(Rest(all): Rest<Value>) -> Result<Value, FunctionError> {
    let [keys @ .., default, map] = all.as_slice() else { return Err(TOO_FEW.into()) };
    if keys.is_empty() {
        return Err(TOO_FEW.into());
    }
    let mut map = plain_map(map)?;
    let keys = keys.iter().map(plain_string).collect::<Result<Vec<_>, _>>()?;
    let (last, path) = keys.split_last().ok_or(TOO_FEW)?;
    for key in path {
        match map.get(key.as_bytes()) {
            Some(below) => map = plain_map(&below)?,
            None => return Ok(default.clone()),
        }
    }
    Ok(map.get(last.as_bytes()).unwrap_or_else(|| default.clone()))
}

const TOO_FEW: &str = "dig needs at least three arguments";

/// Refuses named types such as that of `.Values`.
fn plain_map(value: &Value) -> Result<Map, FunctionError> {
    match value {
        Value::Map(map) if map.map_type() == MapType::Any => Ok(map.clone()),
        other => Err(bad_assertion(other, "map[string]interface {}")),
    }
}

fn plain_string(value: &Value) -> Result<Str, FunctionError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        other => Err(bad_assertion(other, "string")),
    }
}

/// What Go says when a value does not hold the type that it is asserted to hold.
fn bad_assertion(value: &Value, wanted: &str) -> FunctionError {
    let found = if value.is_nil() { "nil".into() } else { value.type_name() };
    FunctionError::new(format!("interface conversion: interface {{}} is {found}, not {wanted}"))
}

fn deep_copy(value: Value) -> Result<Value, FunctionError> {
    match value {
        Value::Nil => Err("reflect: call of reflect.Value.Type on zero Value".into()),
        value => copy(&value, &mut Budget::new()),
    }
}

/// Copies lists and maps, not what is in them by itself.
fn copy(value: &Value, budget: &mut Budget) -> Result<Value, FunctionError> {
    budget.enter()?;
    let copied = match value {
        Value::Map(map) if !map.is_nil() => {
            let mut entries = map.with(BTreeMap::clone);
            for value in entries.values_mut() {
                *value = copy(value, budget)?;
            }
            Value::Map(Map::with_type(map.map_type(), entries))
        }
        Value::List(list) if !list.is_nil() && !matches!(list.element(), Element::String | Element::Int) => {
            let mut items = list.items().to_vec();
            for item in &mut items {
                *item = copy(item, budget)?;
            }
            Value::List(list.copied(items))
        }
        Value::Object(object) => object.deep_copied().unwrap_or_else(|| value.clone()),
        other => other.clone(),
    };
    budget.leave();
    Ok(copied)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(entries: &[(&str, Value)]) -> Map {
        entries.iter().map(|(key, value)| ((*key).into(), value.clone())).collect()
    }

    fn message<T: std::fmt::Debug>(result: Result<T, FunctionError>) -> String {
        result.expect_err("a failure").message
    }

    #[test]
    fn keys_are_texts_and_the_last_value_may_be_missing() {
        let all = vec![Value::Nil, Value::Int(1), Value::Float(1.5), Value::Int(2), Value::string("a")];
        let map = dict(Rest(all)).expect("a map");
        assert_eq!(gotemplate::format::print(&Value::Map(map)).expect("a text"), b"map[1.5:2 <nil>:1 a:]");
    }

    #[test]
    fn maps_are_changed_in_place() {
        let map = record(&[("a", Value::Int(1))]);
        set(map.clone(), "b".into(), Value::Nil).expect("a map");
        unset(map.clone(), "a".into());
        assert_eq!((map.len(), map.contains_key(b"b")), (1, true));
        assert_eq!(message(set(Map::nil(), "a".into(), Value::Nil)), "assignment to entry in nil map");
    }

    // The texts are those of Helm.
    #[test]
    fn digging_stops_at_what_is_no_plain_map() {
        let below = Value::Map(record(&[("b", Value::string("x")), ("n", Value::Nil)]));
        let map = Value::Map(record(&[("a", below.clone())]));
        let text = |text: &str| Value::string(text);
        let dug = |path: &[&str], map: &Value| {
            dig(Rest(path.iter().copied().map(text).chain([text("default"), map.clone()]).collect()))
        };
        assert!(matches!(dug(&["a", "n"], &map), Ok(Value::Nil)));
        assert!(matches!(dug(&["z", "b"], &map), Ok(Value::String(found)) if found.as_bytes() == b"default"));
        let conversion =
            |found: &str| format!("interface conversion: interface {{}} is {found}, not map[string]interface {{}}");
        assert_eq!(message(dug(&["a", "b", "c"], &map)), conversion("string"));
        assert_eq!(message(dug(&["a", "n", "c"], &map)), conversion("nil"));
        let Value::Map(plain) = &map else { panic!("no map") };
        let named = Value::Map(plain.retyped(MapType::Named("common.Values")));
        assert_eq!(message(dug(&["a"], &named)), conversion("common.Values"));
        assert_eq!(message(dig(Rest(vec![text("a"), map]))), "dig needs at least three arguments");
        let with_number = Rest(vec![Value::Int(1), Value::Nil, below]);
        assert_eq!(message(dig(with_number)), "interface conversion: interface {} is int, not string");
    }

    #[test]
    fn a_deep_copy_shares_nothing_and_keeps_types() {
        let below = record(&[("b", Value::Int(1))]);
        let map = record(&[("a", Value::list(vec![Value::Map(below.clone())])), ("n", Value::Nil)]);
        let named = map.retyped(MapType::Named("common.Values"));
        let Ok(Value::Map(copied)) = deep_copy(Value::Map(named)) else { panic!("no map") };
        below.insert("b", Value::Int(2));
        let shown = gotemplate::format::print(&Value::Map(copied.clone())).expect("a text");
        assert_eq!((shown.as_slice(), copied.map_type().name()), (&b"map[a:[map[b:1]] n:<nil>]"[..], "common.Values"));
        assert_eq!(message(deep_copy(Value::Nil)), "reflect: call of reflect.Value.Type on zero Value");
    }

    #[test]
    fn endless_values_are_refused() {
        let map = record(&[]);
        map.insert("a", Value::Map(map.clone()));
        assert_eq!(message(deep_copy(Value::Map(map))), "value is nested more than 1000 levels deep");
        let doubled = (0..40).fold(Value::Nil, |value, _| Value::list(vec![value.clone(), value]));
        assert_eq!(message(deep_copy(doubled)), "value holds more than 524288 values");
    }
}
