//! Dropping lists and maps without recursion: a template can nest them as deeply as it likes.

use super::{List, Map, Value};

impl Drop for List {
    fn drop(&mut self) {
        if let Some(items) = self.take_own() {
            drop_nested(items.iter_mut());
        }
    }
}

impl Drop for Map {
    fn drop(&mut self) {
        if let Some(mut entries) = self.take_own() {
            drop_nested(entries.values_mut());
        }
    }
}

/// Empties what is nested in these values, so that dropping them afterwards ends at once.
fn drop_nested<'v>(values: impl Iterator<Item = &'v mut Value>) {
    let mut nested: Vec<Value> = Vec::new();
    take_containers(values, &mut nested);
    while let Some(mut value) = nested.pop() {
        match &mut value {
            Value::List(list) => {
                if let Some(items) = list.take_own() {
                    take_containers(items.iter_mut(), &mut nested);
                }
            }
            Value::Map(map) => {
                if let Some(mut entries) = map.take_own() {
                    take_containers(entries.values_mut(), &mut nested);
                }
            }
            _ => {}
        }
    }
}

fn take_containers<'v>(values: impl Iterator<Item = &'v mut Value>, nested: &mut Vec<Value>) {
    let containers = values.filter(|value| matches!(value, Value::List(_) | Value::Map(_)));
    nested.extend(containers.map(std::mem::take));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deep_values_are_dropped_without_recursion() {
        let mut value = Value::Nil;
        for depth in 0..100_000 {
            value =
                if depth % 2 == 0 { Value::list(vec![value]) } else { Value::Map(Map::from_iter([("a".into(), value)])) };
        }
        drop(value);
    }

    #[test]
    fn what_is_shared_stays() {
        let shared = Value::list(vec![Value::Int(1)]);
        drop(Value::list(vec![shared.clone()]));
        let Value::List(list) = &shared else { panic!("no list") };
        assert!(matches!(list.items(), [Value::Int(1)]));
    }
}
