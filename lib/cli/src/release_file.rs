//! The release file: what travels beside the stream from `rhelm-render` to `rhelm-apply`, because filters must neither see
//! nor lose it: chart, values, notes and the files of `crds/`.

use crate::Failure;
use rhelm_lib::action::template::Rendered;
use rhelm_lib::manifest::{Manifest, crds};
use rhelm_lib::release::{Info, Release, record};
use rhelm_lib::render::ReleaseFacts;
use serde_json::{Value as Json, json};
use std::io::{Seek, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// What a release file holds.
#[derive(Clone, Debug, Default)]
pub struct ReleaseFile {
    /// Name, namespace, chart, values and notes.
    pub release: Release,
    /// The files of `crds/` of all charts.
    pub crds: Vec<Manifest>,
}

impl ReleaseFile {
    /// What is to be kept of a render.
    #[must_use]
    pub fn of(rendered: Rendered, facts: &ReleaseFacts) -> Self {
        let crds = crds::crds(&rendered.chart);
        let release = Release {
            name: facts.name.clone(),
            namespace: facts.namespace.clone(),
            info: Info { notes: rendered.notes, ..Info::default() },
            chart: rendered.chart,
            config: rendered.config,
            ..Release::default()
        };
        Self { release, crds }
    }

    /// Writes the file for its owner's eyes only.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), Failure> {
        let crd = |crd: &Manifest| json!({"source": crd.source, "content": crd.content});
        let crds = Json::Array(self.crds.iter().map(crd).collect());
        let mut text = b"{\"release\":".to_vec();
        text.extend(record::to_json(&self.release)?);
        text.extend(format!(",\"crds\":{crds}}}\n").into_bytes());
        write_private(path, &text).map_err(|error| failed(path, &error))
    }

    /// Reads a file. One that is empty was never written: a stage before failed.
    ///
    /// # Errors
    /// When it cannot be read or holds something else.
    pub fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read(path).map_err(|error| failed(path, &error))?;
        if text.is_empty() {
            let path = path.display();
            return Err(Failure::new(format!(
                "release file {path} is empty: a stage before this one failed, nothing is applied"
            )));
        }
        let parsed: Json = serde_json::from_slice(&text).map_err(|error| failed(path, &error))?;
        let release = record::from_json(parsed["release"].to_string().as_bytes()).map_err(|error| failed(path, &error))?;
        let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
        let crd =
            |crd: &Json| Manifest { source: text(&crd["source"]), content: text(&crd["content"]), ..Manifest::default() };
        let crds = parsed["crds"].as_array().into_iter().flatten().map(crd).collect();
        Ok(Self { release, crds })
    }
}

/// Nobody else may read it, not even where it was there before.
fn write_private(path: &Path, text: &[u8]) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(path)?;
    file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(text)
}

fn failed(path: &Path, error: &impl std::fmt::Display) -> Failure {
    Failure::new(format!("release file {}: {error}", path.display()))
}
