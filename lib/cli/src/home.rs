//! Where Helm keeps its files, by flags and environment.

use crate::{GlobalArgs, downloads, print_logs, settings};
use rhelm_fetch::Home;
use rhelm_fetch::plugins::Plugins;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

/// The folders that Helm's files lie in.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Folders {
    /// What may be deleted.
    pub cache: PathBuf,
    /// What the user has set up.
    pub config: PathBuf,
    /// What the user has installed.
    pub data: PathBuf,
}

impl Folders {
    /// Finds the folders: Helm's variables, then those of the desktop, then those of the home folder.
    #[must_use]
    pub fn of(variable: impl Fn(&str) -> Option<String>) -> Self {
        let variable = |name: &str| variable(name).filter(|value| !value.is_empty());
        let home = variable("HOME").unwrap_or_default();
        let folder = |helm: &str, xdg: &str, below: &str| match (variable(helm), variable(xdg)) {
            (Some(path), _) => PathBuf::from(path),
            (None, Some(path)) => PathBuf::from(path).join("helm"),
            (None, None) => PathBuf::from(&home).join(below).join("helm"),
        };
        Self {
            cache: folder("HELM_CACHE_HOME", "XDG_CACHE_HOME", ".cache"),
            config: folder("HELM_CONFIG_HOME", "XDG_CONFIG_HOME", ".config"),
            data: folder("HELM_DATA_HOME", "XDG_DATA_HOME", ".local/share"),
        }
    }

    /// The folder of plugins.
    #[must_use]
    pub fn plugins(&self, variable: impl Fn(&str) -> Option<String>) -> String {
        let given = variable("HELM_PLUGINS").filter(|path| !path.is_empty());
        given.unwrap_or_else(|| self.data.join("plugins").display().to_string())
    }
}

impl GlobalArgs {
    fn plugins(&self, list: &str) -> Plugins {
        let folders = std::env::split_paths(list).filter(|path| !path.as_os_str().is_empty()).collect();
        let global = self.clone();
        Plugins { folders, settings: Some(Arc::new(move || plugin_settings(&global))) }
    }

    /// Where Helm's files are.
    #[must_use]
    pub fn home(&self, variable: impl Fn(&str) -> Option<String>) -> Home {
        let folders = Folders::of(&variable);
        let file = |flag: &Option<String>, name: &str, default: PathBuf| {
            let given = flag.clone().or_else(|| variable(name)).filter(|path| !path.is_empty());
            given.map_or(default, PathBuf::from)
        };
        let cache = &folders.cache;
        let config = &folders.config;
        Home {
            repository_config: file(&self.repository_config, "HELM_REPOSITORY_CONFIG", config.join("repositories.yaml")),
            repository_cache: file(&self.repository_cache, "HELM_REPOSITORY_CACHE", cache.join("repository")),
            content_cache: file(&self.content_cache, "HELM_CONTENT_CACHE", cache.join("content")),
            registry_config: file(&self.registry_config, "HELM_REGISTRY_CONFIG", config.join("registry/config.json")),
            plugins: self.plugins(&folders.plugins(&variable)),
            watch: downloads::watch(),
            log: Some(|log| print_logs(std::slice::from_ref(log), false)),
        }
    }
}

/// The settings as plugins get them: `HELM_BIN` is this program, wherever they are run.
fn plugin_settings(global: &GlobalArgs) -> BTreeMap<String, String> {
    let all = settings(global).into_iter().map(|(name, value)| (name.to_owned(), value));
    let own = std::env::current_exe().ok().map(|own| ("HELM_BIN".to_owned(), own.display().to_string()));
    all.chain(own).collect()
}

/// A variable of the environment.
#[must_use]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
