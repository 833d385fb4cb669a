//! APIs that Kubernetes is giving up.

use super::Finding;
use super::documents::Object;
use super::tables::deprecations::{DEPRECATIONS, Deprecation};
use crate::render::KubeVersion;

/// Warns of an object whose API is deprecated in that version of Kubernetes.
pub(super) fn check(object: &Object, version: &KubeVersion) -> Finding {
    let api = (object.api_version.as_str(), object.kind.as_str());
    let Some(known) = DEPRECATIONS.iter().find(|known| known.api == api) else { return Ok(()) };
    let major = number(&version.major)?;
    let minor = number(&version.minor)?;
    // A version of zeros stands for one that is not known.
    if (major, minor) != (0, 0) && (major, minor) < (1, known.deprecated) {
        return Ok(());
    }
    Err(warning(known))
}

fn number(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("strconv.Atoi: parsing {text:?}: value out of range"))
}

fn warning(known: &Deprecation) -> String {
    let Deprecation { api: (version, kind), deprecated, removed, replacement } = known;
    let mut text = format!("{version} {kind} is deprecated in v1.{deprecated}+");
    if *removed > 0 {
        text.push_str(&format!(", unavailable in v1.{removed}+"));
    }
    if !replacement.is_empty() {
        text.push_str(&format!("; use {replacement}"));
    }
    text
}
