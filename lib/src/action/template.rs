//! Rendering a chart, from the loaded chart and the user's values to the documents of a release.
//!
//! `rhelm template`, `rhelm-render` and `rhelm install` all start with this.

use crate::chart::Chart;
use crate::log::Log;
use crate::manifest::{Manifest, Manifests};
use goyaml::Map;

/// What a render depends on besides the chart and the values.
#[derive(Clone, Debug, Default)]
pub struct RenderOptions {
    /// The release's name.
    pub release_name: String,
    /// The namespace that `.Release.Namespace` shows.
    pub namespace: String,
    /// The revision that `.Release.Revision` shows; 1 for an installation.
    pub revision: u32,
    /// Whether `.Release.IsUpgrade` is true.
    pub is_upgrade: bool,
    /// What `.Capabilities` shows.
    pub capabilities: crate::render::Capabilities,
    /// Collect the files of `crds/` as well.
    pub include_crds: bool,
    /// Do not check the values against `values.schema.json`.
    pub skip_schema_validation: bool,
    /// Join the notes of all charts.
    pub subchart_notes: bool,
}

/// What a render made.
#[derive(Clone, Debug, Default)]
pub struct Rendered {
    /// The documents, hooks apart.
    pub manifests: Manifests,
    /// The files of `crds/`, unsplit.
    pub crds: Vec<Manifest>,
    /// The rendered notes.
    pub notes: String,
    /// The chart, its dependencies processed.
    pub chart: Chart,
    /// The values that the user gave.
    pub config: Map,
    /// Messages for people, in the order they arose.
    pub logs: Vec<Log>,
}
