//! `--output`: a table for people, or JSON or YAML for programs.

use crate::{Failure, write_stdout};
use goyaml::Value;

/// How to print.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// JSON on one line.
    Json,
    /// YAML.
    Yaml,
}

/// Reads the value of `--output`.
///
/// # Errors
/// Helm's words for anything else.
pub fn parse_format(text: &str) -> Result<Format, String> {
    match text {
        "table" => Ok(Format::Table),
        "json" => Ok(Format::Json),
        "yaml" => Ok(Format::Yaml),
        _ => Err("invalid format type".to_owned()),
    }
}

/// An object whose fields keep their order in JSON, as those of a Go struct do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record(pub Vec<(&'static str, Field)>);

/// What a field holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    /// A value.
    Value(Value),
    /// Another object.
    Record(Record),
    /// Further objects.
    Records(Vec<Record>),
}

impl<T: Into<Value>> From<T> for Field {
    fn from(value: T) -> Self {
        Self::Value(value.into())
    }
}

impl Field {
    fn json(&self) -> Result<String, Failure> {
        match self {
            Self::Value(value) => Ok(goyaml::json::write(value)?),
            Self::Record(record) => record.json(),
            Self::Records(records) => json(records),
        }
    }

    fn value(&self) -> Value {
        match self {
            Self::Value(value) => value.clone(),
            Self::Record(record) => record.value(),
            Self::Records(records) => Value::List(records.iter().map(Record::value).collect()),
        }
    }
}

impl Record {
    fn json(&self) -> Result<String, Failure> {
        let field = |(name, field): &(&str, Field)| Ok(format!("\"{name}\":{}", field.json()?));
        let fields: Result<Vec<String>, Failure> = self.0.iter().map(field).collect();
        Ok(format!("{{{}}}", fields?.join(",")))
    }

    fn value(&self) -> Value {
        Value::Map(self.0.iter().map(|(name, field)| ((*name).to_owned(), field.value())).collect())
    }
}

/// Prints one object for programs.
///
/// # Errors
/// When it cannot be written.
pub fn print_record(record: &Record, format: Format) -> Result<(), Failure> {
    match format {
        Format::Yaml => print_value(&record.value(), format),
        Format::Json | Format::Table => write_stdout((record.json()? + "\n").as_bytes()),
    }
}

/// Prints a list of objects for programs.
///
/// # Errors
/// When it cannot be written.
pub fn print_records(records: &[Record], format: Format) -> Result<(), Failure> {
    if format == Format::Yaml {
        return print_value(&Value::List(records.iter().map(Record::value).collect()), format);
    }
    write_stdout((json(records)? + "\n").as_bytes())
}

fn json(records: &[Record]) -> Result<String, Failure> {
    let objects: Result<Vec<String>, Failure> = records.iter().map(Record::json).collect();
    Ok(format!("[{}]", objects?.join(",")))
}

/// JSON in a format for programs: as it is on a line of its own, or the YAML of the same.
///
/// # Errors
/// When it is no JSON.
pub fn json_text(json: &[u8], format: Format) -> Result<String, Failure> {
    if format == Format::Yaml {
        return Ok(goyaml::to_yaml(&plain(serde_json::from_slice(json)?))?);
    }
    Ok(String::from_utf8_lossy(json).into_owned() + "\n")
}

/// Whole numbers stay integers.
fn plain(json: serde_json::Value) -> Value {
    use serde_json::Value as Json;
    match json {
        Json::Null => Value::Null,
        Json::Bool(flag) => Value::Bool(flag),
        Json::Number(number) => match number.as_i64() {
            Some(number) => Value::Int(number),
            None => Value::Float(number.as_f64().unwrap_or_default()),
        },
        Json::String(text) => Value::String(text),
        Json::Array(items) => Value::List(items.into_iter().map(plain).collect()),
        Json::Object(entries) => Value::Map(entries.into_iter().map(|(key, value)| (key, plain(value))).collect()),
    }
}

/// Prints a value for programs.
///
/// # Errors
/// When it cannot be written.
pub fn print_value(value: &Value, format: Format) -> Result<(), Failure> {
    let text = match format {
        Format::Yaml => goyaml::to_yaml(value)?,
        Format::Json | Format::Table => goyaml::json::write(value)? + "\n",
    };
    write_stdout(text.as_bytes())
}
