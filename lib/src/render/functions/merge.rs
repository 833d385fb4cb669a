//! `merge` and `mergeOverwrite`: maps filled from other maps in place, level by level.

use super::limits::Budget;
use gotemplate::function::{FunctionError, FunctionTable, Rest};
use gotemplate::value::{Kind, Map, MapType, Object, Str, Value};

pub(super) fn add(table: &mut FunctionTable) {
    table.add("merge", |target: Map, sources: Rest<Map>| swallow(merge(target, sources, false)));
    table.add("mergeOverwrite", |target: Map, sources: Rest<Map>| swallow(merge(target, sources, true)));
    table.add("mustMerge", |target: Map, sources: Rest<Map>| merge(target, sources, false).map(Value::Map));
    table.add("mustMergeOverwrite", |target: Map, sources: Rest<Map>| merge(target, sources, true).map(Value::Map));
}

const TYPES_DIFFER: &str = "src and dst must be of same type";

/// The empty string instead of the one failure that is an error and no panic in Go.
fn swallow(merged: Result<Map, FunctionError>) -> Result<Value, FunctionError> {
    match merged {
        Ok(map) => Ok(Value::Map(map)),
        Err(error) if error.message == TYPES_DIFFER => Ok(Value::string("")),
        Err(error) => Err(error),
    }
}

fn merge(target: Map, Rest(sources): Rest<Map>, overwrite: bool) -> Result<Map, FunctionError> {
    let mut target = target;
    for source in sources {
        if target.is_nil() && !source.is_nil() {
            target = Map::new(Default::default());
        }
        fill(&target, &source, overwrite, &mut Budget::new())?;
    }
    Ok(target)
}

/// Writes each value of `source` whose place in `target` is empty, or all if it overwrites. Maps on both sides are filled.
fn fill(target: &Map, source: &Map, overwrite: bool, budget: &mut Budget) -> Result<(), FunctionError> {
    budget.enter()?;
    let entries = if target.is_nil() { Vec::new() } else { source.entries() };
    for (key, value) in entries {
        budget.step()?;
        let current = target.get(key.as_bytes());
        match (&current, &value) {
            (_, Value::Nil) if !overwrite => continue,
            (Some(Value::Map(below)), Value::Map(value)) => fill(below, value, overwrite, budget)?,
            (Some(Value::Object(object)), value) => check(object.as_ref(), value, overwrite)?,
            _ => {}
        }
        let is_empty = current.as_ref().is_none_or(|current| !current.is_true());
        let stays = !is_empty && (!overwrite || matches!((&current, &value), (Some(Value::Map(_)), Value::Map(_))));
        if !stays {
            write(target, source, key, value)?;
        }
    }
    budget.leave();
    Ok(())
}

/// A map of strings takes strings from its like only.
fn write(target: &Map, source: &Map, key: Str, value: Value) -> Result<(), FunctionError> {
    if target.map_type() == MapType::String && source.map_type() != MapType::String {
        return Err("reflect.Value.SetMapIndex: value of type interface {} is not assignable to type string".into());
    }
    target.insert(key, value);
    Ok(())
}

/// A struct or pointer is merged field by field in Go, which fails when a value of another kind meets it.
fn check(current: &dyn Object, value: &Value, overwrite: bool) -> Result<(), FunctionError> {
    let found = value.kind();
    if !matches!(found, Kind::Struct | Kind::Ptr | Kind::Map) {
        return Ok(());
    }
    match current.kind() {
        // The fields of a time are private, so that it counts as a plain value.
        Kind::Struct if found != Kind::Struct && current.type_name() != "time.Time" => {
            Err(format!("reflect: call of reflect.Value.Field on {found} Value").into())
        }
        Kind::Ptr if found != Kind::Ptr && !overwrite => Err(TYPES_DIFFER.into()),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(entries: &[(&str, Value)]) -> Map {
        entries.iter().map(|(key, value)| ((*key).into(), value.clone())).collect()
    }

    fn shown(target: &Map, source: &Map, overwrite: bool) -> String {
        match merge(target.clone(), Rest(vec![source.clone()]), overwrite) {
            Ok(map) => String::from_utf8_lossy(&gotemplate::format::print(&Value::Map(map)).expect("a text")).into_owned(),
            Err(error) => error.message,
        }
    }

    fn text(text: &str) -> Value {
        Value::string(text)
    }

    // The expected texts are those of Helm.
    #[test]
    fn empty_values_are_filled() {
        let target = || record(&[("a", text("")), ("b", Value::list(Vec::new())), ("c", Value::Int(1)), ("n", Value::Nil)]);
        let source =
            record(&[("a", text("x")), ("b", Value::list(vec![Value::Int(3)])), ("c", Value::Nil), ("n", text("y"))]);
        assert_eq!(shown(&target(), &source, false), "map[a:x b:[3] c:1 n:y]");
        assert_eq!(shown(&target(), &source, true), "map[a:x b:[3] c:<nil> n:y]");
        assert_eq!(shown(&source, &target(), true), "map[a: b:[] c:1 n:<nil>]");
    }

    #[test]
    fn maps_on_both_sides_are_filled_and_others_shared() {
        let (empty, one) = (record(&[]), record(&[("y", Value::Int(1))]));
        let target = record(&[("x", Value::Map(empty.clone()))]);
        assert_eq!(shown(&target, &record(&[("x", Value::Map(one.clone()))]), false), "map[x:map[y:1]]");
        empty.insert("z", Value::Int(1));
        assert_eq!(one.len(), 1);
        let target = record(&[]);
        shown(&target, &record(&[("x", Value::Map(one.clone()))]), false);
        let Some(Value::Map(shared)) = target.get(b"x") else { panic!("no map") };
        assert!(shared.is_same(&one));
    }

    #[test]
    fn an_empty_map_replaces_no_other() {
        let full = || record(&[("x", Value::Map(record(&[("y", Value::Int(1))])))]);
        assert_eq!(shown(&full(), &record(&[("x", Value::Map(record(&[])))]), true), "map[x:map[y:1]]");
        assert_eq!(shown(&full(), &record(&[("x", text(""))]), true), "map[x:]");
    }

    #[test]
    fn a_map_of_strings_takes_nothing_else() {
        let strings = |key| Value::Map(record(&[(key, text("s"))]).retyped(MapType::String));
        let target = || record(&[("a", strings("x"))]);
        assert_eq!(shown(&target(), &record(&[("a", strings("y"))]), false), "map[a:map[x:s y:s]]");
        let other = record(&[("a", Value::Map(record(&[("y", text("s"))])))]);
        let message = "reflect.Value.SetMapIndex: value of type interface {} is not assignable to type string";
        assert_eq!(shown(&target(), &other, false), message);
    }

    #[test]
    fn a_nil_target_becomes_a_new_map() {
        assert_eq!(shown(&Map::nil(), &record(&[("a", Value::Int(1))]), false), "map[a:1]");
        assert!(merge(Map::nil(), Rest(vec![Map::nil()]), false).expect("a map").is_nil());
    }

    #[test]
    fn endless_maps_are_refused() {
        let endless = || {
            let map = record(&[]);
            map.insert("a", Value::Map(map.clone()));
            map
        };
        assert_eq!(shown(&endless(), &endless(), false), "value is nested more than 1000 levels deep");
    }
}
