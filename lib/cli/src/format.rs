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
pub struct Record(pub Vec<(&'static str, Value)>);

impl Record {
    fn json(&self) -> Result<String, Failure> {
        let field = |(name, value): &(&str, Value)| Ok(format!("\"{name}\":{}", goyaml::json::write(value)?));
        let fields: Result<Vec<String>, Failure> = self.0.iter().map(field).collect();
        Ok(format!("{{{}}}", fields?.join(",")))
    }

    fn value(&self) -> Value {
        Value::Map(self.0.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
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
    let objects: Result<Vec<String>, Failure> = records.iter().map(Record::json).collect();
    write_stdout(format!("[{}]\n", objects?.join(",")).as_bytes())
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
