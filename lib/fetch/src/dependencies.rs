//! The charts in `charts/`: which versions `Chart.yaml` asks for, the lock file, and fetching them.

use crate::index::{self, Index};
use crate::locate::{self, Archive, Request};
use crate::repositories::{Repositories, Repository, index_path};
use crate::{Access, FetchError, Home, files, registry, url};
use goyaml::Value;
use rhelm_lib::chart::document::{lock_digest, old_lock_digest, sha256};
use rhelm_lib::chart::{Chart, Dependency, Lock, loader, package};
use rhelm_lib::gourl::{self, Url};
use rhelm_lib::version::{Constraint, Version};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

mod fetching;

/// What a chart's dependencies are to be fetched with.
pub struct Manager<'a> {
    /// Where Helm's files are.
    pub home: &'a Home,
    /// The chart's folder.
    pub path: &'a Path,
    /// How servers are spoken to, by the command line.
    pub access: Access,
    /// Use the indexes that are cached.
    pub skip_refresh: bool,
    /// Now, as RFC 3339, for the lock file.
    pub now: String,
    /// Says why an archive is not to be trusted.
    pub verify: Option<&'a (dyn Fn(&mut Archive) -> Result<(), FetchError> + Sync)>,
    /// Takes the lines that people read.
    pub report: &'a (dyn Fn(&str) + Sync),
    /// The time that packages of local charts get.
    pub package_time: Option<u64>,
    /// Now, in seconds.
    pub seconds: u64,
}

/// What Helm adds when a repository is neither a URL nor a name.
const NO_REPOSITORY: &str = r#"
Note that repositories must be URLs or aliases. For example, to refer to the "example"
repository, use "https://charts.example.com/" or "@example" instead of
"example". Don't forget to add the repo, too ('helm repo add')."#;

const OUT_OF_SYNC: &str = "Please update the dependencies with 'helm dependency update'";

impl Manager<'_> {
    /// Resolves the dependencies anew, fetches them and writes the lock file.
    ///
    /// # Errors
    /// When one cannot be had; `charts/` is as it was then.
    pub fn update(&self) -> Result<(), FetchError> {
        let chart = self.load()?;
        self.update_chart(&chart)
    }

    /// Fetches what the lock file says.
    ///
    /// # Errors
    /// When the lock file does not fit `Chart.yaml`, or a chart cannot be had.
    pub fn build(&self) -> Result<(), FetchError> {
        let chart = self.load()?;
        let Some(lock) = &chart.lock else { return self.update_chart(&chart) };
        let asked = &chart.metadata.dependencies;
        let broken = |error: goyaml::Error| FetchError::other(error.to_string());
        // Helm resolves aliases before it takes the digest; Helm 2 did not.
        let resolved = self.repository_names(asked)?.resolved(asked);
        let is_v1 = chart.metadata.api_version == "v1";
        if lock_digest(&resolved, &lock.dependencies).map_err(broken)? != lock.digest {
            let is_old = is_v1 && old_lock_digest(asked).map_err(broken)? == lock.digest;
            if is_v1 && !is_old {
                return Err(FetchError::other(format!(
                    "the lock file (requirements.lock) is out of sync with the dependencies file (requirements.yaml). {OUT_OF_SYNC}"
                )));
            }
            if !is_v1 {
                return Err(FetchError::other(format!(
                    "the lock file (Chart.lock) is out of sync with the dependencies file (Chart.yaml). {OUT_OF_SYNC}"
                )));
            }
        }
        let names = self.repository_names(&lock.dependencies)?;
        if !names.unmanaged.is_empty() {
            let urls: Vec<String> = names.unmanaged.iter().map(|repository| gourl::shown(&repository.url)).collect();
            let urls = urls.join(", ");
            return Err(FetchError::other(format!(
                "no repository definition for {urls}. Please add the missing repos via 'helm repo add'"
            )));
        }
        self.refresh(&names)?;
        fetching::fetch_all(self, &chart, &lock.dependencies)
    }

    fn load(&self) -> Result<Chart, FetchError> {
        let path = self.path;
        let kind = std::fs::metadata(path).map_err(|error| {
            let path = self.path.display();
            FetchError::other(format!("could not find {path}: {}", FetchError::file("stat", self.path, &error)))
        })?;
        if !kind.is_dir() {
            return Err(FetchError::other("only unpacked charts can be updated"));
        }
        loader::load_any_version(path).map(|(chart, _)| chart).map_err(|error| FetchError::other(error.to_string()))
    }

    fn update_chart(&self, chart: &Chart) -> Result<(), FetchError> {
        let asked = &chart.metadata.dependencies;
        if asked.is_empty() {
            return Ok(());
        }
        let names = self.repository_names(asked)?;
        self.refresh(&names)?;
        let chosen = self.resolve(asked, &names)?;
        fetching::fetch_all(self, chart, &chosen)?;
        let digest = lock_digest(&names.resolved(asked), &chosen).map_err(|error| FetchError::other(error.to_string()))?;
        if chart.lock.as_ref().is_some_and(|lock| lock.digest == digest) {
            return Ok(());
        }
        self.write_lock(chart, Lock { generated: self.now.clone(), digest, dependencies: chosen })
    }

    fn write_lock(&self, chart: &Chart, lock: Lock) -> Result<(), FetchError> {
        let text = goyaml::to_yaml(&Value::Map(lock.document())).map_err(|error| FetchError::other(error.to_string()))?;
        let name = if chart.metadata.api_version == "v1" { "requirements.lock" } else { "Chart.lock" };
        let path = self.path.join(name);
        let is_link = path.symlink_metadata().is_ok_and(|kind| kind.is_symlink());
        if is_link {
            return Err(FetchError::other(format!("the {name} file is a symlink to {:?}", path.display().to_string())));
        }
        files::write(&path, text.as_bytes(), 0o644)
    }

    /// For each dependency the repository whose cached index has it; local ones and registries stand for themselves.
    fn repository_names(&self, asked: &[Dependency]) -> Result<Names, FetchError> {
        let repositories = Repositories::load(&self.home.repository_config)?;
        let mut names = Names::default();
        let mut missing = Vec::new();
        for dependency in asked {
            let asked = &dependency.repository;
            if asked.is_empty() || registry::is_oci(asked) {
                continue;
            }
            if let Some(local) = asked.strip_prefix("file://") {
                fetching::local_folder(self.path, local)?;
                continue;
            }
            let alias = asked.strip_prefix('@').or_else(|| asked.strip_prefix("alias:"));
            let known = repositories.list.iter().find(|repository| match alias {
                Some(alias) => repository.name == alias,
                None => url::same_repository(&repository.url, asked),
            });
            match known {
                Some(repository) => drop(names.by_dependency.insert(dependency.name.clone(), repository.clone())),
                None if is_url(asked) => names.unmanaged(dependency),
                None => missing.push(gourl::shown(asked)),
            }
        }
        if missing.is_empty() {
            return Ok(names);
        }
        // Where it is no name either, Helm explains.
        let note =
            if missing.iter().any(|asked| !asked.contains("//") && !asked.starts_with('@')) { NO_REPOSITORY } else { "" };
        let missing = missing.join(", ");
        Err(FetchError::other(format!("no repository definition for {missing}. Please add them via 'helm repo add'{note}")))
    }

    /// Fetches indexes: of repositories that nobody added, and of all others.
    fn refresh(&self, names: &Names) -> Result<(), FetchError> {
        if self.skip_refresh {
            return Ok(());
        }
        if !names.unmanaged.is_empty() {
            (self.report)("Getting updates for unmanaged Helm repositories...");
            let fetcher = self.home.fetcher(self.access.clone());
            names.unmanaged.iter().try_for_each(|repository| fetcher.check_scheme(&repository.url))?;
            update_all(self.home, &names.unmanaged, &self.access, self.report, |repository| &repository.url);
        }
        let repositories = Repositories::load(&self.home.repository_config)?.list;
        if !repositories.is_empty() {
            (self.report)("Hang tight while we grab the latest from your chart repositories...");
            update_all(self.home, &repositories, &Access::default(), self.report, |repository| &repository.name);
            (self.report)("Update Complete. ⎈Happy Helming!⎈");
        }
        Ok(())
    }

    fn resolve(&self, asked: &[Dependency], names: &Names) -> Result<Vec<Dependency>, FetchError> {
        let mut indexes = BTreeMap::new();
        let mut missing = Vec::new();
        let mut chosen = Vec::new();
        for dependency in asked {
            match self.resolve_one(dependency, names, &mut indexes)? {
                Some(found) => chosen.push(found),
                None => missing.push(format!(
                    "{:?} (repository {:?}, version {:?})",
                    dependency.name,
                    gourl::shown(&names.url(dependency)),
                    dependency.version
                )),
            }
        }
        if missing.is_empty() {
            return Ok(chosen);
        }
        Err(FetchError::other(format!(
            "can't get a valid version for {} subchart(s): {}. Make sure a matching chart version exists in the repo, or change the version constraint in Chart.yaml",
            missing.len(),
            missing.join(", ")
        )))
    }

    fn resolve_one(
        &self,
        dependency: &Dependency,
        names: &Names,
        indexes: &mut BTreeMap<String, Index>,
    ) -> Result<Option<Dependency>, FetchError> {
        let Dependency { name, version, repository, .. } = dependency;
        let constraint = Constraint::parse(version).map_err(|error| {
            FetchError::other(format!("dependency {name:?} has an invalid version/constraint format: {error}"))
        })?;
        let chosen = |version: String| Dependency {
            name: name.clone(),
            repository: names.url(dependency),
            version,
            ..Dependency::default()
        };
        if repository.is_empty() {
            let folder = self.path.join("charts").join(name);
            if !folder.exists() {
                return Err(FetchError::other(format!("directory {} not found", folder.display())));
            }
            return Ok(Some(chosen(version.clone())));
        }
        if let Some(local) = repository.strip_prefix("file://") {
            let folder = fetching::local_folder(self.path, local)?;
            let (chart, _) = loader::load(&folder).map_err(|error| FetchError::other(error.to_string()))?;
            let found = Version::parse(&chart.metadata.version).map_err(|error| {
                FetchError::other(format!("dependency {name:?} has an invalid version/constraint format: {error}"))
            })?;
            return Ok(constraint.accepts(&found).then(|| chosen(chart.metadata.version)));
        }
        if registry::is_oci(repository) {
            let reference = format!("{}/{name}", repository.trim_end_matches('/'));
            let version = match Version::parse(version).is_ok_and(|parsed| parsed.original.matches('.').count() >= 2) {
                true => version.clone(),
                false => registry::newest(self.home, &reference, version, &self.access)?,
            };
            return Ok(Some(chosen(version)));
        }
        let Some(known) = names.by_dependency.get(name) else { return Ok(Some(chosen(version.clone()))) };
        if !indexes.contains_key(&known.name) {
            let index = Index::load(&index_path(self.home, &known.name)).map_err(|error| {
                let name = &known.name;
                FetchError::other(format!("no cached repository for {name} found. (try 'helm repo update'): {error}"))
            })?;
            indexes.insert(known.name.clone(), index);
        }
        let versions = indexes.get(&known.name).and_then(|index| index.entries.get(name));
        let versions = versions
            .ok_or_else(|| FetchError::other(format!("{name} chart not found in repo {}", names.url(dependency))))?;
        let accepted = versions
            .iter()
            .filter(|entry| !entry.urls.is_empty())
            .find(|entry| entry.parsed.as_ref().is_some_and(|version| constraint.accepts(version)));
        Ok(accepted.map(|entry| chosen(entry.version.clone())))
    }
}

/// Which repository has which dependency.
#[derive(Default)]
struct Names {
    by_dependency: BTreeMap<String, Repository>,
    unmanaged: Vec<Repository>,
}

impl Names {
    /// A repository that nobody added is cached under a name made of its URL.
    fn unmanaged(&mut self, dependency: &Dependency) {
        let url = dependency.repository.clone();
        let name = format!("helm-manager-{}", sha256(url.as_bytes()));
        let repository = Repository { name, url, ..Repository::default() };
        if !self.unmanaged.contains(&repository) {
            self.unmanaged.push(repository.clone());
        }
        self.by_dependency.insert(dependency.name.clone(), repository);
    }

    /// The dependencies with aliases of repositories resolved.
    fn resolved(&self, asked: &[Dependency]) -> Vec<Dependency> {
        asked.iter().map(|one| Dependency { repository: self.url(one), ..one.clone() }).collect()
    }

    /// A dependency's repository with an alias resolved.
    fn url(&self, dependency: &Dependency) -> String {
        let asked = &dependency.repository;
        let is_alias = asked.starts_with('@') || asked.starts_with("alias:");
        match self.by_dependency.get(&dependency.name).filter(|_| is_alias) {
            Some(repository) => repository.url.clone(),
            None => asked.clone(),
        }
    }
}

fn is_url(text: &str) -> bool {
    Url::read(text).is_ok_and(|url| !url.scheme.is_empty() || url.path.starts_with(b"/"))
}

/// Fetches indexes at the same time and reports each as it comes, under the name that `shown` gives it. What fails is returned.
pub fn update_all(
    home: &Home,
    repositories: &[Repository],
    access: &Access,
    report: &(dyn Fn(&str) + Sync),
    shown: impl Fn(&Repository) -> &str + Sync,
) -> Vec<String> {
    let failed = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for repository in repositories {
            let (failed, shown) = (&failed, &shown);
            let access = Access { timeout: access.timeout, ..locate::merged(access, Some(repository)) };
            let name = gourl::shown(shown(repository));
            scope.spawn(move || match index::update(home, repository, access) {
                Ok(_) => report(&format!("...Successfully got an update from the {name:?} chart repository")),
                Err(error) => {
                    let is_named = shown(repository) == repository.name;
                    let place = if is_named { format!(" ({})", gourl::shown(&repository.url)) } else { String::new() };
                    report(&format!("...Unable to get an update from the {name:?} chart repository{place}:\n\t{error}"));
                    failed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(repository.url.clone());
                }
            });
        }
    });
    failed.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)
}
