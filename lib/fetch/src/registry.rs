//! Charts in OCI registries: `oci://host/path/name`.

mod client;
mod credentials;
mod plugin;
mod reference;

pub use client::Registry;
pub use credentials::{Login, load_login, remove_login, save_login};
pub use plugin::pull_plugin;
pub use reference::Reference;

use crate::locate::{Archive, Request, cached, keep};
use crate::{Access, FetchError, Home};
use goyaml::{Map, Value};
use rhelm_lib::chart::document::{metadata_json, sha256};
use rhelm_lib::version::{Constraint, Version};

const CONFIG: &str = "application/vnd.cncf.helm.config.v1+json";
const CHART: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const PROVENANCE: &str = "application/vnd.cncf.helm.chart.provenance.v1.prov";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";

/// Whether a reference names a chart in a registry.
#[must_use]
pub fn is_oci(reference: &str) -> bool {
    reference.starts_with("oci://")
}

/// A version's tag: tags hold no `+`.
fn tag_of(version: &str) -> String {
    version.replace('+', "_")
}

/// The newest version of a chart that the constraint accepts.
///
/// # Errors
/// When there is none, or the registry cannot be asked.
pub fn newest(home: &Home, reference: &str, constraint: &str, access: &Access) -> Result<String, FetchError> {
    let reference = Reference::parse(reference)?;
    let registry = Registry::new(home, &reference.host, access)?;
    let accepted = Constraint::parse(if constraint.is_empty() { "*" } else { constraint })
        .map_err(|error| FetchError::other(error.to_string()))?;
    let tags = registry.tags(&reference.repository)?;
    let mut versions: Vec<Version> = tags.iter().filter_map(|tag| Version::parse(&tag.replace('_', "+")).ok()).collect();
    versions.sort_by(|one, other| other.precedence(one));
    let found = versions.into_iter().find(|version| accepted.accepts(version));
    found.map(|version| version.original).ok_or_else(|| {
        FetchError::other(format!("could not locate a version matching provided version string {constraint}"))
    })
}

/// Fetches a chart's archive.
///
/// # Errors
/// When it cannot be had, or is not what the manifest promises.
pub fn pull(home: &Home, request: &Request) -> Result<Archive, FetchError> {
    let mut reference = Reference::parse(&request.reference)?;
    let version = &request.version;
    if reference.tag.is_empty() && reference.digest.is_empty() {
        let version = match Version::parse(version).is_ok() {
            true => version.clone(),
            false => newest(home, &request.reference, version, &request.access)?,
        };
        reference.tag = tag_of(&version);
    } else if !version.is_empty() && !reference.tag.is_empty() && tag_of(version) != reference.tag {
        let tag = tag_of(&reference.tag);
        return Err(FetchError::other(format!("chart reference and version mismatch: {version} is not {tag}")));
    }
    let registry = Registry::new(home, &reference.host, &request.access)?;
    let wanted = if reference.digest.is_empty() { &reference.tag } else { &reference.digest };
    let (manifest, digest) = registry.manifest(&reference.repository, wanted, MANIFEST)?;
    let layers = manifest["layers"].as_array().map(Vec::as_slice).unwrap_or_default();
    let layer =
        |kind: &str| layers.iter().find(|layer| layer["mediaType"] == kind).and_then(|layer| layer["digest"].as_str());
    let Some(content) = layer(CHART) else {
        return Err(FetchError::other(format!("manifest does not contain a layer with mediatype {CHART}")));
    };
    let data = match cached(home, content) {
        Some(data) => data,
        None => registry.blob(&reference.repository, content)?,
    };
    let provenance = layer(PROVENANCE).map(|digest| registry.blob(&reference.repository, digest)).transpose()?;
    let version = reference.tag.replace('_', "+");
    let file_name = match reference.digest.as_str() {
        "" => format!("{}-{version}.tgz", reference.name()),
        digest => format!("{}@{}.tgz", reference.name(), digest.replace(':', "-")),
    };
    let place = match reference.digest.as_str() {
        "" => format!("{}/{}:{}", reference.host, reference.repository, reference.tag),
        digest => format!("{}/{}@{digest}", reference.host, reference.repository),
    };
    let cached = keep(home, &data)?;
    Ok(Archive { data, file_name, provenance, pulled: Some((place, digest)), cached, location: None })
}

/// Puts a chart into a registry, below `remote`; gives its reference and the manifest's digest.
///
/// # Errors
/// When it is no chart, or the registry refuses it.
pub fn push(
    home: &Home,
    archive: &[u8],
    metadata: &rhelm_lib::chart::Metadata,
    provenance: Option<&[u8]>,
    remote: &str,
    access: &Access,
    created: &str,
) -> Result<(String, String), FetchError> {
    let (name, version) = (&metadata.name, &metadata.version);
    let reference = Reference::parse(&format!("{}/{name}:{}", remote.trim_end_matches('/'), tag_of(version)))?;
    let registry = Registry::new(home, &reference.host, access)?;
    let failed = |error: goyaml::Error| FetchError::other(error.to_string());
    let config = metadata_json(&metadata.document()).map_err(failed)?;
    let mut blobs = vec![(CONFIG, config.into_bytes()), (CHART, archive.to_vec())];
    blobs.extend(provenance.map(|text| (PROVENANCE, text.to_vec())));
    let digest_of = |data: &[u8]| format!("sha256:{}", sha256(data));
    let descriptor = |(kind, data): &(&str, Vec<u8>)| {
        format!("{{\"mediaType\":\"{kind}\",\"digest\":\"{}\",\"size\":{}}}", digest_of(data), data.len())
    };
    let descriptors: Vec<String> = blobs.iter().map(descriptor).collect();
    let annotations = goyaml::json::write(&Value::Map(annotations(metadata, created))).map_err(failed)?;
    // The bytes count: equal content has an equal digest, whoever pushes it.
    let text = format!(
        "{{\"schemaVersion\":2,\"config\":{},\"layers\":[{}],\"annotations\":{annotations}}}",
        descriptors[0],
        descriptors[1..].join(",")
    );
    let digest = digest_of(text.as_bytes());
    if !registry.has_manifest(&reference.repository, &digest, MANIFEST)? {
        for (_, data) in &blobs {
            registry.upload(&reference.repository, &digest_of(data), data)?;
        }
    }
    registry.put_manifest(&reference.repository, &reference.tag, MANIFEST, text.as_bytes())?;
    let place = format!("{}/{}:{}", reference.host, reference.repository, reference.tag);
    Ok((place, digest))
}

/// What is said of a reference that was pushed or pulled.
#[must_use]
pub fn underscore_note(place: &str) -> String {
    let tag = place.rsplit('/').next().unwrap_or_default();
    if !tag.contains('_') || tag.contains('@') {
        return String::new();
    }
    format!("{place} contains an underscore.\n{UNDERSCORE}")
}

const UNDERSCORE: &str = "
OCI artifact references (e.g. tags) do not support the plus sign (+). To support
storing semantic versions, Helm adopts the convention of changing plus (+) to
an underscore (_) in chart version tags when pushing to a registry and back to
a plus (+) when pulling from a registry.
";

/// What a registry shows of a chart: the chart's own annotations and those that follow from its fields.
fn annotations(metadata: &rhelm_lib::chart::Metadata, created: &str) -> Map {
    let mut map = Map::new();
    let mut put = |name: &str, text: &str| {
        if !text.is_empty() {
            map.insert(format!("org.opencontainers.image.{name}"), text.into());
        }
    };
    put("description", &metadata.description);
    put("title", &metadata.name);
    put("version", &metadata.version);
    put("url", &metadata.home);
    put("created", created);
    put("source", metadata.sources.first().map(String::as_str).unwrap_or_default());
    let person = |person: &rhelm_lib::chart::Maintainer| match person.email.as_str() {
        "" => person.name.clone(),
        email => format!("{} ({email})", person.name),
    };
    put("authors", &metadata.maintainers.iter().map(person).collect::<Vec<_>>().join(", "));
    for (key, text) in metadata.annotations.iter().flatten() {
        map.entry(key.clone()).or_insert_with(|| text.as_str().into());
    }
    map
}
