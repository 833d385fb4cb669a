//! Go's `reflect.DeepEqual` over template values: equal types, equal contents.

use super::limits::Budget;
use gotemplate::function::{FunctionError, FunctionTable};
use gotemplate::value::{List, Map, Object, Value};
use std::rc::Rc;

pub(super) fn add(table: &mut FunctionTable) {
    table.add("deepEqual", |a: Value, b: Value| deep_equal(&a, &b));
}

/// Whether both values have the same type and contents. A list or map equals itself, whatever it holds.
///
/// # Errors
/// When the values are without end.
pub(super) fn deep_equal(a: &Value, b: &Value) -> Result<bool, FunctionError> {
    let mut budget = Budget::new();
    let mut pending = Vec::new();
    let mut pair = Some((a.clone(), b.clone()));
    while let Some((a, b)) = pair {
        budget.step()?;
        if !fit(&a, &b, &mut pending) {
            return Ok(false);
        }
        pair = pending.pop();
    }
    Ok(true)
}

/// Whether the values may be equal; those in them that have to be equal then are added to `pending`.
fn fit(a: &Value, b: &Value, pending: &mut Vec<(Value, Value)>) -> bool {
    match (a, b) {
        (Value::Nil, Value::Nil) => true,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        (Value::Int(a), Value::Int(b)) | (Value::Int64(a), Value::Int64(b)) => a == b,
        (Value::Uint64(a), Value::Uint64(b)) => a == b,
        (Value::Uint8(a), Value::Uint8(b)) => a == b,
        (Value::Float(a), Value::Float(b)) => a == b,
        (Value::Complex(a, c), Value::Complex(b, d)) => a == b && c == d,
        (Value::String(a), Value::String(b)) => a == b,
        (Value::Bytes(a), Value::Bytes(b)) => a == b,
        (Value::List(a), Value::List(b)) => fit_lists(a, b, pending),
        (Value::Map(a), Value::Map(b)) => fit_maps(a, b, pending),
        (Value::Object(a), Value::Object(b)) => fit_objects(a, b, pending),
        _ => false,
    }
}

fn fit_lists(a: &List, b: &List, pending: &mut Vec<(Value, Value)>) -> bool {
    if a.element() != b.element() || a.is_nil() != b.is_nil() || a.len() != b.len() {
        return false;
    }
    if !std::ptr::eq(a.items(), b.items()) {
        pending.extend(a.items().iter().cloned().zip(b.items().iter().cloned()));
    }
    true
}

fn fit_maps(a: &Map, b: &Map, pending: &mut Vec<(Value, Value)>) -> bool {
    if a.map_type() != b.map_type() || a.is_nil() != b.is_nil() || a.len() != b.len() {
        return false;
    }
    if a.is_same(b) {
        return true;
    }
    for ((key, value), (other_key, other)) in a.entries().into_iter().zip(b.entries()) {
        if key != other_key {
            return false;
        }
        pending.push((value, other));
    }
    true
}

/// Objects are equal if they show the same: none has a part that is neither printed nor walked.
fn fit_objects(a: &Rc<dyn Object>, b: &Rc<dyn Object>, pending: &mut Vec<(Value, Value)>) -> bool {
    if a.type_name() != b.type_name() {
        return false;
    }
    match (a.entries(), b.entries()) {
        _ if Rc::ptr_eq(a, b) => true,
        (Some(a), Some(b)) => {
            let same = a.len() == b.len();
            pending.extend(a.into_iter().zip(b).flat_map(|((a, c), (b, d))| [(a, b), (c, d)]));
            same
        }
        _ => a.display() == b.display(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gotemplate::value::{Element, MapType};

    fn same(a: &Value, b: &Value) -> bool {
        deep_equal(a, b).expect("shallow values")
    }

    #[test]
    fn types_count() {
        let strings = Value::strings(vec![Value::string("a")]);
        assert!(same(&Value::Int(1), &Value::Int(1)) && !same(&Value::Int(1), &Value::Int64(1)));
        assert!(!same(&Value::Int(1), &Value::Float(1.0)) && !same(&strings, &Value::list(vec![Value::string("a")])));
        assert!(!same(&Value::list(Vec::new()), &Value::List(List::nil(Element::Any))));
        let map = Map::new([("a".into(), Value::Nil)].into());
        assert!(same(&Value::Map(map.clone()), &Value::Map(map.clone())));
        assert!(!same(&Value::Map(map.clone()), &Value::Map(map.retyped(MapType::Named("common.Values")))));
    }

    #[test]
    fn what_holds_itself_is_compared_up_to_a_limit() {
        let holds_itself = || {
            let map = Map::new(Default::default());
            map.insert("a", Value::Map(map.clone()));
            Value::Map(map)
        };
        let (a, b) = (holds_itself(), holds_itself());
        assert!(same(&a, &a));
        assert_eq!(deep_equal(&a, &b).expect_err("endless").message, "value holds more than 524288 values");
    }
}
