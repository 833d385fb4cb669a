//! `index`, `slice` and `len`.

use crate::function::FunctionError;
use crate::value::{Kind, MapType, Object, Value};

type Indexed = Result<Value, FunctionError>;

/// `index collection key…`: one key after the other.
pub(super) fn index(collection: &Value, keys: &[Value]) -> Indexed {
    if collection.is_nil() {
        return Err("index of untyped nil".into());
    }
    let mut item = collection.clone();
    for key in keys {
        item = index_one(&item, key)?;
    }
    Ok(item)
}

fn index_one(item: &Value, key: &Value) -> Indexed {
    match item {
        Value::Nil => Err("index of nil pointer".into()),
        Value::String(text) => {
            let at = position(key, text.len())?;
            text.as_bytes().get(at).map(|&byte| Value::Uint8(byte)).ok_or_else(|| out_of_range("string"))
        }
        Value::Bytes(bytes) => {
            let at = position(key, bytes.len())?;
            bytes.get(at).map(|&byte| Value::Uint8(byte)).ok_or_else(|| out_of_range("slice"))
        }
        Value::List(list) => {
            let at = position(key, list.len())?;
            list.items().get(at).cloned().ok_or_else(|| out_of_range("slice"))
        }
        Value::Map(map) => {
            let missing = || if map.map_type() == MapType::String { Value::string("") } else { Value::Nil };
            Ok(map.get(map_key(key)?).unwrap_or_else(missing))
        }
        Value::Object(object) => index_object(&**object, key),
        _ => Err(format!("can't index item of type {}", item.type_name()).into()),
    }
}

fn index_object(object: &dyn Object, key: &Value) -> Indexed {
    match object.kind() {
        Kind::Map => {
            let name = String::from_utf8_lossy(map_key(key)?).into_owned();
            Ok(object.field(&name).unwrap_or_default())
        }
        Kind::Slice => {
            let mut entries = object.entries().unwrap_or_default();
            let at = position(key, entries.len())?;
            if at < entries.len() { Ok(entries.swap_remove(at).1) } else { Err(out_of_range("slice")) }
        }
        _ => Err(format!("can't index item of type {}", object.type_name().trim_start_matches('*')).into()),
    }
}

fn map_key(key: &Value) -> Result<&[u8], FunctionError> {
    match key {
        Value::String(key) => Ok(key.as_bytes()),
        Value::Nil => Err("value is nil; should be of type string".into()),
        _ => Err(format!("value has type {}; should be string", key.type_name()).into()),
    }
}

/// An index up to `limit`, which itself is let through as Go lets it through.
fn position(key: &Value, limit: usize) -> Result<usize, FunctionError> {
    let (at, text) = match key {
        Value::Int(at) | Value::Int64(at) => (usize::try_from(*at).ok(), at.to_string()),
        Value::Uint64(at) => (usize::try_from(*at).ok(), (*at as i64).to_string()),
        Value::Uint8(at) => (Some(usize::from(*at)), at.to_string()),
        Value::Object(object) if object.integer().is_some() => {
            let at = object.integer().unwrap_or_default();
            (usize::try_from(at).ok(), at.to_string())
        }
        Value::Nil => return Err("cannot index slice/array with nil".into()),
        _ => return Err(format!("cannot index slice/array with type {}", key.type_name()).into()),
    };
    at.filter(|&at| at <= limit).ok_or_else(|| format!("index out of range: {text}").into())
}

fn out_of_range(what: &str) -> FunctionError {
    format!("reflect: {what} index out of range").into()
}

/// `slice sequence from to`.
pub(super) fn slice(sequence: &Value, bounds: &[Value]) -> Indexed {
    let length = match sequence {
        Value::Nil => return Err("slice of untyped nil".into()),
        _ if bounds.len() > 3 => return Err(format!("too many slice indexes: {}", bounds.len()).into()),
        Value::String(_) if bounds.len() == 3 => return Err("cannot 3-index slice a string".into()),
        Value::String(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::List(list) => list.len(),
        _ => return Err(format!("can't slice item of type {}", sequence.type_name().trim_start_matches('*')).into()),
    };
    let mut ends = [0, length, length];
    for (index, bound) in bounds.iter().enumerate() {
        ends[index] = position(bound, length)?;
    }
    let [from, to, capacity] = ends;
    if from > to || to > capacity {
        let (low, high) = if from > to { (from, to) } else { (to, capacity) };
        return Err(format!("invalid slice index: {low} > {high}").into());
    }
    Ok(match sequence {
        Value::String(text) => Value::string(&text.as_bytes()[from..to]),
        Value::Bytes(bytes) => Value::Bytes(bytes[from..to].into()),
        Value::List(list) => Value::List(crate::value::List::new(list.element(), list.items()[from..to].to_vec())),
        _ => Value::Nil,
    })
}

/// `len`.
pub(super) fn len(value: &Value, interface: bool) -> Result<usize, FunctionError> {
    match value {
        Value::String(text) => Ok(text.len()),
        Value::Bytes(bytes) => Ok(bytes.len()),
        Value::List(list) => Ok(list.len()),
        Value::Map(map) => Ok(map.len()),
        Value::Nil if interface => Err("len of nil pointer".into()),
        Value::Nil => Err("reflect: call of reflect.Value.Type on zero Value".into()),
        Value::Object(object) => match object.len() {
            Some(len) => Ok(len),
            None => Err(format!("len of type {}", object.type_name().trim_start_matches('*')).into()),
        },
        _ => Err(format!("len of type {}", value.type_name()).into()),
    }
}
