//! The user's values out of all the flags that give some.

use super::merge::merge;
use super::set::{Grammar, SetError, assign};
use super::source::Source;
use super::{DocumentError, documents};
use crate::gotext::io_cause;
use goyaml::{Map, Value};
use std::io;

/// The flags that give values, each with its arguments in the order of the command line.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ValueOptions {
    /// `-f`: names of values files, `-` for the standard input.
    pub files: Vec<String>,
    /// `--set-json`: assignments of JSON values, or JSON objects.
    pub set_json: Vec<String>,
    /// `--set`: assignments of typed values.
    pub set: Vec<String>,
    /// `--set-string`: assignments of strings.
    pub set_string: Vec<String>,
    /// `--set-file`: assignments of the contents of files.
    pub set_file: Vec<String>,
    /// `--set-literal`: one assignment each, its value taken as it is.
    pub set_literal: Vec<String>,
}

/// Why the user's values cannot be had. Its text is Helm's.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum ValuesError {
    /// A file's name is no proper one.
    #[error("{0}")]
    Source(String),
    /// A file cannot be read; the text says which.
    #[error("{0}")]
    Unreadable(String),
    /// A file is malformed.
    #[error("failed to parse {file}: {cause}")]
    Malformed {
        /// Its name.
        file: String,
        /// What is wrong with it.
        cause: DocumentError,
    },
    /// An argument of `--set-json` is no JSON object.
    #[error("failed parsing --set-json data JSON: {0}")]
    JsonObject(String),
    /// An argument of `--set-json` has no assignments.
    #[error("failed parsing --set-json data {0}")]
    Json(String),
    /// An argument of another flag has no assignments.
    #[error("failed parsing {flag} data: {cause}")]
    Set {
        /// The flag.
        flag: &'static str,
        /// What is wrong with the argument.
        cause: SetError,
    },
}

/// Reads a file of the user: by its name as it was typed, be it a path, a URL or `-`. [`Source::of`] tells which.
pub type ReadFile<'r> = dyn Fn(&str) -> io::Result<Vec<u8>> + 'r;

/// The user's values: files first, then each family of flags, in the order of the fields of [`ValueOptions`].
///
/// # Errors
/// [`ValuesError`] for the first file or flag that cannot be read.
pub fn gather(options: &ValueOptions, read: &ReadFile<'_>) -> Result<Map, ValuesError> {
    let mut values = Map::new();
    for file in &options.files {
        let content = read_file(file, read)?;
        let content = documents::read(&content).map_err(|cause| ValuesError::Malformed { file: file.clone(), cause })?;
        merge(&mut values, content);
    }
    for argument in &options.set_json {
        set_json(argument, &mut values)?;
    }
    let text = |name: &str| match read_file(name, read) {
        Ok(content) => Ok(String::from_utf8_lossy(&content).into_owned()),
        Err(error) => Err(error.to_string()),
    };
    let families = [
        ("--set", Grammar::Typed, &options.set),
        ("--set-string", Grammar::Strings, &options.set_string),
        ("--set-file", Grammar::Files(&text), &options.set_file),
        ("--set-literal", Grammar::Literal, &options.set_literal),
    ];
    for (flag, grammar, arguments) in families {
        for argument in arguments {
            assign(argument, grammar, &mut values).map_err(|cause| ValuesError::Set { flag, cause })?;
        }
    }
    Ok(values)
}

fn set_json(argument: &str, values: &mut Map) -> Result<(), ValuesError> {
    let text = argument.trim();
    if !text.starts_with('{') {
        return assign(argument, Grammar::Json, values).map_err(|_| ValuesError::Json(argument.to_owned()));
    }
    match goyaml::json::parse(text.as_bytes()) {
        Ok(Value::Map(object)) => merge(values, object),
        _ => return Err(ValuesError::JsonObject(argument.to_owned())),
    }
    Ok(())
}

fn read_file(name: &str, read: &ReadFile<'_>) -> Result<Vec<u8>, ValuesError> {
    Source::of(name).map_err(ValuesError::Source)?;
    read(name).map_err(|error| ValuesError::Unreadable(unreadable(name, &error)))
}

/// What the system says of a file, in Go's words; anything else speaks for itself.
fn unreadable(name: &str, error: &io::Error) -> String {
    match (error.raw_os_error(), error.kind()) {
        (None, _) => error.to_string(),
        (_, io::ErrorKind::IsADirectory) => format!("read {name}: {}", io_cause(error)),
        _ => format!("open {name}: {}", io_cause(error)),
    }
}
