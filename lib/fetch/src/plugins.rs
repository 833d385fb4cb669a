//! Helm's plugins that are installed, and running them: with Helm's environment, and as getters of what only they can fetch.

use crate::transport::MAX_SIZE;
use crate::{Access, FetchError};
use rhelm_lib::log::{Level, Log};
use rhelm_lib::plugin::{Config, Expand, PLUGIN_FILE, PlatformCommand, PluginFile, words};
use std::collections::BTreeMap;
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

/// The settings, under the names of their variables.
pub type Settings = Arc<dyn Fn() -> BTreeMap<String, String> + Send + Sync>;

/// Where plugins are, and what they are told.
#[derive(Clone, Default)]
pub struct Plugins {
    /// The folders that they are installed in.
    pub folders: Vec<PathBuf>,
    /// The settings; asked for when a plugin is run, since some take time to find.
    pub settings: Option<Settings>,
}

/// A plugin that is installed.
#[derive(Clone, Debug, PartialEq)]
pub struct Plugin {
    /// Where it lies.
    pub folder: PathBuf,
    /// Its file.
    pub file: PluginFile,
}

impl std::fmt::Debug for Plugins {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Plugins").field("folders", &self.folders).finish_non_exhaustive()
    }
}

impl Plugin {
    /// Reads the file of the plugin in a folder.
    ///
    /// # Errors
    /// When there is none, or no proper one.
    pub fn read(folder: &Path) -> Result<Self, FetchError> {
        let path = folder.join(PLUGIN_FILE);
        let text = std::fs::read(&path).map_err(|error| {
            let cause = FetchError::file("open", &path, &error);
            FetchError::other(format!("failed to read plugin at {:?}: {cause}", path.display().to_string()))
        })?;
        let file = PluginFile::parse(&text).map_err(|error| {
            FetchError::other(format!("failed to load plugin {:?}: {error}", folder.display().to_string()))
        })?;
        Ok(Self { folder: folder.to_owned(), file })
    }

    fn fetches(&self, scheme: &str) -> bool {
        matches!(&self.file.config, Config::Getter { protocols } if protocols.iter().any(|protocol| protocol == scheme))
    }
}

impl Plugins {
    /// The plugins that are there, and what is said of those that cannot be read.
    #[must_use]
    pub fn installed(&self) -> (Vec<Plugin>, Vec<Log>) {
        let (mut plugins, mut logs) = (Vec::new(), Vec::new());
        for folder in &self.folders {
            let entries = std::fs::read_dir(folder).into_iter().flatten();
            let mut paths: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
            paths.sort();
            for path in paths.iter().filter(|path| path.join(PLUGIN_FILE).exists()) {
                match Plugin::read(path) {
                    Ok(plugin) => plugins.push(plugin),
                    Err(error) => {
                        let file = path.join(PLUGIN_FILE).display().to_string();
                        let fields = vec![("plugin_yaml", file), ("error", error.to_string())];
                        let message = "failed to load plugin (ignoring)".to_owned();
                        logs.push(Log { level: Level::Warn, message, fields });
                    }
                }
            }
        }
        (plugins, logs)
    }

    /// The command of a plugin, with Helm's environment; `None` when it has none for this machine.
    #[must_use]
    pub fn command(&self, plugin: &Plugin, commands: &[PlatformCommand], expanded: Expand) -> Option<Command> {
        let variables = self.variables(plugin);
        let (program, arguments) = words(commands, expanded, &lookup(&variables))?;
        let mut command = Command::new(program);
        command.args(arguments).envs(&variables);
        Some(command)
    }

    /// The settings.
    #[must_use]
    pub fn environment(&self) -> BTreeMap<String, String> {
        self.settings.as_ref().map(|settings| settings()).unwrap_or_default()
    }

    fn variables(&self, plugin: &Plugin) -> BTreeMap<String, String> {
        let mut variables = self.environment();
        variables.insert("HELM_PLUGIN_NAME".to_owned(), plugin.file.name.clone());
        variables.insert("HELM_PLUGIN_DIR".to_owned(), plugin.folder.display().to_string());
        variables
    }

    /// What a URL names, fetched by the plugin for its scheme; `None` when there is no such plugin.
    ///
    /// # Errors
    /// When the plugin fails.
    pub fn get(&self, scheme: &str, target: &str, access: &Access) -> Option<Result<Vec<u8>, FetchError>> {
        let plugin = self.getter(scheme)?;
        let invoked = self.run_getter(&plugin, scheme, target, access);
        Some(match invoked {
            Ok(body) if body.len() as u64 > MAX_SIZE => {
                Err(FetchError::TooLarge { url: target.to_owned(), limit: MAX_SIZE })
            }
            Ok(body) => Ok(body),
            Err(cause) => Err(FetchError::other(format!("plugin {:?} failed to invoke: {cause}", plugin.file.name))),
        })
    }

    /// The plugin for a scheme.
    pub(crate) fn getter(&self, scheme: &str) -> Option<Plugin> {
        self.installed().0.into_iter().find(|plugin| plugin.fetches(scheme))
    }

    /// The program lies in the plugin's folder; it gets files and the URL as arguments, credentials as variables.
    fn run_getter(&self, plugin: &Plugin, scheme: &str, target: &str, access: &Access) -> Result<Vec<u8>, String> {
        let protocols = &plugin.file.subprocess.protocols;
        let found = protocols.iter().find(|one| one.protocols.iter().any(|protocol| protocol == scheme));
        let found = found.ok_or_else(|| format!("no downloader found for protocol {scheme:?}"))?;
        let mut variables = self.variables(plugin);
        let pass = access.pass_credentials.to_string();
        let credentials = [("USERNAME", &access.username), ("PASSWORD", &access.password), ("PASS_CREDENTIALS_ALL", &pass)];
        variables.extend(credentials.map(|(name, value)| (format!("HELM_PLUGIN_{name}"), value.clone())));
        let words = words(&found.commands, Expand::Program, &lookup(&variables))
            .ok_or_else(|| format!("failed to prepare commands for protocol {scheme:?}: no plugin command is applicable"))?;
        let program = plugin.folder.join(words.0.trim_start_matches('/'));
        let mut command = Command::new(&program);
        command.args(words.1).args([&access.cert_file, &access.key_file, &access.ca_file]).arg(target).envs(&variables);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().map_err(|error| start_error(&program.to_string_lossy(), &error))?;
        let mut body = Vec::new();
        // Without a reader, a plugin that writes without end is told to stop.
        let read = child.stdout.take().map(|stdout| stdout.take(MAX_SIZE + 1).read_to_end(&mut body));
        let status = child.wait().map_err(|error| error.to_string())?;
        if let Some(Err(error)) = read {
            return Err(error.to_string());
        }
        match status.success() || body.len() as u64 > MAX_SIZE {
            true => Ok(body),
            false => Err(format!("plugin {:?} exited with error", plugin.file.name)),
        }
    }
}

/// What a variable in a plugin's command stands for.
fn lookup(variables: &BTreeMap<String, String>) -> impl Fn(&str) -> String {
    |name| variables.get(name).cloned().or_else(|| std::env::var(name).ok()).unwrap_or_default()
}

/// Why a program does not start, in Go's words.
#[must_use]
pub fn start_error(program: &str, error: &std::io::Error) -> String {
    if error.kind() == ErrorKind::NotFound && !program.contains('/') {
        return format!("exec: {program:?}: executable file not found in $PATH");
    }
    FetchError::file("fork/exec", Path::new(program), error).to_string()
}
