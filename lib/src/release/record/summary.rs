//! What tables show of a record, read without building the rest of it.

use super::{Buffers, RecordError, convert, fields};
use crate::release::Info;
use serde::Deserialize;

/// What tables show of a revision.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Summary {
    /// The release's name.
    pub name: String,
    /// The namespace it says it is in.
    pub namespace: String,
    /// Counted from 1.
    pub revision: u32,
    /// Times and status; no notes.
    pub info: Info,
    /// Of its chart; `None` for a record without one.
    pub chart: Option<ChartSummary>,
}

/// What tables show of a chart.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
#[serde(default)]
#[expect(missing_docs, reason = "the fields are those of Chart.yaml")]
pub struct ChartSummary {
    #[serde(deserialize_with = "fields::lenient")]
    pub name: String,
    #[serde(deserialize_with = "fields::lenient")]
    pub version: String,
    #[serde(rename = "appVersion", deserialize_with = "fields::lenient")]
    pub app_version: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields<'a> {
    #[serde(deserialize_with = "fields::lenient")]
    name: String,
    #[serde(borrow, deserialize_with = "fields::lenient")]
    info: fields::Info<'a>,
    chart: Option<Chart>,
    #[serde(deserialize_with = "fields::lenient")]
    version: u32,
    #[serde(deserialize_with = "fields::lenient")]
    namespace: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Chart {
    metadata: Option<ChartSummary>,
}

/// What tables show of the release in a payload text.
///
/// # Errors
/// When the text is no record.
pub fn summary(payload: &[u8], buffers: &mut Buffers) -> Result<Summary, RecordError> {
    let json = buffers.read(payload)?;
    let fields: Fields<'_> = serde_json::from_slice(json).map_err(|error| super::json::unreadable(json, &error))?;
    let mut info = convert::info(fields.info)?;
    info.notes = String::new();
    let chart = fields.chart.and_then(|chart| chart.metadata);
    Ok(Summary { name: fields.name, namespace: fields.namespace, revision: fields.version, info, chart })
}
