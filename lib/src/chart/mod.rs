//! Charts: what a directory or an archive holds once it is read. The first stage: everything later works on [`Chart`].

pub mod starter;

pub(crate) mod decode;
pub mod dependency;
pub mod document;
pub mod loader;
pub(crate) mod metadata;
pub mod package;
pub(crate) mod tar_writer;
pub mod unpack;

pub use metadata::ValidationError;

use bytes::Bytes;

use crate::log::{Level, Log};
use goyaml::{Map, Value};

/// A chart with its dependencies, read and classified but not yet processed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// `Chart.yaml`.
    pub metadata: Metadata,
    /// `Chart.lock` or `requirements.lock`.
    pub lock: Option<Lock>,
    /// Files below `templates/`, as loaded.
    pub templates: Vec<File>,
    /// `values.yaml`.
    pub values: Map,
    /// Whether there is a `values.yaml`, however empty: records tell none from an empty one.
    pub has_values: bool,
    /// `values.yaml` as written, of a chart that was read from files.
    pub values_file: Option<File>,
    /// `values.schema.json`, as written.
    pub schema: Option<Vec<u8>>,
    /// When `values.schema.json` was last changed, as RFC 3339 with nanoseconds.
    pub schema_modified: Option<String>,
    /// Every other file: what `.Files` shows, `crds/` included.
    pub files: Vec<File>,
    /// The charts below `charts/`, in the order they were found.
    pub dependencies: Vec<Chart>,
    /// When `Chart.yaml` was last changed, as RFC 3339 with nanoseconds; Helm 4 records it.
    pub modified: Option<String>,
}

/// A chart whose templates are for other charts only.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0} charts are not installable")]
pub struct NotInstallable(pub String);

/// What the names of templates in Handlebars end in.
pub(crate) const HANDLEBARS: &str = ".hbs";

impl Chart {
    /// The first template that Helm could not read, of this chart or of one in it: `charts/a/templates/b.yaml.hbs`.
    #[must_use]
    pub fn template_in_handlebars(&self) -> Option<String> {
        let own = self.templates.iter().find(|file| file.name.ends_with(HANDLEBARS)).map(|file| file.name.clone());
        let below = |chart: &Self| Some(format!("charts/{}/{}", chart.metadata.name, chart.template_in_handlebars()?));
        own.or_else(|| self.dependencies.iter().find_map(below))
    }

    /// A chart that stands for manifests that came from none; its version is their digest.
    #[must_use]
    pub fn of_manifests(text: &str) -> Self {
        use sha2::{Digest, Sha256};
        let digest: String = Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let metadata = Metadata {
            name: "manifests".to_owned(),
            version: format!("0.0.0-sha256.{digest}"),
            description: "Manifests from standard input".to_owned(),
            api_version: "v2".to_owned(),
            ..Metadata::default()
        };
        Self { metadata, ..Self::default() }
    }

    /// Whether the chart can be rendered and installed by itself.
    ///
    /// # Errors
    /// [`NotInstallable`] for a library.
    pub fn check_installable(&self) -> Result<(), NotInstallable> {
        match self.metadata.chart_type.as_str() {
            "" | "application" => Ok(()),
            other => Err(NotInstallable(other.to_owned())),
        }
    }

    /// The warning about a deprecated chart, if this is one.
    #[must_use]
    pub fn deprecation(&self) -> Option<Log> {
        let message = "this chart is deprecated".to_owned();
        self.metadata.deprecated.then_some(Log { level: Level::Warn, message, fields: Vec::new() })
    }
}

/// A file of a chart.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct File {
    /// Relative to the chart's root, with `/`: `templates/deployment.yaml`.
    pub name: String,
    /// The content, without a leading byte order mark.
    pub data: Bytes,
    /// When it was last changed, as RFC 3339 with nanoseconds.
    pub modified: Option<String>,
}

/// The fields of `Chart.yaml`, sanitised as Helm does it.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of Chart.yaml")]
pub struct Metadata {
    pub name: String,
    pub home: String,
    pub sources: Vec<String>,
    pub version: String,
    pub description: String,
    pub keywords: Vec<String>,
    pub maintainers: Vec<Maintainer>,
    pub icon: String,
    pub api_version: String,
    pub condition: String,
    pub tags: String,
    pub app_version: String,
    pub deprecated: bool,
    pub annotations: Option<std::collections::BTreeMap<String, String>>,
    pub kube_version: String,
    pub dependencies: Vec<Dependency>,
    pub chart_type: String,
}

/// Who maintains a chart.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[expect(missing_docs, reason = "the fields are those of Chart.yaml")]
pub struct Maintainer {
    pub name: String,
    pub email: String,
    pub url: String,
}

/// A dependency as `Chart.yaml` or `requirements.yaml` declares it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dependency {
    /// The dependency's name; after processing its alias, if it has one.
    pub name: String,
    /// The version range that is asked for.
    pub version: String,
    /// Where it comes from.
    pub repository: String,
    /// Comma-separated paths into the values; the first boolean decides.
    pub condition: String,
    /// Tags that switch it on or off together with others.
    pub tags: Vec<String>,
    /// Whether it is rendered; set by processing.
    pub enabled: bool,
    /// Values that it hands to its parent: a name, or a map of `child` and `parent`.
    pub import_values: Vec<Value>,
    /// The name it is used under.
    pub alias: String,
}

impl Dependency {
    /// The name under which its values and templates are found.
    #[must_use]
    pub fn key(&self) -> &str {
        if self.alias.is_empty() { &self.name } else { &self.alias }
    }
}

/// `Chart.lock`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lock {
    /// When it was made, as written.
    pub generated: String,
    /// Digest of the dependencies it was made from.
    pub digest: String,
    /// The exact versions chosen.
    pub dependencies: Vec<Dependency>,
}
