//! Filling `charts/`: all archives are fetched at the same time, and only when all are there do they take the place of the old ones.

use super::{
    Access, Archive, Chart, Dependency, FetchError, Home, Manager, Path, PathBuf, Repositories, Request, loader, locate,
    package,
};
use super::{Constraint, Index, Repository, Version, index_path, registry, url};
use crate::files;
use rhelm_lib::gourl;
use std::collections::BTreeMap;
use std::path::Component;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many archives are fetched at the same time.
const WORKERS: usize = 8;

/// The folder of a `file://` dependency.
///
/// # Errors
/// When there is none.
pub(super) fn local_folder(chart: &Path, local: &str) -> Result<PathBuf, FetchError> {
    let path = if local.starts_with('/') { PathBuf::from(local) } else { chart.join(local) };
    match path.exists() {
        true => Ok(path),
        false => Err(FetchError::other(format!("directory {} not found", cleaned(&path).display()))),
    }
}

/// A path without `.`, and without `..` that can be done without.
fn cleaned(path: &Path) -> PathBuf {
    let mut cleaned = PathBuf::new();
    for part in path.components() {
        match (part, cleaned.components().next_back()) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir)) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => drop(cleaned.pop()),
            (part, _) => cleaned.push(part),
        }
    }
    cleaned
}

/// Fetches the archives of all dependencies and puts them into `charts/`.
///
/// # Errors
/// When one cannot be had; nothing is changed then.
pub(super) fn fetch_all(manager: &Manager<'_>, chart: &Chart, dependencies: &[Dependency]) -> Result<(), FetchError> {
    let folder = manager.path.join("charts");
    if folder.exists() && !folder.is_dir() {
        return Err(FetchError::other(format!("{:?} is not a directory", folder.display().to_string())));
    }
    (manager.report)(&format!("Saving {} charts", dependencies.len()));
    let mut plan: Vec<&Dependency> = Vec::new();
    for dependency in dependencies.iter().filter(|dependency| !is_unpacked(manager, dependency)) {
        let is_known = plan.iter().any(|known| known.name == dependency.name && known.version == dependency.version);
        if is_known {
            continue;
        }
        plan.push(dependency);
    }
    let archives = check_unpacked(manager, dependencies).and_then(|()| fetch_parallel(manager, &plan));
    let archives = archives.inspect_err(|error| (manager.report)(&format!("Save error occurred:  {error}")))?;
    (manager.report)("Deleting outdated charts");
    for (name, data) in &archives {
        files::write(&folder.join(name), data, 0o644)?;
    }
    remove_outdated(&folder, chart, dependencies, &archives)
}

/// A dependency without a repository is a folder of `charts/`.
fn is_unpacked(manager: &Manager<'_>, dependency: &Dependency) -> bool {
    dependency.repository.is_empty() && manager.path.join("charts").join(&dependency.name).is_dir()
}

/// Checks the versions of such dependencies.
fn check_unpacked(manager: &Manager<'_>, dependencies: &[Dependency]) -> Result<(), FetchError> {
    for Dependency { name, version, .. } in dependencies.iter().filter(|dependency| is_unpacked(manager, dependency)) {
        let words = "did not declare a repository. Assuming it exists in the charts directory";
        (manager.report)(&format!("Dependency {name} {words}"));
        let folder = manager.path.join("charts").join(name);
        let (chart, _) = loader::load_any_version(&folder)
            .map_err(|error| FetchError::other(format!("unable to load chart '{}': {error}", folder.display())))?;
        let constraint = Constraint::parse(version).map_err(|error| {
            FetchError::other(format!("dependency {name} has an invalid version/constraint format: {error}"))
        })?;
        let found = &chart.metadata.version;
        let parsed = Version::parse(found)
            .map_err(|error| FetchError::other(format!("invalid version {version} for dependency {name}: {error}")))?;
        if !constraint.accepts(&parsed) {
            let words = format!("dependency {name} at version {found} does not satisfy the constraint {version}");
            return Err(FetchError::other(words));
        }
    }
    Ok(())
}

fn fetch_parallel(manager: &Manager<'_>, plan: &[&Dependency]) -> Result<BTreeMap<String, Vec<u8>>, FetchError> {
    let repositories = Repositories::load(&manager.home.repository_config)?;
    let indexes = indexes(manager.home, plan, &repositories);
    let next = AtomicUsize::new(0);
    let results = Results::new(manager, plan);
    std::thread::scope(|scope| {
        for _ in 0..WORKERS.min(plan.len()) {
            scope.spawn(|| {
                while let Some((at, dependency)) = {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    plan.get(at).map(|dependency| (at, dependency))
                } {
                    let fetched = fetch_one(manager, dependency, &repositories, &indexes);
                    results.put(at, fetched);
                }
            });
        }
    });
    let done = results.done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.into_values().map(|result| result.map(|archive| (archive.file_name, archive.data))).collect()
}

/// What has come so far. It is told of in the order of the plan, as if one came after the other.
struct Results<'a> {
    manager: &'a Manager<'a>,
    plan: &'a [&'a Dependency],
    done: Mutex<BTreeMap<usize, Result<Archive, FetchError>>>,
    told: AtomicUsize,
}

impl<'a> Results<'a> {
    fn new(manager: &'a Manager<'a>, plan: &'a [&'a Dependency]) -> Self {
        let results = Self { manager, plan, done: Mutex::default(), told: AtomicUsize::new(0) };
        results.tell_of_begin(0);
        results
    }

    fn tell_of_begin(&self, at: usize) {
        let remote = self.plan.get(at).filter(|dependency| !dependency.repository.starts_with("file://"));
        if let Some(Dependency { name, repository, .. }) = remote {
            (self.manager.report)(&format!("Downloading {name} from repo {}", gourl::shown(repository)));
        }
    }

    fn put(&self, at: usize, result: Result<Archive, FetchError>) {
        let mut done = self.done.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        done.insert(at, result);
        while let Some(Ok(archive)) = done.get(&self.told.load(Ordering::Relaxed)) {
            if let Some((reference, digest)) = &archive.pulled {
                let text = format!("Pulled: {reference}\nDigest: {digest}\n{}", registry::underscore_note(reference));
                (self.manager.report)(text.trim_end());
            }
            self.tell_of_begin(self.told.fetch_add(1, Ordering::Relaxed) + 1);
        }
    }
}

/// The cached indexes that are needed, each read once.
fn indexes(home: &Home, plan: &[&Dependency], repositories: &Repositories) -> BTreeMap<String, Index> {
    let mut indexes = BTreeMap::new();
    for dependency in plan {
        let name = cached_name(&dependency.repository, repositories);
        if !indexes.contains_key(&name)
            && let Ok(index) = Index::load(&index_path(home, &name))
        {
            indexes.insert(name, index);
        }
    }
    indexes
}

fn cached_name(repository: &str, repositories: &Repositories) -> String {
    let known = repositories.list.iter().find(|known| url::same_repository(&known.url, repository));
    known.map_or_else(
        || format!("helm-manager-{}", super::sha256(repository.as_bytes())),
        |repository| repository.name.clone(),
    )
}

fn fetch_one(
    manager: &Manager<'_>,
    dependency: &Dependency,
    repositories: &Repositories,
    indexes: &BTreeMap<String, Index>,
) -> Result<Archive, FetchError> {
    let Dependency { name, version, repository, .. } = dependency;
    if let Some(local) = repository.strip_prefix("file://") {
        return packed(manager, &local_folder(manager.path, local)?);
    }
    if registry::is_oci(repository) {
        let reference = format!("{}/{name}", repository.trim_end_matches('/'));
        let (version, access) = (version.clone(), manager.access.clone());
        let archive = locate::fetch(manager.home, &Request { reference, version, access, ..Request::default() });
        return archive.and_then(|archive| trusted(manager, archive)).map_err(|error| {
            FetchError::other(format!("could not download {}/{name}: {error}", repository.trim_end_matches('/')))
        });
    }
    let failed = |error: FetchError| match error {
        FetchError::Other(text) => FetchError::other(text),
        error => FetchError::other(format!("could not download {}: {error}", name)),
    };
    let known: Option<&Repository> = repositories.list.iter().find(|known| url::same_repository(&known.url, repository));
    let access: Access = locate::merged(&manager.access, known);
    let fetched;
    let index = match indexes.get(&cached_name(repository, repositories)) {
        Some(index) => index,
        None => {
            (_, fetched) = crate::index::fetch(&manager.home.fetcher(access.clone()), repository).map_err(failed)?;
            &fetched
        }
    };
    let entry = index.find(name, version).map_err(|_| {
        FetchError::other(format!("chart {name:?} version {version:?} not found in {} repository", gourl::shown(repository)))
    })?;
    let location = locate::Location {
        url: url::resolve(repository, entry.urls.first().map(String::as_str).unwrap_or_default())
            .map_err(|error| FetchError::other(format!("could not find : {error}")))?,
        owner: repository.clone(),
        access,
        digest: entry.digest.clone(),
    };
    locate::fetch_from(manager.home, &location, version)
        .and_then(|archive| trusted(manager, archive))
        .map_err(|error| FetchError::other(format!("could not download {}: {error}", gourl::shown(&location.url))))
}

fn trusted(manager: &Manager<'_>, mut archive: Archive) -> Result<Archive, FetchError> {
    manager.verify.map_or(Ok(()), |verify| verify(&mut archive))?;
    Ok(archive)
}

/// A local chart as its archive.
fn packed(manager: &Manager<'_>, folder: &Path) -> Result<Archive, FetchError> {
    let (chart, _) = loader::load(folder).map_err(|error| FetchError::other(error.to_string()))?;
    let data = package::package(&chart, manager.package_time, manager.seconds)
        .map_err(|error| FetchError::other(error.to_string()))?;
    let file_name = format!("{}-{}.tgz", chart.metadata.name, chart.metadata.version);
    Ok(Archive { data, file_name, ..Archive::default() })
}

/// Removes archives of dependencies that are of another version now.
fn remove_outdated(
    folder: &Path,
    chart: &Chart,
    dependencies: &[Dependency],
    archives: &BTreeMap<String, Vec<u8>>,
) -> Result<(), FetchError> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Ok(()) };
    let names = || chart.metadata.dependencies.iter().chain(dependencies).map(|dependency| &dependency.name);
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let is_archive = file.ends_with(".tgz") && path.is_file() && !archives.contains_key(&file);
        // What an archive is of is what it says itself, not what it is called.
        let is_ours =
            is_archive && loader::load(&path).is_ok_and(|(chart, _)| names().any(|name| *name == chart.metadata.name));
        if is_ours {
            std::fs::remove_file(&path).map_err(|error| FetchError::file("remove", &path, &error))?;
        }
    }
    Ok(())
}
