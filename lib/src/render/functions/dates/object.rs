//! What templates see of times, durations, months, weekdays and zones.

use super::format::{MONTHS, RFC_3339, WEEKDAYS};
use super::time::Time;
use super::zone::Zone;
use crate::goduration;
use gotemplate::function::{Parameter, ParameterType};
use gotemplate::value::{Kind, MethodError, Object, Value};
use std::any::Any;
use std::borrow::Cow;
use std::rc::Rc;

const TIME: &str = "time.Time";
const DURATION: &str = "time.Duration";
const LOCATION: &str = "*time.Location";

/// Go's `time.Duration`, in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Duration(pub i64);

/// Go's `time.Month`, 1 for January, or `time.Weekday`, 0 for Sunday.
#[derive(Clone, Copy, Debug)]
struct Named {
    type_name: &'static str,
    name: &'static str,
    number: i64,
}

/// Go's `*time.Location`.
#[derive(Clone, Debug)]
struct Location(Zone);

/// The number of a month or weekday, which Helm's arithmetic takes as it takes an `int`.
pub(crate) fn number_of(object: &dyn Object) -> Option<i64> {
    object.as_any().downcast_ref::<Named>().map(|named| named.number)
}

impl Parameter for Time {
    const TYPE: ParameterType = ParameterType::Object(TIME);

    fn take(value: Value) -> Self {
        time(&value).cloned().unwrap_or_else(|| Self::zero(Zone::Utc))
    }
}

/// The time that a value is.
pub(super) fn time(value: &Value) -> Option<&Time> {
    match value {
        Value::Object(object) => object.as_any().downcast_ref(),
        _ => None,
    }
}

/// The value that a time is.
pub(super) fn value(time: Time) -> Value {
    Value::Object(Rc::new(time))
}

impl Object for Time {
    fn type_name(&self) -> Cow<'static, str> {
        TIME.into()
    }

    fn method(&self, name: &str) -> Option<usize> {
        Some(match name {
            "Year" | "Month" | "Day" | "Weekday" | "Hour" | "Minute" | "Second" | "Nanosecond" | "YearDay" => 0,
            "Unix" | "UnixMilli" | "UnixMicro" | "UnixNano" | "IsZero" | "IsDST" | "Location" | "UTC" | "Local" => 0,
            "String" | "GoString" | "MarshalText" | "MarshalJSON" => 0,
            "Format" | "Add" | "Sub" | "After" | "Before" | "Equal" | "Compare" | "In" | "Round" | "Truncate" => 1,
            "AddDate" => 3,
            _ => return unusable(name).map(|_| 0),
        })
    }

    fn parameter(&self, method: &str, _: usize) -> ParameterType {
        match method {
            "Format" => ParameterType::String,
            "AddDate" => ParameterType::Int,
            "Add" | "Round" | "Truncate" => ParameterType::Named(DURATION),
            "In" => ParameterType::Object(LOCATION),
            _ => ParameterType::Object(TIME),
        }
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, MethodError> {
        if let Some(reason) = unusable(name) {
            return Err(MethodError::Unusable(reason));
        }
        match arguments {
            [] if name.starts_with("Marshal") => self.marshal(name),
            [] => Ok(self.facet(name)),
            [argument] => self.related(name, argument),
            _ => self.call_add_date(arguments),
        }
    }

    fn display(&self) -> String {
        self.print()
    }

    fn go_syntax(&self) -> String {
        Time::go_syntax(self)
    }

    fn plain(&self) -> Value {
        Value::string(self.format(RFC_3339))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Time {
    /// What a method without arguments returns.
    fn facet(&self, name: &str) -> Value {
        let civil = self.civil();
        match name {
            "Year" => Value::Int(civil.year),
            "Month" => named("time.Month", &MONTHS, civil.month, 1),
            "Day" => Value::Int(civil.day),
            "Weekday" => named("time.Weekday", &WEEKDAYS, civil.weekday, 0),
            "Hour" => Value::Int(civil.hour),
            "Minute" => Value::Int(civil.minute),
            "Second" => Value::Int(civil.second),
            "Nanosecond" => Value::Int(self.nanoseconds),
            "YearDay" => Value::Int(civil.year_day),
            "Unix" => Value::Int64(self.seconds),
            "UnixMilli" => Value::Int64(self.count(1_000_000)),
            "UnixMicro" => Value::Int64(self.count(1_000)),
            "UnixNano" => Value::Int64(self.count(1)),
            "IsZero" => Value::Bool(self.is_zero()),
            "IsDST" => Value::Bool(self.offset().is_daylight_saving),
            "Location" => Value::Object(Rc::new(Location(self.zone.clone()))),
            "UTC" => value(self.in_zone(Zone::Utc)),
            "Local" => value(self.in_zone(self.local.clone())),
            "GoString" => Value::string(Time::go_syntax(self)),
            _ => Value::string(self.print()),
        }
    }

    /// RFC 3339 knows four digits of a year and two of an hour.
    fn marshal(&self, name: &str) -> Result<Value, MethodError> {
        let failed = |reason: &str| Err(MethodError::Failed(format!("Time.{name}: {reason}")));
        if !(0..=9999).contains(&self.civil().year) {
            return failed("year outside of range [0,9999]");
        }
        if self.offset().seconds.abs() >= 24 * 3600 {
            return failed("timezone hour outside of range [0,23]");
        }
        let text = self.format(RFC_3339);
        Ok(Value::Bytes(if name == "MarshalJSON" { [b"\"", text.as_slice(), b"\""].concat() } else { text }.into()))
    }

    /// What a method with one argument returns.
    fn related(&self, name: &str, argument: &Value) -> Result<Value, MethodError> {
        let other = || time(argument).ok_or(MethodError::WrongType { index: 0, expected: TIME });
        let duration = || nanoseconds(argument).ok_or(MethodError::WrongType { index: 0, expected: DURATION });
        Ok(match name {
            "Format" => match argument {
                Value::String(layout) => Value::string(self.format(layout.as_bytes())),
                _ => return Err(MethodError::WrongType { index: 0, expected: "string" }),
            },
            "In" => value(self.in_zone(zone(argument)?)),
            "Add" => value(self.add(duration()?)),
            "Round" => value(self.rounded(duration()?, true)),
            "Truncate" => value(self.rounded(duration()?, false)),
            "Sub" => Value::Object(Rc::new(Duration(self.since(other()?)))),
            "After" => Value::Bool(self.compare(other()?).is_gt()),
            "Before" => Value::Bool(self.compare(other()?).is_lt()),
            "Equal" => Value::Bool(self.compare(other()?).is_eq()),
            _ => Value::Int(self.compare(other()?) as i64),
        })
    }

    fn call_add_date(&self, arguments: &[Value]) -> Result<Value, MethodError> {
        let mut numbers = [0; 3];
        for (index, (number, argument)) in numbers.iter_mut().zip(arguments).enumerate() {
            match argument {
                Value::Int(value) => *number = *value,
                _ => return Err(MethodError::WrongType { index, expected: "int" }),
            }
        }
        let [years, months, days] = numbers;
        Ok(value(self.add_date(years, months, days)))
    }
}

fn named(type_name: &'static str, names: &[&'static str], number: i64, first: i64) -> Value {
    Value::Object(Rc::new(Named { type_name, name: names[(number - first) as usize], number }))
}

/// Why no template can call a method of a time, or reach a field.
fn unusable(name: &str) -> Option<String> {
    let second = match name {
        "Date" | "Clock" => return Some(format!("function {name} has 3 return values; should be 1 or 2")),
        "wall" | "ext" | "loc" => return Some(format!("{name} is an unexported field of struct type {TIME}")),
        "ISOWeek" | "Zone" => "int",
        "ZoneBounds" => TIME,
        _ => return None,
    };
    Some(format!("invalid function signature for {name}: second return value should be error; is {second}"))
}

/// A duration, or a constant that stands for one.
fn nanoseconds(value: &Value) -> Option<i64> {
    match value {
        Value::Int64(number) => Some(*number),
        Value::Object(object) => object.as_any().downcast_ref::<Duration>().map(|duration| duration.0),
        _ => None,
    }
}

fn zone(value: &Value) -> Result<Zone, MethodError> {
    match value {
        Value::Object(object) => object.as_any().downcast_ref::<Location>().map(|location| location.0.clone()),
        Value::Nil => return Err(MethodError::Failed("time: missing Location in call to Time.In".into())),
        _ => None,
    }
    .ok_or(MethodError::WrongType { index: 0, expected: LOCATION })
}

impl Object for Duration {
    fn type_name(&self) -> Cow<'static, str> {
        DURATION.into()
    }

    fn kind(&self) -> Kind {
        Kind::Int64
    }

    fn method(&self, name: &str) -> Option<usize> {
        Some(match name {
            "Hours" | "Minutes" | "Seconds" | "Milliseconds" | "Microseconds" | "Nanoseconds" | "Abs" | "String" => 0,
            "Round" | "Truncate" => 1,
            _ => return None,
        })
    }

    fn parameter(&self, _: &str, _: usize) -> ParameterType {
        ParameterType::Named(DURATION)
    }

    fn call(&self, name: &str, arguments: &[Value]) -> Result<Value, MethodError> {
        let units = |unit: u64| Value::Float((self.0 / unit as i64) as f64 + (self.0 % unit as i64) as f64 / unit as f64);
        let duration = |nanoseconds: i64| Value::Object(Rc::new(Duration(nanoseconds)));
        let multiple = || {
            let multiple = arguments.first().and_then(nanoseconds);
            multiple.ok_or(MethodError::WrongType { index: 0, expected: DURATION })
        };
        Ok(match name {
            "Hours" => units(goduration::HOUR),
            "Minutes" => units(goduration::HOUR / 60),
            "Seconds" => units(goduration::SECOND),
            "Milliseconds" => Value::Int64(self.0 / 1_000_000),
            "Microseconds" => Value::Int64(self.0 / 1_000),
            "Nanoseconds" => Value::Int64(self.0),
            "Abs" => duration(self.0.saturating_abs()),
            "Round" => duration(goduration::round(self.0, multiple()?)),
            "Truncate" => duration(goduration::truncate(self.0, multiple()?)),
            _ => Value::string(goduration::print(self.0)),
        })
    }

    fn display(&self) -> String {
        goduration::print(self.0)
    }

    fn go_syntax(&self) -> String {
        self.0.to_string()
    }

    fn plain(&self) -> Value {
        Value::Int64(self.0)
    }

    fn integer(&self) -> Option<i64> {
        Some(self.0)
    }

    fn is_true(&self) -> bool {
        self.0 != 0
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Object for Named {
    fn type_name(&self) -> Cow<'static, str> {
        self.type_name.into()
    }

    fn kind(&self) -> Kind {
        Kind::Int
    }

    fn method(&self, name: &str) -> Option<usize> {
        (name == "String").then_some(0)
    }

    fn call(&self, _: &str, _: &[Value]) -> Result<Value, MethodError> {
        Ok(Value::string(self.name))
    }

    fn display(&self) -> String {
        self.name.into()
    }

    fn go_syntax(&self) -> String {
        self.number.to_string()
    }

    fn plain(&self) -> Value {
        Value::Int(self.number)
    }

    fn integer(&self) -> Option<i64> {
        Some(self.number)
    }

    fn is_true(&self) -> bool {
        self.number != 0
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl Object for Location {
    fn type_name(&self) -> Cow<'static, str> {
        LOCATION.into()
    }

    fn kind(&self) -> Kind {
        Kind::Ptr
    }

    fn method(&self, name: &str) -> Option<usize> {
        (name == "String").then_some(0)
    }

    fn call(&self, _: &str, _: &[Value]) -> Result<Value, MethodError> {
        Ok(Value::string(self.display()))
    }

    fn display(&self) -> String {
        self.0.name().to_owned()
    }

    fn plain(&self) -> Value {
        Value::Map(gotemplate::value::Map::new(Default::default()))
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
