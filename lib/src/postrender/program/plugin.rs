//! Helm 4's post-renderer plugins: folders with a `plugin.yaml` that says which command to run.

use super::super::PostRenderError;
use super::{Program, SearchPath};
use crate::version::Version;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// The type of plugins that are post-renderers.
const TYPE: &str = "postrenderer/v1";

/// A plugin of this type.
#[derive(Debug)]
struct Plugin {
    folder: PathBuf,
    commands: Vec<PlatformCommand>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "apiVersion")]
    api_version: String,
    name: String,
    version: String,
    r#type: String,
    runtime: String,
    #[serde(rename = "sourceURL", default)]
    _source_url: String,
    #[serde(default)]
    config: Option<serde_yaml::Mapping>,
    #[serde(rename = "runtimeConfig", default)]
    runtime_config: RuntimeConfig,
}

#[derive(Default, Deserialize)]
struct RuntimeConfig {
    #[serde(rename = "platformCommand", default)]
    platform_command: Vec<PlatformCommand>,
}

#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
struct PlatformCommand {
    #[serde(default)]
    os: String,
    #[serde(default)]
    arch: String,
    #[serde(default)]
    command: String,
    #[serde(default)]
    args: Vec<String>,
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
        let expand = |text: &str| expand(text, |name| own(name).or_else(|| outer(name)).unwrap_or_default());
        let command = choose(&plugin.commands, go_os(), go_arch()).filter(|command| !command.command.is_empty());
        let command = command.ok_or_else(|| PostRenderError::NoCommand { name: name.to_owned() })?;
        let mut words = command.command.split(' ').map(&expand);
        let program = words.next().unwrap_or_default();
        let mut all: Vec<String> = words.collect();
        all.extend(command.args.iter().map(|argument| expand(argument)));
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
    let text = std::fs::read_to_string(folder.join("plugin.yaml")).ok()?;
    let file: File = serde_yaml::from_str(&text).ok()?;
    let valid = file.api_version == "v1" && file.r#type == TYPE && file.runtime == "subprocess" && is_strict(&file.version);
    let configured = file.config.is_some_and(|config| !config.is_empty());
    (valid && !configured && file.name == wanted)
        .then_some(Plugin { folder, commands: file.runtime_config.platform_command })
}

/// Three numbers and nothing in front of them.
fn is_strict(version: &str) -> bool {
    let numbers = version.split(['-', '+']).next().unwrap_or_default().split('.').count();
    numbers == 3 && version.starts_with(|c: char| c.is_ascii_digit()) && Version::parse(version).is_ok()
}

/// Exactly this machine first, then this system, then any.
fn choose<'a>(commands: &'a [PlatformCommand], os: &str, arch: &str) -> Option<&'a PlatformCommand> {
    let is = |text: &str, wanted: &str| text.eq_ignore_ascii_case(wanted);
    let exact = commands.iter().find(|command| is(&command.os, os) && is(&command.arch, arch));
    let system = || commands.iter().find(|command| is(&command.os, os) && command.arch.is_empty());
    let any = || commands.iter().find(|command| command.os.is_empty() && command.arch.is_empty());
    exact.or_else(system).or_else(any)
}

fn go_os() -> &'static str {
    match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    }
}

fn go_arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        "x86" => "386",
        "powerpc64" => "ppc64le",
        other => other,
    }
}

/// Go's `os.Expand`: `$NAME` and `${NAME}`, and the shell's `$1`, `$@` and the like, which have no value here.
fn expand(text: &str, value: impl Fn(&str) -> String) -> String {
    let (mut result, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = rest.find('$') {
        result.push_str(&rest[..at]);
        let (name, length) = variable(&rest[at + 1..]);
        match name {
            Some(name) => result.push_str(&value(name)),
            None if length == 0 => result.push('$'),
            None => {}
        }
        rest = &rest[at + 1 + length..];
    }
    result.push_str(rest);
    result
}

/// The variable that a text begins with, behind its dollar, and how much of the text is gone with it.
fn variable(text: &str) -> (Option<&str>, usize) {
    let special = |byte: u8| matches!(byte, b'*' | b'#' | b'$' | b'@' | b'!' | b'?' | b'-' | b'0'..=b'9');
    let bytes = text.as_bytes();
    match bytes.first() {
        Some(b'{') => match text.find('}') {
            Some(1) => (None, 2),
            Some(end) => (Some(&text[1..end]), end + 1),
            None => (None, 1),
        },
        Some(&byte) if special(byte) => (Some(&text[..1]), 1),
        _ => match bytes.iter().take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_').count() {
            0 => (None, 0),
            length => (Some(&text[..length]), length),
        },
    }
}

/// The folders that `HELM_PLUGINS` lists.
#[must_use]
pub fn plugin_folders(list: &std::ffi::OsStr) -> Vec<PathBuf> {
    std::env::split_paths(list).filter(|folder| !folder.as_os_str().is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_expanded_as_by_go() {
        let value = |name: &str| if name == "A" { "x y".to_owned() } else { String::new() };
        let cases = [("$A/${A}b$Ab", "x y/x yb"), ("$1$@${B}c", "c"), ("a$ b$", "a$ b$"), ("${}a${", "a"), ("$$A", "A")];
        for (text, expected) in cases {
            assert_eq!(expand(text, value), expected, "{text}");
        }
    }

    #[test]
    fn the_nearest_platform_is_chosen() {
        let command =
            |os: &str, arch: &str| PlatformCommand { os: os.into(), arch: arch.into(), ..PlatformCommand::default() };
        let commands = [command("", ""), command("linux", ""), command("Linux", "AMD64"), command("", "amd64")];
        assert_eq!(choose(&commands, "linux", "amd64"), Some(&commands[2]));
        assert_eq!(choose(&commands, "linux", "arm64"), Some(&commands[1]));
        assert_eq!(choose(&commands, "darwin", "amd64"), Some(&commands[0]));
        assert_eq!(choose(&commands[3..], "linux", "amd64"), None);
    }
}
