//! From a chart's reference to its archive: `repo/name`, a URL, `oci://…`, or a name beside a repository's URL.

use crate::index::{self, Entry, Index};
use crate::registry;
use crate::repositories::{Repositories, Repository, index_path};
use crate::{Access, FetchError, Home, files, url};
use rhelm_lib::chart::document::sha256;
use rhelm_lib::gourl::{self, Url};
use rhelm_lib::log::{Level, Log};
use rhelm_lib::version::Version;
use std::path::PathBuf;

/// A chart that is asked for.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// What the user calls it.
    pub reference: String,
    /// Version or constraint; empty for the newest.
    pub version: String,
    /// URL of the repository, empty for none.
    pub repository: String,
    /// How servers are spoken to, by the command line.
    pub access: Access,
}

/// Where a chart's archive is.
#[derive(Clone, Debug, Default)]
pub struct Location {
    /// The archive's URL.
    pub url: String,
    /// The repository to whose server the credentials belong.
    pub owner: String,
    /// How the server is spoken to.
    pub access: Access,
    /// The archive's SHA-256 by the index, empty when unknown.
    pub digest: String,
}

/// An archive and what is known of where it comes from.
#[derive(Clone, Debug, Default)]
pub struct Archive {
    /// The bytes.
    pub data: Vec<u8>,
    /// The name to keep it under.
    pub file_name: String,
    /// The provenance file, if there is one and it was asked for.
    pub provenance: Option<Vec<u8>>,
    /// What a registry says: reference and digest of the manifest.
    pub pulled: Option<(String, String)>,
    /// Where it is kept in the cache.
    pub cached: PathBuf,
    /// Where it comes from, unless it is from a registry.
    pub location: Option<Location>,
}

impl Archive {
    /// The provenance file, which is fetched if it has not been yet.
    ///
    /// # Errors
    /// When there is none.
    pub fn fetch_provenance(&mut self, home: &Home) -> Result<Vec<u8>, FetchError> {
        if let Some(provenance) = &self.provenance {
            return Ok(provenance.clone());
        }
        let Some(location) = &self.location else {
            let (place, _) = self.pulled.clone().unwrap_or_default();
            return Err(FetchError::other(format!("failed to fetch provenance {place:?}")));
        };
        let target = format!("{}.prov", location.url);
        let fetched = home.fetcher(location.access.clone()).get(&target, &location.owner);
        let provenance = fetched.map_err(|_| FetchError::other(format!("failed to fetch provenance {target:?}")))?;
        self.provenance = Some(provenance.clone());
        Ok(provenance)
    }
}

/// Finds where a chart is. Registries are asked only when it is fetched.
///
/// # Errors
/// When it is in no repository that is known, in Helm's words.
pub fn locate(home: &Home, request: &Request) -> Result<Location, FetchError> {
    if !request.repository.is_empty() {
        return in_repository(home, request);
    }
    let parts = url::checked(&request.reference)?;
    let repositories = Repositories::load(&home.repository_config)?;
    if !parts.scheme.is_empty() && !parts.host.is_empty() && !parts.path.is_empty() {
        return Ok(at_url(home, request, &repositories, &parts));
    }
    let path = String::from_utf8_lossy(&parts.path);
    let (name, chart) = path.split_once('/').ok_or_else(|| {
        let reference = String::from_utf8_lossy(&parts.print()).into_owned();
        FetchError::other(format!("non-absolute URLs should be in form of repo_name/path_to_chart, got: {reference}"))
    })?;
    let repository = repositories.named(name).ok_or_else(|| FetchError::other(format!("repo {name} not found")))?;
    let index = Index::load(&index_path(home, name))
        .map_err(|error| FetchError::other(format!("no cached repo found. (try 'helm repo update'): {error}")))?;
    let entry = index.find(chart, &request.version).map_err(|error| {
        let version = &request.version;
        FetchError::other(format!(
            "chart {chart:?} matching {version} not found in {name} index. (try 'helm repo update'): {error}"
        ))
    })?;
    warn_of_another(home, chart, &request.version, entry);
    let access = merged(&request.access, Some(repository));
    let invalid = |_| FetchError::other(format!("invalid chart URL format: {}", request.reference));
    archive_of(entry, &request.reference, &repository.url, access, invalid)
}

/// Helm says so when a version is asked for and there is one that is only written otherwise, or of which it is the beginning.
fn warn_of_another(home: &Home, chart: &str, version: &str, found: &Entry) {
    if let Some(log) = home.log.filter(|_| found.version != version && Version::parse(version).is_ok()) {
        let message = "unable to find exact version requested; falling back to closest available version".to_owned();
        let fields = [("chart", chart), ("requested", version), ("selected", &found.version)];
        log(&Log { level: Level::Warn, message, fields: fields.map(|(name, text)| (name, text.to_owned())).into() });
    }
}

fn archive_of(
    entry: &Entry,
    what: &str,
    repository: &str,
    access: Access,
    unresolved: impl FnOnce(FetchError) -> FetchError,
) -> Result<Location, FetchError> {
    let Some(first) = entry.urls.first() else {
        return Err(FetchError::other(format!("chart {what:?} has no downloadable URLs")));
    };
    let url = url::resolve(repository, first).map_err(unresolved)?;
    Ok(Location { url, owner: repository.to_owned(), access, digest: entry.digest.clone() })
}

fn in_repository(home: &Home, request: &Request) -> Result<Location, FetchError> {
    let Request { reference, version, repository, access } = request;
    url::checked(repository)?;
    let shown = gourl::shown(repository);
    let (_, index) = index::fetch(&home.fetcher(access.clone()), repository).map_err(|error| match error {
        FetchError::Protocol(_) => error,
        error => {
            FetchError::other(format!("looks like {shown:?} is not a valid chart repository or cannot be reached: {error}"))
        }
    })?;
    let found = index.find(reference, version).map_err(|_| {
        let version = if version.is_empty() { String::new() } else { format!(" version {version:?}") };
        FetchError::other(format!("chart {reference:?}{version} not found in {shown} repository"))
    })?;
    warn_of_another(home, reference, version, found);
    let failed = |error| FetchError::other(format!("failed to make chart URL absolute: {error}"));
    archive_of(found, reference, repository, access.clone(), failed)
}

/// A URL belongs to the repository whose index names it, if any does.
fn at_url(home: &Home, request: &Request, repositories: &Repositories, parts: &Url) -> Location {
    let target = &String::from_utf8_lossy(&parts.print()).into_owned();
    let is_owner = |repository: &&Repository| {
        let text = std::fs::read(index_path(home, &repository.name)).unwrap_or_default();
        // Reading an index takes long; most do not name it.
        let names_it = text.windows(target.len().max(1)).any(|window| window == target.as_bytes());
        names_it
            && Index::skim(&text)
                .is_ok_and(|index| index.entries.values().flatten().any(|entry| entry.urls.contains(target)))
    };
    let owner = repositories.list.iter().find(is_owner);
    let access = merged(&request.access, owner);
    let owner = owner.map_or_else(|| target.clone(), |owner| owner.url.clone());
    Location { url: target.clone(), owner, access, digest: String::new() }
}

/// What the repository's entry says goes before what the command line says.
#[must_use]
pub fn merged(access: &Access, repository: Option<&Repository>) -> Access {
    let Some(repository) = repository else { return access.clone() };
    let own = repository.access();
    let mut access = access.clone();
    if !own.username.is_empty() && !own.password.is_empty() {
        (access.username, access.password) = (own.username, own.password);
    }
    if !own.ca_file.is_empty() || !own.cert_file.is_empty() || !own.key_file.is_empty() {
        (access.ca_file, access.cert_file, access.key_file) = (own.ca_file, own.cert_file, own.key_file);
    }
    access.insecure |= own.insecure;
    access.pass_credentials |= own.pass_credentials;
    access
}

/// Fetches a chart's archive, from the cache if it is there, and puts it into the cache.
///
/// # Errors
/// When it cannot be had, or is not what was promised.
pub fn fetch(home: &Home, request: &Request) -> Result<Archive, FetchError> {
    if registry::is_oci(&request.reference) {
        return registry::pull(home, request);
    }
    fetch_from(home, &locate(home, request)?, &request.version)
}

/// Fetches the archive at a location, as [`fetch`] does.
///
/// # Errors
/// As for [`fetch`].
pub fn fetch_from(home: &Home, location: &Location, version: &str) -> Result<Archive, FetchError> {
    if registry::is_oci(&location.url) {
        let (reference, access) = (location.url.clone(), location.access.clone());
        return registry::pull(home, &Request { reference, version: version.to_owned(), access, ..Request::default() });
    }
    let file_name = url::file_name(&location.url);
    if let Some(data) = cached(home, &location.digest) {
        let cached = cache_path(home, &location.digest);
        return Ok(Archive { data, file_name, cached, location: Some(location.clone()), ..Archive::default() });
    }
    let fetched = home.fetcher(location.access.clone()).get(&location.url, &location.owner);
    let data = fetched.map_err(|error| match error {
        FetchError::Protocol(scheme) => FetchError::other(format!("scheme {scheme:?} not supported")),
        error => error,
    })?;
    let found = sha256(&data);
    let expected = location.digest.trim_start_matches("sha256:").to_lowercase();
    if !expected.is_empty() && expected != found {
        return Err(FetchError::Digest { url: location.url.clone(), expected, found });
    }
    let cached = keep(home, &data)?;
    Ok(Archive { data, file_name, cached, location: Some(location.clone()), ..Archive::default() })
}

/// Puts an archive into the cache.
///
/// # Errors
/// When it cannot be written.
pub fn keep(home: &Home, data: &[u8]) -> Result<PathBuf, FetchError> {
    let path = cache_path(home, &sha256(data));
    if !path.exists() {
        files::write(&path, data, 0o644)?;
    }
    Ok(path)
}

/// An archive in the cache, if its content is still what its name says.
#[must_use]
pub fn cached(home: &Home, digest: &str) -> Option<Vec<u8>> {
    let digest = digest.trim_start_matches("sha256:");
    let is_digest = digest.len() == 64 && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let data = std::fs::read(cache_path(home, digest)).ok().filter(|_| is_digest)?;
    (sha256(&data) == digest).then_some(data)
}

fn cache_path(home: &Home, digest: &str) -> PathBuf {
    let digest = digest.trim_start_matches("sha256:");
    home.content_cache.join(digest.get(..2).unwrap_or_default()).join(format!("{digest}.chart"))
}
