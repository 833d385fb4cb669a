//! `plugin.yaml`: what a plugin is called, what it is for, and what it runs. The old format becomes what the new one says.

use super::command::PlatformCommand;
use crate::gotext::quote;
use crate::version::Version;
use goyaml::{Map, Value};
use std::collections::BTreeMap;

/// A plugin's file.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PluginFile {
    /// `legacy`, or the format's version.
    pub format: String,
    /// The name.
    pub name: String,
    /// The version; the old format may have none.
    pub version: String,
    /// `cli/v1`, `getter/v1` or `postrenderer/v1`.
    pub kind: String,
    /// How it runs: `subprocess`, or what only Helm knows.
    pub runtime: String,
    /// What it says it is for.
    pub description: String,
    /// Where it comes from.
    pub source_url: String,
    /// What its kind says of it.
    pub config: Config,
    /// What it runs, when it is a program.
    pub subprocess: Subprocess,
}

/// What the kinds of plugins say of themselves.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Config {
    /// A subcommand.
    Cli {
        /// Its line of usage.
        usage: String,
        /// One line of help.
        short_help: String,
        /// All the help.
        long_help: String,
        /// Whether flags are not for the plugin.
        ignore_flags: bool,
    },
    /// It fetches what URLs of these protocols name.
    Getter {
        /// The schemes.
        protocols: Vec<String>,
    },
    /// Nothing.
    #[default]
    None,
}

/// What a plugin runs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Subprocess {
    /// Its own command.
    pub commands: Vec<PlatformCommand>,
    /// Commands for events of its life.
    pub hooks: BTreeMap<String, Vec<PlatformCommand>>,
    /// Whether the arguments of those hold variables.
    pub expands_hooks: bool,
    /// Commands that fetch.
    pub protocols: Vec<ProtocolCommand>,
}

/// The command that fetches what URLs of some protocols name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProtocolCommand {
    /// The schemes.
    pub protocols: Vec<String>,
    /// The command.
    pub commands: Vec<PlatformCommand>,
}

/// Why a file is of no plugin, in Helm's words.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct FileError(String);

impl From<String> for FileError {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// The fields that the new format knows.
const FIELDS: [&str; 8] = ["apiVersion", "name", "type", "runtime", "version", "sourceURL", "config", "runtimeConfig"];

impl PluginFile {
    /// Reads a file.
    ///
    /// # Errors
    /// When it is no YAML, or says what it must not.
    pub fn parse(text: &[u8]) -> Result<Self, FileError> {
        let decoded = goyaml::decode_bytes(text).map_err(|error| error.to_string())?;
        let Value::Map(fields) = decoded else { return Err(FileError("plugin.yaml has no fields".to_owned())) };
        match text_of(&fields, "apiVersion").as_str() {
            "" => legacy(&fields),
            "v1" => current(&fields),
            other => Err(FileError(format!("invalid plugin apiVersion: {}", quote(other)))),
        }
    }
}

fn legacy(fields: &Map) -> Result<PluginFile, FileError> {
    let name = text_of(fields, "name");
    if !is_name(&name) {
        return Err(format!("invalid plugin name {}: must contain only a-z, A-Z, 0-9, _ and -", quote(&name)).into());
    }
    let version = text_of(fields, "version");
    if !version.is_empty() && !is_strict(&version) {
        return Err(format!("invalid plugin version {}: must be valid semver", quote(&version)).into());
    }
    let protocols = downloaders(fields)?;
    let kind = if protocols.is_empty() { "cli/v1" } else { "getter/v1" };
    let config = match protocols.as_slice() {
        [] => Config::Cli {
            usage: String::new(),
            short_help: one_line(&text_of(fields, "usage")),
            long_help: text_of(fields, "description"),
            ignore_flags: fields.get("ignoreFlags") == Some(&Value::Bool(true)),
        },
        list => Config::Getter { protocols: list.iter().flat_map(|one| one.protocols.clone()).collect() },
    };
    let (commands, hooks) = (legacy_commands(fields)?, legacy_hooks(fields)?);
    let expands_hooks = !matches!(fields.get("hooks"), Some(Value::Map(hooks)) if !hooks.is_empty());
    Ok(PluginFile {
        format: "legacy".to_owned(),
        name,
        version,
        kind: kind.to_owned(),
        runtime: "subprocess".to_owned(),
        description: one_line(&text_of(fields, "description")),
        source_url: String::new(),
        config,
        subprocess: Subprocess { commands, hooks, expands_hooks, protocols },
    })
}

fn legacy_commands(fields: &Map) -> Result<Vec<PlatformCommand>, FileError> {
    let commands = commands(fields.get("platformCommand"));
    let command = text_of(fields, "command");
    match (commands.is_empty(), command.is_empty()) {
        // Helm 3 runs the command where no platform's fits; Helm 4 refuses such files, helm-secrets' among them.
        (false, false) => {
            Ok(commands.into_iter().chain([PlatformCommand { command, ..PlatformCommand::default() }]).collect())
        }
        (true, false) => Ok(vec![PlatformCommand { command, ..PlatformCommand::default() }]),
        (_, true) => Ok(commands),
    }
}

fn legacy_hooks(fields: &Map) -> Result<BTreeMap<String, Vec<PlatformCommand>>, FileError> {
    let platform = hooks(fields.get("platformHooks"));
    let Some(Value::Map(shell)) = fields.get("hooks").filter(|hooks| hooks.as_map().is_some_and(|map| !map.is_empty()))
    else {
        return Ok(platform);
    };
    if !platform.is_empty() {
        return Err(FileError("both platformHooks and hooks are set".to_owned()));
    }
    let shell = shell.iter().map(|(event, line)| {
        let args = vec!["-c".to_owned(), line.as_str().unwrap_or_default().to_owned()];
        (event.clone(), vec![PlatformCommand { command: "sh".to_owned(), args, ..PlatformCommand::default() }])
    });
    Ok(shell.collect())
}

fn downloaders(fields: &Map) -> Result<Vec<ProtocolCommand>, FileError> {
    let list = fields.get("downloaders").and_then(Value::as_list).unwrap_or_default();
    let read = |(at, one): (usize, &Value)| {
        let command = one.get("command").and_then(Value::as_str).unwrap_or_default().to_owned();
        let protocols = texts(one.get("protocols"));
        if command.is_empty() {
            return Err(FileError(format!("downloader {at} has empty command")));
        }
        if protocols.is_empty() {
            return Err(FileError(format!("downloader {at} has no protocols")));
        }
        if let Some(empty) = protocols.iter().position(String::is_empty) {
            return Err(FileError(format!("downloader {at} has empty protocol at index {empty}")));
        }
        Ok(ProtocolCommand { protocols, commands: vec![PlatformCommand { command, ..PlatformCommand::default() }] })
    };
    list.iter().enumerate().map(read).collect()
}

fn current(fields: &Map) -> Result<PluginFile, FileError> {
    known(fields, &FIELDS, "MetadataV1")?;
    let text = |name: &str| text_of(fields, name);
    let (name, version, kind, runtime) = (text("name"), text("version"), text("type"), text("runtime"));
    let wrong = |text: &str| Err(FileError(text.to_owned()));
    if !is_name(&name) {
        return wrong("invalid plugin `name`");
    }
    if version.is_empty() {
        return wrong("plugin `version` is required");
    }
    if !is_strict(&version) {
        return Err(format!("invalid plugin `version` {}: must be valid semver", quote(&version)).into());
    }
    if kind.is_empty() {
        return wrong("`type` missing");
    }
    if runtime.is_empty() {
        return wrong("`runtime` missing");
    }
    let empty = Map::new();
    let config = config(&kind, fields.get("config").and_then(Value::as_map).unwrap_or(&empty))?;
    let subprocess = match runtime.as_str() {
        "subprocess" => subprocess(fields.get("runtimeConfig").and_then(Value::as_map).unwrap_or(&empty)),
        "extism/v1" => Subprocess::default(),
        other => return Err(format!("unsupported plugin runtime type: {}", quote(other)).into()),
    };
    let source_url = text("sourceURL");
    let description = match &config {
        Config::Cli { long_help, .. } => one_line(long_help),
        _ => String::new(),
    };
    Ok(PluginFile { format: "v1".to_owned(), name, version, kind, runtime, description, source_url, config, subprocess })
}

fn config(kind: &str, fields: &Map) -> Result<Config, FileError> {
    match kind {
        "cli/v1" => {
            known(fields, &["usage", "shortHelp", "longHelp", "ignoreFlags"], "ConfigCLIV1")?;
            Ok(Config::Cli {
                usage: text_of(fields, "usage"),
                short_help: text_of(fields, "shortHelp"),
                long_help: text_of(fields, "longHelp"),
                ignore_flags: fields.get("ignoreFlags") == Some(&Value::Bool(true)),
            })
        }
        "getter/v1" => {
            known(fields, &["protocols"], "ConfigGetterV1")?;
            let protocols = texts(fields.get("protocols"));
            if protocols.is_empty() {
                return Err(FileError("config validation failed: getter has no protocols".to_owned()));
            }
            if let Some(at) = protocols.iter().position(String::is_empty) {
                return Err(FileError(format!("config validation failed: getter has empty protocol at index {at}")));
            }
            Ok(Config::Getter { protocols })
        }
        "postrenderer/v1" => known(fields, &[], "ConfigPostRendererV1").map(|()| Config::None),
        other => Err(FileError(format!("unknown plugin type {}", quote(other)))),
    }
}

fn subprocess(fields: &Map) -> Subprocess {
    let list = fields.get("protocolCommands").and_then(Value::as_list).unwrap_or_default();
    let protocol = |one: &Value| ProtocolCommand {
        protocols: texts(one.get("protocols")),
        commands: commands(one.get("platformCommand")),
    };
    Subprocess {
        commands: commands(fields.get("platformCommand")),
        hooks: hooks(fields.get("platformHooks")),
        expands_hooks: false,
        protocols: list.iter().map(protocol).collect(),
    }
}

fn known(fields: &Map, known: &[&str], what: &str) -> Result<(), FileError> {
    match fields.keys().find(|field| !known.contains(&field.as_str())) {
        Some(field) => Err(FileError(format!("yaml: unmarshal errors: field {field} not found in type plugin.{what}"))),
        None => Ok(()),
    }
}

fn hooks(value: Option<&Value>) -> BTreeMap<String, Vec<PlatformCommand>> {
    let map = value.and_then(Value::as_map);
    map.into_iter().flatten().map(|(event, list)| (event.clone(), commands(Some(list)))).collect()
}

fn commands(value: Option<&Value>) -> Vec<PlatformCommand> {
    let command = |value: &Value| {
        let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        PlatformCommand { os: text("os"), arch: text("arch"), command: text("command"), args: texts(value.get("args")) }
    };
    value.and_then(Value::as_list).unwrap_or_default().iter().map(command).collect()
}

fn texts(value: Option<&Value>) -> Vec<String> {
    let list = value.and_then(Value::as_list).unwrap_or_default();
    list.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn text_of(fields: &Map, name: &str) -> String {
    fields.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}

/// Blanks of any kind become plain ones, and what cannot be printed is left out.
fn one_line(text: &str) -> String {
    let character = |c: char| if c.is_whitespace() { Some(' ') } else { crate::gotext::is_print(c).then_some(c) };
    text.chars().filter_map(character).collect()
}

/// Three numbers and nothing in front of them.
fn is_strict(version: &str) -> bool {
    let numbers = version.split(['-', '+']).next().unwrap_or_default().split('.').count();
    numbers == 3 && version.starts_with(|c: char| c.is_ascii_digit()) && Version::parse(version).is_ok()
}
