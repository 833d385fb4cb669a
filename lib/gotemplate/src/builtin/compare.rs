//! `eq` and its relatives: Go compares within basic kinds, and integers whatever their sign.

use crate::format;
use crate::function::FunctionError;
use crate::value::{Kind, Value};
use std::cmp::Ordering;
use std::rc::Rc;

/// A value of a kind that has an order or at least an equality of its own.
enum Basic<'v> {
    Bool(bool),
    /// Any integer: 128 bits hold every sign.
    Integer(i128),
    Float(f64),
    Complex(f64, f64),
    String(&'v [u8]),
}

fn basic(value: &Value) -> Option<Basic<'_>> {
    Some(match value {
        Value::Bool(value) => Basic::Bool(*value),
        Value::Int(value) | Value::Int64(value) => Basic::Integer((*value).into()),
        Value::Uint64(value) => Basic::Integer((*value).into()),
        Value::Uint8(value) => Basic::Integer((*value).into()),
        Value::Float(value) => Basic::Float(*value),
        Value::Complex(real, imaginary) => Basic::Complex(*real, *imaginary),
        Value::String(text) => Basic::String(text.as_bytes()),
        Value::Object(object) => Basic::Integer(object.integer()?.into()),
        _ => return None,
    })
}

/// Whether `first` equals any of the others.
pub(super) fn equals_any(first: &Value, others: &[Value]) -> Result<bool, FunctionError> {
    if others.is_empty() {
        return Err("missing argument for comparison".into());
    }
    for other in others {
        if equals(first, other)? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn equals(a: &Value, b: &Value) -> Result<bool, FunctionError> {
    Ok(match (basic(a), basic(b)) {
        (Some(Basic::Bool(a)), Some(Basic::Bool(b))) => a == b,
        (Some(Basic::Integer(a)), Some(Basic::Integer(b))) => a == b,
        (Some(Basic::Float(a)), Some(Basic::Float(b))) => a == b,
        (Some(Basic::Complex(a, b)), Some(Basic::Complex(c, d))) => a == c && b == d,
        (Some(Basic::String(a)), Some(Basic::String(b))) => a == b,
        (None, None) => equals_composite(a, b)?,
        _ if a.is_nil() || b.is_nil() => false,
        _ => return Err(incompatible(a, b)),
    })
}

fn equals_composite(a: &Value, b: &Value) -> Result<bool, FunctionError> {
    if a.kind() != b.kind() && !a.is_nil() && !b.is_nil() {
        return Err(non_comparable(a, b));
    }
    if is_nil(a) || is_nil(b) {
        return Ok(is_nil(a) == is_nil(b));
    }
    match (a, b) {
        (Value::Object(a), Value::Object(b)) if !matches!(b.kind(), Kind::Slice | Kind::Map) => {
            let same_type = a.type_name() == b.type_name();
            Ok(same_type && if a.kind() == Kind::Ptr { Rc::ptr_eq(a, b) } else { a.display() == b.display() })
        }
        _ => Err(std::format!("non-comparable type {}: {}", text(b"%s", b)?, b.type_name()).into()),
    }
}

/// Go's nil of any kind.
fn is_nil(value: &Value) -> bool {
    match value {
        Value::Nil => true,
        Value::Map(map) => map.is_nil(),
        Value::List(list) => list.is_nil(),
        _ => false,
    }
}

fn incompatible(a: &Value, b: &Value) -> FunctionError {
    std::format!("incompatible types for comparison: {} and {}", a.type_name(), b.type_name()).into()
}

fn non_comparable(a: &Value, b: &Value) -> FunctionError {
    // Go prints the first under %s, the second under %v.
    match (text(b"%s", a), text(b"%v", b)) {
        (Ok(a_text), Ok(b_text)) => {
            std::format!("non-comparable types {a_text}: {}, {}: {b_text}", a.type_name(), b.type_name()).into()
        }
        (Err(error), _) | (_, Err(error)) => error,
    }
}

fn text(format: &[u8], value: &Value) -> Result<String, FunctionError> {
    let text = format::sprintf(format, std::slice::from_ref(value))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// `None` where neither is less nor both equal: not a number.
fn order(a: &Value, b: &Value) -> Result<Option<Ordering>, FunctionError> {
    let (Some(first), Some(second)) = (basic(a), basic(b)) else { return Err("invalid type for comparison".into()) };
    Ok(match (first, second) {
        (Basic::Integer(a), Basic::Integer(b)) => Some(a.cmp(&b)),
        (Basic::Float(a), Basic::Float(b)) => a.partial_cmp(&b),
        (Basic::String(a), Basic::String(b)) => Some(a.cmp(b)),
        (Basic::Bool(_), Basic::Bool(_)) | (Basic::Complex(..), Basic::Complex(..)) => {
            return Err("invalid type for comparison".into());
        }
        _ => return Err(incompatible(a, b)),
    })
}

pub(super) fn is_less(a: &Value, b: &Value) -> Result<bool, FunctionError> {
    Ok(order(a, b)? == Some(Ordering::Less))
}

pub(super) fn is_less_or_equal(a: &Value, b: &Value) -> Result<bool, FunctionError> {
    Ok(matches!(order(a, b)?, Some(Ordering::Less | Ordering::Equal)))
}
