//! Conversions: lenient numbers, texts of values, and the names of types and kinds.

use super::{dates, lists};
use crate::gonumber::{self, NotInteger};
use gotemplate::format;
use gotemplate::function::{FunctionError, FunctionTable, Int64};
use gotemplate::value::{Element, List, Str, Value};

pub(super) fn add(table: &mut FunctionTable) {
    table.add("int", |value: Value| integer(&value));
    table.add("int64", |value: Value| Int64(integer(&value)));
    table.add("float64", |value: Value| float(&value));
    table.add("atoi", atoi);
    table.add("toDecimal", to_decimal);
    table.add("toString", |value: Value| text_of(&value));
    table.add("toStrings", to_strings);
    table.add("typeOf", |value: Value| value.type_name());
    table.add("typeIs", |name: Str, value: Value| is_type(&name, &value));
    table.add("typeIsLike", |name: Str, value: Value| {
        is_type(&name, &value) || is_type(&[b"*", name.as_bytes()].concat().into(), &value)
    });
    table.add("kindOf", |value: Value| value.kind().to_string());
    table.add("kindIs", |name: Str, value: Value| value.kind().to_string().as_bytes() == name.as_bytes());
}

/// The value as an integer; 0 for what is none.
pub(super) fn integer(value: &Value) -> i64 {
    match value {
        Value::Bool(flag) => i64::from(*flag),
        Value::Int(number) | Value::Int64(number) => *number,
        Value::Uint64(number) => *number as i64,
        Value::Uint8(number) => i64::from(*number),
        Value::Float(number) => gonumber::truncate(*number),
        Value::String(text) => gonumber::parse_int(without_zeros(text.as_bytes()), 0).unwrap_or_default(),
        Value::Object(object) => dates::number_of(object.as_ref()).unwrap_or_default(),
        _ => 0,
    }
}

/// The value as a float; 0 for what is none.
pub(super) fn float(value: &Value) -> f64 {
    match value {
        Value::Float(number) => *number,
        Value::Uint64(number) => *number as f64,
        Value::String(text) => gonumber::parse_float(text.as_bytes()).unwrap_or_default(),
        _ => integer(value) as f64,
    }
}

/// The value as text: a string or bytes as they are, all else as `%v` formats it.
///
/// # Errors
/// [`format::FormatError`]
pub(super) fn text_of(value: &Value) -> Result<Str, FunctionError> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Bytes(bytes) => Ok(Str::from(bytes.as_ref())),
        _ => Ok(format::print(value)?.into()),
    }
}

/// The texts of a list's items, nils left out; of anything else, its own text.
pub(super) fn strings(value: &Value) -> Result<Vec<Str>, FunctionError> {
    match lists::items(value) {
        Some(list) => list.items().iter().filter(|item| !item.is_nil()).map(text_of).collect(),
        None if value.is_nil() => Ok(Vec::new()),
        None => Ok(vec![text_of(value)?]),
    }
}

fn to_strings(value: Value) -> Result<List, FunctionError> {
    match value {
        Value::List(texts) if texts.element() == Element::String => Ok(texts),
        value => Ok(lists::text_list(strings(&value)?)),
    }
}

/// `12.000` is an integer, too.
fn without_zeros(text: &[u8]) -> &[u8] {
    let zeros = text.iter().rev().take_while(|byte| **byte == b'0').count();
    match text[..text.len() - zeros].strip_suffix(b".") {
        Some(whole) if zeros > 0 => whole,
        _ => text,
    }
}

fn atoi(text: Str) -> i64 {
    match gonumber::parse_int(text.as_bytes(), 10) {
        Ok(number) | Err(NotInteger::Range(number)) => number,
        Err(NotInteger::Syntax) => 0,
    }
}

/// Reads the value's text as an octal number.
fn to_decimal(value: Value) -> Result<Int64, FunctionError> {
    Ok(Int64(gonumber::parse_int(&format::print(&value)?, 8).unwrap_or_default()))
}

fn is_type(name: &Str, value: &Value) -> bool {
    value.type_name().as_bytes() == name.as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    // The expected numbers are those of Helm.
    #[test]
    fn numbers_are_converted_leniently() {
        let cases =
            [("12.000", 12), ("1.0", 1), ("1.9", 0), ("010", 8), (".0", 0), ("0x10", 16), (" 3", 0), ("1_000", 1000)];
        for (text, expected) in cases {
            assert_eq!(integer(&Value::string(text)), expected, "{text}");
        }
        assert_eq!((integer(&Value::Bool(true)), integer(&Value::Float(-1.9)), integer(&Value::Nil)), (1, -1, 0));
        assert_eq!((float(&Value::string("010")), float(&Value::string("x")), float(&Value::Bool(true))), (10.0, 0.0, 1.0));
    }

    #[test]
    fn atoi_ends_at_the_borders() {
        assert_eq!((atoi("99999999999999999999".into()), atoi("-99999999999999999999".into())), (i64::MAX, i64::MIN));
        assert_eq!((atoi("010".into()), atoi("1_0".into()), atoi("+5".into()), atoi("x".into())), (10, 0, 5, 0));
    }

    #[test]
    fn octal_numbers_are_read_from_any_text() {
        let read = |value| to_decimal(value).expect("a number").0;
        assert_eq!((read(Value::Int(8)), read(Value::Float(42.0)), read(Value::string("0777"))), (0, 34, 511));
    }

    #[test]
    fn nils_are_left_out_of_lists_of_texts() {
        let list = Value::list(vec![Value::Int(1), Value::Nil, Value::string("a")]);
        assert_eq!(strings(&list).expect("texts"), [Str::from("1"), Str::from("a")]);
        assert_eq!(strings(&Value::Nil).expect("texts"), []);
        assert_eq!(strings(&Value::Bool(true)).expect("texts"), [Str::from("true")]);
    }
}
