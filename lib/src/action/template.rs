//! Rendering a chart, from the loaded chart and the user's values to the documents of a release.
//!
//! `rhelm template`, `rhelm-render`, `rhelm install` and `rhelm upgrade` all start with this.

use crate::chart::Chart;
use crate::chart::dependency::{self, DependencyError};
use crate::log::Log;
use crate::manifest::collect::{self, DocumentError};
use crate::manifest::{Manifest, Manifests, crds};
use crate::render::diagnosis::{Diagnosis, Place};
use crate::render::{self, Capabilities, Environment, Lookup, ReleaseFacts, RenderError};
use crate::values::{self, schema::SchemaError};
use crate::version::{Constraint, Version};
use goyaml::Map;
use std::sync::Arc;

/// What a render depends on besides the chart and the values.
#[derive(Clone, Debug, Default)]
pub struct RenderOptions {
    /// What `.Release` shows.
    pub release: ReleaseFacts,
    /// What `.Capabilities` shows.
    pub capabilities: Capabilities,
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
}

/// Why a chart could not be rendered; the texts are Helm's.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The dependencies cannot be processed.
    #[error("chart dependencies processing failed: {0}")]
    Dependencies(#[from] DependencyError),
    /// The values cannot be laid over those of the charts.
    #[error("{0}")]
    Values(#[from] values::CoalesceError),
    /// The values do not fit a chart's schema.
    #[error("{0}")]
    Schema(#[from] SchemaError),
    /// The chart is for other versions of Kubernetes.
    #[error("chart requires kubeVersion: {required} which is incompatible with Kubernetes {actual}")]
    KubeVersion {
        /// The chart's constraint.
        required: String,
        /// The version rendered for.
        actual: String,
    },
    /// A template failed.
    #[error("{0}")]
    Render(#[from] RenderError),
    /// A template wrote something that is no YAML.
    #[error("{error}")]
    Document {
        /// Where and what.
        error: DocumentError,
        /// What every file wrote, for `--debug`.
        files: render::Rendered,
    },
}

impl TemplateError {
    /// Whether Helm recommends `--debug` after it: once the values are known to be good.
    #[must_use]
    pub fn is_late(&self) -> bool {
        matches!(self, Self::KubeVersion { .. } | Self::Render(_) | Self::Document { .. })
    }

    /// Where it failed, and why.
    #[must_use]
    pub fn diagnosis(&self) -> Diagnosis {
        match self {
            Self::Render(error) => error.diagnosis().clone(),
            Self::Document { error, .. } => {
                let place = Place { file: error.file.clone(), message: error.cause.clone(), ..Place::default() };
                Diagnosis::at(place, None)
            }
            error => Diagnosis::new(error.to_string()),
        }
    }
}

/// Renders a chart with the values that the user gave. Messages for people are added to `logs`, of failed renders too.
///
/// # Errors
/// [`TemplateError`].
pub fn render(
    mut chart: Chart,
    config: Map,
    options: &RenderOptions,
    environment: &Environment,
    lookup: Arc<dyn Lookup>,
    logs: &mut Vec<Log>,
) -> Result<Rendered, TemplateError> {
    let values = process(&mut chart, &config, logs)?;
    if !options.skip_schema_validation {
        let validated = values::schema::validate(&chart, &values, &*environment.fetch);
        logs.extend_from_slice(validated.as_ref().map_or_else(|error| error.logs.as_slice(), Vec::as_slice));
        validated?;
    }
    check_kube_version(&chart, &options.capabilities)?;
    let input = render::Input {
        chart: &chart,
        values: &values,
        release: &options.release,
        capabilities: &options.capabilities,
        environment,
        lookup,
    };
    let mut files = render::render(&input)?;
    let notes = render::take_notes(&mut files, &chart.metadata.name, options.subchart_notes);
    let manifests = match collect::collect(&files) {
        Ok((manifests, skipped)) => {
            logs.extend(skipped);
            manifests
        }
        Err(error) => return Err(TemplateError::Document { error, files }),
    };
    let crds = if options.include_crds { crds::crds(&chart) } else { Vec::new() };
    Ok(Rendered { manifests, crds, notes, chart, config })
}

/// Leaves the enabled dependencies in the chart and returns the values that its templates see.
fn process(chart: &mut Chart, config: &Map, logs: &mut Vec<Log>) -> Result<Map, TemplateError> {
    let processed = dependency::process(chart, config);
    logs.extend_from_slice(processed.as_ref().map_or_else(DependencyError::logs, Vec::as_slice));
    processed?;
    let coalesced = values::coalesce(chart, config);
    logs.extend_from_slice(coalesced.as_ref().map_or_else(|error| error.logs.as_slice(), |(_, logs)| logs));
    Ok(coalesced?.0)
}

fn check_kube_version(chart: &Chart, capabilities: &Capabilities) -> Result<(), TemplateError> {
    let required = &chart.metadata.kube_version;
    let actual = &capabilities.kube_version.normalized;
    let satisfies = || Some(Constraint::parse(required).ok()?.accepts(&Version::parse(actual).ok()?));
    if required.is_empty() || satisfies() == Some(true) {
        return Ok(());
    }
    let actual = capabilities.kube_version.version.clone();
    Err(TemplateError::KubeVersion { required: required.clone(), actual })
}
