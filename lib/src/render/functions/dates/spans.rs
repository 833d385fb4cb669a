//! Durations from values of any type, and in units: `mustToDuration`, `durationSeconds`, `durationRoundTo` and their like.

use super::object::{Duration, number_of};
use crate::goduration::{self, HOUR, SECOND};
use crate::gonumber::{parse_float, truncate};
use gotemplate::format;
use gotemplate::function::{FunctionError, FunctionTable, Int64};
use gotemplate::value::Value;
use std::rc::Rc;

pub(super) fn add(table: &mut FunctionTable) {
    table.add("mustToDuration", |value: Value| span(&value).map(object));
    table.add("durationSeconds", |value: Value| in_units(&value, SECOND));
    table.add("durationMinutes", |value: Value| in_units(&value, MINUTE));
    table.add("durationHours", |value: Value| in_units(&value, HOUR));
    table.add("durationDays", |value: Value| in_units(&value, HOUR) / 24.0);
    table.add("durationWeeks", |value: Value| in_units(&value, HOUR) / 24.0 / 7.0);
    table.add("durationMilliseconds", |value: Value| Int64(or_none(&value) / 1_000_000));
    table.add("durationMicroseconds", |value: Value| Int64(or_none(&value) / 1_000));
    table.add("durationNanoseconds", |value: Value| Int64(or_none(&value)));
    table.add("durationRoundTo", |value: Value, multiple: Value| to_multiple(&value, &multiple, goduration::round));
    table.add("durationTruncateTo", |value: Value, multiple: Value| to_multiple(&value, &multiple, goduration::truncate));
}

const MINUTE: u64 = 60 * SECOND;

/// The nanoseconds that a value means: numbers, also in texts, are seconds.
fn span(value: &Value) -> Result<i64, FunctionError> {
    match value {
        Value::String(text) => span_of_text(text.as_bytes()),
        Value::Int(seconds) | Value::Int64(seconds) => whole(*seconds),
        Value::Uint8(seconds) => whole(i64::from(*seconds)),
        Value::Uint64(seconds) => i64::try_from(*seconds).map_err(|_| overflow(seconds)).and_then(whole),
        Value::Float(seconds) => fractional(*seconds),
        Value::Nil => Err("invalid duration".into()),
        Value::Object(object) => match (object.as_any().downcast_ref::<Duration>(), number_of(object.as_ref())) {
            (Some(Duration(span)), _) => Ok(*span),
            (None, Some(seconds)) => whole(seconds),
            (None, None) => Err(unsupported(value)),
        },
        _ => Err(unsupported(value)),
    }
}

fn span_of_text(text: &[u8]) -> Result<i64, FunctionError> {
    let trimmed = String::from_utf8_lossy(text).trim().to_owned();
    if trimmed.is_empty() {
        return Err("empty duration".into());
    }
    match (goduration::parse(trimmed.as_bytes()), parse_float(trimmed.as_bytes())) {
        (Ok(span), _) => Ok(span),
        (Err(_), Some(seconds)) => fractional(seconds),
        (Err(_), None) => Err(format!("could not parse duration {}", format::quoted(text)).into()),
    }
}

fn whole(seconds: i64) -> Result<i64, FunctionError> {
    seconds.checked_mul(SECOND as i64).ok_or_else(|| overflow(&seconds))
}

fn fractional(seconds: f64) -> Result<i64, FunctionError> {
    let limit = i64::MAX as f64 / SECOND as f64;
    let shown = || String::from_utf8_lossy(&format::print(&Value::Float(seconds)).unwrap_or_default()).into_owned();
    if !seconds.is_finite() {
        return Err(format!("invalid duration seconds: {}", shown()).into());
    }
    if seconds.abs() > limit {
        return Err(overflow(&shown()));
    }
    Ok(truncate(seconds * SECOND as f64))
}

fn overflow(seconds: &dyn std::fmt::Display) -> FunctionError {
    format!("duration seconds overflow: {seconds}").into()
}

fn unsupported(value: &Value) -> FunctionError {
    format!("unsupported duration type {}", value.type_name()).into()
}

fn or_none(value: &Value) -> i64 {
    span(value).unwrap_or_default()
}

/// Whole units first, as Go computes it: the sum of two floats.
fn in_units(value: &Value, unit: u64) -> f64 {
    let (span, unit) = (or_none(value), unit as i64);
    (span / unit) as f64 + (span % unit) as f64 / unit as f64
}

fn to_multiple(value: &Value, multiple: &Value, change: fn(i64, i64) -> i64) -> Value {
    object(match (span(value), span(multiple)) {
        (Ok(span), Ok(multiple)) => change(span, multiple),
        (Ok(span), Err(_)) => span,
        (Err(_), _) => 0,
    })
}

fn object(nanoseconds: i64) -> Value {
    Value::Object(Rc::new(Duration(nanoseconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: Value) -> String {
        match span(&value) {
            Ok(span) => goduration::print(span),
            Err(error) => error.message,
        }
    }

    // The expected texts are those of Helm.
    #[test]
    fn numbers_are_seconds() {
        let text = |text: &str| shown(Value::string(text));
        assert_eq!(
            (shown(Value::Int(90)), shown(Value::Float(1.5)), text("2.5")),
            ("1m30s".into(), "1.5s".into(), "2.5s".into())
        );
        assert_eq!((text(" 3s "), text("-1e3"), shown(Value::Float(1.9e-9))), ("3s".into(), "-16m40s".into(), "1ns".into()));
        assert_eq!((text("  "), text("1d")), ("empty duration".into(), "could not parse duration \"1d\"".into()));
        assert_eq!(shown(Value::Int(i64::MAX)), "duration seconds overflow: 9223372036854775807");
        assert_eq!(shown(Value::Float(1e300)), "duration seconds overflow: 1e+300");
        assert_eq!(text("inf"), "invalid duration seconds: +Inf");
        assert_eq!(
            (shown(Value::Nil), shown(Value::Bool(true))),
            ("invalid duration".into(), "unsupported duration type bool".into())
        );
    }

    #[test]
    fn units_are_floats() {
        let text = |text: &str| Value::string(text);
        assert_eq!(
            (in_units(&text("1h0.5s"), MINUTE), in_units(&Value::Int(100), HOUR)),
            (60.00833333333333, 0.027777777777777776)
        );
        assert_eq!(in_units(&text("x"), SECOND), 0.0);
    }
}
