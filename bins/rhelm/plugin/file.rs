//! `plugin.yaml`: what a plugin is called and what it runs.

use goyaml::{Map, Value};
use rhelm_cli::{Folders, GlobalArgs, variable};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A plugin.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Plugin {
    pub(super) name: String,
    pub(super) version: String,
    /// `cli/v1`, `getter/v1` or `postrenderer/v1`.
    pub(super) kind: String,
    /// `legacy`, or the format's version.
    pub(super) format: String,
    /// Where it lies.
    pub(super) folder: PathBuf,
    /// Whether flags are not for the plugin.
    pub(super) ignore_flags: bool,
    commands: Vec<PlatformCommand>,
    hooks: BTreeMap<String, Vec<PlatformCommand>>,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct PlatformCommand {
    os: String,
    arch: String,
    command: String,
    args: Vec<String>,
}

/// The folders that plugins lie in.
pub(super) fn folders(_: &GlobalArgs) -> Vec<PathBuf> {
    let list = Folders::of(variable).plugins(variable);
    std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect()
}

/// The plugins that are there and can be read, unless plugins are switched off.
pub(super) fn installed(global: &GlobalArgs) -> Vec<Plugin> {
    if variable("HELM_NO_PLUGINS").is_some_and(|value| value == "1") {
        return Vec::new();
    }
    let mut plugins = Vec::new();
    for folder in folders(global) {
        let entries = std::fs::read_dir(folder).into_iter().flatten();
        let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        paths.sort();
        plugins.extend(
            paths.iter().filter(|path| path.join("plugin.yaml").is_file()).filter_map(|path| Plugin::read(path).ok()),
        );
    }
    plugins
}

impl Plugin {
    /// Reads a plugin's file.
    ///
    /// # Errors
    /// When there is none, or it names no plugin.
    pub(super) fn read(folder: &Path) -> Result<Self, String> {
        let path = folder.join("plugin.yaml");
        let failed = |cause: String| format!("failed to load plugin at {:?}: {cause}", path.display().to_string());
        let text = std::fs::read(&path).map_err(|error| failed(error.to_string()))?;
        let decoded = goyaml::decode_bytes(&text).map_err(|error| failed(error.to_string()))?;
        let Value::Map(fields) = decoded else { return Err(failed("no fields".to_owned())) };
        let is_legacy = text_of(&fields, "apiVersion").is_empty();
        let mut plugin = Self {
            name: text_of(&fields, "name"),
            version: text_of(&fields, "version"),
            folder: folder.to_owned(),
            ..Self::default()
        };
        let is_proper = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if plugin.name.is_empty() || !plugin.name.chars().all(is_proper) {
            return Err(failed(format!("invalid plugin name {:?}", plugin.name)));
        }
        if is_legacy {
            plugin.legacy(&fields)
        } else {
            plugin.current(&fields)
        }
        Ok(plugin)
    }

    fn legacy(&mut self, fields: &Map) {
        self.format = "legacy".to_owned();
        let is_getter = matches!(fields.get("downloaders"), Some(Value::List(list)) if !list.is_empty());
        self.kind = if is_getter { "getter/v1" } else { "cli/v1" }.to_owned();
        self.ignore_flags = fields.get("ignoreFlags") == Some(&Value::Bool(true));
        self.commands = commands(fields.get("platformCommand"));
        if self.commands.is_empty() {
            self.commands = vec![shell_words(&text_of(fields, "command"))];
        }
        if let Some(Value::Map(hooks)) = fields.get("hooks") {
            for (event, command) in hooks {
                let command = command.as_str().unwrap_or_default().to_owned();
                let args = vec!["-c".to_owned(), command];
                let shell = PlatformCommand { command: "sh".to_owned(), args, ..PlatformCommand::default() };
                self.hooks.insert(event.clone(), vec![shell]);
            }
        }
        if let Some(Value::Map(hooks)) = fields.get("platformHooks") {
            self.hooks.extend(hooks.iter().map(|(event, list)| (event.clone(), commands(Some(list)))));
        }
    }

    fn current(&mut self, fields: &Map) {
        self.format = text_of(fields, "apiVersion");
        self.kind = text_of(fields, "type");
        if let Some(Value::Map(config)) = fields.get("config") {
            self.ignore_flags = config.get("ignoreFlags") == Some(&Value::Bool(true));
        }
        if let Some(Value::Map(runtime)) = fields.get("runtimeConfig") {
            self.commands = commands(runtime.get("platformCommand"));
            if let Some(Value::Map(hooks)) = runtime.get("platformHooks") {
                self.hooks = hooks.iter().map(|(event, list)| (event.clone(), commands(Some(list)))).collect();
            }
        }
    }

    /// The row of the table of plugins.
    pub(super) fn row(&self) -> Vec<String> {
        let provenance = if self.folder.is_symlink() { "local dev" } else { "unsigned" };
        let source = self.source().unwrap_or_else(|| "unknown".to_owned());
        let words = [&self.name, &self.version, &self.kind, &self.format, provenance, &source];
        words.map(str::to_owned).to_vec()
    }

    /// Where the plugin was cloned from.
    pub(super) fn source(&self) -> Option<String> {
        let config = std::fs::read_to_string(self.folder.join(".git/config")).ok()?;
        let url = config.lines().find_map(|line| line.trim().strip_prefix("url = "));
        url.map(str::to_owned)
    }

    /// The program and arguments for this machine.
    pub(super) fn command(&self) -> Option<(String, Vec<String>)> {
        chosen(&self.commands)
    }

    /// The program and arguments for an event.
    pub(super) fn hook(&self, event: &str) -> Option<(String, Vec<String>)> {
        chosen(self.hooks.get(event)?)
    }
}

/// The command for this system and processor, or for this system, or for all.
fn chosen(commands: &[PlatformCommand]) -> Option<(String, Vec<String>)> {
    let arch = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let os = std::env::consts::OS;
    let fits = |wanted_os: &str, wanted_arch: &str| {
        commands
            .iter()
            .find(|command| command.os.eq_ignore_ascii_case(wanted_os) && command.arch.eq_ignore_ascii_case(wanted_arch))
    };
    let found = fits(os, arch).or_else(|| fits(os, "")).or_else(|| fits("", arch)).or_else(|| fits("", ""))?;
    (!found.command.is_empty()).then(|| (found.command.clone(), found.args.clone()))
}

fn commands(value: Option<&Value>) -> Vec<PlatformCommand> {
    let Some(Value::List(list)) = value else { return Vec::new() };
    let command = |value: &Value| {
        let Value::Map(fields) = value else { return None };
        let args = match fields.get("args") {
            Some(Value::List(args)) => args.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
            _ => Vec::new(),
        };
        let whole = shell_words(&text_of(fields, "command"));
        let args = whole.args.into_iter().chain(args).collect();
        Some(PlatformCommand { os: text_of(fields, "os"), arch: text_of(fields, "arch"), command: whole.command, args })
    };
    list.iter().filter_map(command).collect()
}

/// Helm splits a command at blanks, and so may a plugin's author expect.
fn shell_words(text: &str) -> PlatformCommand {
    let mut words = text.split(' ').filter(|word| !word.is_empty()).map(str::to_owned);
    PlatformCommand { command: words.next().unwrap_or_default(), args: words.collect(), ..PlatformCommand::default() }
}

fn text_of(fields: &Map, name: &str) -> String {
    fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}
