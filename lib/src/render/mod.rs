//! Rendering: a processed chart and its values become one text per template.
//!
//! ```text
//! chart + values → context (.Values .Release .Chart .Files …) → engine → name of each template and what it wrote
//! ```
//!
//! Everything outside the chart that a template can see (clock, randomness, cluster, name service) comes in through
//! [`Environment`] and [`Lookup`], so that a render can be repeated.

pub mod capabilities;
mod capability_objects;
mod context;
mod environment;
mod error;
mod files;
pub(crate) mod functions;
mod glob;
mod notes;
mod walk;

pub use capabilities::{Capabilities, KubeVersion, KubeVersionError};
pub use environment::{Environment, Lookup, LookupError, NoCluster};
pub use error::RenderError;
pub use notes::take_notes;

use crate::chart::Chart;
use goyaml::Map;
use std::collections::BTreeMap;

/// What every template writes, by the template's name: `chart/templates/file.yaml`.
pub type Rendered = BTreeMap<String, String>;

/// A template language.
pub trait Engine {
    /// Renders every template of a chart and of its dependencies.
    ///
    /// # Errors
    /// The first failing template in the order of execution.
    fn render(&self, input: &Input<'_>) -> Result<Rendered, RenderError>;
}

/// Everything a render works on.
pub struct Input<'a> {
    /// The chart, its dependencies processed.
    pub chart: &'a Chart,
    /// The values, coalesced over those of the charts.
    pub values: &'a Map,
    /// What `.Release` says.
    pub release: &'a ReleaseFacts,
    /// What `.Capabilities` says.
    pub capabilities: &'a Capabilities,
    /// Clock, randomness and name service.
    pub environment: &'a Environment,
    /// What `lookup` asks.
    pub lookup: &'a dyn Lookup,
}

/// What `.Release` says.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of .Release")]
pub struct ReleaseFacts {
    pub name: String,
    pub namespace: String,
    pub revision: u32,
    pub is_upgrade: bool,
}
