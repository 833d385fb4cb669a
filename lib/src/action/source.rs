//! Where the documents of a new revision come from: a chart that is rendered, or a stream that somebody else rendered.

use super::template::Rendered;
use crate::cluster::ServerInfo;
use crate::manifest::Manifest;
use crate::postrender::Identity;
use goyaml::Map;

/// What a render may depend on, once an operation has found it out.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The release's name.
    pub name: String,
    /// The release's namespace.
    pub namespace: String,
    /// The revision that templates see.
    pub revision: u32,
    /// Whether it follows another one.
    pub is_upgrade: bool,
    /// What the server serves; `None` where none is asked.
    pub server: Option<ServerInfo>,
    /// The user's values, those that are used again included.
    pub config: Map,
    /// The defaults in the place of the chart's own.
    pub defaults: Option<Map>,
    /// What the documents of the revision before went through.
    pub recorded: Identity,
}

/// Makes the documents of a revision.
pub trait Source: Send + Sync {
    /// The files of `crds/` of the charts that are enabled, unrendered.
    ///
    /// # Errors
    /// When it cannot be told which charts are enabled.
    fn crds(&self) -> Result<Vec<Manifest>, String>;

    /// The documents, post-rendered, with chart, values and notes.
    ///
    /// # Errors
    /// What is wrong with the chart, its values or its templates, or what a post-renderer said.
    fn render(&self, facts: &Facts) -> Result<Rendered, String>;

    /// The values that the user gives now.
    fn values(&self) -> Map;

    /// The post-renderers that documents will go through, where those of the revision before are known.
    ///
    /// # Errors
    /// When a program or a file cannot be read.
    fn pipeline(&self, _recorded: &Identity) -> Result<Identity, String> {
        Ok(Identity::default())
    }
}
