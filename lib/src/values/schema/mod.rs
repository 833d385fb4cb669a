//! `values.schema.json`: whether values are as the authors of the charts want them.
//!
//! In come a chart whose dependencies are processed and its coalesced values; each chart's section is checked against that
//! chart's schema. The checking is done by `boon`; what is said about it is Helm's, word for word, but always in one order.

mod compile;
mod compile_error;
mod failure;
mod formats;
mod links;
mod patterns;
mod quick;
mod words;

use crate::chart::Chart;
use crate::log::{Level, Log};
use goyaml::{Map, Value};
use std::fmt::Write as _;

/// Values that do not meet their schemas.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("values don't meet the specifications of the schema(s) in the following chart(s):\n{report}")]
pub struct SchemaError {
    /// What is wrong, chart by chart.
    pub report: String,
    /// What was logged before.
    pub logs: Vec<Log>,
}

/// Fetches a schema that another one refers to by an `http` or `https` URL; the error says why it cannot be had.
pub type Fetch = dyn Fn(&str) -> Result<Vec<u8>, String> + Send + Sync;

/// Checks values against one schema.
///
/// # Errors
/// What is wrong with them or with the schema, as Helm prints it.
pub(crate) fn check_against(schema: &[u8], values: &Map, fetch: &Fetch, logs: &mut Vec<Log>) -> Result<(), String> {
    compile::check(schema, values, fetch, logs)
}

/// A [`Fetch`] for where there is no network.
///
/// # Errors
/// Always.
pub fn refuse(url: &str) -> Result<Vec<u8>, String> {
    Err(format!("HTTP request failed for {url}: no network"))
}

/// Checks the values of `chart` and of its subcharts.
///
/// # Errors
/// [`SchemaError`] when a schema is not met, or is none.
pub fn validate(chart: &Chart, values: &Map, fetch: &Fetch) -> Result<Vec<Log>, SchemaError> {
    let mut check = Check { fetch, report: String::new(), logs: Vec::new() };
    check.chart(chart, values);
    let Check { report, logs, .. } = check;
    if report.is_empty() { Ok(logs) } else { Err(SchemaError { report, logs }) }
}

struct Check<'f> {
    fetch: &'f Fetch,
    report: String,
    logs: Vec<Log>,
}

impl Check<'_> {
    fn chart(&mut self, chart: &Chart, values: &Map) {
        let name = &chart.metadata.name;
        if let Some(schema) = &chart.schema {
            self.debug("chart name", vec![("chart-name", name.clone())]);
            if let Err(problem) = compile::check(schema, values, self.fetch, &mut self.logs) {
                // Writing to a string cannot fail.
                let _ = write!(self.report, "{name}:\n{problem}");
            }
        }
        let count = chart.dependencies.len().to_string();
        self.debug("number of dependencies in the chart", vec![("chart", name.clone()), ("dependencies", count)]);
        for subchart in &chart.dependencies {
            let name = &subchart.metadata.name;
            match values.get(name) {
                None | Some(Value::Null) => {}
                Some(Value::Map(own)) => self.chart(subchart, own),
                Some(other) => {
                    let found = super::set::go_type(other);
                    let _ = writeln!(self.report, "{name}:\ninvalid type for values: expected object (map), got {found}");
                }
            }
        }
    }

    fn debug(&mut self, message: &str, fields: Vec<(&'static str, String)>) {
        self.logs.push(Log { level: Level::Debug, message: message.to_owned(), fields });
    }
}
