//! Plugins in registries: artifacts whose layers are an archive and its provenance file, known by their titles.

use super::{MANIFEST, Reference, Registry};
use crate::{Access, FetchError, Home};
use serde_json::Value as Json;

const PLUGIN: &str = "application/vnd.helm.plugin.v1+json";
const TITLE: &str = "org.opencontainers.image.title";

/// Fetches a plugin's archive, and its provenance file if there is one.
///
/// # Errors
/// When it is no plugin, or cannot be had.
pub fn pull_plugin(home: &Home, source: &str, access: &Access) -> Result<(Vec<u8>, Option<Vec<u8>>), FetchError> {
    let reference = Reference::parse(source)?;
    let registry = Registry::new(home, &reference.host, access)?;
    let wanted = [&reference.digest, &reference.tag].into_iter().find(|wanted| !wanted.is_empty());
    let wanted =
        wanted.ok_or_else(|| FetchError::other("no version: write one behind the name, as in oci://host/name:1.2.3"))?;
    let (manifest, _) = registry.manifest(&reference.repository, wanted, MANIFEST)?;
    check_type(&manifest)?;
    let name = reference.name();
    let layers = manifest["layers"].as_array().map(Vec::as_slice).unwrap_or_default();
    let titled = |ending: &str| {
        let is_titled = |title: &str| title.starts_with(&format!("{name}-")) && title.ends_with(ending);
        let layer = layers.iter().find(|layer| layer["annotations"][TITLE].as_str().is_some_and(is_titled))?;
        layer["digest"].as_str()
    };
    let archive = titled(".tgz").ok_or_else(|| {
        FetchError::other(format!("required layer matching pattern {name}-VERSION.tgz not found in manifest"))
    })?;
    let data = registry.blob(&reference.repository, archive)?;
    let provenance = titled(".tgz.prov").map(|digest| registry.blob(&reference.repository, digest)).transpose()?;
    Ok((data, provenance))
}

fn check_type(manifest: &Json) -> Result<(), FetchError> {
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let (artifact, config) = (text(&manifest["artifactType"]), text(&manifest["config"]["mediaType"]));
    if !artifact.is_empty() && artifact != PLUGIN {
        return Err(FetchError::other(format!("expected artifact type {PLUGIN}, got {artifact}")));
    }
    if artifact.is_empty() && config != PLUGIN {
        let message = format!("expected config media type {PLUGIN} for legacy compatibility, got {config}");
        return Err(FetchError::other(message));
    }
    Ok(())
}
