//! JSON as Go's encoder writes it, on top of serde: what it escapes, and how it writes floats.

use super::RecordError;
use goyaml::{Map, Value};
use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, SerializeMap, Serializer};
use std::borrow::Cow;
use std::fmt;
use std::io::{Result as IoResult, Write};

/// The JSON text of `value`: compact, nothing after its end.
///
/// # Errors
/// When it holds a float that JSON has no form for.
pub(super) fn to_vec(value: &impl Serialize) -> Result<Vec<u8>, RecordError> {
    let mut out = Vec::new();
    value
        .serialize(&mut serde_json::Serializer::with_formatter(&mut out, Go))
        .map_err(|error| RecordError::Json(error.to_string()))?;
    Ok(out)
}

/// A failure to read `text`, in Go's words where it is no JSON at all. The text may hold secrets: no more than a character of it is
/// shown.
pub(super) fn unreadable(text: &[u8], error: &serde_json::Error) -> RecordError {
    let shape = || format!("its JSON is not that of a release, at line {} column {}", error.line(), error.column());
    RecordError::Json(goyaml::json::parse(text).err().map_or_else(shape, |error| error.to_string()))
}

/// How deep Go reads JSON.
const MAX_DEPTH: usize = 10_000;

/// Whether lists and objects of a text stand deeper in one another than Go reads.
pub(super) fn is_too_deep(text: &[u8]) -> bool {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = text.get(at) {
        at += 1;
        match byte {
            b'{' | b'[' if depth == MAX_DEPTH => return true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => at = end_of_text(text, at),
            _ => {}
        }
    }
    false
}

/// Behind the quote that ends the text in which `at` lies.
fn end_of_text(text: &[u8], mut at: usize) -> usize {
    while let Some(found) = memchr::memchr2(b'"', b'\\', text.get(at..).unwrap_or_default()).map(|found| at + found) {
        match text[found] {
            b'"' => return found + 1,
            _ => at = found + 2,
        }
    }
    text.len()
}

struct Go;

impl serde_json::ser::Formatter for Go {
    fn write_f64<W: ?Sized + Write>(&mut self, writer: &mut W, value: f64) -> IoResult<()> {
        writer.write_all(float(value).as_bytes())
    }

    fn write_string_fragment<W: ?Sized + Write>(&mut self, writer: &mut W, fragment: &str) -> IoResult<()> {
        let mut written = 0;
        for (at, c) in fragment.char_indices().filter(|(_, c)| matches!(c, '<' | '>' | '&' | '\u{2028}' | '\u{2029}')) {
            writer.write_all(&fragment.as_bytes()[written..at])?;
            write!(writer, "\\u{:04x}", u32::from(c))?;
            written = at + c.len_utf8();
        }
        writer.write_all(&fragment.as_bytes()[written..])
    }
}

/// The shortest digits that give the number back; an exponent below 1e-6 and from 1e21.
fn float(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        let text = format!("{value:e}");
        return if text.contains("e-") { text } else { text.replace('e', "e+") };
    }
    format!("{value}")
}

/// A value of a chart or a user, as JSON.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Plain<'a>(pub(super) Cow<'a, Value>);

/// A mapping of values, as JSON.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct PlainMap<'a>(pub(super) Cow<'a, Map>);

impl PlainMap<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Plain<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_value(&self.0, serializer)
    }
}

impl Serialize for PlainMap<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_map(&self.0, serializer)
    }
}

struct Borrowed<'a>(&'a Value);

impl Serialize for Borrowed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serialize_value(self.0, serializer)
    }
}

fn serialize_value<S: Serializer>(value: &Value, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Value::Null => serializer.serialize_unit(),
        Value::Bool(value) => serializer.serialize_bool(*value),
        Value::Int(value) => serializer.serialize_i64(*value),
        Value::Float(value) if value.is_finite() => serializer.serialize_f64(*value),
        Value::Float(value) => Err(S::Error::custom(format!("json: unsupported value: {}", go_name(*value)))),
        Value::String(text) => serializer.serialize_str(text),
        Value::List(items) => serializer.collect_seq(items.iter().map(Borrowed)),
        Value::Map(map) => serialize_map(map, serializer),
    }
}

fn go_name(value: f64) -> &'static str {
    match value {
        f64::INFINITY => "+Inf",
        f64::NEG_INFINITY => "-Inf",
        _ => "NaN",
    }
}

fn serialize_map<S: Serializer>(map: &Map, serializer: S) -> Result<S::Ok, S::Error> {
    let mut out = serializer.serialize_map(Some(map.len()))?;
    for (key, value) in map {
        out.serialize_entry(key, &Borrowed(value))?;
    }
    out.end()
}

impl<'de> Deserialize<'de> for Plain<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Builder).map(|value| Self(Cow::Owned(value)))
    }
}

impl<'de> Deserialize<'de> for PlainMap<'_> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match deserializer.deserialize_any(Builder)? {
            Value::Map(map) => Ok(Self(Cow::Owned(map))),
            Value::Null => Ok(Self::default()),
            _ => Err(serde::de::Error::custom("expected an object")),
        }
    }
}

struct Item(Value);

impl<'de> Deserialize<'de> for Item {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Builder).map(Self)
    }
}

/// Builds values as Go does: every number becomes a float.
struct Builder;

impl<'de> Visitor<'de> for Builder {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    #[expect(clippy::cast_precision_loss, reason = "Go reads every number as float64")]
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Float(value as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "Go reads every number as float64")]
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Float(value as f64))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(Item(item)) = sequence.next_element()? {
            items.push(item);
        }
        Ok(Value::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some((key, Item(value))) = entries.next_entry()? {
            map.insert(key, value);
        }
        Ok(Value::Map(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(value: Value) -> String {
        let bytes = to_vec(&Plain(Cow::Owned(value))).expect("valid");
        String::from_utf8(bytes).expect("text")
    }

    #[test]
    fn floats_are_gos() {
        let cases = [
            (1.0, "1"),
            (1.5, "1.5"),
            (-0.0, "-0"),
            (123_456_789_012.0, "123456789012"),
            (1e20, "100000000000000000000"),
            (1e21, "1e+21"),
            (1.5e300, "1.5e+300"),
            (1e-6, "0.000001"),
            (1.25e-7, "1.25e-7"),
            (0.1, "0.1"),
        ];
        for (value, expected) in cases {
            assert_eq!(json(Value::Float(value)), expected);
        }
    }

    #[test]
    fn strings_are_escaped_as_in_go() {
        let text = "<a&b> \u{2028} \u{8}\u{c}\u{1}\u{7f} \"\\\n\té";
        assert_eq!(json(text.into()), "\"\\u003ca\\u0026b\\u003e \\u2028 \\b\\f\\u0001\u{7f} \\\"\\\\\\n\\té\"");
    }

    #[test]
    fn numbers_are_read_as_floats() {
        let text = "[1, -1, 18446744073709551615, 0.1, 123456789.123456789, 1.7976931348623157e308]";
        let Plain(value) = serde_json::from_str(text).expect("valid");
        let floats = [1.0, -1.0, 18_446_744_073_709_551_615.0, 0.1, 123_456_789.123_456_79, f64::MAX];
        assert_eq!(*value, Value::List(floats.into_iter().map(Value::Float).collect()));
    }

    #[test]
    fn what_json_cannot_say_is_refused() {
        let error = to_vec(&Plain(Cow::Owned(Value::Float(f64::INFINITY)))).expect_err("no such number");
        assert_eq!(error.to_string(), "json: unsupported value: +Inf");
    }
}
