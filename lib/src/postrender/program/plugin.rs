//! Helm 4's post-renderer plugins: folders with a `plugin.yaml` that says which command to run.

use super::super::PostRenderError;
use super::{Program, SearchPath};
use crate::plugin::{Expand, PLUGIN_FILE, PlatformCommand, PluginFile, words};
use std::path::{Path, PathBuf};

/// The type of plugins that are post-renderers.
const TYPE: &str = "postrenderer/v1";

/// A plugin of this type.
#[derive(Debug)]
struct Plugin {
    folder: PathBuf,
    commands: Vec<PlatformCommand>,
}

impl SearchPath {
    /// The program of the installed plugin `name`, if there is one. The first folder that has it counts.
    ///
    /// # Errors
    /// When two plugins of one folder have the name, or it has no command for this machine, or none that can be found.
    pub(super) fn plugin(&self, name: &str, arguments: &[String]) -> Result<Option<Program>, PostRenderError> {
        for folder in &self.plugins {
            let mut found = plugins(folder, name).into_iter();
            let (Some(plugin), second) = (found.next(), found.next()) else { continue };
            if let Some(second) = second {
                let (first, second) = (plugin.folder, second.folder);
                return Err(PostRenderError::TwoPlugins { name: name.to_owned(), first, second });
            }
            return self.plugin_program(name, &plugin, arguments).map(Some);
        }
        Ok(None)
    }

    fn plugin_program(&self, name: &str, plugin: &Plugin, arguments: &[String]) -> Result<Program, PostRenderError> {
        let folder = plugin.folder.display().to_string();
        let variables = vec![("HELM_PLUGIN_NAME".to_owned(), name.to_owned()), ("HELM_PLUGIN_DIR".to_owned(), folder)];
        let own = |variable: &str| variables.iter().find(|(name, _)| name == variable).map(|(_, value)| value.clone());
        let outer = |variable: &str| {
            let found = self.variables.iter().find(|(name, _)| name == variable);
            found.map(|(_, value)| value.to_string_lossy().into_owned())
        };
        let variable = |name: &str| own(name).or_else(|| outer(name)).unwrap_or_default();
        let words = words(&plugin.commands, Expand::All, &variable);
        let (program, mut all) = words.ok_or_else(|| PostRenderError::NoCommand { name: name.to_owned() })?;
        all.extend(arguments.iter().cloned());
        let beside = SearchPath { beside: None, ..self.clone() };
        let path = beside.executable(&program)?;
        Ok(Program { name: name.to_owned(), path, arguments: all, variables })
    }
}

/// The plugins of a folder with this name, in the order of their folders' names. What is no such plugin is passed over.
fn plugins(folder: &Path, name: &str) -> Vec<Plugin> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut folders: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).collect();
    folders.sort();
    folders.into_iter().filter_map(|folder| load(folder, name)).collect()
}

fn load(folder: PathBuf, wanted: &str) -> Option<Plugin> {
    let file = PluginFile::parse(&std::fs::read(folder.join(PLUGIN_FILE)).ok()?).ok()?;
    let is_wanted = file.kind == TYPE && file.runtime == "subprocess" && file.name == wanted;
    is_wanted.then_some(Plugin { folder, commands: file.subprocess.commands })
}

/// The folders that `HELM_PLUGINS` lists.
#[must_use]
pub fn plugin_folders(list: &std::ffi::OsStr) -> Vec<PathBuf> {
    std::env::split_paths(list).filter(|folder| !folder.as_os_str().is_empty()).collect()
}
