//! The grammar of `--set` and its family: `a.b=1,c[0]=x`.
//!
//! In come the text of one flag and the values gathered so far; the text's assignments are made in place, later ones seeing
//! what earlier ones did. Helm's oddities are kept: a text that ends in the middle of an index assigns nothing and is no error,
//! an empty key is skipped, and a table is never put where a scalar is.

mod json;
mod parser;

use crate::gotext::{quote, quote_chars};
use goyaml::{Map, Value};

/// How the values on the right of `=` are read.
#[derive(Clone, Copy)]
pub enum Grammar<'a> {
    /// `--set`: booleans, integers, null, else strings; `{a,b}` is a list.
    Typed,
    /// `--set-string`: strings only; `{a,b}` is a list.
    Strings,
    /// `--set-file`: names of files whose content is the value.
    Files(&'a dyn Fn(&str) -> Result<String, String>),
    /// `--set-json`: JSON texts.
    Json,
    /// `--set-literal`: all that follows the first `=`; nothing is escaped.
    Literal,
}

/// Makes the assignments of one flag in `values`.
///
/// # Errors
/// [`SetError`] for a text that Helm refuses; `values` may have changed then.
pub fn assign(text: &str, grammar: Grammar<'_>, values: &mut Map) -> Result<(), SetError> {
    parser::Parser::new(text, grammar).assign_all(values)
}

const MAP: &str = "map[string]interface {}";
const LIST: &str = "[]interface {}";

/// What Go calls the type of a value.
pub(crate) fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "nil",
        Value::Bool(_) => "bool",
        Value::Int(_) => "int64",
        Value::Float(_) => "float64",
        Value::String(_) => "string",
        Value::List(_) => LIST,
        Value::Map(_) => MAP,
    }
}

/// What is wrong with the text of a flag.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SetError {
    /// The text ends after a key.
    #[error("key {} has no value", quote(.0))]
    NoValue(String),
    /// A comma follows a key.
    #[error("key {} has no value (cannot end with ,)", quote(.0))]
    Comma(String),
    /// Nothing is set below a key.
    #[error("key map {} has no value", quote(.0))]
    EmptyMap(String),
    /// Too many dots.
    #[error("value name nested level is greater than maximum supported nested level of {0}")]
    TooDeep(usize),
    /// Something stands between an index and what may follow it.
    #[error("unexpected data at end of array index: {}", quote_chars(.0))]
    AfterIndex(String),
    /// An index that is no number.
    #[error("error parsing index: strconv.Atoi: parsing {}: {cause}", quote(.text))]
    Index {
        /// What stands in the brackets.
        text: String,
        /// Why it is none.
        cause: &'static str,
    },
    /// An index below 0.
    #[error("negative {0} index not allowed")]
    Negative(i64),
    /// An index that is too large.
    #[error("index of {index} is greater than maximum supported index of {limit}")]
    TooLarge {
        /// The index.
        index: i64,
        /// The largest one that is allowed.
        limit: usize,
    },
    /// A list that is not closed.
    #[error("list must terminate with '}}'")]
    OpenList,
    /// What is there already has another type.
    #[error("unable to parse key: interface conversion: interface {{}} is {found}, not {expected}")]
    Conversion {
        /// Its type, in Go's words.
        found: &'static str,
        /// The type that the text asks for.
        expected: &'static str,
    },
    /// A value that is not JSON.
    #[error("invalid JSON value")]
    Json,
    /// A file that cannot be read.
    #[error("{0}")]
    File(String),
}
