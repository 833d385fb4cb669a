//! What people and programs see of a failed render besides Helm's text: an excerpt of the template, or JSON.

use crate::Failure;
use rhelm_lib::render::diagnosis::{Diagnosis, Excerpt, Place};
use serde::Serialize;

/// How errors are printed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ErrorFormat {
    /// As Helm does.
    #[default]
    Text,
    /// As an object of JSON on one line.
    Json,
}

/// Reads the value of `--error-format`.
///
/// # Errors
/// For anything but the two formats.
pub(crate) fn parse_error_format(text: &str) -> Result<ErrorFormat, String> {
    match text {
        "text" => Ok(ErrorFormat::Text),
        "json" => Ok(ErrorFormat::Json),
        _ => Err("must be \"text\" or \"json\"".to_owned()),
    }
}

impl ErrorFormat {
    /// Lets a failure be printed so.
    ///
    /// # Errors
    /// The failure.
    pub fn apply<T>(self, result: Result<T, Failure>) -> Result<T, Failure> {
        result.map_err(|failure| Failure { format: self, ..failure })
    }
}

/// The line that failed with a caret below the cause, and the hint; empty where neither is known.
pub(crate) fn excerpt(diagnosis: &Diagnosis) -> String {
    let mut text = String::new();
    let line = diagnosis.chain.last().and_then(|place| place.line);
    let margin = " ".repeat(line.map_or(0, |line| line.to_string().len()));
    if let (Some(Excerpt { text: source, caret }), Some(place), Some(line)) =
        (&diagnosis.excerpt, diagnosis.chain.last(), line)
    {
        let column = place.column.map(|column| format!(":{column}")).unwrap_or_default();
        text.push_str(&format!("\n{margin}--> {}:{line}{column}\n{margin} |\n", place.file));
        text.push_str(&format!("{line} | {source}\n{margin} | {}^\n", " ".repeat(*caret)));
    }
    if let Some(hint) = &diagnosis.hint {
        text.push_str(&format!("{margin} = hint: {hint}\n"));
    }
    text
}

/// What `--error-format json` prints: the parts of the innermost place, then all places from the outermost inwards.
#[derive(Serialize)]
struct Report<'a> {
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    message: &'a str,
    hint: Option<&'a str>,
    chain: Vec<Link<'a>>,
}

#[derive(Serialize)]
struct Link<'a> {
    file: &'a str,
    line: Option<usize>,
    column: Option<usize>,
    template: Option<&'a str>,
    expression: Option<&'a str>,
    message: &'a str,
}

impl<'a> From<&'a Place> for Link<'a> {
    fn from(place: &'a Place) -> Self {
        Self {
            file: &place.file,
            line: place.line,
            column: place.column,
            template: place.template.as_deref(),
            expression: place.expression.as_deref(),
            message: &place.message,
        }
    }
}

/// A failure as an object of JSON.
pub(crate) fn json(failure: &Failure) -> String {
    let other = Diagnosis { message: failure.message.clone(), ..Diagnosis::default() };
    let diagnosis = failure.diagnosis.as_deref().unwrap_or(&other);
    let place = diagnosis.chain.last();
    let report = Report {
        file: place.map(|place| place.file.as_str()),
        line: place.and_then(|place| place.line),
        column: place.and_then(|place| place.column),
        message: &diagnosis.message,
        hint: diagnosis.hint.as_deref(),
        chain: diagnosis.chain.iter().map(Link::from).collect(),
    };
    serde_json::to_string(&report).unwrap_or_default()
}
